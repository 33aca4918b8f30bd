"""Examines what a plugin brings, at the start, so that a mistake is one line and no broken page."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask

from portal import hookspecs
from portal.forms import PortalForm
from portal.permissions import CLINIC, Role, UndeclaredPolicyError, check_declared
from portal.personaldata import DataUse, NoPersonalData, NotPersonal, Text
from portal.pluginhost.manifest import Level, Manifest, Scope
from portal.pluginhost.values import (
    API_VERSION,
    Command,
    Job,
    MessageText,
    NavigationEntry,
    Slot,
    Statistic,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pluggy

    from portal.personaldata import Declaration

HOOKS = tuple(name for name, each in vars(hookspecs).items() if hasattr(each, "portal_spec"))
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
# As much as the table of messages has room for.
LONGEST_OCCASION = 40
SHORTEST_PAUSE = timedelta(minutes=15)
VERSION = re.compile(r"[0-9]{1,4}\.[0-9]{1,4}")
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
MENUS = CLINIC | {Role.PROJECTADMIN}


class PluginNotReadyError(Exception):
    """A plugin cannot be loaded; the text is the one line that the operator reads."""


@dataclass(frozen=True)
class Loaded:
    """A plugin that answers its hooks."""

    manifest: Manifest
    declarations: tuple[Declaration, ...]
    forms: Mapping[Level, type[PortalForm]]
    blueprints: tuple[Blueprint, ...]
    slots: tuple[Slot, ...]
    navigation: tuple[NavigationEntry, ...]
    jobs: tuple[Job, ...]
    texts: tuple[MessageText, ...]
    statistics: tuple[Statistic, ...]
    commands: tuple[Command, ...]
    folder: Path
    # What the plugin does in a way that a later version will not know any more.
    warnings: tuple[str, ...] = ()


def in_short(error: BaseException) -> str:
    """Return one line that says what was raised."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]


def examined(manager: pluggy.PluginManager, name: str, module: Any) -> Loaded:  # noqa: ANN401  a module
    """Ask a plugin once for all that it brings, and return it.

    :raise PluginNotReadyError: something of it is not as it must be.
    """
    for hook in HOOKS:
        for implementation in getattr(manager.hook, hook).get_hookimpls():
            if implementation.plugin_name == name and implementation.wrapper:
                _refuse(name, f"wraps {hook}; a hook answers for itself only.")
    manifest = _ask(manager, name, "plugin_manifest")
    if not isinstance(manifest, Manifest) or manifest.name != name:
        _refuse(name, "has no manifest that bears its name.")
    _check_wishes(name, manifest)
    _check_levels(name, manifest)

    def several(hook: str, kind: type, check: Callable[[str, Any], None]) -> tuple[Any, ...]:
        return _several(name, kind, _ask(manager, name, hook), check)

    return Loaded(
        manifest,
        _declarations(name, _ask(manager, name, "register_privacy")),
        _forms(manager, name, manifest),
        _blueprints(name, _ask(manager, name, "register_blueprints") or ()),
        several("register_slots", Slot, _check_slot),
        several("register_navigation", NavigationEntry, _check_entry),
        several("register_jobs", Job, _check_job),
        several("register_texts", MessageText, _check_text),
        several("register_statistics", Statistic, _check_statistic),
        several("register_commands", Command, _check_command),
        Path(inspect.getfile(module)).parent,
    )


def _refuse(name: str, why: str) -> None:
    message = f"{name} {why}"
    raise PluginNotReadyError(message)


def _ask(manager: pluggy.PluginManager, name: str, hook: str, **given: Any) -> Any:  # noqa: ANN401  by the hook
    """Return one plugin's answer to a hook of the start."""
    for implementation in getattr(manager.hook, hook).get_hookimpls():
        if implementation.plugin_name == name:
            try:
                return implementation.function(*(given[each] for each in implementation.argnames))
            except (Exception, SystemExit) as error:
                message = f"{name} fails in {hook}: {in_short(error)}"
                raise PluginNotReadyError(message) from error
    return None


def _check_wishes(name: str, manifest: Manifest) -> None:
    """Refuse a plugin that was made for a version which this portal does not speak."""
    match = VERSION.fullmatch(str(manifest.api_version))
    ours = tuple(map(int, API_VERSION.split(".")))
    if match is None:
        _refuse(name, f"names no version of the plugin API: {manifest.api_version!r}.")
    theirs = tuple(map(int, str(manifest.api_version).split(".")))
    if theirs > ours:
        _refuse(
            name,
            f"was made for version {manifest.api_version} of the plugin API; this portal speaks "
            f"{API_VERSION}. Update the portal.",
        )
    if theirs[0] < ours[0]:
        _refuse(
            name,
            f"was made for version {manifest.api_version} of the plugin API, which this portal "
            f"({API_VERSION}) does not speak any more. Update the plugin.",
        )
    unknown = sorted(set(map(str, manifest.scopes)) - set(Scope))
    if unknown:
        _refuse(name, f"asks for scopes that do not exist: {', '.join(unknown)}.")
    wrong = [host for host in manifest.hosts if not HOST.fullmatch(str(host))]
    if wrong:
        _refuse(name, f"names {wrong[0]!r} as a host; a name without scheme and port is meant.")


