"""Finds, loads and examines the plugins of the allow-list; one that is broken stays out."""

from __future__ import annotations

import difflib
import logging
import warnings
from dataclasses import dataclass, field, replace
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

import pluggy

from portal import hookspecs
from portal.pluginhost import files
from portal.pluginhost.exam import HOOKS, PluginNotReadyError, examined, in_short

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from importlib.metadata import EntryPoint

    from portal.pluginhost.exam import Loaded

logger = logging.getLogger(__name__)

GROUP = "portal.plugins"


@dataclass
class Plugins:
    """What came of the allow-list: those that are loaded, and why the others are not."""

    manager: pluggy.PluginManager
    loaded: dict[str, Loaded] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def find() -> list[EntryPoint]:
    """Return the entry points of all installed plugins, imported by nobody yet."""
    return list(entry_points(group=GROUP))


def load(allowed: Sequence[str], found: Iterable[EntryPoint], *, strict: bool = False) -> Plugins:
    """Load the plugins that the operator allows, by name, so that the order is always the same.

    :raise PluginNotReadyError: one is not ready, and the settings say that this must not be.
    """
    manager = pluggy.PluginManager("portal")
    manager.add_hookspecs(hookspecs)
    plugins = Plugins(manager)
    points = list(found)
    for name, digest in sorted(dict(map(files.parted, allowed)).items()):
        try:
            mine = [point for point in points if point.name == name]
            plugins.loaded[name] = _load(manager, name, mine, digest)
        except PluginNotReadyError as error:
            if strict:
                raise
            plugins.refused[name] = str(error)
            logger.error("plugin %s is left out: %s", name, error)  # noqa: TRY400  one clear line
    return plugins


def _load(
    manager: pluggy.PluginManager, name: str, points: list[EntryPoint], digest: str
) -> Loaded:
    if len(points) != 1:
        words = "is not installed" if not points else "is installed more than once"
        message = f"{name} {words}; see PORTAL_PLUGINS."
        raise PluginNotReadyError(message)
    found = files.fingerprint(points[0]) if digest else ""
    if found != digest:
        message = f"{name} has files with another fingerprint than PORTAL_PLUGINS names: {found}."
        raise PluginNotReadyError(message)
    try:
        module = points[0].load()
    except (Exception, SystemExit) as error:
        message = f"{name} fails at import: {in_short(error)}"
        raise PluginNotReadyError(message) from error
    try:
        with warnings.catch_warnings(record=True) as noted:
            warnings.simplefilter("always")
            manager.register(module, name)
        manager.check_pending()
        plugin = examined(manager, name, module)
        return replace(plugin, warnings=tuple(str(each.message) for each in noted))
    except (Exception, SystemExit) as error:
        manager.unregister(name=name)
        if isinstance(error, PluginNotReadyError):
            raise
        raise PluginNotReadyError(_of_pluggy(manager, name, module, error)) from error


def _of_pluggy(
    manager: pluggy.PluginManager, name: str, module: object, error: BaseException
) -> str:
    """Say which hook is misspelt and what was probably meant, else what pluggy says."""
    for attribute in dir(module):
        if manager.parse_hookimpl_opts(module, attribute) and attribute not in HOOKS:
            near = difflib.get_close_matches(attribute, HOOKS, 1)
            meant = f"; {near[0]} was probably meant" if near else ""
            return f"{name} has a hook {attribute}, which does not exist{meant}."
    return f"{name} is refused: {in_short(error)}"
