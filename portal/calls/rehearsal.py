"""The rehearsal before an admission: both browsers agree on all but their addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from media.sdp import check_silent
from media.shapes import ID, conform
from portal.accounts import service as accounts
from portal.calls.service import InCallError, NotVerifiedError, is_in_call
from portal.permissions import Role
from portal.sockets import message, subject_room, tell
from portal.waitingroom import guests, visits
from portal.waitingroom.events import desk_of

if TYPE_CHECKING:
    from media.messages import Message
    from portal.sockets import Page

PREPARE = {"visit": ID, "session": ID, "description": check_silent}
PREPARED = {**PREPARE, "to_session": ID}


@message("visit.prepare", Role.DOCTOR)
def prepare(page: Page, received: Message) -> dict[str, Any]:
    """Bring a doctor's offer without addresses to a guest who waits for this doctor."""
    body = conform(received.body, PREPARE, "visit.prepare")
    account_id = page.principal.subject_id
    visit = guests.get_visit(body["visit"], account_id)
    if not accounts.may_admit(accounts.get_account(account_id)):
        raise NotVerifiedError
    if is_in_call(account_id):
        raise InCallError
    if visit.state != visits.WAITING:
        raise visits.NotWaitingError
    tell(subject_room(visit.id), "visit.prepare", dict(body))
    return {}


@message("visit.prepared", Role.GUEST)
def prepared(page: Page, received: Message) -> dict[str, Any]:
    """Bring the guest's answer, without addresses too, to the desks of the room."""
    body = conform(received.body, PREPARED, "visit.prepared")
    visit = guests.get_visit(page.principal.subject_id)
    # What was admitted, or has ended, meanwhile needs no rehearsal; nobody is to blame.
    if visit.id == body["visit"] and visit.state == visits.WAITING:
        tell(desk_of(visit.room_id), "visit.prepared", dict(body))
    return {}


def install() -> None:
    """Register the messages; importing this module did."""
