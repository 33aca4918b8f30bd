"""The outbox loses nothing, and sends nothing twice as far as anybody can tell."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Text, select, type_coerce

from portal import outbox
from portal.extensions import db
from portal.outbox import LEASE, Again, Carrier, Done, Later, Letter, Outbox
from portal.tenants.scope import tenant_scope
from tests.deleting import deleted

if TYPE_CHECKING:
    from collections.abc import Iterator

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
LETTER = Letter("trial", "test", {"to": "+491713920012", "text": "Grüße"}, "subject-1")


@pytest.fixture
def ash(world) -> Iterator[str]:
    with tenant_scope(world.ash.id):
        yield world.ash.id


class Post:
    """A carrier that notes what it carried, and answers what it is told to."""

    def __init__(self, *answers, **options):
        self.answers = list(answers) or [Done("sent")]
        self.carried = []
        self.noted = []
        self.carriers = {
            "trial": Carrier(self.carry, (MINUTE, 5 * MINUTE), note=self.note, **options)
        }

    def carry(self, parcel):
        self.carried.append(parcel)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def note(self, _parcel, done):
        self.noted.append(done.state)


def put(clock) -> str:
    row_id = outbox.put(LETTER, now=clock.now())
    db.session.commit()
    return row_id


def row() -> Outbox | None:
    db.session.expire_all()
    return db.session.scalar(select(Outbox))


@pytest.mark.requirement("MSG-1")
def test_a_message_goes_with_its_cause_or_not_at_all(ash, clock):
    outbox.put(LETTER, now=clock.now())
    db.session.flush()
    db.session.rollback()
    assert row() is None
    put(clock)
    assert row().state == "queued"


def test_the_worker_is_woken_by_the_commit_and_by_nothing_else(app, ash, clock, monkeypatch):
    woken = []
    monkeypatch.setitem(app.extensions, "portal_wake", lambda *key: woken.append(key))
    with db.session.begin_nested():
        row_id = outbox.put(LETTER, now=clock.now())
    assert woken == []
    db.session.commit()
    assert woken == [(ash, row_id)]
    outbox.put(LETTER, now=clock.now())
    db.session.rollback()
    db.session.commit()
    assert len(woken) == 1


def test_a_savepoint_that_is_taken_back_leaves_the_wake_up_of_the_rest(
    app, ash, clock, monkeypatch
):
    woken = []
    monkeypatch.setitem(app.extensions, "portal_wake", lambda *key: woken.append(key))
    row_id = outbox.put(LETTER, now=clock.now())
    db.session.flush()
    db.session.begin_nested().rollback()
    db.session.commit()
    assert woken == [(ash, row_id)]


def test_a_worker_that_cannot_be_woken_stops_no_commit(app, ash, clock, monkeypatch):
    def broken(*_key):
        raise OSError

    monkeypatch.setitem(app.extensions, "portal_wake", broken)
    put(clock)
    assert row() is not None


@pytest.mark.requirement("COD-3")
def test_nobody_reads_address_or_text_in_the_database(ash, clock):
    put(clock)
    stored = db.session.scalar(select(type_coerce(Outbox.payload, Text)))
    assert stored.startswith("k1:")
    assert "1713920012" not in stored
    assert "Gr" not in stored


def test_what_is_carried_is_gone_and_was_noted(ash, clock):
    post, row_id = Post(), put(clock)
    outbox.deliver(row_id, post.carriers, now=clock.now())
    assert post.carried[0].payload == LETTER.payload
    assert post.noted == ["sent"]
    assert row() is None


def test_nothing_is_carried_before_its_time(ash, clock):
    post, row_id = Post(Again("down"), Done("sent")), put(clock)
    outbox.deliver(row_id, post.carriers, now=clock.now())
    clock.move(MINUTE - SECOND)
    outbox.deliver(row_id, post.carriers, now=clock.now())
    assert len(post.carried) == 1
    clock.move(2 * SECOND)
    outbox.deliver(row_id, post.carriers, now=clock.now())
    assert len(post.carried) == 2
    assert row() is None


@pytest.mark.requirement("MSG-1")
def test_many_workers_carry_a_row_once(app, ash, clock):
    post, row_id = Post(), put(clock)
    db.session.remove()
    gate = threading.Barrier(8)

    def work():
        with app.app_context(), tenant_scope(ash):
            gate.wait()
            outbox.deliver(row_id, post.carriers, now=clock.now())

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(post.carried) == 1


@pytest.mark.requirement("MSG-1")
def test_a_worker_that_died_before_sending_has_sent_nothing(ash, clock):
    post, row_id = Post(), put(clock)
    assert outbox.claim(row_id, now=clock.now()) is not None
    assert outbox.sweep(clock.now()).due == []
    clock.move(LEASE)
    assert outbox.sweep(clock.now()).due == [(ash, row_id)]
    outbox.deliver(row_id, post.carriers, now=clock.now())
    assert post.noted == ["sent"]
    assert post.carried[0].tries == 1


@pytest.mark.requirement("MSG-1")
def test_a_worker_that_died_while_sending_leaves_it_unknown_and_nobody_sends_it_again(ash, clock):
    post, row_id = Post(), put(clock)
    assert outbox.begin(outbox.claim(row_id, now=clock.now()))
    clock.move(LEASE - SECOND)
    assert outbox.sweep(clock.now()).lapsed == []
    clock.move(SECOND)
    assert outbox.sweep(clock.now()) == outbox.Sweep(due=[], lapsed=[(ash, row_id)])
    outbox.lapse(row_id, post.carriers, now=clock.now())
    assert post.carried == []
    assert post.noted == ["unknown"]
    assert row() is None


def test_what_may_be_repeated_is_carried_again_after_a_death(ash, clock):
    post, row_id = Post(repeatable=True), put(clock)
    outbox.begin(outbox.claim(row_id, now=clock.now()))
    clock.move(LEASE)
    outbox.lapse(row_id, post.carriers, now=clock.now())
    assert row().state == "queued"
    clock.move(MINUTE)
    outbox.deliver(row_id, post.carriers, now=clock.now())
    assert row() is None


def test_a_row_that_somebody_else_decided_about_is_left_alone(ash, clock):
    post, row_id = Post(), put(clock)
    late = outbox.claim(row_id, now=clock.now())
    clock.move(LEASE)
    outbox.sweep(clock.now())
    assert not outbox.begin(late)
    assert outbox.claim(row_id, now=clock.now()) is not None
    outbox.settle(late, post.carriers["trial"], Again("late"), now=clock.now())
    assert row().state == "claimed"


@pytest.mark.parametrize(("keeps", "state"), [(True, "dead"), (False, None)])
def test_what_was_tried_in_vain_ends(ash, clock, keeps, state):
    post, row_id = Post(Again("down"), keeps_dead=keeps), put(clock)
    for _ in range(5):
        outbox.deliver(row_id, post.carriers, now=clock.now())
        clock.move(6 * MINUTE)
    assert len(post.carried) == 3
    found = row()
    assert (found.state if found else None) == state
    assert post.noted == ([] if keeps else ["failed"])


def test_waiting_costs_no_try(ash, clock):
    post, row_id = Post(Later(15 * MINUTE)), put(clock)
    for _ in range(9):
        outbox.deliver(row_id, post.carriers, now=clock.now())
        clock.move(15 * MINUTE)
    assert len(post.carried) == 9
    assert row().tries == 0


def test_a_carrier_that_fails_leaves_the_row_to_the_sweep(ash, clock):
    def fail(_parcel):
        raise ZeroDivisionError

    row_id = put(clock)
    with pytest.raises(ZeroDivisionError):
        outbox.deliver(row_id, {"trial": Carrier(fail, ())}, now=clock.now())
    db.session.rollback()
    assert row().state == "sending"


@pytest.mark.requirement("TEN-1")
def test_one_organisation_cannot_carry_what_is_anothers(world, clock):
    with tenant_scope(world.ash.id):
        row_id = put(clock)
    db.session.remove()
    post = Post()
    with tenant_scope(world.birch.id):
        outbox.deliver(row_id, post.carriers, now=clock.now())
    assert post.carried == []


def test_after_ninety_days_nothing_is_left(ash, clock):
    put(clock)
    clock.move(timedelta(days=90) - SECOND)
    assert deleted("outbox", clock.now()) == 0
    clock.move(SECOND)
    assert deleted("outbox", clock.now()) == 1
    assert row() is None
