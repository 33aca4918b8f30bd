"""A material change of the notice is shown until it was read; its difference can be read by all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.personaldata import DataUse, Period, Text
from portal.privacy import changes, consent, marketing, registry, service
from portal.privacy.consent import ConsentText
from portal.privacy.models import Consent, NoticeVersion
from portal.tenants.models import Organisation, ProviderCompany
from portal.tenants.scope import tenant_scope
from portal.tenants.service import switch_plugin
from tests.world import Caller

STRIP = 'data-testid="notice-news"'


@pytest.fixture
def published(world, clock):
    """Return the world with a first notice, and everybody's account older than what follows."""
    service.publish(clock.now())
    db.session.commit()
    db.session.remove()
    clock.move(timedelta(minutes=1))
    return world


def on(world, plugin: str, *, is_on: bool = True) -> None:
    switch_plugin(db.session.get(Organisation, world.ash.id), plugin, on=is_on)
    db.session.commit()
    db.session.remove()


def newest(scope: str) -> NoticeVersion:
    query = select(NoticeVersion).where(NoticeVersion.scope == scope)
    found = db.session.scalars(query.order_by(NoticeVersion.number.desc())).first()
    db.session.remove()
    return found


@pytest.mark.requirement("PRIV-3")
def test_a_new_use_of_data_is_announced_to_each_until_they_have_read_it(published):
    doctor, colleague = published.caller("doctor"), Caller(published.ash.tokens["colleague"])
    assert STRIP not in doctor.get("/desk").text
    on(published, "vinteos")
    number = newest(published.ash.id).number
    for role in ("doctor", "assistant", "projectadmin"):
        assert STRIP in published.caller(role).get("/account").text, role
    page = doctor.get("/desk").text
    assert STRIP in page
    assert f"number={number}" in page
    assert doctor.post("/privacy/seen", number=str(number)).status_code == 200
    assert STRIP not in doctor.get("/desk").text
    assert STRIP in colleague.get("/desk").text
    # Neither another practice, nor staff, nor a guest is told.
    assert STRIP not in Caller(published.birch.tokens["doctor"]).get("/desk").text
    assert STRIP not in published.caller("sales").get("/sales").text
    assert STRIP not in published.caller("guest").get("/visit").text


@pytest.mark.requirement("PRIV-3")
def test_a_new_address_is_a_new_number_and_no_announcement(published):
    company = db.session.get(ProviderCompany, published.ash.company_id)
    company.address = "Neuer Weg 2"
    db.session.commit()
    db.session.remove()
    assert newest(published.ash.id).number == 2
    assert STRIP not in published.caller("doctor").get("/desk").text


@pytest.mark.requirement("PRIV-3")
def test_who_came_later_is_not_told_of_what_they_were_told_then(published, clock):
    on(published, "vinteos")
    clock.move(timedelta(minutes=1))
    from portal.accounts import tokens
    from portal.accounts.tokens import Owner
    from portal.permissions import Role
    from tests.world import account

    with tenant_scope(published.ash.id):
        late = account("spaet", Role.DOCTOR)
        owner = Owner(Role.DOCTOR, late.id, organisation_id=published.ash.id)
        token = tokens.issue(owner, now=clock.now())
        db.session.commit()
    db.session.remove()
    assert STRIP not in Caller(token).get("/desk").text


@pytest.mark.requirement("PRIV-3")
@pytest.mark.parametrize("number", ["0", "99", "x", ""])
def test_a_version_that_does_not_exist_cannot_be_read(published, number):
    on(published, "vinteos")
    doctor = published.caller("doctor")
    assert doctor.post("/privacy/seen", number=number).status_code == 404
    assert STRIP in doctor.get("/desk").text
    assert Caller().post("/privacy/seen", number="1").status_code == 401


@pytest.mark.requirement("PRIV-3")
def test_anybody_reads_what_a_version_changed(published):
    on(published, "vinteos")
    where = f"/privacy/changes?organisation={published.ash.id}"
    page = Caller().get(f"{where}&number=2").text
    assert 'data-kind="added"' in page
    assert "wesentlich" in page
    assert "Was in Fassung 2 neu ist" in page
    assert "What is new in version 2" in Caller().get(f"{where}&number=2&lang=en").text
    on(published, "vinteos", is_on=False)
    assert 'data-kind="removed"' in Caller().get(f"{where}&number=3").text
    for wrong in ("1", "0", "4", "-1", "x", ""):
        assert Caller().get(f"{where}&number={wrong}").status_code == 404, wrong
    notice = Caller().get(f"/privacy?organisation={published.ash.id}").text
    assert "/privacy/changes?" in notice


@pytest.mark.requirement("PRIV-3")
@pytest.mark.parametrize(
    ("change", "material"),
    [
        ({"retention": None}, True),
        ({"purpose": Text("Etwas anderes", "something else")}, True),
        ({"title": Text("Neuer Titel", "new title")}, False),
        ({"source": Text("Woanders her", "from elsewhere")}, False),
    ],
)
def test_what_is_material_is_data_purpose_right_recipient_and_period(
    published, monkeypatch, clock, change, material
):
    if "retention" in change:
        change = {
            "retention": replace(registry.use("calls.ring").rules[0], period=Period(days=365))
        }
    rows = tuple(
        replace(use, **change) if isinstance(use, DataUse) and use.id == "calls.ring" else use
        for use in registry.of_rooms()
    )
    monkeypatch.setattr(registry, "of_rooms", lambda: rows)
    service.publish(clock.now())
    db.session.commit()
    assert newest(published.ash.id).is_material is material
    shown = Caller().get(f"/privacy/changes?company={published.ash.company_id}&number=2").text
    assert 'data-kind="changed"' in shown


def test_that_less_is_processed_is_not_material():
    section = {"id": "a", "title": "A", "purpose": "p"}
    old = {"sections": [section], "provider": {"name": "x"}}
    assert not changes.is_material(old, {"sections": [], "provider": {"name": "x"}})
    assert changes.is_material({"sections": [], "provider": {"name": "x"}}, old)
    assert changes.between(old, old) == []


@pytest.mark.requirement("PRIV-7", "PRIV-3")
def test_who_agreed_to_an_earlier_text_is_asked_again(published, monkeypatch, clock):
    account_id = published.ash.ids["doctor"]
    with tenant_scope(published.ash.id):
        marketing.set_to(account_id, on=True, way="account", now=clock.now())
        db.session.commit()
        assert marketing.is_on(account_id)
        old = consent.TEXTS[consent.MARKETING]
        newer = ConsentText("2", Text(f"{old.text.de} Neu.", f"{old.text.en} New."))
        monkeypatch.setitem(consent.TEXTS, consent.MARKETING, newer)
        assert not marketing.is_on(account_id)
        marketing.set_to(account_id, on=True, way="account", now=clock.now())
        db.session.commit()
        assert marketing.is_on(account_id)
        query = select(Consent.version).where(Consent.subject_id == account_id)
        assert sorted(db.session.scalars(query)) == ["1", "2"]
        marketing.set_to(account_id, on=False, way="account", now=clock.now())
        assert not marketing.is_on(account_id)
        left = select(Consent).where(
            Consent.subject_id == account_id, Consent.withdrawn_at.is_(None)
        )
        assert db.session.scalars(left).all() == []
        db.session.rollback()
