"""What cannot be taken back asks who sits there (T24); second factors are reset for others."""

from __future__ import annotations

import pytest

from portal.accounts import credentials, factors
from portal.accounts.models import Account
from portal.audit import AuditEntry
from portal.extensions import db
from portal.outbox import Outbox
from portal.permissions import FRESH
from portal.tenants.models import Organisation
from portal.tenants.scope import tenant_scope
from tests.projectadmin.test_bank import GOOD, IBAN
from tests.projectadmin.test_importing import confirmed, upload, work
from tests.world import PASSWORD, Caller, with_password

PAGE = {"Accept": "text/html", "X-Portal-Request": "content"}
RESET = "reset_factors"


@pytest.fixture
def admin(world):
    """Return an administrator with a password, who signed in a moment ago."""
    with_password(world.ash, "projectadmin", "ash.admin")
    return world.caller("projectadmin")


def prove(admin):
    assert admin.post("/proof", kind="password", proof=PASSWORD).status_code == 204


def refused(admin, path, **data):
    """Tell whether a request is answered by the question who sits there."""
    answer = admin.post(path, **data)
    return answer.status_code == 403 and answer.headers["X-Portal-Proof"] == "needed"


def give_factor(org, role, login, now):
    """Let somebody of an organisation have a password, an app and recovery codes."""
    with_password(org, role, login)
    with tenant_scope(org.id):
        known = credentials.of(db.session.get(Account, (org.id, org.ids[role])))
        offer = factors.offer_totp(known.id, login, now=now)
        factors.confirm(factors.get_factor(known.id, offer.factor_id), now=now)
        db.session.commit()
        found = known.id
    db.session.remove()
    return found


def left(credential_id):
    counts = len(factors.confirmed(credential_id)), factors.recovery_codes_left(credential_id)
    db.session.remove()
    return counts


def codes_of(object_id):
    query = db.select(AuditEntry.code).where(AuditEntry.object_id == object_id)
    found = db.session.scalars(query.order_by(AuditEntry.number)).all()
    db.session.remove()
    return list(found)


@pytest.mark.requirement("ADM-2", "ACC-3", "PRIV-11")
def test_second_factors_are_reset_and_the_person_signs_in_with_the_password(world, admin, clock):
    account_id = world.ash.ids["doctor"]
    credential_id = give_factor(world.ash, "doctor", "ash.doctor", clock.now())
    assert left(credential_id) == (1, factors.RECOVERY_CODES)
    sheet = admin.get(f"/admin/accounts/{account_id}", headers=PAGE).text
    assert f'value="{RESET}"' in sheet
    asked = admin.post("/admin/actions/ask", action=RESET, ids=[account_id]).text
    assert "1 Konto verliert alle zweiten Faktoren und die Wiederherstellungscodes." in asked
    assert "wird abgemeldet" in asked
    assert left(credential_id) == (1, factors.RECOVERY_CODES)
    done = admin.post("/admin/actions", action=RESET, ids=[account_id])
    assert done.status_code == 200
    assert "Zweite Faktoren von 1 Konto zurückgesetzt." in done.text
    assert "Rückgängig" not in done.text
    assert left(credential_id) == (0, 0)
    assert world.caller("doctor").get("/desk", headers=PAGE).status_code == 401
    signed_in = Caller().post("/sign-in", name="ash.doctor", password=PASSWORD)
    assert (signed_in.status_code, signed_in.json["pending"]) == (200, "")
    assert "projectadmin.account.factors_reset" in codes_of(account_id)
    assert "accounts.factor.reset" in codes_of(credential_id)
    with tenant_scope(world.ash.id):
        mails = db.select(Outbox.occasion).where(Outbox.subject_id == account_id)
        assert db.session.scalars(mails).all() == ["factors_reset"]
    assert "zweite Faktoren zurückgesetzt" in admin.get(f"/admin/accounts/{account_id}").text


@pytest.mark.requirement("ADM-2")
def test_factors_of_another_organisation_look_like_unknown_ones(world, admin, clock):
    credential_id = give_factor(world.birch, "doctor", "birch.doctor", clock.now())
    own, foreign = world.ash.ids["doctor"], world.birch.ids["doctor"]
    for path in ("/admin/actions/ask", "/admin/actions"):
        answers = [
            admin.post(path, action=RESET, ids=[own, other]) for other in (foreign, "0" * 32)
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].data == answers[1].data
    assert left(credential_id) == (1, factors.RECOVERY_CODES)
    assert world.caller("doctor").get("/desk", headers=PAGE).status_code == 200


