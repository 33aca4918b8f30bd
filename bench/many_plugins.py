"""Makes plugins by the dozen: each has a place on the desk, a menu entry and a step after a call.

The second one raises and the third one hangs, whenever they are asked.
"""

from __future__ import annotations

import sys
import time
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import TYPE_CHECKING, Any

from portal.api import (
    Manifest,
    NavigationEntry,
    NoPersonalData,
    Place,
    Role,
    Slot,
    Step,
    Text,
    hookimpl,
)

if TYPE_CHECKING:
    from collections.abc import Callable

LONG = 60


def make(number: int, *, broken: bool) -> list[EntryPoint]:
    """Return the entry points of so many plugins; two of them fail if they are to be broken."""
    ways: dict[int, Callable[[], None]] = {1: _raises, 2: _hangs} if broken else {}
    return [_made(f"many_{place:02}", ways.get(place, _nothing)) for place in range(number)]


def _nothing() -> None:
    """Do it as it should be."""


def _raises() -> None:
    raise ValueError


def _hangs() -> None:
    time.sleep(LONG)


def _made(name: str, act: Callable[[], None]) -> EntryPoint:
    label = Text(name, name)

    def plugin_manifest() -> Manifest:
        return Manifest(name, label, "0")

    def register_privacy() -> NoPersonalData:
        return NoPersonalData("It keeps nothing.")

    def shown(_ctx: Any, _view: Any) -> str:  # noqa: ANN401  not looked at
        act()
        return "here"

    def register_slots() -> list[Slot]:
        return [Slot(Place.DESK, "place", shown)]

    def register_navigation() -> list[NavigationEntry]:
        return [NavigationEntry(label, f"/p/{name}/", (Role.DOCTOR,))]

    def after_call_steps(ctx: Any, call: Any) -> list[Step]:  # noqa: ANN401  not looked at
        del ctx, call
        act()
        return [Step(name, "", f"/p/{name}/", name)]

    module = ModuleType(name)
    module.__file__ = __file__
    for hook in (
        plugin_manifest,
        register_privacy,
        register_slots,
        register_navigation,
        after_call_steps,
    ):
        setattr(module, hook.__name__, hookimpl(hook))
    sys.modules[name] = module
    return EntryPoint(name, name, "portal.plugins")
