"""The host: what the portal may ask of its plugins, and what its pages show of them.

How they are found stands in ``loader``, how they are asked in ``asking``, what guards each
call in ``guard``.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from flask import got_request_exception, request

from portal.errors import NotFoundHereError
from portal.language import language
from portal.pluginhost import grants, showing, switches, texts
from portal.pluginhost.asking import (
    ANNOUNCEMENT,
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
from portal.pluginhost.guard import NotAskedError, PluginFailedError, Spot
from portal.pluginhost.manifest import Level
from portal.pluginhost.settings import can_check, check, store_settings
from portal.tenants.scope import NoTenantError, tenant_in_force

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from importlib.metadata import EntryPoint
    from pathlib import Path

    from flask import Flask

    from portal.personaldata import Declaration
    from portal.pluginhost.exam import Loaded
    from portal.pluginhost.manifest import Manifest
    from portal.pluginhost.values import MessageText

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
    "message_texts",
    "migration_folders",
    "provider",
    "reset",
    "run_with",
    "save_counts",
    "set_up_demo",
    "store_settings",
    "switch_on",
    "switched_on",
]


def install(app: Flask, found: Iterable[EntryPoint] | None = None) -> None:
    """Load the plugins that the settings allow, and give them their pages."""
    host = Host(app.extensions["portal_config"], found)
    run_with(app, host)
    app.before_request(_only_where_on)
    got_request_exception.connect(_note_page, app)
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


def _note_page(_app: Flask, exception: Exception, **_more: object) -> None:
    """Let the operator see that a plugin's page raised."""
    if request.blueprint in in_charge().plugins.loaded:
        name = str(request.endpoint).partition(".")[2]
        spot = Spot(str(request.blueprint), f"page {name}", tenant_in_force() or "")
        in_charge().guard.note(spot, exception)


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
        if Level.ORGANISATION in loaded[each.plugin].forms
        or loaded[each.plugin].manifest.per_account
    ]


def message_texts() -> list[tuple[str, str, MessageText]]:
    """Return name and label of the plugins that are on here, with each mail that they bring."""
    loaded = in_charge().plugins.loaded
    return [
        (each.plugin, loaded[each.plugin].manifest.label.in_language(language()), text)
        for each in switched()
        for text in loaded[each.plugin].texts
    ]


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
