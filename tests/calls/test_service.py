"""Calls as rows: who was in them, when they end, and what is left of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock as the_clock
from portal.calls import service
from portal.calls.models import Call, CallMember
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.tenants.scope import new_id, tenant_scope
from portal.waitingroom import access, guests
from tests.deleting import deleted


@pytest.fixture
def begun(world):
    """Return a call of Ash that was admitted a moment ago; the tenant stays in force."""
    with tenant_scope(world.ash.id):
        admission = service.admit(
            world.ash.ids["visit"], world.ash.ids["doctor"], new_id(), now=the_clock.now()
        )
        db.session.commit()
        yield admission


@pytest.mark.requirement("WR-5")
def test_only_the_two_are_in_the_call(world, begun):
    found = {member.subject_id for member in service.members(begun.call.id)}
    assert found == {world.ash.ids["doctor"], world.ash.ids["visit"]}


def test_the_first_picture_uses_the_code_up(world, begun):
    assert service.connect(begun.call.id, world.ash.ids["visit"], now=the_clock.now())
    assert service.connect(begun.call.id, world.ash.ids["doctor"], now=the_clock.now()) is None
    assert guests.get_visit(world.ash.ids["visit"]).state == "in_call"
    assert access.get_plain(world.ash.ids["code"]).used_at


def test_a_stranger_cannot_say_that_the_picture_came(world, begun):
    with pytest.raises(NotFoundHereError):
        service.connect(begun.call.id, world.ash.ids["colleague"], now=the_clock.now())


def test_ending_twice_does_nothing_the_second_time(world, begun):
    assert [visit.id for visit in service.end(begun.call.id, "ended", now=the_clock.now())] == [
        world.ash.ids["visit"]
    ]
    assert service.end(begun.call.id, "ended", now=the_clock.now()) == []
    assert service.members(begun.call.id) == []
    assert guests.get_visit(world.ash.ids["visit"]).state == "ended"


def test_a_call_of_a_guest_whose_data_were_deleted_still_ends(world, begun):
    access.delete_code(access.get_code(world.ash.ids["code"], world.ash.ids["doctor"]))
    db.session.commit()
    assert service.end(begun.call.id, "ended", now=the_clock.now()) == []


@pytest.mark.requirement("CALL-17")
@pytest.mark.parametrize("role", ["doctor", "guest"])
def test_both_read_a_summary_afterwards_and_nobody_else(world, begun, role):
    service.end(begun.call.id, "ended", now=the_clock.now())
    db.session.commit()
    path = f"/calls/{begun.call.id}/summary"
    answer = world.caller(role).get(path)
    assert answer.status_code == 200
    assert 'data-testid="call-summary"' in answer.text
    assert world.caller("colleague").get(path).status_code == 404


def test_the_summary_of_a_call_that_still_runs_is_no_fault(world, begun):
    assert world.caller("doctor").get(f"/calls/{begun.call.id}/summary").status_code == 200


def test_a_call_that_nobody_hung_up_ends_by_itself(world, begun, clock):
    clock.move(timedelta(hours=13))
    assert service.close_abandoned(the_clock.now()) == 1
    db.session.commit()
    assert guests.running_of(world.ash.ids["doctor"]) is None


@pytest.mark.requirement("PRIV-4")
def test_a_call_is_gone_after_three_months(world, begun, clock, second):
    service.end(begun.call.id, "ended", now=the_clock.now())
    db.session.commit()
    clock.move(timedelta(days=90) - second * 5)
    deleted("call", the_clock.now())
    assert db.session.scalars(select(Call)).all()
    clock.move(second * 5)
    deleted("call", the_clock.now())
    db.session.expire_all()
    assert not db.session.scalars(select(Call)).all()
    assert not db.session.scalars(select(CallMember)).all()
    db.session.commit()
