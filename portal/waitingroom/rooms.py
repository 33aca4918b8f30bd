"""Rooms: which of them an account works with, and whether somebody of the practice is there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import exists, select, update

from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.tenants.scope import current_tenant
from portal.waitingroom.models import Room, RoomMember, Visit
from portal.waitingroom.visits import RUNNING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# The desk reports every 15 s; two reports may be lost.
ATTENDED = timedelta(seconds=45)


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
