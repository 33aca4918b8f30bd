"""The host: what the portal may ask of its plugins, and what its pages show of them.

How they are found stands in ``loader``, how they are asked in ``asking``, what guards each
call in ``guard``.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from flask import request
from flask_babel import gettext as _

from portal.errors import NotFoundHereError
from portal.forms import PortalForm
from portal.language import language
from portal.pluginhost import grants, showing, switches, texts
from portal.pluginhost.asking import (
    ANNOUNCEMENT,
    CHECK,
    COLLECT,
    FORGET,
    NO_NETWORK,
    Host,
    announce,
    answering,
    ask_one,
    collect,
    context,
    fill_demo,
    first,
    forget,
    in_charge,
    provider,
    run_with,
    switched,
)
from portal.pluginhost.guard import NotAskedError, PluginFailedError
from portal.pluginhost.values import Health
from portal.tenants.scope import NoTenantError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from importlib.metadata import EntryPoint
    from pathlib import Path

    from flask import Flask
    from werkzeug.datastructures import MultiDict

    from portal.personaldata import Declaration
    from portal.pluginhost.exam import Loaded
    from portal.pluginhost.values import Manifest

__all__ = [
    "ANNOUNCEMENT",
    "COLLECT",
    "NO_NETWORK",
    "Host",
    "announce",
    "answering",
    "approve_all",
    "ask_one",
    "can_check",
    "check",
    "collect",
    "context",
    "declarations",
    "end_by_alarm",
    "fill_demo",
    "first",
    "forget",
    "has_accounts",
    "install",
    "known",
    "manifest",
    "migration_folders",
    "provider",
    "reset",
    "run_with",
    "save_counts",
    "save_settings",
    "set_up_demo",
    "settings_form",
    "store_settings",
    "switch_on",
    "switched_on",
]


def install(app: Flask, found: Iterable[EntryPoint] | None = None) -> None:
    """Load the plugins that the settings allow, and give them their pages."""
    host = Host(app.extensions["portal_config"], found)
    run_with(app, host)
    app.before_request(_only_where_on)
    app.jinja_env.globals.update(plugin_slots=showing.slots, plugin_entries=showing.navigation)
    folders = {name: plugin.folder for name, plugin in host.plugins.loaded.items()}
    texts.install(app, folders, host.config.data / "plugin-texts")
    for name, plugin in host.plugins.loaded.items():
        for blueprint in plugin.blueprints:
            app.register_blueprint(blueprint, url_prefix=f"/p/{name}")


def _only_where_on() -> None:
    """Answer a plugin's page like one that does not exist where the plugin is not switched on.

    It comes after the policy of the page, so an organisation is in force.
    """
    if request.blueprint in in_charge().plugins.loaded:
        try:
            context(str(request.blueprint), showing.account())
        except NoTenantError as error:  # staff, or the public: nothing is switched on for them
            raise NotFoundHereError from error


def manifest(plugin: str) -> Manifest:
    """Return what a loaded plugin says of itself.

    :raise NotFoundHereError: it is not loaded.
    """
    found = in_charge().plugins.loaded.get(plugin)
    if found is None:
        raise NotFoundHereError
    return found.manifest


def has_accounts(plugin: str) -> bool:
    """Tell whether a loaded plugin is switched on for single accounts."""
    return in_charge().plugins.loaded[plugin].manifest.per_account


def end_by_alarm() -> None:
    """Let a signal end what takes too long in this process, which does one thing at a time."""
    in_charge().guard.alarm = True


def known() -> list[dict[str, str]]:
    """Return name and label of the plugins that sales may switch on."""
    return [_named(name, plugin) for name, plugin in in_charge().plugins.loaded.items()]


def _named(name: str, plugin: Loaded) -> dict[str, str]:
    return {"name": name, "label": plugin.manifest.label.in_language(language())}


def switched_on() -> list[dict[str, str]]:
    """Return name and label of the plugins that are on here and have something to set up."""
    loaded = in_charge().plugins.loaded
    return [
        _named(each.plugin, loaded[each.plugin])
        for each in switched()
        if loaded[each.plugin].settings or loaded[each.plugin].manifest.per_account
    ]


def settings_form(plugin: str, formdata: MultiDict[str, str] | None = None) -> PortalForm:
    """Return the settings form of a plugin that is on here, filled with what is stored.

    Secrets stay blank.

    :raise NotFoundHereError: the plugin is off.
    """
    ctx = context(plugin)
    form = in_charge().plugins.loaded[plugin].settings or PortalForm
    return form(formdata, data=dict(ctx.settings))


def save_settings(plugin: str, form: PortalForm) -> list[str]:
    """Store a valid form, encrypted; a secret that was left blank stays what it was.

    :return: the names of the fields that changed.
    """
    before = context(plugin)
    secret = switches.secret_fields(type(form))
    typed = {name: form.data[name] for name in secret if form.data[name]}
    open_ones = {name: value for name, value in form.data.items() if name not in secret}
    changed = [name for name, value in open_ones.items() if before.settings.get(name) != value]
    switches.store(plugin, open_ones, {**before.secrets, **typed})
    return [*changed, *typed]


def store_settings(plugin: str, values: dict[str, Any]) -> None:
    """Store settings that nobody typed, in the current organisation; for the demo."""
    form = in_charge().plugins.loaded[plugin].settings
    secret = switches.secret_fields(form) if form else set()
    switches.store(
        plugin,
        {name: value for name, value in values.items() if name not in secret},
        {name: value for name, value in values.items() if name in secret},
    )


def check(plugin: str) -> Health | None:
    """Return whether a plugin that is on here says that it can work; None if it cannot tell.

    :raise NotFoundHereError: it is off.
    """
    ctx, host = context(plugin), in_charge()
    if plugin not in host.functions["check_health"]:
        return None
    try:
        health: Health = host.ask("check_health", ctx, CHECK, {})
    except (PluginFailedError, NotAskedError):
        return Health(ok=False, sentence=_("Die Erweiterung hat nicht geantwortet."))
    return health


def can_check(plugin: str) -> bool:
    """Tell whether a plugin has a check of its connection."""
    return plugin in in_charge().functions["check_health"]


def set_up_demo(plugin: str, base_url: str) -> None:
    """Switch a plugin on in the demo's organisation, set up as it says itself."""
    switch_on(plugin)
    host = in_charge()
    if plugin not in host.functions["demo_settings"]:
        return
    with suppress(PluginFailedError, NotAskedError):
        values = host.ask("demo_settings", context(plugin), FORGET, {"base_url": base_url})
        store_settings(plugin, values)


def switch_on(plugin: str) -> None:
    """Switch a plugin on in the current organisation; the caller commits."""
    switches.turn_on(plugin)


def declarations() -> dict[str, tuple[Declaration, ...]]:
    """Return what each loaded plugin declares of personal data."""
    return {name: plugin.declarations for name, plugin in in_charge().plugins.loaded.items()}


def migration_folders() -> dict[str, Path]:
    """Return the folder of migrations of each loaded plugin that has one."""
    loaded = in_charge().plugins.loaded
    folders = {name: plugin.folder / "migrations" for name, plugin in loaded.items()}
    return {name: folder for name, folder in folders.items() if folder.is_dir()}


def reset(plugin: str) -> None:
    """Ask the hooks of a plugin again that are left alone for now, in every process."""
    in_charge().guard.reset(plugin)


def approve_all(*, now: datetime) -> None:
    """Approve what every loaded plugin asks for; for the demo and for tests."""
    for plugin in in_charge().plugins.loaded.values():
        grants.approve(plugin.manifest, now=now)


def save_counts() -> None:
    """Leave this process's counts for the operator's page, which another process shows."""
    in_charge().guard.save()
