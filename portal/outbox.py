"""The outbox: what must leave the portal is a row first, written in the transaction of its cause.

A worker takes a row in two committed steps: ``claimed``, then ``sending``. One that dies between
them has sent nothing, so the row is queued again. One that dies in ``sending`` may have sent, so
the row is carried again only where that does no harm; otherwise its fate is ``unknown``.

What a terminated organisation still had to send waits: until the termination is taken back, or
until the row is past its date (TEN-5).
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import current_app, has_app_context
from sqlalchemy import Index, Integer, String, delete, event, select, update
from sqlalchemy.orm import Mapped, mapped_column

from portal.columns import Encrypted, UtcDateTime
from portal.database import TenantSession
from portal.extensions import Model, db
from portal.tenants.scope import TenantOwned, across_tenants, current_tenant, new_id
from portal.tenants.service import terminated

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Update

logger = logging.getLogger(__name__)

QUEUED, CLAIMED, SENDING, DEAD = "queued", "claimed", "sending", "dead"
UNKNOWN, FAILED = "unknown", "failed"
# Longer than the worker's hard limit of a task, so that nobody takes over from the living.
LEASE = timedelta(minutes=2)
AT_ONCE = 500


class Outbox(TenantOwned, Model):
    """One message or announcement on its way out; gone when its fate is known."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "state", "next_try_at"),
        Index("ix_outbox_subject", "organisation_id", "subject_id"),
    )

    kind: Mapped[str] = mapped_column(String(20))
    occasion: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10), default=QUEUED)
    payload: Mapped[str] = mapped_column(Encrypted("outbox.payload"))
    tries: Mapped[int] = mapped_column(Integer, default=0)
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The plugin that an announcement is for; a text message finds its provider when it is sent.
    provider: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    subject_id: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True)
class Parcel:
    """A row as whoever carries it sees it."""

    id: str
    kind: str
    occasion: str
    payload: dict[str, Any]
    tries: int
    provider: str
    subject_id: str
    claimed_until: datetime


@dataclass(frozen=True)
class Done:
    """Its fate is known, or will never be: the row goes.

    :param reference: the provider's own name for what it took.
    :param reports: whether the provider tells later how far it came.
    """

    state: str
    provider: str = ""
    reference: str = ""
    reports: bool = False


@dataclass(frozen=True)
class Again:
    """Nothing went out, certainly: it is tried again, as often as there are pauses."""

    reason: str


@dataclass(frozen=True)
class Later:
    """It was not tried at all, and waits without losing a try."""

    pause: timedelta


@dataclass(frozen=True)
class Carrier:
    """How rows of one kind are carried out.

    :param carry: does it; what it changes in the session is committed together with the answer.
    :param note: told of a row's fate, in the transaction that removes it.
    :param repeatable: whether a second time does no harm, should a worker die on the way.
    :param keeps_dead: whether a row that was tried in vain stays for the operator to see.
    """

    carry: Callable[[Parcel], Done | Again | Later]
    pauses: Sequence[timedelta]
    note: Callable[[Parcel, Done], None] = lambda _parcel, _done: None
    repeatable: bool = False
    keeps_dead: bool = False


@dataclass(frozen=True)
class Letter:
    """What is put into the outbox.

    :param not_before: when it goes out at the earliest; a reminder waits here, encrypted.
    """

    kind: str
    occasion: str
    payload: Mapped[Any] | dict[str, Any]
    subject_id: str
    provider: str = ""
    not_before: datetime | None = None


def put(letter: Letter, *, now: datetime) -> str:
    """Write a row in the caller's transaction, for the current organisation; return its id.

    Nothing is committed here. The worker is woken by the commit, and should that be lost, its
    sweep finds the row within a minute.
    """
    row = Outbox(
        id=new_id(),
        organisation_id=current_tenant(),
        kind=letter.kind,
        occasion=letter.occasion,
        payload=json.dumps(letter.payload, default=_as_text),
        next_try_at=letter.not_before or now,
        provider=letter.provider,
        created_at=now,
        subject_id=letter.subject_id,
    )
    db.session.add(row)
    db.session.info.setdefault("outbox", []).append((row.organisation_id, row.id))
    return row.id


def _as_text(moment: datetime) -> str:
    return moment.isoformat()


@event.listens_for(TenantSession, "after_commit")
def _wake(session: TenantSession) -> None:
    """Tell the worker of fresh rows. A lost call costs a minute, so it may fail."""
    if session.in_nested_transaction():  # a savepoint; the commit itself is still to come
        return
    rows = session.info.pop("outbox", None)
    if not rows or not has_app_context():
        return
    wake = current_app.extensions.get("portal_wake")
    if wake is None:
        return
    for organisation_id, row_id in rows:
        try:
            wake(organisation_id, row_id)
        except Exception as error:  # noqa: BLE001  the cause is committed; the sweep will do
            logger.warning("outbox: the worker was not woken (%s)", type(error).__name__)
            return


@event.listens_for(TenantSession, "after_rollback")
def _forget_fresh(session: TenantSession) -> None:
    if not session.in_nested_transaction():
        session.info.pop("outbox", None)


def _own(row_id: str) -> Update:
    return (
        update(Outbox)
        .where(Outbox.organisation_id == current_tenant(), Outbox.id == row_id)
        .execution_options(synchronize_session=False)
    )


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    running = Outbox.organisation_id.not_in(terminated())
    return Outbox.state == QUEUED, Outbox.next_try_at <= now, running


