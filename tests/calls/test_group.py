"""Three and more in a call: who may bring somebody in, take them out, and lead it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock as the_clock
from portal.calls import group, service
from portal.extensions import db
from portal.statistics.models import StatisticEvent
from portal.tenants.scope import new_id, tenant_scope
from portal.waitingroom import access, guests, visits
from tests.calls.test_direct import Doctor
from tests.calls.test_events import CANDIDATE, CONNECTION, OFFER, admit, arrives
from tests.sockets import Socket
from tests.world import Caller


@pytest.fixture
def doctor(app, world):
    return Doctor(app, world.ash)


@pytest.fixture
def guest(app, world):
    return Socket(app, world.ash.tokens["guest"])


@pytest.fixture
def call(world, doctor, guest):
    """Let Ash's doctor and guest be in a call."""
    return admit(doctor.page, world)["call"]


class Companion:
    """Somebody who came with another code of the same doctor, and waits."""

    def __init__(self, app, world):
        entered = arrives(world, world.ash.ids["room"])
        self.visit = entered.visit_id
        self.token = entered.token
        self.page = Socket(app, entered.token)

    def joins(self, call):
        return self.page.ask("call.join", {"call": call, "session": self.page.session})


@pytest.fixture
def companion(app, world):
    return Companion(app, world)


def brings_in(doctor, companion, call, role="companion"):
    body = {"visit": companion.visit, "call": call, "role": role}
    return doctor.page.ask("visit.bring_in", body)


@pytest.fixture
def three(doctor, companion, call):
    """Let a companion be in the call as well; return their participant."""
    companion.participant = brings_in(doctor, companion, call)["participant"]
    companion.joins(call)
    return companion.participant


def roles(world, call):
    with tenant_scope(world.ash.id):
        found = {each.subject_id: each.role for each in service.members(call)}
    db.session.remove()
    return found


def leaves(page, call):
    assert page.ask("call.leave", {"call": call}) == {}


@pytest.mark.requirement("CALL-3")
@pytest.mark.parametrize("role", group.ROLES)
def test_a_companion_comes_into_the_running_call(world, doctor, guest, companion, call, role):
    for page in (doctor.page, guest):
        page.heard()
    brought = brings_in(doctor, companion, call, role)
    assert companion.page.heard("visit.brought_in") == [{"visit": companion.visit, "call": call}]
    joined = companion.joins(call)
    assert (joined["role"], joined["participant"]) == (role, brought["participant"])
    assert [each["role"] for each in joined["participants"]] == ["host", "guest"]
    for page in (doctor.page, guest):
        (heard,) = page.heard("call.joined")
        assert (heard["participant"]["name"], heard["participant"]["role"]) == ("Jemand", role)
    assert sorted(roles(world, call).values()) == sorted(["host", "guest", role])


@pytest.mark.requirement("CALL-3")
def test_each_two_of_three_reach_each_other(doctor, guest, companion, call, three):
    me = guest.ask("call.join", {"call": call, "session": guest.session})["participant"]
    companion.page.heard()
    body = {"call": call, "to": three, "session": guest.session}
    assert guest.ask("call.description", {**body, "description": OFFER}) == {}
    assert [each["from"] for each in companion.page.heard("call.description")] == [me]


@pytest.mark.requirement("CALL-3", "WR-5")
@pytest.mark.parametrize("how", ["leaves", "removed", "put back"])
@pytest.mark.usefixtures("three")
def test_who_is_out_is_out_at_once_and_the_others_go_on(world, doctor, guest, companion, call, how):
    for page in (doctor.page, guest, companion.page):
        page.heard()
    if how == "leaves":
        leaves(companion.page, call)
    elif how == "removed":
        body = {"call": call, "participant": companion.participant}
        assert doctor.page.ask("call.remove", body) == {}
    else:
        assert doctor.http.post(f"/desk/visits/{companion.visit}/put-back").status_code == 200
    reason = "removed" if how == "removed" else "left"
    gone = {"call": call, "participant": companion.participant, "reason": reason}
    assert guest.heard("call.left") == [gone]
    ended = {"call": call, "reason": "removed" if how == "removed" else "ended"}
    assert companion.page.heard("call.ended") == [ended]
    # Nothing that a member may send is answered any more.
    to = {"call": call, "to": new_id(), "session": companion.page.session}
    for kind, message in {
        "call.join": {"call": call, "session": companion.page.session},
        "call.description": {**to, "description": OFFER},
        "call.candidate": {**to, "candidate": CANDIDATE},
        "call.leave": {"call": call},
    }.items():
        assert companion.page.ask(kind, message)["code"] == "not_joined", kind
    # Nor does a message of the others reach them.
    host = guest.ask("call.join", {"call": call, "session": guest.session})["participants"]
    assert [each["role"] for each in host] == ["host"]
    body = {
        "call": call,
        "to": companion.participant,
        "session": guest.session,
        "description": OFFER,
    }
    assert guest.ask("call.description", body)["code"] == "not_joined"
    with tenant_scope(world.ash.id):
        state = guests.get_visit(companion.visit).state
        assert state == (visits.WAITING if how == "put back" else visits.ENDED)
        assert guests.get_visit(world.ash.ids["visit"]).state == visits.ADMITTED
    db.session.remove()


@pytest.mark.requirement("CALL-3", "WR-5")
def test_somebody_taken_out_reads_no_picture_of_the_board(world, doctor, companion, call, three):
    path = f"/calls/{call}/files/{new_id()}"
    doctor.http.send("PUT", path, data=b"VSF1 sealed")
    theirs = Caller(companion.token)
    assert theirs.get(path).status_code == 200
    doctor.page.ask("call.remove", {"call": call, "participant": three})
    assert theirs.get(path).status_code == 404
    assert theirs.send("PUT", path, data=b"VSF1 sealed").status_code == 404


