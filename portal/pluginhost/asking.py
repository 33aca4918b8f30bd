"""Asks plugins: which are on, for whom, in which order, and what becomes of their answers."""

from __future__ import annotations

import dataclasses
import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from flask import current_app, has_app_context

from portal import clock, outbox
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.outbox import Again, Carrier, Done, Later, Letter
from portal.pluginhost import levels, loader, switches
from portal.pluginhost.answers import CHECKS
from portal.pluginhost.context import PluginContext, PluginSession
from portal.pluginhost.exam import HOOKS
from portal.pluginhost.grants import SETTING, granted, missing, redacted
from portal.pluginhost.guard import Guard, Limit, NotAskedError, PluginFailedError, Spot
from portal.pluginhost.http import Http
from portal.pluginhost.manifest import Level
from portal.pluginhost.values import CallEvent, Receipt, SendState, Task
from portal.tenants.scope import current_tenant, new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from importlib.metadata import EntryPoint

    from flask import Flask

    from portal.config import Config
    from portal.outbox import Parcel
    from portal.pluginhost.switches import Switch

logger = logging.getLogger(__name__)

T = TypeVar("T")

# A page may wait for a quarter of a second at most, and a hook that needs a fifth of it is slow.
COLLECT = Limit(slow=0.05, stop=0.25)
PROVIDE = Limit(slow=40, stop=45)
ANNOUNCE = Limit(slow=30, stop=30)
FORGET = Limit(slow=300, stop=300)
CHECK = Limit(slow=10, stop=10)
COMMAND = Limit(slow=3600)
# A slot has a request of its own; nobody waits for it but the reader of that place.
SLOT = Limit(slow=2, stop=3)
NO_NETWORK = Http()
MINUTE = timedelta(minutes=1)
PAUSES = (MINUTE, 5 * MINUTE, 30 * MINUTE, 120 * MINUTE, 720 * MINUTE)
# What is told, and under which name the hook gets it.
EVENTS = {"call_event": ("event", CallEvent), "run_task": ("task", Task)}


class Host:
    """The plugins of one application, and the record of how they do."""

    def __init__(self, config: Config, found: Iterable[EntryPoint] | None = None) -> None:
        self.config = config
        allowed = () if config.safe_mode else config.plugins
        points = loader.find() if found is None else found
        self.plugins = loader.load(allowed, points, strict=config.plugins_strict)
        self.guard = Guard(config.data / "plugin-calls")
        self.functions = {hook: self._functions(hook) for hook in HOOKS}

    def _functions(self, hook: str) -> dict[str, tuple[Callable[..., Any], tuple[str, ...]]]:
        implementations = getattr(self.plugins.manager.hook, hook).get_hookimpls()
        return {each.plugin_name: (each.function, each.argnames) for each in implementations}

    def ask(self, hook: str, ctx: PluginContext, limit: Limit, arguments: dict[str, Any]) -> Any:  # noqa: ANN401  by the hook
        """Call one plugin's hook through the guard and return its answer, checked.

        :raise NotAskedError: the breaker is open.
        :raise PluginFailedError: it failed.
        """
        function, names = self.functions[hook][ctx.plugin]
        seen = {name: redacted(value, ctx.scopes) for name, value in arguments.items()}
        given = {"ctx": ctx, **seen}
        check = CHECKS[hook]
        return self.run(
            hook, ctx, limit, lambda: check(ctx.plugin, function(*[given[name] for name in names]))
        )

    def run(self, name: str, ctx: PluginContext, limit: Limit, act: Callable[[], T]) -> T:
        """Run a piece of a plugin through the guard, under the name that the operator reads.

        :raise NotAskedError: the breaker is open.
        :raise PluginFailedError: it failed, and what it wrote is taken back.
        """

        def inside() -> T:
            with ctx.session.hook():
                return act()

        return self.guard.call(Spot(ctx.plugin, name, ctx.organisation_id), inside, limit)


_newest: list[Host] = []


def run_with(app: Flask, host: Host) -> None:
    """Put a host in charge of an application."""
    app.extensions["portal_plugins"] = host
    _newest[:] = [host]


def in_charge() -> Host:
    """Return the host of the application in force, or outside of one the newest."""
    return current_app.extensions["portal_plugins"] if has_app_context() else _newest[0]


def switched(account_id: str | None = None) -> Iterator[Switch]:
    """Return the plugins that are loaded, and on in the current organisation, in its order.

    :param account_id: leaves out those that are switched on per account, and not for this one.
    """
    loaded = in_charge().plugins.loaded
    if not loaded:
        return
    for each in switches.here().values():
        plugin = loaded.get(each.plugin) if each.is_on else None
        if plugin is not None and (
            not plugin.manifest.per_account or takes_part(each.plugin, account_id)
        ):
            yield each


def takes_part(plugin: str, account_id: str | None) -> bool:
    """Tell whether a plugin that is on here is on for an account; for nobody's account it is."""
    if not account_id or not in_charge().plugins.loaded[plugin].manifest.per_account:
        return True
    return plugin in switches.taking_part(account_id)


def answering(hook: str, account_id: str | None = None) -> list[str]:
    """Return the plugins that answer a hook here, in the order in which they are asked."""
    functions = in_charge().functions[hook]
    if not functions:
        return []
    return [each.plugin for each in switched(account_id) if each.plugin in functions]


def make_context(plugin: str, switch: Switch, http: Http | None = None) -> PluginContext:
    """Return a plugin's context in the current organisation.

    :param http: a way outside in place of the usual one, for what may not wait as long.
    """
    return PluginContext(
        plugin=plugin,
        organisation_id=current_tenant(),
        is_on=switch.is_on,
        settings=switch.settings,
        secrets=switch.secrets,
        session=PluginSession(),
        http=way_outside(plugin, switch) if http is None else http,
        scopes=granted(in_charge().plugins.loaded[plugin].manifest).scopes,
        logger=logging.getLogger(f"portal.plugins.{plugin}"),
    )


def way_outside(plugin: str, switch: Switch, company_id: str = "") -> Http:
    """Return requests to the hosts that a manifest and settings name and the operator approved."""
    host = in_charge()
    manifest, typed = host.plugins.loaded[plugin].manifest, [switch.settings]
    if manifest.host_settings and Level.COMPANY in manifest.levels:
        typed.append(levels.of_company(plugin, company_id or levels.company_here()).values)
    hosts = set()
    for approved in granted(manifest).hosts:
        name = approved.removeprefix(SETTING)
        if name == approved:
            hosts.add(approved)
        else:
            hosts |= {urlsplit(str(each.get(name, ""))).hostname or "" for each in typed}
    return Http(frozenset(hosts - {""}), inside=host.config.demo)


def company_context(plugin: str, company_id: str) -> PluginContext:
    """Return a plugin's context for a provider company: no organisation, and so none of its rows.

    :raise NotFoundHereError: it is not loaded, or has no settings of a company.
    """
    loaded = in_charge().plugins.loaded.get(plugin)
    if loaded is None or Level.COMPANY not in loaded.manifest.levels:
        raise NotFoundHereError
    return PluginContext(
        plugin=plugin,
        organisation_id="",
        is_on=False,
        settings={},
        secrets={},
        session=PluginSession(),
        http=way_outside(plugin, switches.NEVER_SET, company_id),
        logger=logging.getLogger(f"portal.plugins.{plugin}"),
        company_id=company_id,
    )


def context(plugin: str, account_id: str | None = None) -> PluginContext:
    """Return a plugin's context in the current organisation.

    :raise NotFoundHereError: it is not loaded, or not switched on here or for the account.
    """
    for switch in switched(account_id):
        if switch.plugin == plugin:
            return make_context(plugin, switch)
    raise NotFoundHereError


def collect(hook: str, **arguments: Any) -> list[Any]:  # noqa: ANN401  by the hook
    """Return the answers of all plugins that are on here; of one that fails, nothing.

    With an ``account_id`` among the arguments, of those that are on for this account.
    """
    host, found = in_charge(), []
    for plugin in answering(hook, arguments.get("account_id")):
        ctx = make_context(plugin, switches.here()[plugin], NO_NETWORK)
        try:
            found += host.ask(hook, ctx, COLLECT, arguments)
        except (PluginFailedError, NotAskedError):
            continue
    return found


def provider(hook: str, only: str = "", **arguments: Any) -> tuple[str, Receipt]:  # noqa: ANN401  by the hook
    """Ask the plugins that are on here, in the organisation's order, until one has taken it.

    Only a certain refusal lets the next one try. A failure leaves it unclear, and ends the search.

    :param only: the one plugin that may be asked, for a trial; empty for all of them.
    :param arguments: those of the hook; a function makes one of the name of who is asked.
    """
    answer = ("", Receipt(SendState.REFUSED, reason="no provider"))
    for plugin in answering(hook):
        if only and plugin != only:
            continue
        receipt = _provide(hook, plugin, arguments)
        if receipt is None:
            continue
        logger.info("%s by %s: %s %s", hook, plugin, receipt.state, receipt.reason)
        if receipt.state in {SendState.SENT, SendState.UNCLEAR}:
            return plugin, receipt
        # What may succeed later counts for more than a refusal.
        if answer[1].state is not SendState.NOT_SENT:
            answer = (plugin, receipt)
    return answer


def _provide(hook: str, plugin: str, arguments: dict[str, Any]) -> Receipt | None:
    ctx = make_context(plugin, switches.here()[plugin])
    if missing(in_charge().plugins.loaded[plugin].manifest):
        return Receipt(SendState.NOT_SENT, reason="not approved by the operator")
    given = {name: each(plugin) if callable(each) else each for name, each in arguments.items()}
    try:
        receipt: Receipt | None = in_charge().ask(hook, ctx, PROVIDE, given)
    except NotAskedError:
        return Receipt(SendState.NOT_SENT, reason="breaker open")
    except PluginFailedError:
        return Receipt(SendState.UNCLEAR, reason="plugin failed")
    return receipt


def first(hook: str, **arguments: Any) -> Any:  # noqa: ANN401  by the hook
    """Return the first answer that is one, in the organisation's order, while a page is made."""
    for plugin in answering(hook):
        ctx = make_context(plugin, switches.here()[plugin], NO_NETWORK)
        try:
            found = in_charge().ask(hook, ctx, COLLECT, arguments)
        except (PluginFailedError, NotAskedError):
            continue
        if found is not None:
            return found
    return None


def ask_one(hook: str, plugin: str, **arguments: Any) -> Any:  # noqa: ANN401  by the hook
    """Ask one plugin in the worker, where it may use the network.

    :raise NotFoundHereError: it is off here, or does not answer this hook.
    :raise PluginFailedError: it failed.
    :raise NotAskedError: it failed too often.
    """
    if plugin not in answering(hook):
        raise NotFoundHereError
    ctx = make_context(plugin, switches.here()[plugin])
    return in_charge().ask(hook, ctx, PROVIDE, arguments)


def announce(hook: str, event: CallEvent, *, now: datetime | None = None) -> None:
    """Put an event into the outbox for each plugin that is on here, in the caller's transaction."""
    told = dataclasses.asdict(dataclasses.replace(event, event_id=event.event_id or new_id()))
    for plugin in answering(hook, event.account_id):
        letter = Letter("announcement", hook, told, event.call_id, plugin)
        outbox.put(letter, now=now or clock.now())


def _tell(parcel: Parcel) -> Done | Again | Later:
    """Tell a plugin of an event; what it writes is committed with the end of the row."""
    host, hook, plugin = in_charge(), parcel.occasion, parcel.provider
    switch = switches.here().get(plugin, switches.NEVER_SET)
    if not switch.is_on:
        return Done("dropped")
    if plugin not in host.functions.get(hook, {}):
        return Later(15 * MINUTE)
    name, kind = EVENTS[hook]
    told = kind(**{field: _read(field, value) for field, value in parcel.payload.items()})
    ctx = make_context(plugin, switch)
    if kind is Task:
        ctx.session.of_job()
    try:
        host.ask(hook, ctx, ANNOUNCE, {name: told})
    except NotAskedError:
        return Later(15 * MINUTE)
    except PluginFailedError:
        return Again("plugin failed")
    return Done("done")


def _read(name: str, value: Any) -> Any:  # noqa: ANN401  a field of an event
    return datetime.fromisoformat(value) if name.endswith("_at") and value else value


ANNOUNCEMENT = Carrier(_tell, PAUSES, repeatable=True, keeps_dead=True)


def forget(plugin: str, now: datetime) -> None:
    """Let a plugin delete what is past its date in the current organisation."""
    host = in_charge()
    if plugin not in host.functions["forget"]:
        return
    switch = switches.here().get(plugin, switches.NEVER_SET)
    try:
        host.ask("forget", make_context(plugin, switch, NO_NETWORK), FORGET, {"now": now})
    except (PluginFailedError, NotAskedError):
        return
    db.session.commit()


def fill_demo(plugin: str, now: datetime) -> None:
    """Let a plugin make invented rows in the current organisation; for the demo alone."""
    host = in_charge()
    if plugin not in host.functions["fill_demo"]:
        return
    try:
        host.ask("fill_demo", make_context(plugin, switches.here()[plugin]), FORGET, {"now": now})
    except (PluginFailedError, NotAskedError):
        return
    db.session.commit()
