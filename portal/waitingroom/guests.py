"""Guests: they come in with a code, wait, lose the network, come back, and go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import IntegrityError

from portal.accounts import agents, tokens
from portal.accounts.tokens import Owner
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.happenings import Happened, Happening, happened
from portal.permissions import Role
from portal.privacy import consent
from portal.tenants.scope import across_tenants, current_tenant, new_id
from portal.tenants.service import terminated
from portal.waitingroom import access, visits
from portal.waitingroom.models import AccessCode, RoomMember, Visit
from portal.waitingroom.visits import EXPIRED, LEFT, OPEN, RUNNING, WAITING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Select

# A guest whose page is gone keeps the place so long; the socket's own silence comes on top (25 s).
LOST_AFTER = timedelta(seconds=75)
# Who came in time and waits with an open page may be let in so long after the code's end.
WAITS_ON = timedelta(hours=4)
SHOWN = 50


@dataclass(frozen=True)
class Arrival:
    """What a guest says when coming in."""

    name: str
    language: str


@dataclass(frozen=True)
class Entered:
    """What a guest's page gets."""

    token: str
    visit_id: str
    room_id: str
    old_token_ends: bool


def enter(code_id: str, arrival: Arrival, *, now: datetime) -> Entered:
    """Put a guest into the queue, or give the place back to one who changed the device.

    :raise PortalError: the code cannot be used now; see ``access.usable``.
    :raise CodeBusyError: a call with this code is running.
    """
    code = access.usable(code_id, now=now)
    current = _open_visit(code_id)
    if current is not None:
        return _take_over(current, arrival, now=now)
    visit = Visit(
        id=new_id(),
        organisation_id=code.organisation_id,
        room_id=code.room_id,
        code_id=code.id,
        name=arrival.name,
        language=arrival.language,
        state=WAITING,
        arrived_at=now,
        last_seen_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(visit)
    except IntegrityError:  # somebody came in with the same code in this moment
        current = _open_visit(code_id)
        if current is None:
            raise access.CodeBusyError from None
        return _take_over(current, arrival, now=now)
    return Entered(_token(visit, now), visit.id, visit.room_id, old_token_ends=False)


def _open_visit(code_id: str) -> Visit | None:
    return db.session.scalar(select(Visit).where(Visit.code_id == code_id, Visit.state.in_(OPEN)))


def _take_over(visit: Visit, arrival: Arrival, *, now: datetime) -> Entered:
    """Let another device continue the visit; one that is in a call with a live page is busy."""
    if visit.state in RUNNING:
        if visit.connected:
            raise access.CodeBusyError
        visits.put_back(visit.id, now=now)
    tokens.end_all(visit.organisation_id, visit.id, now=now)
    visit.name, visit.language = arrival.name, arrival.language
    visit.moved, visit.last_seen_at = True, now
    visit.camera = visit.microphone = ""
    db.session.flush()
    return Entered(_token(visit, now), visit.id, visit.room_id, old_token_ends=True)


def _token(visit: Visit, now: datetime) -> str:
    owner = Owner(Role.GUEST, visit.id, organisation_id=visit.organisation_id)
    happened(
        Happened(
            Happening.SIGN_IN,
            now,
            visit.organisation_id,
            who=visit.id,
            is_guest=True,
            facts=agents.facts(Role.GUEST),
        )
    )
    return tokens.issue(owner, now=now)


def get_visit(visit_id: str, account_id: str | None = None) -> Visit:
    """Return a visit, for an account only one of a room it works with.

    :raise NotFoundHereError: it does not exist, or is not theirs.
    """
    visit = db.session.get(Visit, (current_tenant(), visit_id))
    if visit is None:
        raise NotFoundHereError
    if account_id is not None:
        from portal.waitingroom.rooms import works_in

        if not works_in(account_id, visit.room_id):
            raise NotFoundHereError
    return visit


def agrees_to_group(visit_id: str) -> bool:
    """Tell whether a guest agreed, before waiting, that a group sees and hears them."""
    return consent.is_given("visit", visit_id, consent.GROUP)


def queue_query(account_id: str, *, now: datetime) -> Select[Visit]:
    """Return the query of those who wait in an account's rooms, and of its running visits.

    Whose page is gone for too long is not in it, whether or not the job has run.
    """
    rooms = select(RoomMember.room_id).where(
        RoomMember.organisation_id == current_tenant(), RoomMember.account_id == account_id
    )
    here = or_(
        (Visit.state == WAITING) & (Visit.last_seen_at > now - LOST_AFTER),
        Visit.state.in_(RUNNING) & (Visit.admitted_by == account_id),
    )
    return (
        select(Visit)
        .where(Visit.room_id.in_(rooms), Visit.state.in_(OPEN), here)
        .order_by(Visit.arrived_at, Visit.id)
    )


def queue(account_id: str, *, now: datetime) -> tuple[Sequence[Visit], int]:
    """Return the first fifty of the queue and how many wait altogether."""
    query = queue_query(account_id, now=now)
    shown = db.session.scalars(query.limit(SHOWN)).all()
    if len(shown) < SHOWN:
        return shown, sum(visit.state == WAITING for visit in shown)
    waiting = query.where(Visit.state == WAITING).order_by(None).subquery()
    return shown, db.session.scalar(select(func.count()).select_from(waiting)) or 0


def waiting(account_id: str, *, now: datetime) -> Sequence[Visit]:
    """Return all who wait in an account's rooms."""
    return db.session.scalars(queue_query(account_id, now=now).where(Visit.state == WAITING)).all()


def newest_states(code_ids: Iterable[str]) -> dict[str, str]:
    """Return the state of the newest visit with each of these codes that has one."""
    query = (
        select(Visit.code_id, Visit.state)
        .where(Visit.code_id.in_(list(code_ids)))
        .order_by(Visit.arrived_at)
    )
    return {row.code_id: row.state for row in db.session.execute(query)}


def newest_names(code_ids: Iterable[str]) -> dict[str, str]:
    """Return the name that the guest of each of these codes stated last, if one came."""
    query = (
        select(Visit.code_id, Visit.name)
        .where(Visit.code_id.in_(list(code_ids)))
        .order_by(Visit.arrived_at)
    )
    return {row.code_id: row.name for row in db.session.execute(query)}


def running_in(call_id: str) -> Sequence[Visit]:
    """Return the visits that are in a call."""
    query = select(Visit).where(Visit.call_id == call_id, Visit.state.in_(RUNNING))
    return db.session.scalars(query.order_by(Visit.arrived_at, Visit.id)).all()


def running_of(account_id: str) -> Visit | None:
    """Return the visit that a doctor is in a call with, if any."""
    query = select(Visit).where(Visit.state.in_(RUNNING), Visit.admitted_by == account_id)
    return db.session.scalars(query.limit(1)).first()


def note_devices(visit_id: str, camera: str, microphone: str) -> None:
    """Note what the guest's device check says."""
    _update([visit_id], camera=camera, microphone=microphone)


def note_connection(visit_id: str, *, connected: bool, now: datetime) -> None:
    """Note that the guest's page came or went."""
    _update([visit_id], connected=connected, last_seen_at=now)


def note_present(visit_ids: Sequence[str], *, now: datetime) -> None:
    """Note that the pages of guests are still connected."""
    _update(visit_ids, connected=True, last_seen_at=now)


def _update(visit_ids: Sequence[str], **values: object) -> None:
    statement = update(Visit).where(
        Visit.organisation_id == current_tenant(), Visit.id.in_(visit_ids), Visit.state.in_(OPEN)
    )
    db.session.execute(statement.values(**values).execution_options(synchronize_session=False))


def come_back(visit: Visit, *, now: datetime) -> None:
    """Put a guest who went, or was lost, at the end of the queue again.

    :raise NotWaitingError: the visit ended otherwise.
    :raise PortalError: the code cannot be used any more.
    """
    access.usable(visit.code_id, now=now)
    visits.move(
        visit.id, WAITING, arrived_at=now, last_seen_at=now, ended_at=None, declined_text=""
    )


def close_lost(*, now: datetime) -> list[tuple[str, str, str]]:
    """End the visits of those who are gone for good; return organisation, room and visit.

    Gone is whose page did not come back to the queue, and everybody of a terminated organisation.
    """
    lost = (Visit.state == WAITING) & (Visit.last_seen_at <= now - LOST_AFTER)
    return _close(
        LEFT, Visit.state.in_(OPEN), lost | Visit.organisation_id.in_(terminated()), now=now
    )


def close_expired(*, now: datetime) -> list[tuple[str, str, str]]:
    """End the waiting of those whose code is over; return organisation, room and visit.

    A page that nobody closed in the evening would stand in the queue the next morning.
    """
    over = select(AccessCode.id).where(
        AccessCode.organisation_id == Visit.organisation_id,
        AccessCode.id == Visit.code_id,
        AccessCode.valid_until <= now - WAITS_ON,
    )
    return _close(EXPIRED, Visit.state == WAITING, over.exists(), now=now)


def _close(
    state: str, *conditions: ColumnElement[bool], now: datetime
) -> list[tuple[str, str, str]]:
    statement = (
        update(Visit)
        .where(*conditions)
        .values(state=state, ended_at=now, connected=False, message=None, message_at=None)
        .returning(Visit.organisation_id, Visit.room_id, Visit.id)
        .execution_options(synchronize_session=False)
    )
    with across_tenants("One sweep takes guests who are gone out of every organisation's queue."):
        return [tuple(row) for row in db.session.execute(statement)]  # type: ignore[misc]


def release_consents(now: datetime) -> int:
    """Note that the visits are gone which consents were given for; return how many."""
    with across_tenants("The deletion job looks which visits are gone in every organisation."):
        return consent.note_ground_gone("visit", Visit.id, now=now)
