"""What the desk and the guest's pages show: rows of the queue, of the code list, of the status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from blinker import Signal
from flask_babel import gettext as _

from portal.language import ZONE, written_date
from portal.messages import service as messages
from portal.privacy import consent
from portal.tenants.service import get_organisation
from portal.waitingroom import access, codes, guests, hours, rooms, visits
from portal.waitingroom.visits import WAITING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from sqlalchemy import Row

    from portal.waitingroom.models import AccessCode, Room, Visit

# Told inside the transaction, so that what stands above (calls) can act in it.
visit_put_back = Signal()
visit_left = Signal()

# Asked for an account's call that no visit tells of: what stands above knows more kinds of them.
ALSO_RUNNING: set[Callable[[str], str | None]] = set()

PAGE_GONE = timedelta(seconds=25)


def running_call(account_id: str) -> str | None:
    """Return the call that an account is in, with a guest or otherwise."""
    visit = guests.running_of(account_id)
    if visit is not None:
        return visit.call_id
    return next((found for asked in ALSO_RUNNING if (found := asked(account_id))), None)


@dataclass(frozen=True)
class RoomCard:
    """A room as a guest may see it: an allow-list, nothing comes from a profile by itself."""

    id: str
    name: str
    is_group: bool
    organisation_name: str
    doctor_name: str
    text: str
    phone: str
    address: str
    email: str
    hours: str


def room_card(room: Room) -> RoomCard:
    """Return what a guest may see of a room."""
    organisation = get_organisation(room.organisation_id)
    return RoomCard(
        room.id,
        room.name,
        room.kind == rooms.GROUP,
        organisation.name,
        room.doctor_name,
        room.text,
        room.phone or organisation.phone or "",
        room.address,
        room.email,
        room.hours,
    )


@dataclass(frozen=True)
class VisitRow:
    """One guest on the desk."""

    id: str
    name: str
    code_name: str
    # The guest whose companion this is; empty for everybody else.
    companion_of: str
    room_id: str
    room_name: str
    # The room is that of a group, and the guest agreed to be seen and heard by it.
    is_group: bool
    joins_group: bool
    state: str
    arrived_at: datetime
    waits_seconds: int
    camera: str
    microphone: str
    connected: bool
    moved: bool
    message: str | None
    message_at: datetime | None


def visit_rows(found: Sequence[Visit], *, now: datetime) -> list[VisitRow]:
    """Return visits as the desk shows them."""
    named = access.named(visit.code_id for visit in found)
    hosts = _guests_of_companions(named)
    room_names = rooms.names(visit.room_id for visit in found)
    groups = rooms.groups(room_names)
    agreed = consent.given_by("visit", [each.id for each in found], consent.GROUP) if groups else ()
    return [
        VisitRow(
            id=visit.id,
            name=visit.name,
            code_name=named[visit.code_id].guest_name if visit.code_id in named else "",
            companion_of=hosts.get(visit.code_id, ""),
            room_id=visit.room_id,
            room_name=room_names[visit.room_id],
            is_group=visit.room_id in groups,
            joins_group=visit.room_id in groups and visit.id in agreed,
            state=visit.state,
            arrived_at=visit.arrived_at,
            waits_seconds=int((now - visit.arrived_at).total_seconds()),
            camera=visit.camera,
            microphone=visit.microphone,
            connected=visit.connected and now - visit.last_seen_at < PAGE_GONE,
            moved=visit.moved,
            message=visit.message,
            message_at=visit.message_at,
        )
        for visit in found
    ]


def _guests_of_companions(named: Mapping[str, Row[str, str, str | None]]) -> dict[str, str]:
    """Return by the code of each companion the name of the guest who brings them.

    It is the one that the guest stated last, or else the one that the practice wrote.
    """
    brought = {each.id: each.companion_of for each in named.values() if each.companion_of}
    if not brought:
        return {}
    written = {each.id: each.guest_name for each in access.named(brought.values()).values()}
    names = written | guests.newest_names(brought.values())
    return {code: names.get(guest, "") for code, guest in brought.items()}


@dataclass(frozen=True)
class CodeRow:
    """One code in the practice's list."""

    id: str
    code: str
    guest_name: str
    room_name: str
    uses: str
    created_at: datetime
    valid_until: datetime
    valid_on: date | None
    starts_at: datetime | None
    state: str
    message_state: str | None


def code_rows(found: Sequence[AccessCode], *, now: datetime) -> list[CodeRow]:
    """Return codes as the list shows them, each with what became of its message."""
    states = messages.states([row.id for row in found])
    room_names = rooms.names(row.room_id for row in found)
    brought = [row.companion_of for row in found if row.companion_of]
    hosts = access.named(brought) if brought else {}
    return [
        CodeRow(
            id=row.id,
            code=codes.written(row.code),
            guest_name=_("Begleitung von %(name)s", name=hosts[row.companion_of].guest_name)
            if row.companion_of in hosts
            else row.guest_name,
            room_name=room_names[row.room_id],
            uses=row.uses,
            created_at=row.created_at,
            valid_until=row.valid_until,
            valid_on=row.valid_on,
            starts_at=row.starts_at,
            state=access.state_of(row, now=now),
            message_state=states.get(row.id),
        )
        for row in found
    ]


def message_order(row: AccessCode, request_key: str, *, remind: bool) -> messages.CodeOrder:
    """Return what the message that brings a code says."""
    until = written_date(row.valid_until.astimezone(ZONE).date())
    code = codes.written(row.code)
    return messages.CodeOrder(code, row.id, until, request_key, row.starts_at, remind)


@dataclass(frozen=True)
class DayRow:
    """One guest who is expected today; ``state`` is that of the newest visit, or of the code."""

    starts_at: datetime | None
    guest_name: str
    room_name: str
    state: str


def day_rows(found: Sequence[AccessCode], *, now: datetime) -> list[DayRow]:
    """Return the codes of a day as the desk lists them."""
    newest = guests.newest_states(row.id for row in found)
    room_names = rooms.names(row.room_id for row in found)
    return [
        DayRow(
            starts_at=row.starts_at,
            guest_name=row.guest_name,
            room_name=room_names[row.room_id],
            state=newest.get(row.id) or access.state_of(row, now=now),
        )
        for row in found
    ]


@dataclass(frozen=True)
class VisitCard:
    """A visit as its guest sees it; nobody else's place or name is in it."""

    id: str
    state: str
    name: str
    arrived_at: datetime
    declined_text: str
    call_id: str | None
    doctor_in_call: bool
    somebody_there: bool
    room_id: str
    joins_group: bool = False
    opens_at: datetime | None = None
    message: str | None = None
    message_at: datetime | None = None
    position: None = None


def visit_card(visit: Visit, *, now: datetime) -> VisitCard:
    """Return what a guest may know of the own visit."""
    room = rooms.get_room(visit.room_id)
    lost = visit.state == WAITING and now - visit.last_seen_at >= guests.LOST_AFTER
    return VisitCard(
        id=visit.id,
        state=visits.LEFT if lost else visit.state,
        name=visit.name,
        arrived_at=visit.arrived_at,
        declined_text=visit.declined_text,
        call_id=visit.call_id,
        doctor_in_call=rooms.in_call(visit.room_id),
        somebody_there=rooms.is_attended(room, now=now),
        room_id=visit.room_id,
        joins_group=room.kind == rooms.GROUP and guests.agrees_to_group(visit.id),
        opens_at=hours.next_opening(room.hours, now=now),
        message=visit.message,
        message_at=visit.message_at,
    )
