"""More than two in a call, on the socket: a guest who waits is let into one that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from media.shapes import ID, conform, one_of
from portal import clock
from portal.calls import group
from portal.extensions import db
from portal.permissions import Role
from portal.sockets import message, subject_room, tell
from portal.waitingroom.events import tell_room, tell_visit

if TYPE_CHECKING:
    from media.messages import Message
    from portal.sockets import Page

BRING_IN = {"visit": ID, "call": ID, "role": one_of(*group.ROLES)}


@message("visit.bring_in", Role.DOCTOR)
def bring_in(page: Page, received: Message) -> dict[str, Any]:
    """Let a guest into a running call; their page joins it, and the others hear of that."""
    body = conform(received.body, BRING_IN, "visit.bring_in")
    member, visit = group.bring_in(
        body["visit"], body["call"], body["role"], page.principal.subject_id, now=clock.now()
    )
    participant, call_id = member.id, member.call_id
    db.session.commit()
    told = {"visit": visit.id, "call": call_id}
    tell(subject_room(visit.id), "visit.brought_in", told)
    tell_visit(visit)
    tell_room(visit.room_id)
    return {"visit": visit.id, "participant": participant}


def install() -> None:
    """Register the message; importing this module did."""
