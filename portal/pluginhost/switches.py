"""Which plugins an organisation has switched on, in which order, and how they are set up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from flask import g, has_app_context
from sqlalchemy import bindparam, delete, event, func, select
from sqlalchemy.exc import IntegrityError
from wtforms import PasswordField

from portal.database import TenantSession
from portal.extensions import db
from portal.pluginhost.models import PluginAccount
from portal.tenants.models import Organisation, PluginSwitch
from portal.tenants.scope import across_tenants, bind, current_tenant
from portal.tenants.service import get_switch

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from portal.forms import PortalForm

NAMED = 20


@dataclass(frozen=True)
class Switch:
    """One plugin in the current organisation."""

    plugin: str
    is_on: bool
    rank: int
    settings: Mapping[str, Any]
    secrets: Mapping[str, str]


NEVER_SET = Switch("", is_on=False, rank=0, settings={}, secrets={})


def here() -> dict[str, Switch]:
    """Return the switches of the organisation in force, asked for once in a request or job."""
    known: dict[str, dict[str, Switch]] = g.setdefault("plugin_switches", {})
    tenant = current_tenant()
    if tenant not in known:
        # Past the session's events, because every page asks; the fence looks at it all the same.
        bind(db.session())
        rows = db.session.connection().execute(_HERE, {"tenant": tenant})
        known[tenant] = {row.plugin: _switch(row) for row in rows}
    return known[tenant]


_TABLE = db.metadata.tables["plugin_switch"]
_HERE = (
    select(*(_TABLE.c[name] for name in ("plugin", "is_on", "rank", "settings")))
    .where(_TABLE.c.organisation_id == bindparam("tenant"))
    .order_by(_TABLE.c.rank, _TABLE.c.plugin)
)
_NOTHING: Mapping[str, Any] = MappingProxyType({})


def _switch(row: Any) -> Switch:  # noqa: ANN401  a row of the query above
    if row.settings is None:
        return Switch(row.plugin, row.is_on, row.rank, _NOTHING, _NOTHING)
    stored = json.loads(row.settings)
    return Switch(
        row.plugin,
        row.is_on,
        row.rank,
        MappingProxyType(stored.get("settings", {})),
        MappingProxyType(stored.get("secrets", {})),
    )


@event.listens_for(TenantSession, "after_flush")
def _ask_anew(session: TenantSession, _context: object) -> None:
    changed = any(isinstance(row, PluginSwitch) for row in (*session.new, *session.dirty))
    if changed and has_app_context():
        g.pop("plugin_switches", None)


def store(plugin: str, settings: Mapping[str, Any], secrets: Mapping[str, str]) -> None:
    """Keep a plugin's settings in the current organisation, encrypted; the caller commits."""
    stored = {"settings": dict(settings), "secrets": dict(secrets)}
    get_switch(plugin).settings = json.dumps(stored, ensure_ascii=False, default=str)
    db.session.flush()


def turn_on(plugin: str) -> None:
    """Switch a plugin on in the current organisation; the caller commits."""
    get_switch(plugin).is_on = True
    db.session.flush()


def taking_part(account_id: str) -> frozenset[str]:
    """Return the plugins that are switched on for one account, asked for once in a request."""
    known: dict[tuple[str, str], frozenset[str]] = g.setdefault("plugin_accounts", {})
    key = (current_tenant(), account_id)
    if key not in known:
        query = select(PluginAccount.plugin).where(PluginAccount.account_id == account_id)
        known[key] = frozenset(db.session.scalars(query))
    return known[key]


def members(plugin: str) -> frozenset[str]:
    """Return the ids of the accounts of this organisation that a plugin is switched on for."""
    query = select(PluginAccount.account_id).where(PluginAccount.plugin == plugin)
    return frozenset(db.session.scalars(query))


def set_account(plugin: str, account_id: str, *, on: bool, now: datetime) -> None:
    """Switch a plugin on or off for one account; twice does nothing new. The caller commits."""
    if on:
        try:
            with db.session.begin_nested():
                db.session.add(PluginAccount(plugin=plugin, account_id=account_id, since=now))
        except IntegrityError:  # it is on already, perhaps since this moment
            return
    else:
        gone = delete(PluginAccount).where(
            PluginAccount.organisation_id == current_tenant(),
            PluginAccount.plugin == plugin,
            PluginAccount.account_id == account_id,
        )
        db.session.execute(gone.execution_options(synchronize_session=False))
    g.pop("plugin_accounts", None)


def secret_fields(form: type[PortalForm]) -> set[str]:
    """Return the names of the fields whose values are never shown again."""
    return {each.name for each in form() if isinstance(each, PasswordField)}


def organisations_with(plugin: str) -> list[str]:
    """Return the names of organisations that have a plugin on, and how many more there are."""
    query = (
        select(Organisation.name)
        .join(PluginSwitch, PluginSwitch.organisation_id == Organisation.id)
        .where(PluginSwitch.plugin == plugin, PluginSwitch.is_on)
    )
    with across_tenants("The operator sees where a plugin is switched on."):
        names = list(db.session.scalars(query.order_by(Organisation.name).limit(NAMED)))
        more = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    return names if more <= NAMED else [*names, f"+ {more - NAMED}"]


def ever_switched() -> list[tuple[str, str]]:
    """Return each plugin and organisation that came together, for the deletion job."""
    query = select(PluginSwitch.plugin, PluginSwitch.organisation_id)
    with across_tenants("The deletion job asks plugins also where they are off by now."):
        return [(row.plugin, row.organisation_id) for row in db.session.execute(query)]
