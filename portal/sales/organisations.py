"""The contracts of a provider company's organisations: listed, made, configured (TEN-2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import audit
from portal.accounts import links
from portal.accounts.models import Account
from portal.extensions import db
from portal.permissions import Role
from portal.sales import changes
from portal.tenants import service
from portal.tenants.models import Organisation
from portal.tenants.scope import new_id, tenant_scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select

STATES = ("running", "terminated", "demo")
SORTS: dict[str, tuple[Any, ...]] = {
    "name": (Organisation.name, Organisation.id),
    "newest": (Organisation.contract_start.desc(), Organisation.id),
    "seats": (Organisation.seats.desc(), Organisation.id),
}
# What a new organisation takes over from the one it is modelled on.
COPIED = ("country", "seats", "support_contact", "sms_sender", "accent", "accent_2", "logo")
audit.words(
    {
        "sales.organisation.created": _l("Organisation angelegt"),
        "sales.organisation.changed": _l("Vertrag oder Auftritt geändert"),
        "sales.organisation.opened": _l("Vertragsdaten angesehen"),
        "sales.administrator.invited": _l("Projektadministration eingeladen"),
        "sales.plugin.switched_on": _l("Erweiterung eingeschaltet"),
        "sales.plugin.switched_off": _l("Erweiterung ausgeschaltet"),
    },
    {
        "contract_start": _l("Vertragsbeginn"),
        "seats": _l("Plätze"),
        "support_contact": _l("Ansprechperson"),
        "sms_sender": _l("Absender von SMS"),
        "accent": _l("Hauptfarbe"),
        "accent_2": _l("Zweite Farbe"),
        "logo": _l("Logo"),
    },
)


@dataclass(frozen=True)
class Person:
    """Somebody who is to administer an organisation."""

    first_name: str
    last_name: str
    email: str


@dataclass(frozen=True)
class NewOrganisation:
    """All that the wizard has gathered."""

    values: Mapping[str, Any]
    plugins: Sequence[str] = field(default_factory=tuple)
    administrator: Person | None = None


def query(company_id: str, q: str, state: str, sort: str) -> Select[Organisation]:
    """Return the query of one company's organisations, narrowed and in an order."""
    found = service.organisation_query(company_id, q).order_by(None)
    narrowed: dict[str, ColumnElement[bool]] = {
        "running": Organisation.terminated_at.is_(None),
        "terminated": Organisation.terminated_at.is_not(None),
        "demo": Organisation.is_demo.is_(True),
    }
    if state in narrowed:
        found = found.where(narrowed[state])
    return found.order_by(*SORTS.get(sort, SORTS["name"]))


def create(company_id: str, new: NewOrganisation, *, now: datetime) -> Organisation:
    """Make an organisation with what is switched on, and invite who is to administer it."""
    organisation = Organisation(
        id=new_id(), provider_company_id=company_id, created_at=now, **new.values
    )
    db.session.add(organisation)
    db.session.flush()
    _record("created", organisation.id, now=now)
    for plugin in new.plugins:
        switch(organisation, plugin, on=True, now=now)
    if new.administrator is not None:
        invite(organisation, new.administrator, now=now)
    return organisation


def change(organisation: Organisation, values: Mapping[str, Any], *, now: datetime) -> bool:
    """Change contract or look; tell whether anything was different."""
    changed = changes.apply(organisation, values)
    if changed:
        _record("changed", organisation.id, fields=changed, now=now)
    return bool(changed)


def _record(what: str, organisation_id: str, *, now: datetime, fields: Iterable[str] = ()) -> None:
    audit.record(
        f"sales.organisation.{what}",
        "organisation",
        organisation_id,
        fields=fields,
        now=now,
        organisation_id=organisation_id,
    )


def opened(organisation: Organisation, *, now: datetime) -> None:
    """Write down that staff looked at an organisation's contract (TEN-8)."""
    audit.record_reading(
        "sales.organisation.opened",
        "organisation",
        organisation.id,
        now=now,
        organisation_id=organisation.id,
    )


def switch(organisation: Organisation, plugin: str, *, on: bool, now: datetime) -> None:
    """Switch a special project or provider on or off."""
    service.switch_plugin(organisation, plugin, on=on)
    audit.record(
        f"sales.plugin.switched_{'on' if on else 'off'}",
        "plugin",
        plugin,
        now=now,
        organisation_id=organisation.id,
    )


def copied(organisation: Organisation) -> dict[str, Any]:
    """Return what a new organisation takes over from this one."""
    return {name: getattr(organisation, name) for name in COPIED}


def plugins_on(organisation: Organisation) -> list[str]:
    """Return the names of the plugins that are switched on."""
    switched = service.switches([organisation.id])
    return sorted(plugin for (_id, plugin), is_on in switched.items() if is_on)


def administrators(organisation: Organisation) -> Sequence[Account]:
    """Return who administers an organisation: the customer's own contact in the contract."""
    wanted = select(Account).where(Account.role == Role.PROJECTADMIN)
    with tenant_scope(organisation.id):
        return db.session.scalars(wanted.order_by(Account.last_name, Account.id)).all()


def invite(organisation: Organisation, person: Person, *, now: datetime) -> Account:
    """Make a project administrator's account and mail them the link for their password."""
    with tenant_scope(organisation.id):
        account = Account(
            role=Role.PROJECTADMIN,
            state="active",
            first_name=person.first_name,
            last_name=person.last_name,
            email=person.email,
            created_at=now,
        )
        db.session.add(account)
        db.session.flush()
        links.invite(account, now=now)
        audit.record("sales.administrator.invited", "account", account.id, now=now)
        db.session.flush()
    return account