def _check_levels(name: str, manifest: Manifest) -> None:
    unknown = sorted(set(map(str, manifest.levels)) - set(Level))
    if unknown:
        _refuse(name, f"names levels of settings that do not exist: {', '.join(unknown)}.")
    if manifest.self_service and not manifest.per_account:
        _refuse(name, "is switched on by doctors themselves and not per account; say both.")


def _forms(
    manager: pluggy.PluginManager, name: str, manifest: Manifest
) -> dict[Level, type[PortalForm]]:
    """Return the form of each level that the manifest names.

    A hook that does not ask for the level names the organisation's form.
    """
    asks = any(
        each.plugin_name == name and "level" in each.argnames
        for each in manager.hook.register_settings.get_hookimpls()
    )
    found = {}
    for level in map(Level, manifest.levels):
        wanted = asks or level is Level.ORGANISATION
        form = _ask(manager, name, "register_settings", level=level) if wanted else None
        if form is None and level is not Level.ORGANISATION:
            _refuse(name, f"names the level {level} and has no form of settings for it.")
        if form is not None and not (inspect.isclass(form) and issubclass(form, PortalForm)):
            _refuse(name, "has settings that are no PortalForm.")
        if form is not None:
            found[level] = form
    return found


def _several(
    name: str,
    kind: type,
    answer: Any,  # noqa: ANN401  of a plugin
    check: Callable[[str, Any], None],
) -> tuple[Any, ...]:
    """Return what a plugin brings of one kind, each checked, and none twice."""
    brought = tuple(answer or ())
    for each in brought:
        if not isinstance(each, kind):
            _refuse(name, f"brings something that is no {kind.__name__}.")
        check(name, each)
    names = [each.name for each in brought if hasattr(each, "name")]
    if len(set(names)) < len(names):
        _refuse(name, f"brings a {kind.__name__} twice under one name.")
    return brought


def _check_name(name: str, kind: str, given: object) -> None:
    if not isinstance(given, str) or not NAME.fullmatch(given):
        _refuse(name, f"names a {kind} {given!r}; only a-z, 0-9 and _ may stand there.")


def _check_slot(name: str, slot: Slot) -> None:
    _check_name(name, "slot", slot.name)
    if not callable(slot.render):
        _refuse(name, f"has a slot {slot.name} without a function.")


def _check_entry(name: str, entry: NavigationEntry) -> None:
    if not str(entry.path).startswith(f"/p/{name}/"):
        _refuse(name, f"has a menu entry to {entry.path}, which is none of its pages.")
    if not entry.roles or not MENUS.issuperset(entry.roles):
        _refuse(name, "has a menu entry for a role that has no menu of its organisation.")


def _check_job(name: str, job: Job) -> None:
    _check_name(name, "job", job.name)
    if not callable(job.run):
        _refuse(name, f"has a job {job.name} without a function.")
    every: object = job.every
    if not isinstance(every, timedelta) or every < SHORTEST_PAUSE:
        _refuse(name, f"has a job {job.name} that comes round in less than a quarter of an hour.")


def _check_text(name: str, text: MessageText) -> None:
    _check_name(name, "message text", text.occasion)
    if len(f"{name}.{text.occasion}") > LONGEST_OCCASION:
        _refuse(
            name,
            f"has a text {text.occasion}; with the plugin's name and a dot that is more than "
            f"{LONGEST_OCCASION} characters.",
        )
    both: tuple[object, ...] = (text.subject, text.text)
    for words in both:
        if not isinstance(words, Text) or not (words.de.strip() and words.en.strip()):
            _refuse(name, f"has a text {text.occasion} that lacks words in one language.")


def _check_statistic(name: str, statistic: Statistic) -> None:
    _check_name(name, "statistic", statistic.name)
    if not callable(statistic.count):
        _refuse(name, f"has a statistic {statistic.name} without a function.")


def _check_command(name: str, command: Command) -> None:
    _check_name(name, "command", command.name)
    if not callable(command.run):
        _refuse(name, f"has a command {command.name} without a function.")


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
