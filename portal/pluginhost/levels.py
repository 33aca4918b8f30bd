"""What a provider company, or somebody for themself, has set in a plugin; kept encrypted.

What an organisation has set stands in its switch (``switches``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.extensions import db
from portal.pluginhost.models import PluginCompany, PluginOwn
from portal.tenants.scope import current_tenant
from portal.tenants.service import get_organisation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T", PluginCompany, PluginOwn)


@dataclass(frozen=True)
class Settings:
    """What was typed into one form of a plugin: values, and secrets that no page shows again."""

    values: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)


def company_here() -> str:
    """Return the provider company of the organisation in force."""
    return get_organisation(current_tenant()).provider_company_id


def of_company(plugin: str, company_id: str) -> Settings:
    """Return what a provider company has set; nothing before it has."""
    return _read(db.session.get(PluginCompany, (company_id, plugin)))


def of_account(plugin: str, account_id: str) -> Settings:
    """Return what an account of the organisation in force has set; nothing before it has."""
    return _read(_own(plugin, account_id))


def _own(plugin: str, account_id: str) -> PluginOwn | None:
    found: PluginOwn | None = db.session.scalar(
        select(PluginOwn).where(PluginOwn.plugin == plugin, PluginOwn.account_id == account_id)
    )
    return found


def _read(row: PluginCompany | PluginOwn | None) -> Settings:
    return (
        Settings() if row is None else Settings(json.loads(row.settings), json.loads(row.secrets))
    )


def keep_company(plugin: str, company_id: str, held: Settings) -> None:
    """Keep what a provider company has set; the caller commits."""
    fresh = PluginCompany(provider_company_id=company_id, plugin=plugin)
    _keep(lambda: db.session.get(PluginCompany, (company_id, plugin)), fresh, held)


def keep_account(plugin: str, account_id: str, held: Settings) -> None:
    """Keep what an account of the organisation in force has set; the caller commits."""
    _keep(lambda: _own(plugin, account_id), PluginOwn(plugin=plugin, account_id=account_id), held)


def drop_company(plugin: str, company_id: str) -> None:
    """Forget what a provider company has set; the caller commits."""
    _drop(db.session.get(PluginCompany, (company_id, plugin)))


def drop_account(plugin: str, account_id: str) -> None:
    """Forget what an account of the organisation in force has set; the caller commits."""
    _drop(_own(plugin, account_id))


def _drop(row: PluginCompany | PluginOwn | None) -> None:
    if row is not None:
        db.session.delete(row)
        db.session.flush()


def _keep(find: Callable[[], T | None], fresh: T, held: Settings) -> None:
    row = find()
    if row is None:
        try:
            with db.session.begin_nested():
                db.session.add(_filled(fresh, held))
        except IntegrityError:  # somebody was faster; what came last counts
            row = find()
    if row is not None:
        _filled(row, held)
    db.session.flush()


def _filled(row: T, held: Settings) -> T:
    row.settings = json.dumps(dict(held.values), ensure_ascii=False, default=str)
    row.secrets = json.dumps(dict(held.secrets), ensure_ascii=False)
    return row
