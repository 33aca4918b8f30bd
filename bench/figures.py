"""What one measured figure is, and how it is written down and printed."""

from __future__ import annotations

import json
import math
import operator
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

HEADER = ("figure", "value", "unit", "floor", "ratio", "wanted", "n", "reached")
FIELDS = HEADER[1:-1]
ORDERS = {"<": operator.lt, "<=": operator.le, ">=": operator.ge}


@dataclass(frozen=True)
class Figure:
    """One row of the results.

    :param floor: what a bare peer needed in the same run, in the same unit.
    :param wanted: ``ratio <= 1.15``, ``ratio >= 0.9`` or ``value <= 70``; empty for what is
        only reported.
    :param n: of how many runs the value is the median.
    """

    name: str
    value: float
    unit: str
    floor: float | None = None
    wanted: str = ""
    n: int = 1

    @property
    def ratio(self) -> float | None:
        """Return how many times the floor the value is."""
        return self.value / self.floor if self.floor else None

    @property
    def reached(self) -> bool | None:
        """Tell whether the figure is as wanted; None when nothing is wanted of it."""
        if not self.wanted:
            return None
        what, sign, bound = self.wanted.split()
        measured = self.ratio if what == "ratio" else self.value
        if measured is None:
            return False
        return ORDERS[sign](measured, float(bound))

    def row(self) -> dict[str, object]:
        """Return the figure as it stands in the results; the form is fixed."""
        values = {name: getattr(self, name) for name in FIELDS}
        return {
            "name": self.name,
            **{key: rounded(value) for key, value in values.items()},
        }


def rounded(value: object) -> object:
    """Return a number with four digits that mean something; anything else as it is."""
    if not isinstance(value, float) or not math.isfinite(value) or value == 0:
        return value
    return round(value, 3 - math.floor(math.log10(abs(value))))


def middle(values: Iterable[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def percentile(values: Sequence[float], part: float) -> float:
    """Return the smallest value that so large a part of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]


def store(figures: Iterable[Figure], path: Path) -> None:
    """Write the results, one object a figure."""
    lines = ",\n ".join(json.dumps(figure.row(), ensure_ascii=False) for figure in figures)
    path.write_text(f"[{lines}]\n", encoding="utf-8")


def table(figures: Iterable[Figure]) -> str:
    """Return the results as people read them, with a last column that says yes or no."""
    rows = [HEADER, *(_cells(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def _cells(figure: Figure) -> tuple[str, ...]:
    reached = {True: "yes", False: "NO", None: "-"}[figure.reached]
    cells = ("-" if value in {None, ""} else _text(value) for value in figure.row().values())
    return (*cells, reached)


def _text(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    numbers = (cell.rjust(width) for cell, width in others)
    return "  ".join([first[0].ljust(first[1]), *numbers])
