"""Rooms: which of them an account works with, and whether somebody of the practice is there."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, exists, or_, select, update

from portal import audit
from portal.accounts.models import Account
from portal.database import changed
from portal.errors import NotFoundHereError, PortalError
from portal.extensions import db
from portal.happenings import Happened, Happening, happened
from portal.permissions import CLINIC
from portal.tenants.scope import current_tenant
from portal.waitingroom.models import Room, RoomMember, Visit
from portal.waitingroom.visits import RUNNING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Select

# The desk reports every 15 s; two reports may be lost.
ATTENDED = timedelta(seconds=45)
DESTINATIONS = 60
GROUP = "group"
KINDS = ("personal", "shared", GROUP)
audit.words(
    {
        "waitingroom.room.created": _l("Wartezimmer angelegt"),
        "waitingroom.room.changed": _l("Wartezimmer geändert"),
        "waitingroom.room.joined": _l("jemanden ins Wartezimmer aufgenommen"),
        "waitingroom.room.left": _l("jemanden aus dem Wartezimmer genommen"),
    },
    {
        "kind": _l("Art"),
        "doctor_name": _l("Name, den Gäste lesen"),
        "text": _l("Begrüßung"),
        "members": _l("Wer darin arbeitet"),
        "hours": _l("Sprechzeiten"),
        "portrait": _l("Bild der Ärztin oder des Arztes"),
        "background": _l("Hintergrundbild"),
    },
)


class RoomEmptyError(PortalError):
    """Nobody works in a room, so nobody would see the guest."""

    code = "room_empty"
    status = 409
    sentence = _l("In diesem Wartezimmer arbeitet niemand.")
    cure = _l("Wählen Sie ein anderes.")


class GroupRoomError(PortalError):
    """The guest has not agreed to be seen and heard by a group."""

    code = "group_room"
    status = 409
    sentence = _l("Dieser Gast hat nicht zugestimmt, dass eine Gruppe zusieht und zuhört.")
    cure = _l("Geben Sie dem Gast einen Code für das Wartezimmer der Gruppe.")


def own_rooms(account_id: str) -> Sequence[Room]:
    """Return the rooms that an account works with, by name."""
    query = (
        select(Room)
        .join(RoomMember, RoomMember.room_id == Room.id)
        .where(RoomMember.account_id == account_id)
        .order_by(Room.name, Room.id)
    )
    return db.session.scalars(query).all()


def get_room(room_id: str, account_id: str | None = None) -> Room:
    """Return a room, for an account only one that it works with.

    :raise NotFoundHereError: it does not exist, or is not theirs.
    """
    room = db.session.get(Room, (current_tenant(), room_id))
    if room is None or (account_id is not None and not works_in(account_id, room_id)):
        raise NotFoundHereError
    return room


def pictures(room_id: str) -> dict[str, str]:
    """Return the pictures of a room as addresses that hold them; empty where there is none.

    They are large, so only the pages that show them ask.
    """
    query = select(Room.portrait, Room.background).where(
        Room.organisation_id == current_tenant(), Room.id == room_id
    )
    portrait, background = db.session.execute(query).one()
    return {"portrait": portrait, "background": background}


@contextmanager
def speaking(room: Room) -> Iterator[None]:
    """Write to the guests of a room in its language, if it names one."""
    if not room.language:
        yield
        return
    with force_locale(room.language):
        yield


def groups(room_ids: Iterable[str]) -> frozenset[str]:
    """Return which of these rooms are those of a group."""
    query = select(Room.id).where(Room.id.in_(set(room_ids)), Room.kind == GROUP)
    return frozenset(db.session.scalars(query))


def names(room_ids: Iterable[str]) -> dict[str, str]:
    """Return the names of rooms of the current organisation."""
    query = select(Room.id, Room.name).where(Room.id.in_(set(room_ids)))
    return {row.id: row.name for row in db.session.execute(query)}


def works_in(account_id: str, room_id: str) -> bool:
    """Tell whether an account works with a room."""
    query = select(
        exists().where(
            RoomMember.organisation_id == current_tenant(),
            RoomMember.account_id == account_id,
            RoomMember.room_id == room_id,
        )
    )
    return bool(db.session.scalar(query))


def attend(room_ids: Iterable[str], *, now: datetime) -> None:
    """Note that the desk of rooms is open at this moment."""
    statement = (
        update(Room)
        .where(Room.organisation_id == current_tenant(), Room.id.in_(list(room_ids)))
        .values(attended_at=now)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(statement)


def is_attended(room: Room, *, now: datetime) -> bool:
    """Tell whether somebody of the practice has this room's desk open."""
    return room.attended_at is not None and now - room.attended_at < ATTENDED


