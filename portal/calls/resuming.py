"""A doctor who hung up by mistake takes it back: for ten seconds, with the same guests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.calls import service
from portal.calls.models import CallMember
from portal.errors import NotFoundHereError, PortalError
from portal.extensions import db
from portal.waitingroom import visits
from portal.waitingroom.models import Visit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select

    from portal.calls.models import Call

OFFERED = timedelta(seconds=10)
# A press in the last moment still has to arrive.
ON_THE_WAY = timedelta(seconds=3)
HUNG_UP = "host_left"


class TooLateError(PortalError):
    """The call has been over for too long, or ended otherwise."""

    code = "too_late"
    status = 409
    sentence = _l("Das Gespräch lässt sich nicht mehr fortsetzen.")
    cure = _l("Rufen Sie den Gast an, oder geben Sie einen neuen Code.")


def seconds_left(call: Call, account_id: str, *, now: datetime) -> int:
    """Return for how many more seconds an account may take back that it hung up; 0 is never."""
    hosts = {each.subject_id for each in service.everybody(call.id) if each.role == service.HOST}
    if account_id not in hosts or not call.room_id or call.end_reason != HUNG_UP:
        return 0
    ended = call.ended_at or now
    return max(0, int((ended + OFFERED - now).total_seconds()))


def resume(call_id: str, account_id: str, *, now: datetime) -> Sequence[Visit]:
    """Let the guests of a call wait again, each in their place; the desk lets the first in at once.

    Whoever else was in it is brought in from the waiting room again. Nobody's camera is turned on
    by this: a guest's page shows the waiting room first.

    :raise NotFoundHereError: the caller was not in this call.
    :raise InCallError: the doctor has let in somebody else meanwhile.
    :raise TooLateError: more than ten seconds have passed, or the call ended otherwise.
    """
    call = service.get_call(call_id, account_id)
    if service.is_in_call(account_id):
        raise service.InCallError
    if not seconds_left(call, account_id, now=now - ON_THE_WAY):
        raise TooLateError
    found = db.session.scalars(_guests_of(call)).all()
    if not found:
        raise NotFoundHereError
    back = [visit for visit in found if _is_back(visit, call_id, now)]
    if not back:
        raise TooLateError
    return back


def _guests_of(call: Call) -> Select[Visit]:
    """Return the query of those who were there at the end, whoever was let in first on top."""
    at_the_end = (
        (CallMember.organisation_id == Visit.organisation_id)
        & (CallMember.subject_id == Visit.id)
        & (CallMember.call_id == call.id)
        & (CallMember.left_at >= call.ended_at)
    )
    query = select(Visit).where(Visit.call_id == call.id).join(CallMember, at_the_end)
    return query.order_by(CallMember.joined_at)


def _is_back(visit: Visit, call_id: str, now: datetime) -> bool:
    try:
        visits.bring_back(visit.id, call_id, now=now)
    except visits.NotWaitingError:
        return False
    return True
