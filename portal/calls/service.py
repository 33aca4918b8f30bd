"""Calls: begun by an admission, ended by hanging up; membership is a row, asked at each message."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select, update

from portal.accounts import service as accounts
from portal.api import CallEvent
from portal.calls import files, report, rings
from portal.calls.models import Call, CallMember
from portal.database import changed, glance
from portal.errors import NotFoundHereError, PortalError
from portal.extensions import db
from portal.pluginhost import gates
from portal.pluginhost import service as pluginhost
from portal.profiles import cards
from portal.tenants.scope import across_tenants, current_tenant, new_id
from portal.tenants.service import terminated
from portal.waitingroom import access, guests, visits
from portal.waitingroom.models import Visit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Delete, Row, Update


HOST, COLLEAGUE = "host", "colleague"
GUEST, COMPANION, INTERPRETER = "guest", "companion", "interpreter"
# Who came with a code; all others are doctors.
VISITORS = frozenset({GUEST, COMPANION, INTERPRETER})
# Longer than any consultation; the visit's own time may be longer than the call's.
ABANDONED = timedelta(hours=12)


class NotVerifiedError(PortalError):
    """The account may not enter media: not a doctor, or not verified yet."""

    code = "not_verified"
    status = 403
    sentence = _l("Mit diesem Konto können Sie niemanden hereinbitten.")
    cure = _l("Bitte wenden Sie sich an Ihre Projektadministration.")


class InCallError(PortalError):
    """The doctor is in a call already."""

    code = "in_call"
    status = 409
    sentence = _l("Sie sind schon in einem Gespräch.")
    cure = _l("Beenden Sie es zuerst, oder stellen Sie den Gast zurück.")


class AlreadyAdmittedError(PortalError):
    """A colleague was faster."""

    code = "already_admitted"
    status = 409
    cure = ""

    def __init__(self, by: str) -> None:
        super().__init__(by=by)
        self.sentence = _("%(name)s hat diesen Gast schon hereingebeten.", name=by)


@dataclass(frozen=True)
class Admission:
    """A call that has begun: both members are in it."""

    call: Call
    visit: Visit
    host: CallMember
    guest: CallMember
    host_name: str


def admit(visit_id: str, account_id: str, session: str, *, now: datetime) -> Admission:
    """Let one guest in, once, and begin the call.

    :raise NotFoundHereError: the visit is not in one of the doctor's rooms.
    :raise NotVerifiedError: the account may not enter media (ADM-5, TEN-4).
    :raise InCallError: the doctor is in another call.
    :raise HeldBackError: a plugin says that the guest cannot be let in yet.
    :raise AlreadyAdmittedError: a colleague was faster; ``details.by`` says who.
    :raise NotWaitingError: the guest went.
    """
    account = accounts.get_account(account_id)
    visit = guests.get_visit(visit_id, account_id)
    if not accounts.may_admit(account):
        raise NotVerifiedError
    if is_in_call(account_id):
        raise InCallError
    if visit.state == visits.WAITING:
        gates.precheck(visit, account_id)
    call = Call(
        id=new_id(), organisation_id=current_tenant(), room_id=visit.room_id, started_at=now
    )
    try:
        visits.admit(visit.id, account_id=account_id, call_id=call.id)
    except visits.NotWaitingError:
        who_was_faster(guests.get_visit(visit_id), account_id)
        raise
    db.session.add(call)
    host = _member(call, HOST, account_id, now, session)
    guest = _member(call, GUEST, visit_id, now, None)
    db.session.flush()
    return Admission(call, guests.get_visit(visit_id), host, guest, account.full_name)


def is_in_call(account_id: str) -> bool:
    """Tell whether a doctor is in a call, with a guest or with a colleague."""
    found = guests.running_of(account_id) or running(account_id) or rings.running(account_id)
    return found is not None


def running(account_id: str) -> str | None:
    """Return the call of this organisation that an account is in, if any."""
    mine = (CallMember.subject_id == account_id, CallMember.left_at.is_(None))
    together = (
        Call.organisation_id == CallMember.organisation_id,
        Call.id == CallMember.call_id,
        Call.ended_at.is_(None),
    )
    return db.session.scalar(select(CallMember.call_id).where(*mine, *together).limit(1))


def let_in(call: Call, role: str, subject_id: str, now: datetime) -> CallMember:
    """Make somebody a member of a call; the page that speaks for them becomes known later."""
    return _member(call, role, subject_id, now, None)


def who_was_faster(visit: Visit, account_id: str) -> None:
    """Name the colleague who let a guest in first.

    :raise AlreadyAdmittedError: somebody did.
    """
    if visit.state in visits.RUNNING and visit.admitted_by not in {None, account_id}:
        raise AlreadyAdmittedError(accounts.get_account(str(visit.admitted_by)).full_name)


def _member(
    call: Call, role: str, subject_id: str, now: datetime, session: str | None
) -> CallMember:
    member = CallMember(
        id=new_id(),
        organisation_id=call.organisation_id,
        call_id=call.id,
        role=role,
        subject_id=subject_id,
        session=session,
        joined_at=now,
    )
    db.session.add(member)
    return member


def members(call_id: str) -> Sequence[CallMember]:
    """Return who is in a call now, the host first; empty for a call that ended."""
    query = select(CallMember).where(CallMember.call_id == call_id, CallMember.left_at.is_(None))
    return db.session.scalars(query.order_by(CallMember.joined_at, CallMember.role.desc())).all()


_SEATS = (
    select(CallMember.id, CallMember.subject_id, CallMember.role, CallMember.session)
    .where(
        CallMember.organisation_id == bindparam("organisation"),
        CallMember.call_id == bindparam("call"),
        CallMember.left_at.is_(None),
    )
    .order_by(CallMember.joined_at, CallMember.role.desc())
)


def seats(call_id: str) -> Sequence[Row[Any]]:
    """Return who is in a call now, as it was committed; cheap enough to ask at each message."""
    return glance(_SEATS, organisation=current_tenant(), call=call_id)


def name_of(member: CallMember) -> str:
    """Return the real name, which the others see: a doctor must know to whom they speak."""
    if member.role in VISITORS:
        return guests.get_visit(member.subject_id).name
    try:
        return accounts.get_account(member.subject_id).full_name
    except NotFoundHereError:  # a colleague of another organisation
        return cards.name_of(member.subject_id)


def hold(call_id: str) -> None:
    """Let nobody else change who is in a call until this transaction is over."""
    db.session.get(Call, (current_tenant(), call_id), with_for_update=True)


def lock_for(call_id: str, subject_id: str) -> Call:
    """Return a running call that somebody is in, so that nobody else changes it meanwhile.

    :raise NotFoundHereError: it does not run, or they are not in it.
    """
    call = get_call(call_id, for_update=True)
    check_in(call_id, subject_id)
    return call


def check_in(call_id: str, subject_id: str) -> None:
    """Let only those on who are in a call that runs.

    :raise NotFoundHereError: it does not run, or they are not in it.
    """
    if subject_id not in {member.subject_id for member in members(call_id)}:
        raise NotFoundHereError


def note_session(member: CallMember, session: str) -> None:
    """Note which page speaks for a member from now on."""
    member.session = session


def depart(member: CallMember, *, now: datetime) -> None:
    """Take a member out of the call; access ends with this."""
    member.left_at = now
    db.session.flush()
    if member.role not in VISITORS:
        rings.close(member.call_id, account_id=member.subject_id, now=now)
    else:
        with suppress(NotFoundHereError, visits.NotWaitingError):  # deleted, or put back
            visits.end(guests.get_visit(member.subject_id).id, now=now)


def connect(call_id: str, subject_id: str, *, now: datetime) -> Visit | None:
    """Note that picture or sound arrived; return the visit when this was the first time.

    :raise NotFoundHereError: the caller is not in this call.
    """
    check_in(call_id, subject_id)
    visit = _seen_by(call_id, subject_id)
    if visit is None:
        _note_connected(call_id, now)
    if visit is None or visit.state != visits.ADMITTED:
        return None
    visits.connect(visit.id)
    access.note_use(visit.code_id, now=now)
    _note_connected(call_id, now)
    return visit


def _seen_by(call_id: str, subject_id: str) -> Visit | None:
    """Return the own visit of a guest; a doctor sees first whoever was let in first."""
    query = select(Visit).join(
        CallMember,
        (CallMember.organisation_id == Visit.organisation_id) & (CallMember.subject_id == Visit.id),
    )
    query = query.where(Visit.call_id == call_id, CallMember.call_id == call_id)
    first = (Visit.id == subject_id).desc()
    return db.session.scalar(query.order_by(first, CallMember.joined_at).limit(1))


def _note_connected(call_id: str, now: datetime) -> None:
    first = update(Call).where(
        Call.organisation_id == current_tenant(), Call.id == call_id, Call.connected_at.is_(None)
    )
    db.session.execute(first.values(connected_at=now))


def end(call_id: str, reason: str, *, now: datetime) -> list[Visit]:
    """End a call for all; return the visits that were in it. Ending twice does nothing."""
    statement = (
        update(Call)
        .where(
            Call.organisation_id == current_tenant(), Call.id == call_id, Call.ended_at.is_(None)
        )
        .values(ended_at=now, end_reason=reason)
        .returning(Call.id)
    )
    if db.session.execute(statement).first() is None:
        return []
    files.forget(call_id)
    for member in members(call_id):
        depart(member, now=now)
    call = get_call(call_id)
    were_in = everybody(call_id)
    report.ended(call, were_in, now=now)
    rings.close(call_id, now=now)
    if not call.room_id:
        # Plugins hear of consultations; two colleagues who talk are none.
        return []
    host = next((each.subject_id for each in were_in if each.role == HOST), "")
    event = CallEvent("ended", call.id, call.room_id, host, call.started_at, now, call.connected_at)
    pluginhost.announce("call_event", event)
    visitors = dict.fromkeys(each.subject_id for each in were_in if each.role in VISITORS)
    return [visit for each in visitors for visit in _visit(each)]


def visit_of(member: CallMember) -> list[Visit]:
    """Return the visit of somebody who came with a code; nothing of a doctor."""
    return _visit(member.subject_id) if member.role in VISITORS else []


def _visit(visit_id: str) -> list[Visit]:
    """Return a visit, or nothing when its code was deleted during the call."""
    try:
        return [guests.get_visit(visit_id)]
    except NotFoundHereError:
        return []


def everybody(call_id: str) -> Sequence[CallMember]:
    """Return all who were ever let into a call, in this order."""
    query = select(CallMember).where(CallMember.call_id == call_id)
    return db.session.scalars(query.order_by(CallMember.joined_at, CallMember.role.desc())).all()


def get_call(call_id: str, subject_id: str | None = None, *, for_update: bool = False) -> Call:
    """Return a call, for somebody only one that they were in.

    :param for_update: whether others who change it wait for this transaction.
    :raise NotFoundHereError: it does not exist, or they were not in it.
    """
    call = db.session.get(Call, (current_tenant(), call_id), with_for_update=for_update or None)
    if call is None:
        raise NotFoundHereError
    if subject_id is not None and subject_id not in {m.subject_id for m in everybody(call_id)}:
        raise NotFoundHereError
    return call


def close_abandoned(now: datetime) -> int:
    """End calls that both sides left without hanging up; return how many.

    They began half a day ago, or their organisation's contract was terminated meanwhile.
    """
    past = now - ABANDONED
    gone = (Call.started_at <= past) | Call.organisation_id.in_(terminated())
    call = update(Call).where(Call.ended_at.is_(None), gone)
    visit = update(Visit).where(Visit.state.in_(visits.RUNNING), Visit.arrived_at <= past)
    with across_tenants("The daily job ends calls that nobody hung up, in every organisation."):
        ended = _run(call.values(ended_at=now, end_reason="abandoned"))
        _run(visit.values(state=visits.ENDED, ended_at=now))
    return ended


def _run(statement: Update | Delete) -> int:
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    return changed(done)
