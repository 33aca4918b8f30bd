"""Collects every declaration of personal data: the rooms', and those of the plugins."""

from __future__ import annotations

import pkgutil
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

import portal
from portal.personaldata import DataUse, NotPersonal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from portal.personaldata import Declaration

# What a guest asks first stands first; a room that is not named here comes after those that are.
READING_ORDER = ("waitingroom", "calls", "messages", "accounts", "tenants", "portal", "privacy")


@lru_cache(maxsize=1)
def of_rooms() -> tuple[Declaration, ...]:
    """Return the declarations of the portal itself, found in ``declarations.py`` of each room.

    They are found by name, because a room may not import those that stand above it.
    """
    rooms = [room.name for room in pkgutil.iter_modules(portal.__path__) if room.ispkg]
    modules = ["portal.declarations", *(f"portal.{room}.declarations" for room in rooms)]
    found: list[Declaration] = []
    for name in modules:
        if find_spec(name) is not None:
            found.extend(import_module(name).DECLARATIONS)
    return tuple(found)


def of_plugins() -> Mapping[str, Sequence[Declaration]]:
    """Return the declarations of the loaded plugins, by the plugin's name."""
    from portal.pluginhost import service as pluginhost

    return pluginhost.declarations()


def everything() -> tuple[Declaration, ...]:
    """Return all declarations, of rooms and plugins."""
    plugins = of_plugins()
    return (*of_rooms(), *(each for name in sorted(plugins) for each in plugins[name]))


def uses(plugins: Iterable[str] = ()) -> tuple[DataUse, ...]:
    """Return the uses of personal data by the portal and the named plugins, in reading order."""
    own = sorted((each for each in of_rooms() if isinstance(each, DataUse)), key=_place)
    declared = of_plugins()
    theirs = (
        each
        for name in sorted(plugins)
        for each in declared.get(name, ())
        if isinstance(each, DataUse)
    )
    return (*own, *theirs)


def _place(use: DataUse) -> int:
    room = use.id.partition(".")[0]
    return READING_ORDER.index(room) if room in READING_ORDER else len(READING_ORDER)


def use(use_id: str) -> DataUse:
    """Return one use of the portal itself.

    :raise KeyError: no room declares it.
    """
    return {each.id: each for each in of_rooms() if isinstance(each, DataUse)}[use_id]


def declared_columns(declarations: Iterable[Declaration]) -> list[str]:
    """Return each column that declarations speak of, as often as they do."""
    columns: list[str] = []
    for each in declarations:
        if isinstance(each, DataUse):
            columns.extend(each.columns)
        elif isinstance(each, NotPersonal):
            columns.extend(f"{each.table}.{column}" for column in each.columns)
    return columns