def in_call(room_id: str) -> bool:
    """Tell whether a call with a guest of this room is running."""
    running = exists().where(
        Visit.organisation_id == current_tenant(),
        Visit.room_id == room_id,
        Visit.state.in_(RUNNING),
    )
    return bool(db.session.scalar(select(running)))


def destinations(account_id: str, *, group: bool, now: datetime) -> Sequence[Room]:
    """Return where an account may send a guest: its own rooms, and those where somebody is now.

    :param group: whether the guest has agreed to be seen and heard by a group.
    """
    own = select(RoomMember.room_id).where(
        RoomMember.organisation_id == current_tenant(), RoomMember.account_id == account_id
    )
    query = select(Room).where(Room.id.in_(own) | (Room.attended_at > now - ATTENDED))
    if not group:
        query = query.where(Room.kind != GROUP)
    return db.session.scalars(query.order_by(Room.name, Room.id).limit(DESTINATIONS)).all()


def get_destination(room_id: str, *, group: bool) -> Room:
    """Return a room to which a guest may be sent.

    :param group: whether the guest has agreed to be seen and heard by a group.
    :raise NotFoundHereError: it does not exist, or is another organisation's.
    :raise GroupRoomError: it is that of a group, and the guest has not agreed.
    :raise RoomEmptyError: nobody works in it, so the guest would wait in vain.
    """
    room = get_room(room_id)
    if room.kind == GROUP and not group:
        raise GroupRoomError
    if room_id not in members([room_id]):
        raise RoomEmptyError
    return room


def room_query(q: str) -> Select[Room]:
    """Return the query of the organisation's rooms whose name or doctor holds the text."""
    query = select(Room)
    if q:
        columns = (Room.name, Room.doctor_name)
        query = query.where(or_(*(each.icontains(q, autoescape=True) for each in columns)))
    return query.order_by(Room.name, Room.id)


def members(room_ids: Iterable[str]) -> dict[str, list[Account]]:
    """Return who works in each of these rooms, by name."""
    query = (
        select(RoomMember.room_id, Account)
        .join(
            Account,
            (Account.organisation_id == RoomMember.organisation_id)
            & (Account.id == RoomMember.account_id),
        )
        .where(RoomMember.room_id.in_(set(room_ids)))
        .order_by(Account.last_name, Account.first_name, Account.id)
    )
    found: dict[str, list[Account]] = {}
    for room_id, account in db.session.execute(query):
        found.setdefault(room_id, []).append(account)
    return found


def save(room: Room | None, values: Mapping[str, str], *, now: datetime) -> Room:
    """Make a room, or change one; its kind, names, text and telephone."""
    row = room or Room()
    changed = [name for name in values if room is None or getattr(row, name) != values[name]]
    for name in changed:
        setattr(row, name, values[name])
    db.session.add(row)
    db.session.flush()
    if changed:
        verb = "changed" if room else "created"
        audit.record(f"waitingroom.room.{verb}", "room", row.id, now=now, fields=changed)
    if room is None:
        happened(Happened(Happening.ROOM, now, current_tenant(), other=row.id))
    return row


def let_in(room: Room, account: Account, *, now: datetime) -> None:
    """Let an account work in a room; twice does no harm.

    :raise NotFoundHereError: the account is no doctor's and no assistant's.
    """
    if account.role not in CLINIC:
        raise NotFoundHereError
    if not works_in(account.id, room.id):
        db.session.add(RoomMember(room_id=room.id, account_id=account.id))
        db.session.flush()
        audit.record("waitingroom.room.joined", "room", room.id, now=now, fields=["members"])


def take_out(room: Room, account_id: str, *, now: datetime) -> None:
    """Let an account work in a room no more; what it admitted goes on."""
    gone = delete(RoomMember).where(
        RoomMember.organisation_id == room.organisation_id,
        RoomMember.room_id == room.id,
        RoomMember.account_id == account_id,
    )
    done = db.session.execute(gone.execution_options(synchronize_session=False))
    if changed(done):
        audit.record("waitingroom.room.left", "room", room.id, now=now, fields=["members"])
