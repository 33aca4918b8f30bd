"""Who hung up by mistake goes on: for ten seconds, with the same guest, and nobody else may."""

from __future__ import annotations

import pytest

from portal.calls.resuming import OFFERED, ON_THE_WAY
from portal.extensions import db
from portal.tenants.scope import tenant_scope
from portal.waitingroom import guests, visits
from portal.waitingroom.models import Visit
from tests.calls.test_events import admit, doctor, guest
from tests.world import make_code

__all__ = ["doctor", "guest"]


@pytest.fixture
def call(world, doctor, guest):
    return admit(doctor, world)["call"]


def hang_up(page, call):
    page.ask("call.leave", {"call": call})


def state(world):
    with tenant_scope(world.ash.id):
        found = guests.get_visit(world.ash.ids["visit"]).state
    db.session.remove()
    return found


def resume(world, call, role="doctor"):
    return world.caller(role).post(f"/calls/{call}/resume")


@pytest.mark.requirement("CALL-11")
def test_the_guest_waits_again_and_is_let_in_into_a_new_call(world, doctor, guest, call):
    hang_up(doctor, call)
    assert state(world) == visits.ENDED
    assert 'data-testid="resume"' in world.caller("doctor").get(f"/calls/{call}/summary").text
    guest.heard()
    assert resume(world, call).json == {"visit": world.ash.ids["visit"]}
    assert state(world) == visits.WAITING
    assert [each["state"] for each in guest.heard("visit.changed")] == ["waiting"]
    again = admit(doctor, world)
    assert again["call"] != call
    assert guest.heard("visit.admitted")


def test_it_is_offered_for_ten_seconds_and_a_late_press_is_refused(
    world, doctor, call, clock, second
):
    hang_up(doctor, call)
    clock.move(OFFERED)
    assert 'data-testid="resume"' not in world.caller("doctor").get(f"/calls/{call}/summary").text
    clock.move(ON_THE_WAY + second)
    assert resume(world, call).json["error"]["code"] == "too_late"
    assert state(world) == visits.ENDED


def test_a_press_that_was_on_its_way_still_counts(world, doctor, call, clock, second):
    hang_up(doctor, call)
    clock.move(OFFERED + ON_THE_WAY - second * 2)
    assert resume(world, call).status_code == 200


def test_who_was_left_by_the_guest_cannot_bring_them_back(world, doctor, guest, call):
    hang_up(guest, call)
    assert 'data-testid="resume"' not in world.caller("doctor").get(f"/calls/{call}/summary").text
    assert resume(world, call).json["error"]["code"] == "too_late"
    assert state(world) == visits.ENDED


@pytest.mark.requirement("WR-5")
def test_neither_the_guest_nor_a_colleague_resumes(world, doctor, call):
    hang_up(doctor, call)
    for role in ("guest", "colleague", "assistant"):
        assert resume(world, call, role).status_code == 404
    assert state(world) == visits.ENDED


def test_a_call_that_still_runs_is_not_resumed_nor_one_twice(world, doctor, call):
    assert resume(world, call).json["error"]["code"] == "in_call"
    hang_up(doctor, call)
    assert resume(world, call).status_code == 200
    assert resume(world, call).status_code == 404
    assert state(world) == visits.WAITING


def test_who_has_let_in_somebody_else_stays_with_them(world, doctor, call):
    hang_up(doctor, call)
    with tenant_scope(world.ash.id):
        code = make_code(world.ash.ids["doctor"], world.ash.ids["room"], "Jan Beispiel")
        db.session.flush()
        now = db.session.get(Visit, (world.ash.id, world.ash.ids["visit"])).ended_at
        entered = guests.enter(code.id, guests.Arrival("Jan Beispiel", "de"), now=now)
        db.session.commit()
    db.session.remove()
    admit(doctor, world, visit=entered.visit_id)
    assert resume(world, call).json["error"]["code"] == "in_call"
    assert state(world) == visits.ENDED
