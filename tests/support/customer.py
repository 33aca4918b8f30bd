"""What stories of remote support begin with: a session that is open, or entered."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select

from portal import audit
from portal import clock as the_clock
from portal.accounts import tokens
from portal.accounts.models import Staff
from portal.accounts.tokens import Owner
from portal.extensions import db
from portal.permissions import Role
from portal.sales import undertakings
from portal.tenants.models import ProviderCompany
from portal.tenants.scope import tenant_scope
from tests.world import Caller

SECOND = timedelta(seconds=5)
ALL = {"accounts": "y", "messages": "y", "extensions": "y", "minutes": "30", "consent": "y"}


def opened(world, **changed) -> tuple[str, str]:
    """Open a session as Ash's project administrator; return its id and its password."""
    page = world.caller("projectadmin").post("/admin/support", **{**ALL, **changed})
    assert page.status_code == 200, page.text
    (password,) = re.findall(r'data-testid="support-password">([^<]+)<', page.text)
    (session_id,) = set(re.findall(r"/admin/support/([0-9a-f]{32})/end", page.text))
    return session_id, password


def entered(world, **changed) -> str:
    """Open a session and come in; return its id."""
    session_id, password = opened(world, **changed)
    page = world.caller("support").post("/support", password=password, description="Zweiter Faktor")
    assert page.status_code == 200, page.text
    assert "support-banner" in page.text
    return session_id


def second(world, company_id: str = "", *, bound: bool = True) -> Caller:
    """Return a further member of support, of Ash's company unless another is named."""
    now = the_clock.now()
    company = company_id or world.ash.company_id
    person = Staff(
        provider_company_id=company,
        role=Role.SUPPORT,
        first_name="Zora",
        last_name="Zweit",
        email="z@example.org",
    )
    db.session.add(person)
    db.session.flush()
    if bound:
        version = db.session.get_one(ProviderCompany, company).undertaking_version
        undertakings.record(person, version, now.date(), now=now)
    owner = Owner(Role.SUPPORT, person.id, provider_company_id=company)
    token = tokens.issue(owner, now=now)
    db.session.commit()
    db.session.remove()
    return Caller(token)


def signed_in_anew(world) -> Caller:
    """Return Ash's support with a sign-in of this moment."""
    me = world.ash.ids["staff_support"]
    owner = Owner(Role.SUPPORT, me, provider_company_id=world.ash.company_id)
    token = tokens.issue(owner, now=the_clock.now())
    db.session.commit()
    db.session.remove()
    return Caller(token)


def rows(world, model):
    with tenant_scope(world.ash.id):
        found = list(db.session.scalars(select(model)))
        db.session.expunge_all()
        db.session.remove()
    return found


def codes(world) -> list[str]:
    with tenant_scope(world.ash.id):
        entries = db.session.scalars(audit.entries(world.ash.id)).all()
        found = [each.code for each in entries if each.code.startswith("support.")]
        db.session.remove()
    return found[::-1]


OWN = {
    "codes": "y",
    "contacts": "y",
    "profile": "y",
    "own_extensions": "y",
    "minutes": "30",
    "consent": "y",
}


def own_opened(world, who="doctor", **changed) -> tuple[str, str]:
    """Open a session as one of Ash's doctors to the own area; return its id and its password."""
    page = world.caller(who).post("/account/support", **{**OWN, **changed})
    assert page.status_code == 200, page.text
    (password,) = re.findall(r'data-testid="support-password">([^<]+)<', page.text)
    (session_id,) = set(re.findall(r"/account/support/([0-9a-f]{32})/end", page.text))
    return session_id, password


def own_entered(world, who="doctor", **changed) -> str:
    """Open a session to a doctor's own area and come in; return its id."""
    session_id, password = own_opened(world, who, **changed)
    page = world.caller("support").post("/support", password=password, description="Code prüfen")
    assert page.status_code == 200, page.text
    return session_id
