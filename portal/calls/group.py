"""More than two in a call: who is brought into it, who is taken out, and who leads it.

A call has exactly one host at any time: the one who began it, until they hand it over. Whoever
changes who is in a call holds its row, so that two who act at once see what the other has done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import case, or_, update

from portal.accounts import service as accounts
from portal.calls import service
from portal.calls.models import Call, CallMember
from portal.calls.service import COLLEAGUE, COMPANION, GUEST, HOST, INTERPRETER
from portal.database import changed
from portal.errors import NotFoundHereError, PortalError
from portal.extensions import db
from portal.pluginhost import gates
from portal.tenants.scope import current_tenant
from portal.waitingroom import guests, rooms, visits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portal.waitingroom.models import Visit

# Each browser sends its picture to all the others; psychotherapy in groups has the same limit.
MOST = 9
# What a doctor may call somebody who waits when letting them into a running call.
ROLES = (COMPANION, INTERPRETER, GUEST)


class NotHostError(PortalError):
    """The call is led by somebody else."""

    code = "not_host"
    status = 403
    sentence = _l("Das kann nur, wer das Gespräch leitet.")
    cure = _l("Bitten Sie darum, oder lassen Sie sich das Gespräch übergeben.")


class CallFullError(PortalError):
    """As many are in the call as may be."""

    code = "call_full"
    status = 409
    sentence = _l("In diesem Gespräch sind schon neun Personen, mehr geht nicht.")
    cure = _l("Erst wenn jemand gegangen ist, kann jemand dazukommen.")


class CannotLeadError(PortalError):
    """They are no doctor of the organisation that the call belongs to, or went in this moment."""

    code = "cannot_lead"
    status = 409
    sentence = _l("Dieser Person können Sie das Gespräch nicht übergeben.")
    cure = _l("Übergeben können Sie an eine Kollegin oder einen Kollegen Ihrer Einrichtung.")


def check_led(call_id: str, account_id: str) -> Call:
    """Return a running call that an account leads and that has room; nobody else changes it now.

    :raise NotFoundHereError: it does not run, or they are not in it.
    :raise NotHostError: somebody else leads it.
    :raise CallFullError: nine are in it.
    """
    call = service.lock_for(call_id, account_id)
    found = service.members(call_id)
    if account_id not in {each.subject_id for each in found if each.role == HOST}:
        raise NotHostError
    if len(found) >= MOST:
        raise CallFullError
    return call


def bring_in(
    visit_id: str, call_id: str, role: str, account_id: str, *, now: datetime
) -> tuple[CallMember, Visit]:
    """Let one guest who waits into the running call of a doctor, once.

    :param role: one of ``ROLES``.
    :raise NotFoundHereError: the visit is not in one of the doctor's rooms, or the call not theirs.
    :raise NotVerifiedError: the account may not enter media (ADM-5, TEN-4).
    :raise NotHostError: the doctor does not lead the call.
    :raise CallFullError: nine are in it.
    :raise GroupRoomError: not all who would be guests of the group agreed to one.
    :raise HeldBackError: a plugin says that the guest cannot be let in yet.
    :raise AlreadyAdmittedError: a colleague was faster; ``details.by`` says who.
    :raise NotWaitingError: the guest went.
    """
    visit = guests.get_visit(visit_id, account_id)
    if not accounts.may_admit(accounts.get_account(account_id)):
        raise service.NotVerifiedError
    call = check_led(call_id, account_id)
    if role == GUEST:
        _check_agreed(call, visit)
    if visit.state == visits.WAITING:
        gates.precheck(visit, account_id)
    try:
        visits.admit(visit.id, account_id=account_id, call_id=call.id)
    except visits.NotWaitingError:
        service.who_was_faster(guests.get_visit(visit_id), account_id)
        raise
    _forget_place(visit_id, now)
    # Two colleagues who fetch a guest have a consultation from then on.
    call.room_id = call.room_id or visit.room_id
    member = service.let_in(call, role, visit_id, now)
    db.session.flush()
    return member, guests.get_visit(visit_id)


def _check_agreed(call: Call, visit: Visit) -> None:
    """Let a guest into a group only when they and all guests of the call agreed to one.

    It is a group as soon as one of them came into the waiting room of one. A companion or
    interpreter came for one guest and is none of the group: they do not count.
    """
    subjects = {each.subject_id for each in service.members(call.id) if each.role == GUEST}
    together = [visit, *(each for each in guests.running_in(call.id) if each.id in subjects)]
    if not rooms.groups(each.room_id for each in together):
        return
    if not all(guests.agrees_to_group(each.id) for each in together):
        raise rooms.GroupRoomError


def _forget_place(visit_id: str, now: datetime) -> None:
    """Give up the place of another device: who changed it in a call waits, and is let in anew."""
    left = update(CallMember).where(
        CallMember.organisation_id == current_tenant(),
        CallMember.subject_id == visit_id,
        CallMember.left_at.is_(None),
    )
    db.session.execute(left.values(left_at=now))


def hand_over(call_id: str, giver: str, taker: str) -> Sequence[Visit]:
    """Let a colleague lead the call; whoever led it stays as a colleague. Return its visits.

    Both rows change in one statement, each only from the role that it has now, so that a call has
    one host before and after, also when the colleague leaves in this moment.

    :param giver: the member who leads it.
    :param taker: the member who is to lead it.
    :raise CannotLeadError: they are no doctor of this organisation, or not in the call any more.
    """
    service.hold(call_id)
    found = {each.id: each.subject_id for each in service.members(call_id)}
    account_id = found.get(taker, "")
    if not _may_lead(account_id):
        raise CannotLeadError
    both = or_(
        (CallMember.id == giver) & (CallMember.role == HOST),
        (CallMember.id == taker) & (CallMember.role == COLLEAGUE),
    )
    swap = (
        update(CallMember)
        .where(
            CallMember.organisation_id == current_tenant(),
            CallMember.call_id == call_id,
            CallMember.left_at.is_(None),
            both,
        )
        .values(role=case((CallMember.id == taker, HOST), else_=COLLEAGUE))
        .execution_options(synchronize_session=False)
    )
    if changed(db.session.execute(swap)) != len((giver, taker)):
        raise CannotLeadError
    visits.hand_over(call_id, account_id)
    return guests.running_in(call_id)


def _may_lead(account_id: str) -> bool:
    try:
        return accounts.may_admit(accounts.get_account(account_id))
    except NotFoundHereError:
        return False
