"""What a check says: which plugin, which check, what is wrong, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.metadata import EntryPoint
    from pathlib import Path

    from portal.kit.trial import Trial
    from portal.pluginhost.exam import Loaded

OURS = "praxisfenster"


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    plugin: str
    check: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.plugin}: {self.check}: {self.sentence}"


@dataclass(frozen=True)
class Subject:
    """The plugin that is checked: where it lies, and how it runs in a trial.

    :param package: the name of its Python package.
    """

    point: EntryPoint
    trial: Trial
    loaded: Loaded

    @property
    def name(self) -> str:
        """Return the plugin's name."""
        return self.point.name

    @property
    def package(self) -> str:
        """Return the name of its Python package."""
        return self.point.module

    @property
    def folder(self) -> Path:
        """Return the folder of its package."""
        return self.loaded.folder

    @property
    def is_ours(self) -> bool:
        """Tell whether it is shipped with the portal, whose version and texts it shares."""
        return self.point.dist is not None and self.point.dist.name == OURS

    def files(self, *suffixes: str) -> Iterator[Path]:
        """Yield the files of the package with one of these endings, in order."""
        for path in sorted(self.folder.rglob("*")):
            if path.suffix in suffixes and "__pycache__" not in path.parts:
                yield path

    def short(self, path: Path) -> str:
        """Return a path as a line of the report names it."""
        return f"{self.folder.name}/{path.relative_to(self.folder).as_posix()}"


def named(plugin: str, check: str, sentences: Iterable[str]) -> list[Finding]:
    """Return a finding for each sentence, once."""
    return [Finding(plugin, check, sentence) for sentence in dict.fromkeys(sentences)]
