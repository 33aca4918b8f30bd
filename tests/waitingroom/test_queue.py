"""The desk writes to those who wait, and sends a guest to another waiting room."""

from __future__ import annotations

import pytest

from portal import clock
from portal.extensions import db
from portal.tenants.scope import tenant_scope
from portal.waitingroom import guests, rooms, visits
from portal.waitingroom.models import Visit
from tests.world import Caller, make_code

PAGE = {"Accept": "text/html", "X-Portal-Request": "content"}
SOON = "Es dauert noch etwa zehn Minuten."


@pytest.fixture
def doctor(world):
    return world.caller("doctor")


def path(world, what):
    return f"/desk/visits/{world.ash.ids['visit']}/{what}"


def stored(world):
    with tenant_scope(world.ash.id):
        row = db.session.get(Visit, (world.ash.id, world.ash.ids["visit"]))
        found = (row.room_id, row.message, row.state)
    db.session.remove()
    return found


def work_in(world, who, room):
    with tenant_scope(world.ash.id):
        from portal.accounts.service import get_account

        account = get_account(world.ash.ids[who])
        rooms.let_in(rooms.get_room(world.ash.ids[room]), account, now=clock.now())
        db.session.commit()
    db.session.remove()


@pytest.mark.requirement("WR-4")
def test_a_message_is_read_by_the_guest_and_seen_on_the_desk(world, doctor):
    assert doctor.post(path(world, "message"), text=SOON).status_code == 204
    assert SOON in world.caller("guest").get("/visit/status").text
    assert SOON in doctor.get("/desk/queue").text


@pytest.mark.requirement("WR-4")
def test_a_message_goes_as_soon_as_the_waiting_ends(world, doctor):
    doctor.post(path(world, "message"), text=SOON)
    assert doctor.post(path(world, "decline"), text="Morgen").status_code == 204
    assert stored(world)[1:] == (None, "declined")
    assert doctor.post(path(world, "message"), text=SOON).status_code == 409


@pytest.mark.requirement("WR-4", "WR-7")
def test_a_refusal_that_is_taken_back_late_finds_the_guest_still_there(world, doctor):
    doctor.post(path(world, "decline"), text="Morgen")
    clock.move(2 * guests.LOST_AFTER)
    assert doctor.post(path(world, "put-back")).status_code == 200
    assert f"visit-{world.ash.ids['visit']}" in doctor.get("/desk/queue").text


@pytest.mark.requirement("WR-4")
def test_all_who_wait_get_a_message_and_nobody_else(world, doctor):
    with tenant_scope(world.ash.id):
        room_id, account_id = world.ash.ids["room"], world.ash.ids["doctor"]
        other = make_code(account_id, room_id, "Jan Beispiel")
        second = guests.enter(other.id, guests.Arrival("Jan Beispiel", "de"), now=clock.now())
        elsewhere = make_code(account_id, world.ash.ids["closed_room"], "Fern")
        third = guests.enter(elsewhere.id, guests.Arrival("Fern", "de"), now=clock.now())
        db.session.commit()
    db.session.remove()
    assert doctor.post("/desk/message", text=SOON).text == "2 Gäste lesen es jetzt."
    assert SOON in Caller(second.token).get("/visit/status").text
    assert SOON not in Caller(third.token).get("/visit/status").text


@pytest.mark.parametrize("text", ["", " ", "\u200b", "x" * 301])
def test_a_message_that_says_nothing_or_too_much_is_refused(world, doctor, text):
    assert doctor.post(path(world, "message"), text=text).status_code == 422
    assert doctor.post("/desk/message", text=text).status_code == 422
    assert stored(world)[1] is None


def test_a_message_is_text(world, doctor):
    doctor.post(path(world, "message"), text="<script>alert(1)</script>")
    assert "<script>alert" not in world.caller("guest").get("/visit").text


@pytest.mark.requirement("WR-4")
def test_a_guest_is_sent_to_another_room_and_seen_there(world, doctor):
    work_in(world, "colleague", "closed_room")
    assert doctor.post(path(world, "move"), room=world.ash.ids["closed_room"]).status_code == 204
    assert stored(world)[0] == world.ash.ids["closed_room"]
    assert world.ash.ids["visit"] in world.caller("colleague").get("/desk/queue").text
    assert world.ash.ids["visit"] not in doctor.get("/desk/queue").text
    assert "Fremdes Zimmer" in world.caller("guest").get("/visit").text
    # Who does not work there has no hand on the guest any more.
    assert doctor.post(path(world, "move"), room=world.ash.ids["room"]).status_code == 404


def test_nobody_is_sent_where_nobody_works_or_to_another_practice(world, doctor):
    before = stored(world)[0]
    empty = doctor.post(path(world, "move"), room=world.ash.ids["closed_room"])
    assert (empty.status_code, empty.json["error"]["code"]) == (409, "room_empty")
    assert doctor.post(path(world, "move"), room=world.birch.ids["room"]).status_code == 404
    assert doctor.post(path(world, "move"), room="").status_code == 422
    assert stored(world)[0] == before


def test_who_is_in_a_call_is_not_sent_elsewhere(world, doctor):
    work_in(world, "doctor", "closed_room")
    with tenant_scope(world.ash.id):
        visits.admit(world.ash.ids["visit"], account_id=world.ash.ids["doctor"], call_id="c" * 32)
        db.session.commit()
    db.session.remove()
    answer = doctor.post(path(world, "move"), room=world.ash.ids["closed_room"])
    assert answer.json["error"]["code"] == "not_waiting"


def test_rooms_are_offered_where_one_works_or_somebody_is_now(world, doctor):
    offered = path(world, "destinations")
    assert "kein anderes Wartezimmer" in doctor.get(offered).text
    with tenant_scope(world.ash.id):
        rooms.attend([world.ash.ids["closed_room"]], now=clock.now())
        db.session.commit()
    db.session.remove()
    assert "Fremdes Zimmer" in doctor.get(offered).text
