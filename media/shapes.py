"""Small checks that make up the shape of a message; whatever a shape does not name is refused."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from media.errors import EngineError

Check = Callable[[object, str], None]

# C0 and C1 controls, line separators and the bidirectional overrides that make a text lie.
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Optional:
    """A key that may be missing."""

    check: Check


Shape = Mapping[str, Check | Optional]


def refuse(field: str) -> EngineError:
    """Name the field that is wrong, never its value: values may be hostile or personal."""
    return EngineError("invalid_message", field=field)


def matching(pattern: str, limit: int) -> Check:
    """Accept a text of at most ``limit`` characters that the pattern covers whole."""
    compiled = re.compile(pattern)

    def check(value: object, field: str) -> None:
        if not isinstance(value, str) or len(value) > limit or not compiled.fullmatch(value):
            raise refuse(field)

    return check


def text(limit: int) -> Check:
    """Accept one line of visible text."""

    def check(value: object, field: str) -> None:
        if not isinstance(value, str) or not 0 < len(value) <= limit or CONTROLS.search(value):
            raise refuse(field)

    return check


def number(low: int, high: int) -> Check:
    """Accept a whole number; ``True`` is none."""

    def check(value: object, field: str) -> None:
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or not low <= value <= high:  # type: ignore[operator]
            raise refuse(field)

    return check


def boolean(value: object, field: str) -> None:
    """Accept true and false only."""
    if not isinstance(value, bool):
        raise refuse(field)


def one_of(*values: str) -> Check:
    """Accept one of the given words."""

    def check(value: object, field: str) -> None:
        if not isinstance(value, str) or value not in values:
            raise refuse(field)

    return check


def nullable(inner: Check) -> Check:
    """Accept null, too."""

    def check(value: object, field: str) -> None:
        if value is not None:
            inner(value, field)

    return check


def many(inner: Check, limit: int) -> Check:
    """Accept a list of at most ``limit`` items."""

    def check(value: object, field: str) -> None:
        if not isinstance(value, list) or len(value) > limit:
            raise refuse(field)
        for position, item in enumerate(value):
            inner(item, f"{field}.{position}")

    return check


def record(shape: Shape) -> Check:
    """Accept an object with the keys of the shape and no other."""

    def check(value: object, field: str) -> None:
        conform(value, shape, field)

    return check


def conform(value: object, shape: Shape, field: str) -> Mapping[str, Any]:
    """Return the object when it has the shape.

    :raise EngineError: ``invalid_message`` that names the first field that is wrong.
    """
    if not isinstance(value, dict):
        raise refuse(field)
    if value.keys() - shape.keys():
        # The unknown key came from outside, so it is not repeated.
        raise refuse(field)
    for key, rule in shape.items():
        if key in value:
            check = rule.check if isinstance(rule, Optional) else rule
            check(value[key], f"{field}.{key}")
        elif not isinstance(rule, Optional):
            raise refuse(f"{field}.{key}")
    return value


ID = matching(r"[0-9a-f]{32}", 32)
