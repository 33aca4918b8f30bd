"""What the operator sees of each plugin: state, wishes, calls, breakers, jobs, dead letters."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.language import language
from portal.personaldata import DataUse
from portal.pluginhost import grants, letters, switches
from portal.pluginhost.asking import in_charge
from portal.pluginhost.manifest import SCOPE_TITLES, Scope
from portal.pluginhost.models import PluginJob
from portal.tenants.models import Organisation
from portal.tenants.scope import across_tenants

if TYPE_CHECKING:
    from portal.pluginhost.asking import Host
    from portal.pluginhost.exam import Loaded
    from portal.pluginhost.grants import Grant
    from portal.pluginhost.guard import Count


def names() -> list[str]:
    """Return the names of all plugins of the allow-list, loaded or not."""
    host = in_charge()
    return sorted({*host.plugins.loaded, *host.plugins.refused, *host.config.plugin_names})


def faulty() -> list[str]:
    """Return the plugins that are left out, and those with a hook that is left alone for now.

    It asks no database, so that it can be asked while that is away.
    """
    host = in_charge()
    left_alone = [name for name in host.plugins.loaded if host.guard.breakers(name)]
    return sorted([*host.plugins.refused, *left_alone])


def counts() -> dict[tuple[str, str], Count]:
    """Return how the calls of this process went, by plugin and hook."""
    return dict(in_charge().guard.counts)


def report() -> list[dict[str, Any]]:
    """Return one line for each plugin of the allow-list."""
    host = in_charge()
    return [_line(host, name) for name in names()]


def _line(host: Host, name: str) -> dict[str, Any]:
    plugin = host.plugins.loaded.get(name)
    if plugin is None:
        error = host.plugins.refused.get(name) or _("Das Portal läuft ohne Erweiterungen.")
        shown = {"label": name, "version": "", "state": _("nicht geladen"), "error": error}
        return {"name": name, **shown, "hooks": [], "organisations": [], **_summed([])}
    breakers = host.guard.breakers(name)
    left_alone = sorted({each["hook"] for each in breakers})
    wishes = bool(grants.missing(plugin.manifest))
    state = _("geladen")
    error = ""
    if left_alone:
        state = _("gestört")
        error = _("Nicht gefragt nach vielen Fehlern: %(hooks)s", hooks=", ".join(left_alone))
    elif wishes:
        state = _("wartet auf Freigabe")
    hooks = [_count(row) for row in host.guard.everywhere(name)]
    return {
        "name": name,
        "label": plugin.manifest.label.in_language(language()),
        "version": plugin.manifest.version,
        "state": state,
        "error": error,
        "waits": wishes,
        "hooks": hooks,
        "organisations": switches.organisations_with(name),
        **_summed(hooks),
    }


def _count(row: dict[str, Any]) -> dict[str, Any]:
    last = datetime.fromisoformat(row["last_at"]) if row["last_at"] else None
    return {**row, "last_at": last}


def _summed(hooks: list[dict[str, Any]]) -> dict[str, Any]:
    p95 = [row["p95_ms"] for row in hooks if row["p95_ms"] is not None]
    last = [row["last_at"] for row in hooks if row["last_at"] is not None]
    return {
        "calls": sum(row["calls"] for row in hooks),
        "failures": sum(row["failures"] for row in hooks),
        "p95_ms": max(p95, default=None),
        "last_at": max(last, default=None),
    }


def details(name: str) -> dict[str, Any]:
    """Return all that there is to see of one plugin.

    :raise NotFoundHereError: the allow-list does not name it.
    """
    if name not in names():
        raise NotFoundHereError
    host = in_charge()
    plugin = host.plugins.loaded.get(name)
    shown = _line(host, name)
    if plugin is None:
        return {**shown, "loaded": False}
    return {
        **shown,
        "loaded": True,
        "warnings": plugin.warnings,
        "asked": _wishes(grants.asked(plugin.manifest)),
        "granted": _wishes(grants.granted(plugin.manifest)),
        "missing": _wishes(grants.missing(plugin.manifest)),
        "breakers": _breakers(host, name),
        "dead": letters.dead(name),
        "jobs": _jobs(plugin),
        "uses": _uses(plugin),
    }


def _wishes(grant: Grant) -> list[str]:
    scopes = [SCOPE_TITLES[Scope(each)].in_language(language()) for each in sorted(grant.scopes)]
    return [*scopes, *(_host(each) for each in sorted(grant.hosts))]


def _host(host: str) -> str:
    name = host.removeprefix(grants.SETTING)
    if name == host:
        return _("Verbindung zu %(host)s", host=host)
    return _("Verbindung zu der Adresse, die eine Organisation einträgt (%(name)s)", name=name)


def _breakers(host: Host, name: str) -> list[dict[str, Any]]:
    found = host.guard.breakers(name)
    ids = {each["organisation_id"] for each in found}
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids))
    labels = {row[0]: row[1] for row in db.session.execute(query)} if ids else {}
    labels[""] = _("einem Anbieter")
    return [{**each, "organisation": labels.get(each["organisation_id"], "?")} for each in found]


def _jobs(plugin: Loaded) -> list[dict[str, Any]]:
    """Return each job with how often it did not go well at its last turn."""
    query = (
        select(PluginJob.name, PluginJob.state, func.count(), func.max(PluginJob.last_at))
        .where(PluginJob.plugin == plugin.manifest.name)
        .group_by(PluginJob.name, PluginJob.state)
    )
    with across_tenants("The operator sees how the jobs of a plugin went everywhere."):
        rows = db.session.execute(query).all()
    return [
        {
            "name": job.name,
            "states": {row[1]: row[2] for row in rows if row[0] == job.name},
            "last_at": max((row[3] for row in rows if row[0] == job.name and row[3]), default=None),
        }
        for job in plugin.jobs
    ]


def _uses(plugin: Loaded) -> list[DataUse]:
    return [each for each in plugin.declarations if isinstance(each, DataUse)]
