"""Administrators and assistants make waiting rooms and say who works in them; doctors use them."""

from __future__ import annotations

import pytest

from portal.extensions import db
from portal.tenants.scope import tenant_scope
from portal.waitingroom import rooms
from portal.waitingroom.models import Room

PAGE = {"Accept": "text/html", "X-Portal-Request": "content"}
ROOM = {"name": "Wartezimmer Neu", "kind": "personal", "doctor_name": "Dr. Neu", "text": "Hallo"}


def room_named(org, name):
    with tenant_scope(org.id):
        found = db.session.scalar(db.select(Room.id).where(Room.name == name))
    db.session.remove()
    return found


def works(org, who, room_id):
    with tenant_scope(org.id):
        found = rooms.works_in(org.ids[who], room_id)
    db.session.remove()
    return found


@pytest.mark.requirement("WR-1")
@pytest.mark.parametrize("role", ["projectadmin", "assistant"])
def test_an_organiser_makes_a_room_for_a_doctor_who_then_makes_a_code(world, role):
    organiser, account_id = world.caller(role), world.ash.ids["colleague"]
    form = organiser.get(f"/rooms/new?account={account_id}", headers=PAGE).get_data(as_text=True)
    assert "Wartezimmer Ash Kollege Doctor" in form
    assert organiser.post("/rooms/new", **ROOM, account=account_id).status_code == 200
    room_id = room_named(world.ash, ROOM["name"])
    assert works(world.ash, "colleague", room_id)
    made = world.caller("colleague").post(
        "/desk/codes", guest_name="Erika Muster", room=room_id, uses="single"
    )
    assert made.status_code == 200
    refused = world.caller("doctor").post(
        "/desk/codes", guest_name="Erika Muster", room=room_id, uses="single"
    )
    assert refused.status_code == 422


@pytest.mark.requirement("WR-1")
def test_somebody_is_let_in_and_taken_out_again(world):
    admin, room_id = world.caller("projectadmin"), world.ash.ids["closed_room"]
    member = f"/rooms/{room_id}/members/{world.ash.ids['doctor']}"
    for _twice in range(2):
        assert admin.post(member, on="1").status_code == 200
    assert works(world.ash, "doctor", room_id)
    for _twice in range(2):
        assert admin.post(member, on="0").status_code == 200
    assert not works(world.ash, "doctor", room_id)


@pytest.mark.requirement("ADM-5")
def test_a_project_administrator_works_in_no_room(world):
    admin, room_id = world.caller("projectadmin"), world.ash.ids["room"]
    own = f"/rooms/{room_id}/members/{world.ash.ids['projectadmin']}"
    assert admin.post(own, on="1").status_code == 404
    assert not works(world.ash, "projectadmin", room_id)


@pytest.mark.requirement("TEN-1")
def test_an_account_of_another_organisation_is_let_in_nowhere(world):
    admin, room_id = world.caller("projectadmin"), world.ash.ids["room"]
    theirs = world.birch.ids["doctor"]
    assert admin.post(f"/rooms/{room_id}/members/{theirs}", on="1").status_code == 404
    assert admin.post("/rooms/new", **ROOM, account=theirs).status_code == 404
    assert room_named(world.ash, ROOM["name"]) is None


@pytest.mark.parametrize("change", [{"name": ""}, {"name": "x" * 121}, {"kind": "castle"}])
def test_a_wrong_room_is_refused_and_what_was_typed_stays(world, change):
    answer = world.caller("assistant").post("/rooms/new", **{**ROOM, **change})
    assert answer.status_code == 422
    assert 'value="Dr. Neu"' in answer.get_data(as_text=True)
    assert room_named(world.ash, ROOM["name"]) is None


def test_a_room_is_found_and_changed(world):
    admin, room_id = world.caller("projectadmin"), world.ash.ids["room"]
    answer = admin.post(f"/rooms/{room_id}", **{**ROOM, "name": "Neuer Name"})
    assert answer.status_code == 200
    assert "Neuer Name" in admin.get("/rooms?q=neuer", headers=PAGE).get_data(as_text=True)
    assert "Nichts gefunden" in admin.get("/rooms?q=zzz", headers=PAGE).get_data(as_text=True)


@pytest.mark.parametrize("role", ["doctor", "sales", "support", "guest", "operator"])
def test_nobody_else_organises_rooms(world, role):
    assert world.caller(role).get("/rooms").status_code == 404
