"""Rings: who calls whom at this moment, and which call a colleague was let into.

Each change is one conditional statement, so that of two who act at once one wins: answering,
giving up and the end of the time exclude each other, and two who call each other get one call.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from portal.calls.models import Ring
from portal.database import changed, glance
from portal.extensions import db
from portal.profiles.models import Card

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Delete, Update

RINGS_FOR = timedelta(seconds=45)
ABANDONED = timedelta(hours=12)

_Caller, _Callee = aliased(Card), aliased(Card)


@dataclass(frozen=True)
class Party:
    """One of the two: whose pages to tell, and the name that the other reads."""

    account_id: str
    organisation_id: str
    name: str


@dataclass(frozen=True)
class Ringing:
    """A ring with both its sides."""

    id: str
    caller: Party
    callee: Party
    started_at: datetime
    answered_at: datetime | None
    # The call that it begins, or that the callee is asked into.
    call_id: str
    is_invitation: bool


_BOTH = (
    select(
        Ring.id,
        Ring.started_at,
        Ring.answered_at,
        Ring.call_id,
        _Caller.account_id,
        _Caller.organisation_id,
        _Caller.name,
        _Callee.account_id,
        _Callee.organisation_id,
        _Callee.name,
    )
    .join(_Caller, _Caller.id == Ring.caller_card_id)
    .join(_Callee, _Callee.id == Ring.callee_card_id)
)


def _ringing(row: Any) -> Ringing:  # noqa: ANN401  a row of _BOTH
    ring_id, started_at, answered_at, call_id, *parties = row
    caller, callee = Party(*parties[:3]), Party(*parties[3:])
    asked = call_id is not None
    return Ringing(ring_id, caller, callee, started_at, answered_at, call_id or ring_id, asked)


def _found(*conditions: ColumnElement[bool]) -> Ringing | None:
    row = db.session.execute(_BOTH.where(*conditions)).first()
    return _ringing(row) if row else None


def get(ring_id: str) -> Ringing | None:
    """Return a ring, whatever became of it."""
    return _found(Ring.id == ring_id)


def waiting_for(account_id: str, *, now: datetime) -> Ringing | None:
    """Return who rings at an account at this moment, if anybody."""
    return _found(_Callee.account_id == account_id, *_rings(now))


def between(caller_id: str, callee_id: str, *, now: datetime) -> Ringing | None:
    """Return the ring with which one account calls another at this moment, if there is one."""
    return _found(_Caller.account_id == caller_id, _Callee.account_id == callee_id, *_rings(now))


def _rings(now: datetime) -> tuple[ColumnElement[bool], ...]:
    over = Ring.started_at > now - RINGS_FOR
    return (Ring.answered_at.is_(None), Ring.ended_at.is_(None), over)


def is_busy(account_id: str, *, now: datetime) -> bool:
    """Tell whether an account calls, is called, or came into a call of a colleague's.

    Whoever called is in a call of their own organisation, which knows them as its member.
    """
    mine = or_(_Caller.account_id == account_id, _Callee.account_id == account_id)
    came = (_Callee.account_id == account_id) & Ring.answered_at.is_not(None)
    still = or_(came, Ring.answered_at.is_(None) & (Ring.started_at > now - RINGS_FOR))
    return _found(mine, Ring.ended_at.is_(None), still) is not None


def running(account_id: str) -> str | None:
    """Return the call of a colleague's that an account came into, if any."""
    came = (_Callee.account_id == account_id, Ring.answered_at.is_not(None))
    found = _found(*came, Ring.ended_at.is_(None))
    return found.call_id if found else None


def begin(
    caller_card_id: str, callee_card_id: str, *, call_id: str | None = None, now: datetime
) -> Ringing | None:
    """Let one doctor ring another; nothing when either of them is busy.

    :param call_id: the running call that the other one is asked into.
    """
    late = delete(Ring).where(Ring.answered_at.is_(None), Ring.started_at <= now - RINGS_FOR)
    _one(late)
    pair = ":".join(sorted((caller_card_id, callee_card_id)))
    row = Ring(
        caller_card_id=caller_card_id,
        callee_card_id=callee_card_id,
        pair=pair,
        started_at=now,
        call_id=call_id,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return None
    return get(row.id)


def _one(statement: Update | Delete) -> bool:
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    return bool(changed(done))


def answer(ring_id: str, *, now: datetime) -> bool:
    """Turn a ring into a call, once; tell whether it still rang."""
    return _one(update(Ring).where(Ring.id == ring_id, *_rings(now)).values(answered_at=now))


def stop(ring_id: str) -> bool:
    """Delete a ring that nobody answered; tell whether it was one."""
    return _one(delete(Ring).where(Ring.id == ring_id, Ring.answered_at.is_(None)))


def close(call_id: str, *, account_id: str | None = None, now: datetime) -> None:
    """Note that a call is over: whoever came into it is free again.

    :param account_id: the one colleague for whom it is over, while the others go on.
    """
    open_ = update(Ring).where(
        or_(Ring.id == call_id, Ring.call_id == call_id), Ring.ended_at.is_(None)
    )
    if account_id is not None:
        mine = select(Card.id).where(Card.account_id == account_id)
        open_ = open_.where(Ring.callee_card_id.in_(mine))
    _one(open_.values(ended_at=now))


def lapsed(now: datetime) -> list[Ringing]:
    """Delete the rings that nobody answered in time, and return them."""
    late = (Ring.answered_at.is_(None), Ring.started_at <= now - RINGS_FOR)
    found = [_ringing(row) for row in db.session.execute(_BOTH.where(*late))]
    return [each for each in found if stop(each.id)]


_HOME = (
    select(_Caller.organisation_id)
    .join(Ring, Ring.caller_card_id == _Caller.id)
    .join(_Callee, _Callee.id == Ring.callee_card_id)
    # Not "call" and "account": the fence takes the names of parameters for those of tables.
    .where(
        or_(Ring.id == bindparam("wanted"), Ring.call_id == bindparam("wanted")),
        _Callee.account_id == bindparam("asker"),
    )
)


def home_of(call_id: str, account_id: str) -> str | None:
    """Return the organisation of the caller who let an account into a call; None for all others.

    Nothing but the organisation leaves this look-up. Who is in the call is asked there, anew for
    each message.
    """
    rows = glance(_HOME, wanted=call_id, asker=account_id)
    return rows[0][0] if rows else None


def close_abandoned(now: datetime) -> int:
    """End the rings that were left open half a day ago; return how many."""
    abandoned = update(Ring).where(Ring.ended_at.is_(None), Ring.started_at <= now - ABANDONED)
    done = db.session.execute(
        abandoned.values(ended_at=now).execution_options(synchronize_session=False)
    )
    return changed(done)
