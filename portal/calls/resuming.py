"""A doctor who hung up by mistake takes it back: for ten seconds, with the same guest."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.calls import service
from portal.errors import NotFoundHereError, PortalError
from portal.extensions import db
from portal.waitingroom import visits
from portal.waitingroom.models import Visit

if TYPE_CHECKING:
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


def resume(call_id: str, account_id: str, *, now: datetime) -> Visit:
    """Let the guest of a call wait again, in the first place; the desk lets them in at once.

    Nobody's camera is turned on by this: the guest's page shows the waiting room first.

    :raise NotFoundHereError: the caller was not in this call.
    :raise InCallError: the doctor has let in somebody else meanwhile.
    :raise TooLateError: more than ten seconds have passed, or the call ended otherwise.
    """
    call = service.get_call(call_id, account_id)
    visit = db.session.scalar(select(Visit).where(Visit.call_id == call_id))
    if visit is None:
        raise NotFoundHereError
    if service.is_in_call(account_id):
        raise service.InCallError
    if not seconds_left(call, account_id, now=now - ON_THE_WAY):
        raise TooLateError
    try:
        visits.bring_back(visit.id, call_id, now=now)
    except visits.NotWaitingError as error:
        raise TooLateError from error
    return visit