@pytest.mark.requirement("CALL-3")
def test_when_the_host_hangs_up_all_are_out(world, doctor, guest, companion, call, three):
    leaves(doctor.page, call)
    for page in (guest, companion.page):
        assert page.heard("call.ended")[-1]["reason"] == "host_left"
    assert roles(world, call) == {}
    with tenant_scope(world.ash.id):
        for visit in (companion.visit, world.ash.ids["visit"]):
            assert guests.get_visit(visit).state == visits.ENDED
    db.session.remove()


@pytest.mark.requirement("CALL-3")
def test_a_call_goes_on_until_one_is_alone(doctor, guest, companion, call, three):
    leaves(guest, call)
    assert doctor.page.heard("call.ended") == []
    leaves(companion.page, call)
    assert doctor.page.heard("call.ended") == [{"call": call, "reason": "alone"}]


@pytest.mark.requirement("CALL-3")
def test_the_tenth_is_told_that_the_call_is_full(app, world, doctor, call):
    with tenant_scope(world.ash.id):
        row = service.get_call(call)
        for _ in range(group.MOST - 2):
            service.let_in(row, "companion", new_id(), the_clock.now())
        db.session.commit()
    db.session.remove()
    refused = brings_in(doctor, Companion(app, world), call)
    assert refused["code"] == "call_full"
    assert "neun Personen" in refused["message"]


@pytest.mark.requirement("CALL-3", "WR-5")
@pytest.mark.parametrize("what", ["foreign call", "no call", "foreign visit", "role", "twice"])
def test_nobody_is_brought_in_where_they_do_not_belong(world, doctor, companion, call, what):
    body = {"visit": companion.visit, "call": call, "role": "companion"}
    wrong = {
        "foreign call": ({"call": new_id()}, "not_found"),
        "no call": ({"call": ""}, "invalid_message"),
        "foreign visit": ({"visit": world.birch.ids["visit"]}, "not_found"),
        "role": ({"role": "host"}, "invalid_message"),
        "twice": ({"visit": world.ash.ids["visit"]}, "not_waiting"),
    }
    change, code = wrong[what]
    assert doctor.page.ask("visit.bring_in", {**body, **change})["code"] == code
    assert len(roles(world, call)) == 2
    assert companion.joins(call)["code"] == "not_joined"


def test_a_guest_who_is_in_a_call_counts_once_and_uses_the_own_code_up(
    world, doctor, guest, companion, call, three
):
    assert doctor.page.ask("visit.connected", {"call": call}) == {}
    with tenant_scope(world.ash.id):
        assert guests.get_visit(world.ash.ids["visit"]).state == visits.IN_CALL
        assert guests.get_visit(companion.visit).state == visits.ADMITTED
    db.session.remove()
    assert companion.page.ask("visit.connected", {"call": call}) == {}
    with tenant_scope(world.ash.id):
        found = guests.get_visit(companion.visit)
        assert found.state == visits.IN_CALL
        assert access.get_plain(found.code_id).used_at
    db.session.remove()


@pytest.mark.requirement("CALL-16", "CALL-17")
def test_the_summary_and_the_statistics_count_all_who_were_there(
    world, doctor, guest, companion, call, three
):
    doctor.page.ask("visit.connected", {"call": call})
    leaves(companion.page, call)
    brought_again = brings_in(doctor, companion, call)
    assert brought_again["code"] == "not_waiting"
    leaves(doctor.page, call)
    for page in (doctor.page, guest, companion.page):
        assert page.ask("call.report", {"call": call, **CONNECTION}) == {}
    shown = doctor.http.get(f"/calls/{call}/summary").text
    for words in ("3 Personen", "Ash Doctor", "Gast", "Jemand (Begleitung)"):
        assert words in shown
    with tenant_scope(world.ash.id):
        rows = db.session.scalars(select(StatisticEvent)).all()
        (over,) = [row.facts for row in rows if row.kind == "call"]
        assert (over["guests"], over["doctors"]) == (2, 1)
        assert len([row for row in rows if row.kind == "telemetry"]) == 3
    db.session.remove()


@pytest.mark.requirement("CALL-11", "CALL-3")
@pytest.mark.usefixtures("three")
def test_who_hung_up_by_mistake_finds_all_of_them_waiting(world, app, doctor, companion, call):
    earlier = Companion(app, world)
    brings_in(doctor, earlier, call)
    leaves(earlier.page, call)
    leaves(doctor.page, call)
    back = doctor.http.post(f"/calls/{call}/resume")
    assert back.json == {"visit": world.ash.ids["visit"]}
    with tenant_scope(world.ash.id):
        assert guests.get_visit(world.ash.ids["visit"]).state == visits.WAITING
        assert guests.get_visit(companion.visit).state == visits.WAITING
        assert guests.get_visit(earlier.visit).state == visits.ENDED
    db.session.remove()


def test_who_changes_the_device_in_a_call_is_brought_in_again_once(
    world, doctor, companion, call, three
):
    companion.page.close()
    with tenant_scope(world.ash.id):
        found = guests.get_visit(companion.visit)
        guests.enter(found.code_id, guests.Arrival("Jemand", "de"), now=the_clock.now())
        db.session.commit()
    db.session.remove()
    assert brings_in(doctor, companion, call)["participant"] != three
    assert len(roles(world, call)) == 3


def test_a_host_who_is_away_ends_the_call_no_sooner_than_with_two(clock, world, call, three):
    clock.move(timedelta(hours=1))
    with tenant_scope(world.ash.id):
        assert service.close_abandoned(the_clock.now()) == 0
        assert len(service.members(call)) == 3
    db.session.remove()
