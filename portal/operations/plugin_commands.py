"""The operator's commands for plugins: list, trace, bench, purge, and the commands they bring."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from portal import clock, erasures
from portal.database import changed
from portal.extensions import db
from portal.pluginhost import files, grants, loader
from portal.pluginhost import service as pluginhost
from portal.pluginhost import switches as plugin_switches
from portal.pluginhost.asking import COMMAND, in_charge, make_context
from portal.pluginhost.guard import NotAskedError, PluginFailedError, Spot
from portal.pluginhost.models import PluginAccount, PluginJob, PluginOwn
from portal.pluginhost.values import CallEvent
from portal.tenants.models import PluginSwitch
from portal.tenants.scope import across_tenants, new_id, tenant_scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flask import Flask

    from portal.pluginhost.values import Command

ROUNDS = 30
# What a page can bear of one plugin; the guard counts a call as slow at 50 ms.
WANTED_MS = 20


class PluginCommandError(Exception):
    """A command cannot be carried out; the text says why and what to do."""


def listed(app: Flask) -> Iterator[str]:
    """Yield a line for each installed or allowed plugin: state, version, fingerprint."""
    with app.app_context():
        host = in_charge()
        points = {point.name: point for point in loader.find()}
        for name in sorted({*points, *host.config.plugin_names}):
            plugin = host.plugins.loaded.get(name)
            if plugin is not None:
                waits = grants.missing(plugin.manifest)
                state = "waits for approval" if waits else "loaded"
                version = f"{plugin.manifest.version} (API {plugin.manifest.api_version})"
            else:
                listed_too = name in host.config.plugin_names
                why = host.plugins.refused.get(name, "started without plugins")
                state = f"left out: {why}" if listed_too else "installed, not in PORTAL_PLUGINS"
                version = "-"
            digest = files.fingerprint(points[name]) if name in points else ""
            entry = f"{name}{files.MARK}{digest}" if digest else name
            yield f"{entry}  {version}  {state}"


def checked(app: Flask) -> Iterator[str]:
    """Yield, for each plugin with a check and each organisation, whether it can do its work."""
    for plugin in sorted(in_charge().plugins.loaded):
        if not pluginhost.can_check(plugin):
            continue
        for organisation_id in _organisations(app, plugin):
            with app.app_context(), tenant_scope(organisation_id):
                health = pluginhost.check(plugin)
                word = "ok" if health and health.ok else "NOT OK"
                yield f"{plugin} {organisation_id} {word}: {health.sentence if health else ''}"


def _organisations(app: Flask, plugin: str, only: str | None = None) -> list[str]:
    """Return the organisations where a plugin is on, or the one that is named.

    :raise PluginCommandError: it is not on in the one that is named.
    """
    query = select(PluginSwitch.organisation_id).where(
        PluginSwitch.plugin == plugin, PluginSwitch.is_on
    )
    with app.app_context(), across_tenants("A command of a plugin runs wherever it is on."):
        found = sorted(db.session.scalars(query))
    if only is None:
        return found
    if only not in found:
        message = f"{plugin} is not switched on in the organisation {only}."
        raise PluginCommandError(message)
    return [only]


def traced(app: Flask, hook: str, organisation_id: str) -> Iterator[str]:
    """Yield, for each loaded plugin, whether a hook asks it in an organisation, and why not.

    :raise PluginCommandError: there is no such hook.
    """
    with app.app_context(), tenant_scope(organisation_id):
        host = in_charge()
        if hook not in host.functions:
            message = f"There is no hook {hook}; docs/plugins/hooks.md names them all."
            raise PluginCommandError(message)
        switches = plugin_switches.here()
        asked = [each for each in switches if each in host.plugins.loaded]
        for name in [*asked, *sorted(set(host.plugins.loaded) - set(asked))]:
            yield f"{name}: {_fate(name, hook, organisation_id)}"


def _fate(name: str, hook: str, organisation_id: str) -> str:
    host = in_charge()
    if name not in host.functions[hook]:
        return "does not have this hook"
    if not plugin_switches.here().get(name, plugin_switches.NEVER_SET).is_on:
        return "is switched off here"
    if host.guard.is_open(Spot(name, hook, organisation_id)):
        return "is left alone after many failures"
    manifest = host.plugins.loaded[name].manifest
    count = {row["hook"]: row for row in host.guard.everywhere(name)}.get(hook, {})
    words = f"is asked; {count.get('calls', 0)} calls since yesterday"
    if manifest.per_account:
        words += "; only for accounts that take part"
    return f"{words}; waits for approval" if grants.missing(manifest) else words


@dataclass(frozen=True)
class Measured:
    """How long a hook of a page took, in the middle of several calls."""

    hook: str
    milliseconds: float

    @property
    def is_fast(self) -> bool:
        """Tell whether a page can bear it."""
        return self.milliseconds <= WANTED_MS


def measured(app: Flask, plugin: str, organisation_id: str) -> list[Measured]:
    """Return how long the hooks of pages take: the step after a call, and each statistic.

    :raise PluginCommandError: the plugin is not on there, or one of its hooks fails.
    """
    _organisations(app, plugin, organisation_id)
    found = []
    with app.test_request_context(), tenant_scope(organisation_id):
        loaded = in_charge().plugins.loaded[plugin]
        now = clock.now()
        call = CallEvent("ended", new_id(), new_id(), new_id(), now, now, now)
        acts: dict[str, Any] = {}
        if plugin in in_charge().functions["after_call_steps"]:
            given = {"call": call, "account_id": call.account_id}
            acts["after_call_steps"] = lambda ctx: in_charge().ask(
                "after_call_steps", ctx, COMMAND, given
            )
        for each in loaded.statistics:
            acts[f"statistic {each.name}"] = lambda ctx, each=each: each.count(ctx, now, now)
        for hook, act in acts.items():
            found.append(Measured(hook, _median(plugin, hook, act)))
    return found


def _median(plugin: str, hook: str, act: Any) -> float:  # noqa: ANN401  as above
    times = []
    for _ in range(ROUNDS):
        ctx = make_context(plugin, plugin_switches.here()[plugin])
        begun = time.perf_counter()
        try:
            act(ctx)
        except Exception as error:
            message = f"{plugin} fails in {hook}: {type(error).__name__}"
            raise PluginCommandError(message) from error
        times.append((time.perf_counter() - begun) * 1000)
    return round(statistics.median(times), 2)


def purge(app: Flask, plugin: str, organisation_id: str) -> int:
    """Delete all that a plugin has in one organisation, its settings too; return how many rows.

    :raise PluginCommandError: it is still switched on there.
    """
    with app.app_context(), tenant_scope(organisation_id):
        if plugin_switches.here().get(plugin, plugin_switches.NEVER_SET).is_on:
            message = f"{plugin} is still switched on there. Let sales switch it off first."
            raise PluginCommandError(message)
        gone = 0
        own = [
            table for table in db.metadata.sorted_tables if table.name.startswith(f"p_{plugin}_")
        ]
        for table in reversed(own):
            theirs = table.c.organisation_id == organisation_id
            erasures.note_rows(db.session(), table, theirs)
            gone += changed(db.session.execute(delete(table).where(theirs)))
        for model in (PluginJob, PluginAccount, PluginOwn, PluginSwitch):
            rest = delete(model).where(
                model.organisation_id == organisation_id, model.plugin == plugin
            )
            gone += changed(db.session.execute(rest))
        db.session.commit()
    return gone


def find_command(app: Flask, plugin: str, name: str) -> Command:
    """Return a command that a plugin brings.

    :raise PluginCommandError: it is not loaded, or has no such command; the text names all.
    """
    with app.app_context():
        loaded = in_charge().plugins.loaded.get(plugin)
    if loaded is None:
        message = f"{plugin} is not loaded; see `portal plugins list`."
        raise PluginCommandError(message)
    for each in loaded.commands:
        if each.name == name:
            return each
    lines = [f"  {each.name}  {each.help}" for each in loaded.commands] or ["  none"]
    message = "\n".join([f"{plugin} has no command {name}. It has:", *lines])
    raise PluginCommandError(message)


def carried_out(
    app: Flask, plugin: str, command: Command, words: Sequence[str], only: str | None
) -> Iterator[tuple[str, str | None]]:
    """Run a command wherever the plugin is on; yield organisation and answer, None for a failure.

    :raise PluginCommandError: it is not on in the one organisation that is named.
    """
    for organisation_id in _organisations(app, plugin, only):
        with app.app_context(), tenant_scope(organisation_id):
            ctx = make_context(plugin, plugin_switches.here()[plugin])

            def act(ctx: Any = ctx) -> str:  # noqa: ANN401  the plugin's context
                return str(command.run(ctx, tuple(words)))

            try:
                answer: str | None = in_charge().run(f"command {command.name}", ctx, COMMAND, act)
                db.session.commit()
            except (PluginFailedError, NotAskedError):
                answer = None
        yield organisation_id, answer
