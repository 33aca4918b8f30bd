"""The waiting room on the socket: who hears what, device states, and who is still there."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from flask import current_app

from media.shapes import conform, one_of
from portal import clock
from portal.accounts import tokens
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.permissions import CLINIC, Role
from portal.sockets import (
    CLOSED,
    LISTENS,
    OPENED,
    PRESENT,
    is_here,
    message,
    subject_room,
    tell,
)
from portal.tenants.scope import tenant_scope
from portal.waitingroom import guests, rooms
from portal.waitingroom.visits import EXPIRED, LEFT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from media.messages import Message
    from portal.sockets import Page
    from portal.waitingroom.models import Visit

DEVICE = one_of("ok", "off", "denied", "missing")
DEVICES = {"camera": DEVICE, "microphone": DEVICE}


def desk_of(room_id: str) -> str:
    """Return the name under which all desks of a room are reached."""
    return f"desk:{room_id}"


def guests_of(room_id: str) -> str:
    """Return the name under which all guests of a room are reached."""
    return f"guests:{room_id}"


def tell_visit(visit: Visit) -> None:
    """Tell the desks of the room and the guest that a visit changed; after the commit."""
    tell_state(visit.id, visit.state, visit.room_id)


def tell_moved(visit: Visit, before: str) -> None:
    """Tell both desks and the guest that a visit waits in another room; after the commit."""
    body = {"visit": visit.id, "state": visit.state, "room": visit.room_id}
    tell(desk_of(before), "visit.changed", body)
    tell_visit(visit)


def tell_state(visit_id: str, state: str, room_id: str) -> None:
    """Tell the same of a visit that need not be read again for it."""
    body = {"visit": visit_id, "state": state, "room": room_id}
    tell(desk_of(room_id), "visit.changed", body)
    tell(subject_room(visit_id), "visit.changed", body)


def tell_room(room_id: str) -> None:
    """Tell the guests of a room that the practice came, went, or is in a call."""
    tell(guests_of(room_id), "room.changed", {"room": room_id})


def _listens(page: Page) -> Iterable[str]:
    if page.principal.role is Role.GUEST:
        visit = guests.get_visit(page.principal.subject_id)
        return [guests_of(visit.room_id)]
    if page.principal.role in CLINIC:
        return [desk_of(room.id) for room in rooms.own_rooms(page.principal.subject_id)]
    return []


def _opened(page: Page) -> None:
    now = clock.now()
    if page.principal.role is Role.GUEST:
        guests.note_connection(page.principal.subject_id, connected=True, now=now)
        db.session.commit()
        tell_visit(guests.get_visit(page.principal.subject_id))
    elif page.principal.role in CLINIC:
        own = [room.id for room in rooms.own_rooms(page.principal.subject_id)]
        rooms.attend(own, now=now)
        db.session.commit()
        for room_id in own:
            tell_room(room_id)


def _closed(page: Page) -> None:
    if page.principal.role is not Role.GUEST or page.connection.session is None:
        return
    # Another network was faster than the end of the old one: the guest is back already.
    if is_here(page.principal.subject_id):
        return
    guests.note_connection(page.principal.subject_id, connected=False, now=clock.now())
    db.session.commit()
    # A visit that was deleted while its page was open is gone from the desks already.
    with suppress(NotFoundHereError):
        tell_visit(guests.get_visit(page.principal.subject_id))


def _present(pages: list[Page]) -> None:
    """Note who is still there, close whose page is gone; called every few seconds."""
    now = clock.now()
    guests_by, desks_by = defaultdict(list), defaultdict(set)
    for page in pages:
        principal = page.principal
        if principal.role is Role.GUEST:
            guests_by[principal.organisation_id].append(principal)
        elif principal.role in CLINIC:
            desks_by[principal.organisation_id].add(principal.subject_id)
    for organisation_id, principals in guests_by.items():
        _note_guests(str(organisation_id), [each.subject_id for each in principals])
        tokens.touch([each.token_id for each in principals], now=now)
    for organisation_id, accounts in desks_by.items():
        _note_desks(str(organisation_id), accounts)
    _close_gone()


def _note_guests(organisation_id: str, visit_ids: list[str]) -> None:
    # An app context of its own: one session serves one organisation.
    with current_app.app_context(), tenant_scope(organisation_id):
        guests.note_present(visit_ids, now=clock.now())
        db.session.commit()


def _note_desks(organisation_id: str, accounts: set[str]) -> None:
    with current_app.app_context(), tenant_scope(organisation_id):
        own = {room.id for account in accounts for room in rooms.own_rooms(account)}
        rooms.attend(own, now=clock.now())
        db.session.commit()


def _close_gone() -> None:
    for state, close in ((LEFT, guests.close_lost), (EXPIRED, guests.close_expired)):
        closed = close(now=clock.now())
        db.session.commit()
        for _organisation, room_id, visit_id in closed:
            tell_state(visit_id, state, room_id)


@message("visit.devices", Role.GUEST)
def devices(page: Page, received: Message) -> dict[str, Any]:
    """Note the state of the guest's camera and microphone, for the desk."""
    body = conform(received.body, DEVICES, "visit.devices")
    guests.note_devices(page.principal.subject_id, body["camera"], body["microphone"])
    db.session.commit()
    tell_visit(guests.get_visit(page.principal.subject_id))
    return {}


def install() -> None:
    """Hear of pages that come and go."""
    LISTENS.add(_listens)
    OPENED.add(_opened)
    CLOSED.add(_closed)
    PRESENT.add(_present)
