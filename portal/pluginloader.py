"""Finds, loads and examines the plugins of the allow-list; one that is broken stays out."""

from __future__ import annotations

import difflib
import inspect
import logging
from collections import Counter
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pluggy
from flask import Blueprint, Flask

from portal import hookspecs
from portal.api import Manifest
from portal.forms import PortalForm
from portal.permissions import UndeclaredPolicyError, check_declared
from portal.personaldata import DataUse, NoPersonalData, NotPersonal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from importlib.metadata import EntryPoint

    from portal.personaldata import Declaration

logger = logging.getLogger(__name__)

GROUP = "portal.plugins"
HOOKS = tuple(name for name, each in vars(hookspecs).items() if hasattr(each, "portal_spec"))


class PluginNotReadyError(Exception):
    """A plugin cannot be loaded; the text is the one line that the operator reads."""


@dataclass(frozen=True)
class Loaded:
    """A plugin that answers its hooks."""

    manifest: Manifest
    declarations: tuple[Declaration, ...]
    settings: type[PortalForm] | None
    blueprints: tuple[Blueprint, ...]
    folder: Path


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
    for name in sorted(set(allowed)):
        try:
            plugins.loaded[name] = _load(manager, name, [p for p in points if p.name == name])
        except PluginNotReadyError as error:
            if strict:
                raise
            plugins.refused[name] = str(error)
            logger.error("plugin %s is left out: %s", name, error)  # noqa: TRY400  one clear line
    return plugins


def _load(manager: pluggy.PluginManager, name: str, points: list[EntryPoint]) -> Loaded:
    if len(points) != 1:
        words = "is not installed" if not points else "is installed more than once"
        message = f"{name} {words}; see PORTAL_PLUGINS."
        raise PluginNotReadyError(message)
    try:
        module = points[0].load()
    except (Exception, SystemExit) as error:
        message = f"{name} fails at import: {_in_short(error)}"
        raise PluginNotReadyError(message) from error
    try:
        manager.register(module, name)
        manager.check_pending()
        return _examined(manager, name, module)
    except (Exception, SystemExit) as error:
        manager.unregister(name=name)
        if isinstance(error, PluginNotReadyError):
            raise
        raise PluginNotReadyError(_of_pluggy(manager, name, module, error)) from error


def _in_short(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]


def _of_pluggy(
    manager: pluggy.PluginManager, name: str, module: object, error: BaseException
) -> str:
    """Say which hook is misspelt and what was probably meant, else what pluggy says."""
    for attribute in dir(module):
        if manager.parse_hookimpl_opts(module, attribute) and attribute not in HOOKS:
            near = difflib.get_close_matches(attribute, HOOKS, 1)
            meant = f"; {near[0]} was probably meant" if near else ""
            return f"{name} has a hook {attribute}, which does not exist{meant}."
    return f"{name} is refused: {_in_short(error)}"


def _examined(manager: pluggy.PluginManager, name: str, module: Any) -> Loaded:  # noqa: ANN401
    for hook in HOOKS:
        for implementation in getattr(manager.hook, hook).get_hookimpls():
            if implementation.plugin_name == name and implementation.wrapper:
                _refuse(name, f"wraps {hook}; a hook answers for itself only.")
    manifest = _ask(manager, name, "plugin_manifest")
    if not isinstance(manifest, Manifest) or manifest.name != name:
        _refuse(name, "has no manifest that bears its name.")
    form = _ask(manager, name, "register_settings")
    if form is not None and not (inspect.isclass(form) and issubclass(form, PortalForm)):
        _refuse(name, "has settings that are no PortalForm.")
    return Loaded(
        manifest,
        _declarations(name, _ask(manager, name, "register_privacy")),
        form,
        _blueprints(name, _ask(manager, name, "register_blueprints") or ()),
        Path(inspect.getfile(module)).parent,
    )


def _refuse(name: str, why: str) -> None:
    message = f"{name} {why}"
    raise PluginNotReadyError(message)


def _ask(manager: pluggy.PluginManager, name: str, hook: str) -> Any:  # noqa: ANN401  by the hook
    """Return one plugin's answer to a hook of the start."""
    for implementation in getattr(manager.hook, hook).get_hookimpls():
        if implementation.plugin_name == name:
            try:
                return implementation.function()
            except (Exception, SystemExit) as error:
                message = f"{name} fails in {hook}: {_in_short(error)}"
                raise PluginNotReadyError(message) from error
    return None


def _declarations(name: str, answer: Any) -> tuple[Declaration, ...]:  # noqa: ANN401  of a plugin
    declared = (answer,) if isinstance(answer, NoPersonalData) else tuple(answer or ())
    if not declared:
        _refuse(
            name, "does not declare the personal data that it processes, or that there are none."
        )
    for each in declared:
        if not isinstance(each, DataUse | NotPersonal | NoPersonalData):
            _refuse(name, "declares something that is no declaration.")
        if isinstance(each, DataUse) and not each.id.startswith(f"{name}."):
            _refuse(name, f"declares {each.id}, which does not begin with its name.")
    return declared


def _blueprints(name: str, answer: Sequence[Blueprint]) -> tuple[Blueprint, ...]:
    """Try the pages on an application that nobody uses: a real one cannot give them back."""
    trial = Flask("trial", static_folder=None)
    blueprints = tuple(answer)
    for blueprint in blueprints:
        if Counter(each.name for each in blueprints)[blueprint.name] > 1 or blueprint.name != name:
            _refuse(name, "has pages that do not bear its name.")
        trial.register_blueprint(blueprint, url_prefix=f"/p/{name}")
    try:
        check_declared(trial)
    except UndeclaredPolicyError as error:
        _refuse(name, f"has pages without a policy: {error}")
    return blueprints
