"""Critical acts wait for a second person, and the protocol says what it must (SUP-4, SUP-5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock as the_clock
from portal.accounts.models import Account
from portal.extensions import db
from portal.projectadmin import service as projectadmin
from portal.support.models import SupportAct, SupportSession
from portal.tenants.scope import tenant_scope
from tests.support.customer import codes, entered, rows, second
from tests.world import Caller

# Critical acts wait for a second person (SUP-4).


def ask(world, session_id: str, act: str, account_id: str) -> str:
    answer = world.caller("support").post(f"/support/{session_id}/do/{act}", id=account_id)
    assert "wartet auf eine zweite Person" in answer.text
    (waiting,) = [each for each in rows(world, SupportAct) if each.state == "waiting"]
    return waiting.id


def state_of(world, account_id: str) -> str:
    with tenant_scope(world.ash.id):
        found = db.session.get_one(Account, (world.ash.id, account_id)).state
        db.session.remove()
    return found


@pytest.mark.requirement("SUP-4")
def test_a_critical_act_is_done_only_when_a_second_person_agrees(world):
    session_id, account_id = entered(world), world.ash.ids["assistant"]
    before = state_of(world, account_id)
    act_id = ask(world, session_id, "suspend", account_id)
    assert state_of(world, account_id) == before
    own = world.caller("support").post(f"/support/second/{act_id}", agrees="1")
    assert own.status_code == 409
    assert "support-waiting" not in world.caller("support").get("/support").text
    other = second(world)
    assert "support-waiting" in other.get("/support").text
    assert "Der Schritt ist getan" in other.post(f"/support/second/{act_id}", agrees="1").text
    assert state_of(world, account_id) == "suspended"
    assert other.post(f"/support/second/{act_id}", agrees="0").status_code == 409
    page = world.caller("projectadmin").get("/admin/support").text
    assert "mit Zustimmung von Zora Zweit" in page
    assert codes(world)[-2:] == ["support.act.asked", "support.act.suspend"]


@pytest.mark.requirement("SUP-4")
def test_a_refused_act_is_not_done(world):
    session_id, account_id = entered(world), world.ash.ids["assistant"]
    before = state_of(world, account_id)
    act_id = ask(world, session_id, "suspend", account_id)
    assert "abgelehnt" in second(world).post(f"/support/second/{act_id}", agrees="0").text
    assert state_of(world, account_id) == before
    assert codes(world)[-1] == "support.act.refused"


@pytest.mark.requirement("SUP-4")
def test_who_may_be_the_second_person(world):
    act_id = ask(world, entered(world), "suspend", world.ash.ids["assistant"])
    path = f"/support/second/{act_id}"
    foreign = Caller(world.birch.tokens["support"])
    assert foreign.post(path, agrees="1").status_code == 404
    assert "support-waiting" not in foreign.get("/support").text
    unbound = second(world, bound=False)
    assert unbound.post(path, agrees="1").status_code == 403
    for role in ("sales", "operator", "projectadmin", "doctor"):
        assert world.caller(role).post(path, agrees="1").status_code == 404
    assert state_of(world, world.ash.ids["assistant"]) != "suspended"


@pytest.mark.requirement("SUP-4")
def test_a_session_that_ended_meanwhile_takes_the_waiting_act_along(world):
    session_id, account_id = entered(world), world.ash.ids["assistant"]
    act_id = ask(world, session_id, "suspend", account_id)
    world.caller("projectadmin").post(f"/admin/support/{session_id}/end")
    other = second(world)
    assert "support-waiting" not in other.get("/support").text
    assert other.post(f"/support/second/{act_id}", agrees="1").status_code == 409
    assert state_of(world, account_id) != "suspended"


@pytest.mark.requirement("SUP-4")
@pytest.mark.parametrize("act", ["suspend", "reactivate"])
def test_what_changes_nothing_is_told_in_words_and_waits_on(world, act):
    session_id, account_id = entered(world), world.ash.ids["assistant"]
    act_id = ask(world, session_id, act, account_id)
    with tenant_scope(world.ash.id):
        projectadmin.suspend([account_id], now=the_clock.now())
        if act == "reactivate":
            projectadmin.reactivate([account_id], now=the_clock.now())
        db.session.commit()
        db.session.remove()
    other = second(world)
    answer = other.post(f"/support/second/{act_id}", agrees="1")
    assert answer.status_code == 409
    assert "ändert der Schritt nichts mehr" in answer.text
    assert "Der Schritt ist abgelehnt" in other.post(f"/support/second/{act_id}", agrees="0").text


def test_an_account_of_another_organisation_is_nothing(world):
    session_id = entered(world)
    foreign = world.birch.ids["assistant"]
    answer = world.caller("support").post(f"/support/{session_id}/do/suspend", id=foreign)
    assert answer.status_code == 404
    assert rows(world, SupportAct) == []


# The protocol (SUP-5).


@pytest.mark.requirement("SUP-5")
def test_the_protocol_says_what_it_must_and_the_customer_reads_it(world, clock):
    session_id = entered(world)
    ask(world, session_id, "suspend", world.ash.ids["assistant"])
    (waiting,) = rows(world, SupportAct)
    second(world).post(f"/support/second/{waiting.id}", agrees="1")
    clock.move(timedelta(minutes=7))
    world.caller("support").post(f"/support/{session_id}/end")
    page = world.caller("projectadmin").get("/admin/support").text
    (row,) = rows(world, SupportSession)
    for said in (
        row.supporter_name,  # who
        "7 Minuten",  # how long
        row.target,  # which system
        "Fernwartung im Portal, ohne Aufzeichnung",  # by which medium
        "Zweiter Faktor",  # what, in short
        "Zora Zweit",  # the second person
        "Konto gesperrt",
    ):
        assert said in page, said
    assert f"{row.begun_at:%Y}" in page


@pytest.mark.requirement("SUP-5")
def test_nothing_of_what_was_shown_is_kept(world):
    session_id = entered(world)
    with tenant_scope(world.ash.id):
        name = db.session.get_one(Account, (world.ash.id, world.ash.ids["doctor"])).last_name
        db.session.remove()
    page = world.caller("support").post(f"/support/{session_id}/do/open_accounts").text
    assert name in page
    (act,) = rows(world, SupportAct)
    assert name not in str(vars(act))
    columns = {column.name for column in SupportAct.__table__.columns}
    assert columns == {
        "organisation_id",
        "id",
        "session_id",
        "at",
        "name",
        "object_id",
        "state",
        "second_id",
        "second_name",
        "decided_at",
    }
