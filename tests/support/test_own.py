"""A doctor opens remote support to the own area: the same password, view, end and second person."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from portal import clock as the_clock
from portal.accounts.models import Account
from portal.extensions import db
from portal.pluginhost import service as pluginhost
from portal.pluginhost import switches
from portal.projectadmin import service as projectadmin
from portal.rights import restriction
from portal.support.acts import ACTS, OWN
from portal.support.models import SupportAct, SupportSession
from portal.tenants.scope import tenant_scope
from tests.support.customer import (
    OWN as ALL,
)
from tests.support.customer import (
    codes,
    entered,
    opened,
    own_entered,
    own_opened,
    rows,
    second,
    signed_in_anew,
)

LOOKS = ("open_codes", "open_contacts", "open_profile", "open_own_extensions")


@pytest.mark.requirement("SUP-1")
@pytest.mark.parametrize("role", ["support", "sales", "operator", "projectadmin", "assistant"])
def test_nobody_but_a_doctor_opens_an_own_area(world, role):
    assert world.caller(role).post("/account/support", **ALL).status_code == 404
    assert rows(world, SupportSession) == []


@pytest.mark.requirement("SUP-3")
@pytest.mark.parametrize("left_out", [("consent",), tuple(OWN), ("minutes",)])
def test_without_consent_or_purpose_nothing_opens(world, left_out):
    sent = {name: value for name, value in ALL.items() if name not in left_out}
    if "minutes" in left_out:
        sent["minutes"] = "600"
    # What a project administration opens is not a doctor's to open.
    answer = world.caller("doctor").post("/account/support", **sent, accounts="y", messages="y")
    assert answer.status_code == 422
    assert rows(world, SupportSession) == []


@pytest.mark.requirement("SUP-1")
def test_each_area_has_one_session_at_a_time_and_holds_up_no_other(world):
    own_opened(world)
    again = world.caller("doctor").post("/account/support", **ALL)
    assert again.status_code == 409
    assert "schon geöffnet" in again.text
    own_opened(world, "colleague")
    opened(world)
    assert len(rows(world, SupportSession)) == 3


@pytest.mark.requirement("SUP-2")
def test_the_password_opens_once_and_after_the_end_never(world, clock):
    _id, password = own_opened(world)
    first, other = world.caller("support"), second(world)
    assert first.post("/support", password=password, description="Test").status_code == 200
    assert other.post("/support", password=password, description="Test").status_code == 422
    _id, late = own_opened(world, "colleague", minutes="15")
    clock.move(timedelta(minutes=15))
    assert signed_in_anew(world).post("/support", password=late, description="x").status_code == 422


@pytest.mark.requirement("SUP-3")
def test_the_doctor_sees_each_step_as_it_happens_and_ends_it_at_once(world):
    session_id = own_entered(world)
    doctor, support = world.caller("doctor"), world.caller("support")
    page = doctor.get(f"/account/support/{session_id}").text
    (mark,) = re.findall(r"acts\?mark=([\w.]+)", page)
    assert "ist gerade in Ihren Daten" in page
    watched = f"/account/support/{session_id}/acts?mark={mark}"
    assert doctor.get(watched).status_code == 204
    for name in LOOKS:
        assert support.post(f"/support/{session_id}/do/{name}").status_code == 200
        assert str(ACTS[name].words) in doctor.get(watched).text
    ended = doctor.post(f"/account/support/{session_id}/end")
    assert "Der Zugang ist geschlossen" in ended.text
    assert support.post(f"/support/{session_id}/do/open_codes").status_code == 409
    assert codes(world)[2:] == [
        *[f"support.act.{name}" for name in LOOKS],
        "support.session.ended",
    ]


@pytest.mark.requirement("SUP-1")
@pytest.mark.parametrize("scope", sorted(OWN))
def test_every_act_outside_its_scopes_is_nothing(world, scope):
    session_id = own_entered(world, **{**dict.fromkeys(OWN, ""), scope: "y"})
    for act in ACTS.values():
        if act.asks_plugin:
            continue  # it needs an extension that is on
        answer = world.caller("support").post(
            f"/support/{session_id}/do/{act.name}", id=world.ash.ids["doctor"]
        )
        assert answer.status_code == (200 if act.scope == scope else 404), act.name
    assert {ACTS[each.name].scope for each in rows(world, SupportAct)} == {scope}


@pytest.mark.requirement("SUP-1")
def test_what_is_the_organisations_reaches_no_doctors_own_area(world):
    session_id = entered(world)
    for act in ACTS.values():
        if act.scope in OWN:
            answer = world.caller("support").post(
                f"/support/{session_id}/do/{act.name}", id=world.ash.ids["doctor"]
            )
            assert answer.status_code == 404, act.name


@pytest.mark.requirement("SUP-4")
def test_a_critical_step_waits_for_a_second_person_and_is_for_this_doctor_alone(world):
    session_id, me = own_entered(world), world.ash.ids["doctor"]
    support, path = world.caller("support"), f"/support/{session_id}/do/reset_own_factors"
    for other in ("colleague", "assistant"):
        assert support.post(path, id=world.ash.ids[other]).status_code == 404
    assert support.post(path, id=world.birch.ids["doctor"]).status_code == 404
    assert "wartet auf eine zweite Person" in support.post(path, id=me).text
    (act,) = rows(world, SupportAct)
    assert act.object_id == me
    assert support.post(f"/support/second/{act.id}", agrees="1").status_code == 409
    assert (
        "Der Schritt ist getan" in second(world).post(f"/support/second/{act.id}", agrees="1").text
    )
    # The doctor's sign-ins end with it, as after each reset.
    assert world.caller("doctor").get("/account/support").status_code == 401
    assert codes(world)[-2:] == ["support.act.asked", "support.act.reset_own_factors"]


@pytest.mark.requirement("SUP-5")
def test_the_protocol_says_what_it_must_to_the_doctor_and_nothing_to_others(world, clock):
    session_id = own_entered(world)
    world.caller("support").post(f"/support/{session_id}/do/open_codes")
    clock.move(timedelta(minutes=7))
    world.caller("support").post(f"/support/{session_id}/end")
    page = world.caller("doctor").get("/account/support").text
    (row,) = rows(world, SupportSession)
    assert row.target.endswith("Doctor")
    for said in (
        row.supporter_name,
        "7 Minuten",
        row.target,
        "Fernwartung im Portal, ohne Aufzeichnung",
        "Code prüfen",
        "Codes angesehen",
    ):
        assert said in page, said
    assert "Code prüfen" not in world.caller("colleague").get("/account/support").text
    assert "Code prüfen" not in world.caller("projectadmin").get("/admin/support").text


def suspended(account: Account) -> None:
    projectadmin.suspend([account.id], now=the_clock.now())


def restricted(account: Account) -> None:
    restriction.begin(account, now=the_clock.now())


def removed(account: Account) -> None:
    db.session.delete(account)


@pytest.mark.requirement("SUP-1")
@pytest.mark.requirement("PRIV-5")
@pytest.mark.parametrize("become", [suspended, restricted, removed])
def test_nothing_is_done_in_the_area_of_somebody_who_cannot_watch(world, become):
    session_id = own_entered(world)
    _id, password = own_opened(world, "colleague")
    for who in ("doctor", "colleague"):
        with tenant_scope(world.ash.id):
            become(db.session.get(Account, (world.ash.id, world.ash.ids[who])))
            db.session.commit()
            db.session.remove()
    support = world.caller("support")
    answer = support.post(f"/support/{session_id}/do/open_profile")
    assert answer.status_code == 409
    assert "Diese Fernwartung ist beendet" in answer.text
    assert support.post("/support", password=password, description="x").status_code == 409
    assert rows(world, SupportAct) == []


@pytest.mark.requirement("SUP-1")
def test_an_extension_is_checked_with_the_doctors_own_settings_where_it_is_on(world):
    session_id, path = own_entered(world), "do/check_own_extension"
    support = world.caller("support")
    assert support.post(f"/support/{session_id}/{path}", id="vinteos").status_code == 404
    assert rows(world, SupportAct) == []
    with tenant_scope(world.ash.id):
        pluginhost.switch_on("vinteos")
        pluginhost.switch_on("sms_lox24")  # which only the organisation sets up
        switches.set_account("vinteos", world.ash.ids["doctor"], on=True, now=the_clock.now())
        db.session.commit()
        db.session.remove()
    assert "an</span>" in support.post(f"/support/{session_id}/do/open_own_extensions").text
    assert support.post(f"/support/{session_id}/{path}", id="sms_lox24").status_code == 404
    assert support.post(f"/support/{session_id}/{path}", id="vinteos").status_code == 200
    assert {each.name for each in rows(world, SupportAct)} == {
        "open_own_extensions",
        "check_own_extension",
    }
