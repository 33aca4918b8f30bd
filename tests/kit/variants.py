"""Plugins made from the skeleton, each broken in one way or another, and not installed by pip."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import EntryPoint, PathDistribution
from typing import TYPE_CHECKING

from portal import ROOT
from portal.kit import new

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# What pip would write down of an installed distribution.
METADATA = """\
Metadata-Version: 2.4
Name: {distribution}
Version: 0.1.0
Requires-Dist: praxisfenster~=0.1

# A readme
"""


@dataclass(frozen=True)
class Variant:
    """One plugin in a folder of its own."""

    names: new.Names
    folder: Path

    @property
    def package(self) -> Path:
        return self.folder / self.names.package

    @property
    def info(self) -> Path:
        return self.folder / f"{self.names.package}-0.1.0.dist-info"

    @property
    def point(self) -> EntryPoint:
        """Return its entry point, with the distribution that it belongs to."""
        (point,) = PathDistribution(self.info).entry_points
        return point

    def change(self, changes: Mapping[str, tuple[str, str]]) -> None:
        """Replace a piece of a file, or, where there is nothing to replace, add to it."""
        for name, (old, fresh) in changes.items():
            path = self.package / name.replace("NAME", self.names.name)
            text = path.read_text(encoding="utf-8") if path.exists() else ""
            assert old in text, f"{old} is not in {path}"
            text = text.replace(old, fresh) if old else text + fresh
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def make(name: str, where: Path, *changes: Mapping[str, tuple[str, str]]) -> Variant:
    """Write the skeleton, change it, and leave what an installation would leave beside it."""
    new.write(name, where)
    names = new.Names(name)
    variant = Variant(names, where / names.distribution)
    for each in changes:
        variant.change(each)
    variant.info.mkdir()
    metadata = METADATA.format(distribution=names.distribution)
    (variant.info / "METADATA").write_text(metadata, encoding="utf-8")
    points = f"[portal.plugins]\n{name} = {names.package}\n"
    (variant.info / "entry_points.txt").write_text(points, encoding="utf-8")
    return variant


def run(*words: str, variants: list[Variant], cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a Python module in a process that finds these plugins as if they were installed."""
    path = os.pathsep.join([str(ROOT), *(str(each.folder) for each in variants)])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=cwd,
        env={**kept, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )
