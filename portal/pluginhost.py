"""The host: asks the plugins that an organisation has switched on, and lets none do harm."""

from __future__ import annotations

import dataclasses
import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import current_app, has_app_context, request
from flask_babel import gettext as _

from portal import outbox, pluginloader, pluginswitches
from portal.api import CallEvent, Receipt, SendState, Step
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.language import language
from portal.outbox import Again, Carrier, Done, Later, Letter
from portal.plugincontext import PluginContext, PluginSession
from portal.pluginguard import Guard, Limit, NotAskedError, PluginFailedError, Spot
from portal.pluginhttp import Http
from portal.tenants.scope import NoTenantError, current_tenant, new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from importlib.metadata import EntryPoint
    from pathlib import Path

    from flask import Flask
    from werkzeug.datastructures import MultiDict

    from portal.config import Config
    from portal.forms import PortalForm
    from portal.outbox import Parcel
    from portal.personaldata import Declaration
    from portal.pluginloader import Loaded
    from portal.pluginswitches import Switch

logger = logging.getLogger(__name__)

# A page may wait for a quarter of a second at most, and a hook that needs a fifth of it is slow.
COLLECT = Limit(slow=0.05, stop=0.25)
PROVIDE = Limit(slow=40)
ANNOUNCE = Limit(slow=30)
FORGET = Limit(slow=300)
NO_NETWORK = Http()
MINUTE = timedelta(minutes=1)
PAUSES = (MINUTE, 5 * MINUTE, 30 * MINUTE, 120 * MINUTE, 720 * MINUTE)
EVENTS = {"call_event": CallEvent}


class Host:
    """The plugins of one application, and the record of how they do."""

    def __init__(self, config: Config, found: Iterable[EntryPoint] | None = None) -> None:
        self.config = config
        allowed = () if config.safe_mode else config.plugins
        points = pluginloader.find() if found is None else found
        self.plugins = pluginloader.load(allowed, points, strict=config.plugins_strict)
        self.guard = Guard(config.data / "plugin-calls")
        self.functions = {hook: self._functions(hook) for hook in pluginloader.HOOKS}

    def _functions(self, hook: str) -> dict[str, tuple[Callable[..., Any], tuple[str, ...]]]:
        implementations = getattr(self.plugins.manager.hook, hook).get_hookimpls()
        return {each.plugin_name: (each.function, each.argnames) for each in implementations}

    def ask(self, hook: str, ctx: PluginContext, limit: Limit, arguments: dict[str, Any]) -> Any:  # noqa: ANN401
        """Call one plugin's hook through the guard and return its answer, checked.

        :raise NotAskedError: the breaker is open.
        :raise PluginFailedError: it failed.
        """
        function, names = self.functions[hook][ctx.plugin]
        given = {"ctx": ctx, **arguments}
        check = CHECKS[hook]

        def act() -> Any:  # noqa: ANN401  the answer of a hook
            with ctx.session.hook():
                return check(ctx.plugin, function(*[given[name] for name in names]))

        return self.guard.call(Spot(ctx.plugin, hook, ctx.organisation_id), act, limit)


_newest: list[Host] = []


def install(app: Flask, found: Iterable[EntryPoint] | None = None) -> None:
    """Load the plugins that the settings allow, and give them their pages."""
    host = Host(app.extensions["portal_config"], found)
    run_with(app, host)
    app.before_request(_only_where_on)
    for name, plugin in host.plugins.loaded.items():
        for blueprint in plugin.blueprints:
            app.register_blueprint(blueprint, url_prefix=f"/p/{name}")


def run_with(app: Flask, host: Host) -> None:
    """Put a host in charge of an application."""
    app.extensions["portal_plugins"] = host
    _newest[:] = [host]


def _host() -> Host:
    """Return the host of the application in force, or outside of one the newest."""
    return current_app.extensions["portal_plugins"] if has_app_context() else _newest[0]


def _only_where_on() -> None:
    """Answer a plugin's page like one that does not exist where the plugin is not switched on.

    It comes after the policy of the page, so an organisation is in force.
    """
    if request.blueprint in _host().plugins.loaded:
        try:
            context(str(request.blueprint))
        except NoTenantError as error:  # staff, or the public: nothing is switched on for them
            raise NotFoundHereError from error


def _on() -> Iterator[Switch]:
    """Return the plugins that are loaded, and on in the current organisation, in its order."""
    loaded = _host().plugins.loaded
    return (each for each in pluginswitches.here().values() if each.is_on and each.plugin in loaded)


def answering(hook: str) -> list[str]:
    """Return the plugins that answer a hook here, in the order in which they are asked."""
    functions = _host().functions[hook]
    return [each.plugin for each in _on() if each.plugin in functions] if functions else []


def _context(plugin: str, switch: Switch, *, network: bool = True) -> PluginContext:
    host = _host()
    manifest = host.plugins.loaded[plugin].manifest
    hosts = {*manifest.hosts}
    for name in manifest.host_settings:
        hosts.add(urlsplit(str(switch.settings.get(name, ""))).hostname or "")
    return PluginContext(
        plugin=plugin,
        organisation_id=current_tenant(),
        is_on=switch.is_on,
        settings=switch.settings,
        secrets=switch.secrets,
        session=PluginSession(),
        http=Http(frozenset(hosts - {""}), inside=host.config.demo) if network else NO_NETWORK,
        logger=logging.getLogger(f"portal.plugins.{plugin}"),
    )


def context(plugin: str) -> PluginContext:
    """Return a plugin's context in the current organisation.

    :raise NotFoundHereError: it is not loaded, or not switched on here.
    """
    for switch in _on():
        if switch.plugin == plugin:
            return _context(plugin, switch)
    raise NotFoundHereError


def collect(hook: str, **arguments: Any) -> list[Any]:  # noqa: ANN401  by the hook
    """Return the answers of all plugins that are on here; of one that fails, nothing."""
    host, found = _host(), []
    for plugin in answering(hook):
        ctx = _context(plugin, pluginswitches.here()[plugin], network=False)
        try:
            found += host.ask(hook, ctx, COLLECT, arguments)
        except (PluginFailedError, NotAskedError):
            continue
    return found


def provider(hook: str, **arguments: Any) -> tuple[str, Receipt]:  # noqa: ANN401  by the hook
    """Ask the plugins that are on here, in the organisation's order, until one has taken it.

    Only a certain refusal lets the next one try. A failure leaves it unclear, and ends the search.
    """
    answer = ("", Receipt(SendState.REFUSED, reason="no provider"))
    for plugin in answering(hook):
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
    ctx = _context(plugin, pluginswitches.here()[plugin])
    try:
        receipt: Receipt | None = _host().ask(hook, ctx, PROVIDE, arguments)
    except NotAskedError:
        return Receipt(SendState.NOT_SENT, reason="breaker open")
    except PluginFailedError:
        return Receipt(SendState.UNCLEAR, reason="plugin failed")
    return receipt


def announce(hook: str, event: CallEvent, *, now: datetime | None = None) -> None:
    """Put an event into the outbox for each plugin that is on here, in the caller's transaction."""
    from portal import clock

    told = dataclasses.asdict(dataclasses.replace(event, event_id=event.event_id or new_id()))
    for plugin in answering(hook):
        letter = Letter("announcement", hook, told, event.call_id, plugin)
        outbox.put(letter, now=now or clock.now())


def _tell(parcel: Parcel) -> Done | Again | Later:
    """Tell a plugin of an event; what it writes is committed with the end of the row."""
    host, hook, plugin = _host(), parcel.occasion, parcel.provider
    switch = pluginswitches.here().get(plugin, pluginswitches.NEVER_SET)
    if not switch.is_on:
        return Done("dropped")
    if plugin not in host.functions.get(hook, {}):
        return Later(15 * MINUTE)
    event = EVENTS[hook](**{name: _read(name, value) for name, value in parcel.payload.items()})
    try:
        host.ask(hook, _context(plugin, switch), ANNOUNCE, {"event": event})
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
    host = _host()
    if plugin not in host.functions["forget"]:
        return
    switch = pluginswitches.here().get(plugin, pluginswitches.NEVER_SET)
    try:
        host.ask("forget", _context(plugin, switch, network=False), FORGET, {"now": now})
    except (PluginFailedError, NotAskedError):
        return
    db.session.commit()


def _steps(plugin: str, answer: Any) -> list[Step]:  # noqa: ANN401  whatever a plugin answers
    for step in answer:
        if not isinstance(step, Step) or not step.url.startswith(f"/p/{plugin}/"):
            message = "after_call_steps must answer steps that lead to the plugin's own pages."
            raise TypeError(message)
    return [dataclasses.replace(step, plugin=plugin) for step in answer]


