"""A demo organisation in one click: invented people, who are gone before it becomes a real one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import current_app
from flask_babel import lazy_gettext as _l

from portal import audit
from portal.accounts import passwords
from portal.accounts.models import Account
from portal.accounts.service import give_credential
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.language import ZONE
from portal.permissions import Role
from portal.sales import organisations, termination
from portal.tenants.scope import across_tenants, tenant_scope

if TYPE_CHECKING:
    from datetime import datetime

    from portal.tenants.models import Organisation

NAME = "Musterpraxis zur Vorführung"
SEATS = 10
PEOPLE = (
    (Role.DOCTOR, "Dr.", "Mila", "Muster"),
    (Role.ASSISTANT, "", "Emil", "Empfang"),
    (Role.PROJECTADMIN, "", "Vera", "Verwaltung"),
)
# What the organisation keeps when it becomes a real one.
KEPT = frozenset({"plugin_switch"})
SHOWROOM = "portal_showroom"
audit.words(
    {
        "sales.demo.created": _l("Organisation zur Vorführung angelegt"),
        "sales.demo.made_real": _l("Vorführung in eine echte Organisation umgewandelt"),
    },
    {"is_demo": _l("Vorführung")},
)


@dataclass(frozen=True)
class Login:
    """How somebody invented signs in; shown once."""

    role: Role
    name: str
    login_name: str
    password: str


def create(company_id: str, country: str, *, now: datetime) -> tuple[Organisation, list[Login]]:
    """Make a demo organisation with people, a waiting room and guests, all of them invented."""
    values: dict[str, Any] = {
        "name": NAME,
        "country": country,
        "contract_start": now.astimezone(ZONE).date(),
        "seats": SEATS,
        "is_demo": True,
    }
    organisation = organisations.create(company_id, organisations.NewOrganisation(values), now=now)
    mark = secrets.token_hex(3)
    with tenant_scope(organisation.id):
        made = [_person(mark, *person) for person in PEOPLE]
        doctor, assistant = made[0][0], made[1][0]
        # The waiting room stands above this room; it says at start how it is furnished.
        current_app.extensions[SHOWROOM](doctor, assistant, now)
        audit.record(
            "sales.demo.created", "organisation", organisation.id, fields=["is_demo"], now=now
        )
        db.session.flush()
    return organisation, [login for _account, login in made]


def _person(
    mark: str, role: Role, title: str, first_name: str, last_name: str
) -> tuple[Account, Login]:
    login_name = f"{last_name.lower()}-{mark}"
    account = Account(
        role=role,
        state="active",
        title=title,
        first_name=first_name,
        last_name=last_name,
        email=f"{login_name}@vorfuehrung.example",
    )
    db.session.add(account)
    db.session.flush()
    password = secrets.token_urlsafe(12)
    give_credential(account, login_name, passwords.hash_password(password))
    return account, Login(role, account.full_name, login_name, password)


def make_real(organisation: Organisation, *, now: datetime) -> None:
    """Turn a demo into a real organisation: everybody invented and all that they left is deleted.

    :raise NotFoundHereError: it is no demo.
    :raise RestrictedError: its contract is terminated.
    """
    if not organisation.is_demo:
        raise NotFoundHereError
    termination.check_open(organisation)
    organisation.is_demo = False
    db.session.flush()
    with across_tenants("A demo that becomes real loses the rows of its invented people."):
        termination.erase_rows(organisation.id, but=KEPT)
    audit.record(
        "sales.demo.made_real",
        "organisation",
        organisation.id,
        fields=["is_demo"],
        now=now,
        organisation_id=organisation.id,
    )
