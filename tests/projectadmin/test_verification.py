"""A doctor is verified by support of the own provider company before admitting anybody."""

from __future__ import annotations

import pytest

from portal import clock
from portal.accounts import states
from portal.accounts.models import Account
from portal.audit import AuditEntry
from portal.extensions import db
from portal.tenants.scope import tenant_scope
from tests.world import CANARY

PAGE = {"Accept": "text/html", "X-Portal-Request": "content"}


def confirm(org):
    with tenant_scope(org.id):
        states.confirm([org.ids["unverified"]], now=clock.now())
        db.session.commit()
    db.session.remove()


def state(org):
    with tenant_scope(org.id):
        row = db.session.get(Account, (org.id, org.ids["unverified"]))
        found = row.state, row.rejection
    db.session.remove()
    return found


def path(org, verb):
    return f"/verification/{org.id}/{org.ids['unverified']}/{verb}"


@pytest.fixture
def support(world):
    confirm(world.ash)
    return world.caller("support")


@pytest.mark.requirement("TEN-4")
def test_a_doctor_who_confirmed_the_address_waits_and_is_verified_once(world, support):
    doctor = world.caller("unverified")
    queue = support.get("/verification", headers=PAGE).get_data(as_text=True)
    assert "Ash Neu" in queue
    assert "Die Prüfziffer passt." in queue
    assert 'data-testid="admit"' not in doctor.get("/desk", headers=PAGE).get_data(as_text=True)
    done = support.post(path(world.ash, "verify"))
    assert done.status_code == 200
    assert "ist freigeschaltet" in done.get_data(as_text=True)
    assert state(world.ash) == ("active", "")
    again = support.post(path(world.ash, "verify"))
    assert again.status_code == 422
    assert "inzwischen geändert" in again.get_data(as_text=True)
    assert "Niemand wartet" in support.get("/verification", headers=PAGE).get_data(as_text=True)


@pytest.mark.requirement("TEN-4")
def test_a_refusal_needs_a_reason_and_a_correction_asks_again(world, support):
    assert support.post(path(world.ash, "reject"), reason=" ").status_code == 422
    assert state(world.ash) == ("confirmed", "")
    assert (
        support.post(path(world.ash, "reject"), reason="Die LANR gehört Dr. X.").status_code == 200
    )
    assert state(world.ash) == ("rejected", "Die LANR gehört Dr. X.")
    admin = world.caller("projectadmin")
    account_id = world.ash.ids["unverified"]
    shown = admin.get(f"/admin/accounts/{account_id}", headers=PAGE).get_data(as_text=True)
    assert "Die LANR gehört Dr. X." in shown
    values = {"role": "doctor", "first_name": "Ash Neu", "last_name": "Doctor"}
    admin.post(
        f"/admin/accounts/{account_id}",
        **values,
        email="doctor@ash-neu.example",
        physician_number="123456601",
    )
    assert state(world.ash) == ("confirmed", "")


@pytest.mark.requirement("TEN-8", "PRIV-11")
def test_each_look_and_each_decision_is_in_the_log_of_the_organisation(world, support):
    support.get("/verification", headers=PAGE)
    support.post(path(world.ash, "verify"))
    query = db.select(AuditEntry).where(
        AuditEntry.chain == world.ash.id, AuditEntry.object_id == world.ash.ids["unverified"]
    )
    entries = db.session.scalars(query.order_by(AuditEntry.number)).all()
    assert [(entry.role, entry.code) for entry in entries] == [
        ("support", "projectadmin.verification.seen"),
        ("support", "projectadmin.account.verified"),
    ]


@pytest.mark.requirement("TEN-1", "TEN-4")
def test_support_of_one_company_sees_and_decides_nothing_of_another(world, support):
    confirm(world.birch)
    assert CANARY not in support.get("/verification", headers=PAGE).get_data(as_text=True)
    for verb in ("verify", "reject"):
        foreign = support.post(path(world.birch, verb), reason="x")
        unknown = support.post(f"/verification/{'0' * 32}/{'0' * 32}/{verb}", reason="x")
        # The organisation is the company's own, and the account is another's.
        mixed = f"/verification/{world.ash.id}/{world.birch.ids['unverified']}/{verb}"
        assert foreign.status_code == unknown.status_code == 404
        assert support.post(mixed, reason="x").status_code == 404
        assert foreign.data == unknown.data
    assert state(world.birch) == ("confirmed", "")


@pytest.mark.requirement("TEN-4")
@pytest.mark.parametrize("number", ["applied", "confirmed", "rejected"])
def test_an_unverified_doctor_signs_in_and_admits_nobody(world, number):
    with tenant_scope(world.ash.id):
        db.session.get(Account, (world.ash.id, world.ash.ids["unverified"])).state = number
        db.session.commit()
    db.session.remove()
    text = world.caller("unverified").get("/desk", headers=PAGE).get_data(as_text=True)
    assert "werden noch geprüft" in text
    assert 'data-testid="admit"' not in text
