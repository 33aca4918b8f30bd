"""The states of a visit: every pair of them, and two who try at once."""

from __future__ import annotations

import itertools
import threading
from datetime import timedelta

import pytest

from portal import clock as the_clock
from portal.extensions import db
from portal.tenants.scope import new_id, tenant_scope
from portal.waitingroom import access, guests, visits
from portal.waitingroom.models import Visit
from portal.waitingroom.visits import STATES, TRANSITIONS, NotWaitingError
from tests.thorough import times

AT_ONCE = 50


def in_state(state: str, world) -> str:
    visit = guests.get_visit(world.ash.ids["visit"])
    visit.state = state
    db.session.commit()
    return visit.id


@pytest.mark.requirement("WR-5")
@pytest.mark.parametrize(("start", "to"), list(itertools.product(STATES, STATES)))
def test_only_the_transitions_of_the_table_are_possible(world, start, to):
    with tenant_scope(world.ash.id):
        visit_id = in_state(start, world)
        if to in TRANSITIONS[start]:
            visits.move(visit_id, to)
        else:
            with pytest.raises(NotWaitingError):
                visits.move(visit_id, to)
        expected = to if to in TRANSITIONS[start] else start
        assert guests.get_visit(visit_id).state == expected


def test_the_table_in_the_docstring_is_the_table_in_the_code():
    lines = [line.split(None, 1) for line in visits.__doc__.splitlines() if line.startswith("    ")]
    told = {words[0]: words[1] for words in lines if len(words) == 2 and words[0] in STATES}
    assert set(told) == set(STATES)
    for state, targets in TRANSITIONS.items():
        if state != "waiting":
            assert {each for each in STATES if each in told[state]} == targets


@pytest.mark.requirement("WR-4")
def test_of_many_doctors_at_once_one_wins(app, world):
    """Fifty threads, each with a session of its own, try to admit the same guest (T35)."""
    winners, losers = [], []
    start = threading.Barrier(AT_ONCE)

    def try_it() -> None:
        with app.app_context(), tenant_scope(world.ash.id):
            call = new_id()
            start.wait()
            try:
                visits.admit(world.ash.ids["visit"], account_id=new_id(), call_id=call)
                db.session.commit()
                winners.append(call)
            except NotWaitingError:
                losers.append(call)
                db.session.rollback()

    for _round in range(times(2, 200)):
        winners.clear()
        losers.clear()
        threads = [threading.Thread(target=try_it) for _ in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(winners) == 1
        assert len(losers) == AT_ONCE - 1
        with app.app_context(), tenant_scope(world.ash.id):
            row = db.session.get(Visit, (world.ash.id, world.ash.ids["visit"]))
            assert row.call_id == winners[0]
            visits.put_back(row.id, now=the_clock.now())
            db.session.commit()


@pytest.mark.requirement("WR-7")
def test_a_guest_keeps_the_place_for_a_minute_without_network(world, clock, second):
    with tenant_scope(world.ash.id):
        clock.move(second * 60)
        shown, waiting = guests.queue(world.ash.ids["doctor"], now=the_clock.now())
        assert [visit.id for visit in shown] == [world.ash.ids["visit"]]
        assert waiting == 1


@pytest.mark.requirement("WR-7")
def test_a_guest_who_is_gone_leaves_the_queue_within_two_minutes(world, clock, second):
    clock.move(second * 119)
    with tenant_scope(world.ash.id):
        assert guests.queue(world.ash.ids["doctor"], now=the_clock.now()) == ([], 0)
    db.session.remove()
    with tenant_scope(world.ash.id):
        visits.write_to([world.ash.ids["visit"]], "Noch zehn Minuten", now=the_clock.now())
        db.session.commit()
    db.session.remove()
    lost = guests.close_lost(now=the_clock.now())
    assert (world.ash.id, world.ash.ids["room"], world.ash.ids["visit"]) in lost
    with tenant_scope(world.ash.id):
        # Whoever comes back does not read what was written to somebody who waited.
        assert guests.get_visit(world.ash.ids["visit"]).message is None


@pytest.mark.requirement("WR-5")
def test_an_earlier_visit_is_not_opened_again_beside_a_later_one(world):
    earlier, code = world.ash.ids["visit"], world.ash.ids["code"]
    with tenant_scope(world.ash.id):
        visits.decline(earlier, "", now=the_clock.now())
        later = guests.enter(code, guests.Arrival("Erika", "de"), now=the_clock.now())
        db.session.commit()
    db.session.remove()
    refused = world.caller("doctor").post(f"/desk/visits/{earlier}/put-back")
    assert refused.status_code == 409
    assert refused.json["error"]["code"] == "code_taken"
    with tenant_scope(world.ash.id):
        assert guests.get_visit(earlier).state == "declined"
        assert guests.get_visit(later.visit_id).state == "waiting"


@pytest.mark.requirement("WR-7")
def test_a_page_that_stays_open_does_not_wait_for_days_with_a_code_that_is_over(world, clock):
    visit_id = world.ash.ids["visit"]
    with tenant_scope(world.ash.id):
        code = access.get_plain(world.ash.ids["code"])
        assert code is not None
        until = code.valid_until
        db.session.rollback()
        clock.move(until + guests.WAITS_ON - clock.now() - timedelta(minutes=1))
        guests.note_present([visit_id], now=clock.now())
        db.session.commit()
    assert guests.close_expired(now=clock.now()) == []
    clock.move(timedelta(minutes=2))
    closed = guests.close_expired(now=clock.now())
    assert (world.ash.id, world.ash.ids["room"], visit_id) in closed
    with tenant_scope(world.ash.id):
        assert guests.get_visit(visit_id).state == "expired"
