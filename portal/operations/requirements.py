"""Says for each requirement which tests prove it, and whether they passed when they last ran."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portal import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

LIST = Path("docs") / "requirements.md"
RESULTS = Path("build") / "requirements.json"
_ROW = re.compile(r"^\| ([A-Z]+-\d+) \| (.+?) \|", re.MULTILINE)
_STATES = {True: "passed", False: "FAILED", None: "-"}


@dataclass
class Requirement:
    """One row of the list. ``passed`` is None when a test of it has not run since it changed."""

    id: str
    text: str
    tests: list[str] = field(default_factory=list)
    passed: bool | None = None


def listed(text: str) -> dict[str, str]:
    """Return the sentence of each id in a list of requirements."""
    return {number: sentence.strip() for number, sentence in _ROW.findall(text)}


def digest(root: Path, node: str) -> str:
    """Return a hash of the file that a test stands in; of nothing when the file is gone."""
    path = root / node.partition("::")[0]
    return sha256(path.read_bytes() if path.is_file() else b"").hexdigest()


def marked(root: Path) -> dict[str, list[str]]:
    """Return the ids that each test claims to prove, as pytest collects them.

    :raise click.ClickException: the tests cannot be collected; the text is pytest's.
    """
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "marks.json"
        words = "-m pytest -p tests.requirement_results -p no:cacheprovider --collect-only -qq"
        command = [sys.executable, *words.split(), "--requirements-to", str(target), "tests"]
        ran = subprocess.run(  # noqa: S603  our own words
            command, cwd=root, capture_output=True, text=True, check=False
        )
        if ran.returncode != 0 or not target.exists():
            message = f"The tests cannot be collected.\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}"
            raise click.ClickException(message)
        found: dict[str, list[str]] = json.loads(target.read_text(encoding="utf-8"))
    return found


def gather(root: Path, marks: Mapping[str, list[str]]) -> list[Requirement]:
    """Return all requirements with their tests and last results."""
    by_id: dict[str, list[str]] = defaultdict(list)
    for node, ids in marks.items():
        for number in ids:
            by_id[number].append(node)
    path = root / RESULTS
    results = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    rows = listed((root / LIST).read_text(encoding="utf-8"))
    return [
        Requirement(number, text, sorted(by_id[number]), _together(root, by_id[number], results))
        for number, text in rows.items()
    ]


def _together(root: Path, nodes: list[str], results: Mapping[str, Any]) -> bool | None:
    """Return False if any failed, True if all passed, None otherwise."""
    ends = [_last(root, node, results.get(node, {})) for node in nodes]
    if False in ends:
        return False
    return True if ends and None not in ends else None


def _last(root: Path, node: str, runs: Mapping[str, Any]) -> bool | None:
    """Return how one test ended on every database it ran on, since its file last changed."""
    now = digest(root, node)
    ends = [run["passed"] for run in runs.values() if run["digest"] == now]
    return all(ends) if ends else None


def print_requirements(*, as_json: bool) -> None:
    """Print each requirement with its tests and their last result.

    :raise click.ClickException: this is an installed portal, which has neither list nor tests.
    """
    if not (ROOT / LIST).is_file():
        message = "The list of requirements and its tests are in a checkout: run it there."
        raise click.ClickException(message)
    rows = gather(ROOT, marked(ROOT))
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo(
            f"{row.id:<8} {_STATES[row.passed]:<7} {len(row.tests):>3} tests  {row.text:.70}"
        )
    bare = [row.id for row in rows if not row.tests]
    click.echo(f"\n{len(rows) - len(bare)} of {len(rows)} have tests. None yet: {', '.join(bare)}")