def claim(row_id: str, *, now: datetime) -> Parcel | None:
    """Take a row that is due, in one statement; None when it is not, or somebody else has it."""
    until = now + LEASE
    mine = (
        _own(row_id)
        .where(*_is_due(now))
        .values(state=CLAIMED, claimed_until=until, tries=Outbox.tries + 1)
        .returning(Outbox.id)
    )
    taken = db.session.execute(mine).first()
    db.session.commit()
    return _parcel(row_id) if taken else None


def _parcel(row_id: str) -> Parcel | None:
    row = db.session.get(Outbox, (current_tenant(), row_id), populate_existing=True)
    if row is None or row.claimed_until is None:
        return None
    return Parcel(
        id=row.id,
        kind=row.kind,
        occasion=row.occasion,
        payload=json.loads(row.payload),
        tries=row.tries,
        provider=row.provider,
        subject_id=row.subject_id,
        claimed_until=row.claimed_until,
    )


def begin(parcel: Parcel) -> bool:
    """Note, and commit, that from now on it may have gone out."""
    mine = _own(parcel.id).where(
        Outbox.state == CLAIMED, Outbox.claimed_until == parcel.claimed_until
    )
    begun = db.session.execute(mine.values(state=SENDING).returning(Outbox.id)).first()
    db.session.commit()
    return begun is not None


def deliver(row_id: str, carriers: Mapping[str, Carrier], *, now: datetime) -> None:
    """Carry one row of the current organisation out, if it is due and nobody else does."""
    parcel = claim(row_id, now=now)
    if parcel is None or not begin(parcel):
        return
    carrier = carriers[parcel.kind]
    settle(parcel, carrier, carrier.carry(parcel), now=now)


def settle(
    parcel: Parcel, carrier: Carrier, answer: Done | Again | Later, *, now: datetime
) -> None:
    """Write down what came of a row, and commit it with what its carrier changed."""
    mine = (Outbox.state == SENDING, Outbox.claimed_until == parcel.claimed_until)
    if isinstance(answer, Again) and parcel.tries > len(carrier.pauses):
        logger.warning("outbox: %s given up after %d tries", parcel.kind, parcel.tries)
        answer = Done(DEAD if carrier.keeps_dead else FAILED)
    if isinstance(answer, Done):
        if answer.state != DEAD:
            carrier.note(parcel, answer)
            _remove(parcel, mine)
        else:
            db.session.execute(_own(parcel.id).where(*mine).values(state=DEAD, claimed_until=None))
    else:
        _queue_again(parcel, carrier, answer, mine, now)
    db.session.commit()


def _remove(parcel: Parcel, mine: tuple[Any, ...]) -> None:
    own = (Outbox.organisation_id == current_tenant(), Outbox.id == parcel.id)
    gone = delete(Outbox).where(*own, *mine).execution_options(synchronize_session=False)
    db.session.execute(gone)


def _queue_again(
    parcel: Parcel, carrier: Carrier, answer: Again | Later, mine: tuple[Any, ...], now: datetime
) -> None:
    values: dict[str, Any] = {"state": QUEUED, "claimed_until": None}
    if isinstance(answer, Later):
        values |= {"next_try_at": now + answer.pause, "tries": parcel.tries - 1}
    else:
        values["next_try_at"] = now + carrier.pauses[parcel.tries - 1]
        logger.info("outbox: %s waits for another try (%s)", parcel.kind, answer.reason)
    db.session.execute(_own(parcel.id).where(*mine).values(**values))


def lapse(row_id: str, carriers: Mapping[str, Carrier], *, now: datetime) -> None:
    """Decide about a row whose worker died while it may have been going out."""
    parcel = _parcel(row_id)
    if parcel is None or parcel.claimed_until > now:
        return
    carrier = carriers[parcel.kind]
    fate = Again("the worker died") if carrier.repeatable else Done(UNKNOWN)
    settle(parcel, carrier, fate, now=now)


@dataclass(frozen=True)
class Sweep:
    """What a sweep found: pairs of organisation and row."""

    due: list[tuple[str, str]]
    lapsed: list[tuple[str, str]]


def sweep(now: datetime) -> Sweep:
    """Put back what was claimed and never begun; return what is due, and what lapsed on its way."""
    unbegun = (
        update(Outbox)
        .where(Outbox.state == CLAIMED, Outbox.claimed_until <= now)
        .values(state=QUEUED, claimed_until=None, tries=Outbox.tries - 1)
        .execution_options(synchronize_session=False)
    )
    key = select(Outbox.organisation_id, Outbox.id).limit(AT_ONCE)
    due = key.where(*_is_due(now)).order_by(Outbox.next_try_at)
    lapsed = key.where(Outbox.state == SENDING, Outbox.claimed_until <= now)
    with across_tenants("One sweep looks after the rows of every organisation."):
        db.session.execute(unbegun)
        found = [[tuple(row) for row in db.session.execute(query)] for query in (due, lapsed)]
    db.session.commit()
    return Sweep(*found)  # type: ignore[arg-type]


def withdraw(subject_id: str) -> None:
    """Delete what waits to be sent about a subject of the current organisation, and nothing else.

    A row that a worker has taken goes on: it may be on its way already.
    """
    waiting = delete(Outbox).where(
        Outbox.organisation_id == current_tenant(),
        Outbox.subject_id == subject_id,
        Outbox.state == QUEUED,
    )
    db.session.execute(waiting.execution_options(synchronize_session=False))