def _receipt(_plugin: str, answer: Any) -> Receipt | None:  # noqa: ANN401  as above
    if answer is not None and not (
        isinstance(answer, Receipt) and isinstance(answer.state, SendState)
    ):
        message = "send_sms must answer a receipt or None."
        raise TypeError(message)
    return answer


CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "after_call_steps": _steps,
    "send_sms": _receipt,
    "call_event": lambda _plugin, _answer: None,
    "forget": lambda _plugin, _answer: None,
}


def known() -> list[dict[str, str]]:
    """Return name and label of the plugins that sales may switch on."""
    return [_named(name, plugin) for name, plugin in _host().plugins.loaded.items()]


def _named(name: str, plugin: Loaded) -> dict[str, str]:
    return {"name": name, "label": plugin.manifest.label.in_language(language())}


def switched_on() -> list[dict[str, str]]:
    """Return name and label of the plugins that are on here and have something to set up."""
    loaded = _host().plugins.loaded
    return [
        _named(each.plugin, loaded[each.plugin]) for each in _on() if loaded[each.plugin].settings
    ]


def settings_form(plugin: str, formdata: MultiDict[str, str] | None = None) -> PortalForm:
    """Return the settings form of a plugin that is on here, filled with what is stored.

    Secrets stay blank.

    :raise NotFoundHereError: the plugin is off, or has no settings.
    """
    ctx, form = context(plugin), _host().plugins.loaded[plugin].settings
    if form is None:
        raise NotFoundHereError
    return form(formdata, data=dict(ctx.settings))


def save_settings(plugin: str, form: PortalForm) -> None:
    """Store a valid form, encrypted; a secret that was left blank stays what it was."""
    secret = pluginswitches.secret_fields(type(form))
    typed = {name: form.data[name] for name in secret if form.data[name]}
    open_ones = {name: value for name, value in form.data.items() if name not in secret}
    pluginswitches.store(plugin, open_ones, {**context(plugin).secrets, **typed})


def store_settings(plugin: str, values: dict[str, Any]) -> None:
    """Store settings that nobody typed, in the current organisation; for the demo."""
    form = _host().plugins.loaded[plugin].settings
    secret = pluginswitches.secret_fields(form) if form else set()
    pluginswitches.store(
        plugin,
        {name: value for name, value in values.items() if name not in secret},
        {name: value for name, value in values.items() if name in secret},
    )


def switch_on(plugin: str) -> None:
    """Switch a plugin on in the current organisation; the caller commits."""
    pluginswitches.turn_on(plugin)


def declarations() -> dict[str, tuple[Declaration, ...]]:
    """Return what each loaded plugin declares of personal data."""
    return {name: plugin.declarations for name, plugin in _host().plugins.loaded.items()}


def migration_folders() -> list[Path]:
    """Return the folders of the loaded plugins' migrations, each an Alembic branch of its own."""
    folders = [plugin.folder / "migrations" for plugin in _host().plugins.loaded.values()]
    return [folder for folder in folders if folder.is_dir()]


def report() -> list[dict[str, Any]]:
    """Return what the operator's page shows of each plugin in the allow-list."""
    host = _host()
    names = sorted({*host.plugins.loaded, *host.plugins.refused, *host.config.plugins})
    return [_reported(host, name) for name in names]


def _reported(host: Host, name: str) -> dict[str, Any]:
    plugin = host.plugins.loaded.get(name)
    if plugin is None:
        error = host.plugins.refused.get(name) or _("Das Portal läuft ohne Erweiterungen.")
        shown = {"label": name, "version": "", "state": _("nicht geladen"), "error": error}
        return {"name": name, **shown, "hooks": [], "organisations": []}
    left_alone = host.guard.open_hooks(name)
    error = _("Nicht gefragt nach vielen Fehlern: %(hooks)s", hooks=", ".join(left_alone))
    return {
        **_named(name, plugin),
        "version": plugin.manifest.version,
        "state": _("gestört") if left_alone else _("geladen"),
        "error": error if left_alone else "",
        "hooks": [_count(row) for row in host.guard.everywhere(name)],
        "organisations": pluginswitches.organisations_with(name),
    }


def _count(row: dict[str, Any]) -> dict[str, Any]:
    last = datetime.fromisoformat(row["last_at"]) if row["last_at"] else None
    return {**row, "last_at": last}


def save_counts() -> None:
    """Leave this process's counts for the operator's page, which another process shows."""
    _host().guard.save()