@pytest.mark.requirement("ADM-2")
def test_resetting_is_for_one_account_and_for_those_who_can_sign_in(world, admin):
    listed = admin.get("/admin", headers=PAGE).text
    assert 'data-ask="suspend"' in listed
    assert f'data-ask="{RESET}"' not in listed
    invited = admin.get(f"/admin/accounts/{world.ash.ids['unverified']}", headers=PAGE).text
    assert f'value="{RESET}"' not in invited
    # Nobody who has no second factor yet comes to harm by it.
    ids = [world.ash.ids["colleague"]]
    assert admin.post("/admin/actions", action=RESET, ids=ids).status_code == 200


@pytest.mark.requirement("ADM-2")
def test_resetting_factors_asks_who_sits_there(world, admin, clock):
    credential_id = give_factor(world.ash, "doctor", "ash.doctor", clock.now())
    clock.move(FRESH)
    sent = {"action": RESET, "ids": [world.ash.ids["doctor"]]}
    assert refused(admin, "/admin/actions", **sent)
    assert left(credential_id) == (1, factors.RECOVERY_CODES)
    prove(admin)
    assert admin.post("/admin/actions", **sent).status_code == 200
    assert left(credential_id) == (0, 0)


@pytest.mark.requirement("ADM-2")
def test_removing_asks_who_sits_there_and_suspending_does_not(world, admin, clock):
    clock.move(FRESH)
    ids = [world.ash.ids["colleague"]]
    sent = {"action": "remove", "ids": ids, "word": "ENTFERNEN"}
    assert admin.post("/admin/actions/ask", action="remove", ids=ids).status_code == 200
    assert refused(admin, "/admin/actions", **sent)
    assert admin.post("/admin/actions", action="suspend", ids=ids).status_code == 200
    prove(admin)
    assert "1 Konto entfernt" in admin.post("/admin/actions", **sent).text


@pytest.mark.requirement("TEN-3", "PRIV-11")
def test_the_whole_iban_asks_who_sits_there(world, admin, clock):
    assert admin.post("/admin/bank", **GOOD).status_code == 200
    clock.move(FRESH)
    assert refused(admin, "/admin/bank/reveal")
    assert admin.get("/admin/bank", headers=PAGE).status_code == 200
    entries = db.select(AuditEntry.code).where(AuditEntry.kind == "bank_details")
    assert db.session.scalars(entries).all() == ["projectadmin.bank.saved"]
    db.session.remove()
    prove(admin)
    assert IBAN in admin.post("/admin/bank/reveal").text.replace(" ", "")


@pytest.mark.requirement("TEN-3")
def test_another_account_for_the_money_and_none_at_all_ask_who_sits_there(admin, clock):
    assert admin.post("/admin/bank", **GOOD).status_code == 200
    clock.move(FRESH)
    assert refused(admin, "/admin/bank", **{**GOOD, "iban": "AT611904300234573201"})
    assert refused(admin, "/admin/bank/delete")
    assert "3000" in admin.get("/admin/bank", headers=PAGE).text
    prove(admin)
    assert admin.post("/admin/bank/delete").status_code == 200


@pytest.mark.requirement("ADM-3")
def test_writing_an_import_and_taking_it_back_ask_who_sits_there(world, admin, clock):
    db.session.get(Organisation, world.ash.id).seats = 50
    db.session.commit()
    db.session.remove()
    import_id = upload(admin, world.ash, "Vorname;Nachname;E-Mail\nJan;Neu;jan@neu.example")
    clock.move(FRESH)
    assert refused(admin, f"/admin/imports/{import_id}/confirm")
    work(world.ash)
    assert named(world.ash, "Neu") == 0
    prove(admin)
    confirmed(admin, world.ash, import_id)
    assert named(world.ash, "Neu") == 1
    clock.move(FRESH)
    assert refused(admin, f"/admin/imports/{import_id}/undo")
    work(world.ash)
    assert named(world.ash, "Neu") == 1
    prove(admin)
    assert admin.post(f"/admin/imports/{import_id}/undo").status_code == 200
    work(world.ash)
    assert named(world.ash, "Neu") == 0


def named(org, last_name):
    with tenant_scope(org.id):
        found = db.session.scalars(db.select(Account).where(Account.last_name == last_name)).all()
    db.session.remove()
    return len(found)
