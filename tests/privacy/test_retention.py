"""What the declarations say about deletion is what the deleting code does, to the second."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from portal import outbox, ratelimit
from portal.accounts import tokens
from portal.accounts.models import Token
from portal.calls import service as calls
from portal.calls.models import Call
from portal.database import glance
from portal.extensions import db
from portal.messages import service as messages
from portal.messages.models import Message
from portal.outbox import Outbox
from portal.personaldata import Anchor
from portal.privacy import registry
from portal.ratelimit import Attempt, Limit
from portal.tenants.models import Organisation
from portal.tenants.scope import across_tenants, tenant_scope
from portal.tenants.service import switch_plugin
from portal.waitingroom import access, guests, visits
from portal.waitingroom.models import AccessCode, Visit

if TYPE_CHECKING:
    from datetime import datetime

SECOND = timedelta(seconds=1)


def end_of(use_id: str, moment: datetime, anchor: object = None) -> datetime:
    """Return when the declaration says that data which arose at a moment are gone."""
    rules = [rule for rule in registry.use(use_id).rules if rule.period]
    (rule,) = [rule for rule in rules if anchor is None or rule.anchor is anchor]
    return rule.period.after(moment)


def left(model: type) -> int:
    with across_tenants("The test counts what is left."):
        return db.session.scalar(db.select(db.func.count()).select_from(model))


@pytest.mark.requirement("COD-4")
def test_name_and_code_go_when_the_notice_says(world, clock):
    made = clock.now()
    with tenant_scope(world.ash.id):
        made = db.session.get_one(AccessCode, (world.ash.id, world.ash.ids["code"])).created_at
    gone = end_of("waitingroom.code", made, Anchor.CREATED)
    before = left(AccessCode)
    access.forget(gone - SECOND)
    assert left(AccessCode) == before
    access.forget(gone + timedelta(minutes=1))
    assert left(AccessCode) == 0
    assert left(Visit) == 0


@pytest.mark.requirement("PRIV-1")
def test_a_visit_that_ended_goes_no_later_than_the_notice_says(world, clock):
    now = clock.now()
    with tenant_scope(world.ash.id):
        visits.leave(world.ash.ids["visit"], now=now)
        db.session.commit()
    db.session.remove()
    before = left(Visit)
    guests.forget(end_of("waitingroom.visit", now, Anchor.CREATED))
    assert left(Visit) == before - 1


@pytest.mark.requirement("PRIV-1")
def test_a_call_goes_when_the_notice_says(world, clock):
    now = clock.now()
    with tenant_scope(world.ash.id):
        room = world.ash.ids["room"]
        db.session.add(Call(room_id=room, started_at=now, ended_at=now, end_reason="ended"))
        db.session.commit()
    db.session.remove()
    gone = end_of("calls.call", now)
    calls.forget(gone - SECOND)
    assert left(Call) == 1
    calls.forget(gone)
    assert left(Call) == 0


@pytest.mark.requirement("PRIV-1")
def test_a_session_goes_when_the_notice_says(world, clock):
    now = clock.now()
    with tenant_scope(world.ash.id):
        tokens.end_all(world.ash.id, world.ash.ids["doctor"], now=now)
        db.session.commit()
    before = left(Token)
    gone = end_of("accounts.session", now)
    tokens.forget(gone - SECOND)
    assert left(Token) == before
    tokens.forget(gone + SECOND)
    assert left(Token) == before - 1


@pytest.mark.requirement("PRIV-1")
@pytest.mark.usefixtures("app")
def test_counted_attempts_go_when_the_notice_says(clock):
    limit = Limit("trial", attempts=1, seconds=60)
    ratelimit.spend(limit, "192.0.2.7")
    window = db.session.scalar(db.select(Attempt.window))
    gone = end_of("portal.attempts", window)
    ratelimit.forget(gone - SECOND)
    assert left(Attempt) == 1
    ratelimit.forget(gone + SECOND)
    assert left(Attempt) == 0


@pytest.mark.requirement("PRIV-1")
def test_the_address_of_a_message_goes_when_the_notice_says(world, clock):
    now = clock.now()
    with tenant_scope(world.ash.id):
        letter = outbox.Letter("sms", "access_code", {"to": "+491713920012", "text": "x"}, "7" * 32)
        outbox.put(letter, now=now)
        db.session.commit()
    db.session.remove()
    gone = end_of("messages.outbox", now, Anchor.CREATED)
    outbox.forget(gone - SECOND)
    assert left(Outbox) == 1
    outbox.forget(gone)
    assert left(Outbox) == 0


@pytest.mark.requirement("PRIV-1")
def test_the_trace_of_a_message_goes_when_the_notice_says(world, clock):
    now = clock.now()
    with tenant_scope(world.ash.id):
        switch_plugin(db.session.get(Organisation, world.ash.id), "sms_dicomsys", on=True)
        messages.queue_sms("+491713920012", "access_code", "x", subject_id="7" * 32, now=now)
        db.session.commit()
    db.session.remove()
    gone = end_of("messages.trace", now)
    messages.forget(gone - SECOND)
    assert left(Message) == 1
    messages.forget(gone)
    assert left(Message) == 0


@pytest.mark.requirement("STA-3")
@pytest.mark.usefixtures("app")
def test_counted_attempts_hold_no_address(clock):
    limit = Limit("trial", attempts=1, seconds=60)
    ratelimit.spend(limit, "192.0.2.7")
    ((bucket,),) = glance(db.select(Attempt.bucket))
    assert "192.0.2" not in bucket
    assert len(bucket) == 64
    clock.move(timedelta(days=1))
    ratelimit.spend(limit, "192.0.2.7")
    assert len(set(glance(db.select(Attempt.bucket)))) == 2
