"""What the privacy policy behind the portal promises: read from ``docs/privacy/coverage.md``."""

from __future__ import annotations

from dataclasses import dataclass

from portal import ROOT

TABLE = "docs/privacy/coverage.md"
STATES = ("kept", "open", "not applicable")


@dataclass(frozen=True)
class Promise:
    """One promise of one section: where it lives, by which requirements, and whether it is kept."""

    section: str
    promise: str
    place: str
    requirements: tuple[str, ...]
    state: str


def rows() -> list[Promise]:
    """Return the rows of the table, in the order of the policy."""
    text = (ROOT / TABLE).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("| ")][2:]
    return [_promise([cell.strip() for cell in line.strip("|").split(" | ")]) for line in lines]


def _promise(cells: list[str]) -> Promise:
    section, promise, place, requirements, state = cells
    return Promise(section, promise, place, tuple(requirements.split(", ")), state)
