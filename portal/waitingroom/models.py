"""The tables of the waiting room: rooms, codes and visits."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    Date,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.columns import Encrypted, UtcDateTime
from portal.extensions import Model
from portal.tenants.scope import TenantOwned


def _to(table: str, column: str, ondelete: str = "CASCADE") -> ForeignKeyConstraint:
    """Return a key that cannot point into another organisation."""
    return ForeignKeyConstraint(
        ["organisation_id", column], [f"{table}.organisation_id", f"{table}.id"], ondelete=ondelete
    )


class Room(TenantOwned, Model):
    """A waiting room of one or more doctors ("Wartezimmer")."""

    __tablename__ = "room"

    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20), default="personal")
    doctor_name: Mapped[str] = mapped_column(String(200), default="")
    text: Mapped[str] = mapped_column(String(500), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(300), default="", server_default="")
    email: Mapped[str] = mapped_column(String(254), default="", server_default="")
    # In which messages and sheets are written to its guests; empty is the language of the desk.
    language: Mapped[str] = mapped_column(String(2), default="", server_default="")
    hours: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    # Addresses that hold the whole picture, drawn anew; read only where they are shown.
    portrait: Mapped[str] = mapped_column(Text, default="", server_default="", deferred=True)
    background: Mapped[str] = mapped_column(Text, default="", server_default="", deferred=True)
    # When somebody of the practice last had the desk of this room open.
    attended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RoomMember(TenantOwned, Model):
    """An account that works with a waiting room."""

    __tablename__ = "room_member"
    __table_args__ = (
        UniqueConstraint("organisation_id", "account_id", "room_id"),
        _to("room", "room_id"),
        _to("account", "account_id"),
    )

    room_id: Mapped[str] = mapped_column(String(32))
    account_id: Mapped[str] = mapped_column(String(32))


class AccessCode(TenantOwned, Model):
    """What a named guest gets to enter one waiting room ("Zugangscode")."""

    __tablename__ = "access_code"
    __table_args__ = (
        _to("room", "room_id"),
        Index("ix_access_code_day", "organisation_id", "valid_on", "room_id"),
        Index("ix_access_code_list", "organisation_id", "room_id", "created_at", "id"),
        Index("ix_access_code_companion", "organisation_id", "companion_of"),
    )

    room_id: Mapped[str] = mapped_column(String(32))
    made_by: Mapped[str] = mapped_column(String(32))
    code: Mapped[str] = mapped_column(Encrypted("access_code.code"))
    guest_name: Mapped[str] = mapped_column(Encrypted("access_code.guest_name"))
    uses: Mapped[str] = mapped_column(String(10), default="single")
    valid_on: Mapped[date | None] = mapped_column(Date)
    # Of the appointment, on the day ``valid_on``.
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    valid_until: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delete_after: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    # The code of the guest who brings this companion. No foreign key: SQLite could add one only by
    # building the table anew, which deletes the visits. ``access.delete_code`` keeps it true.
    companion_of: Mapped[str | None] = mapped_column(String(32))


class CodeIndex(Model):
    """Which organisation a code opens: the only table a guest's code is looked up in."""

    __tablename__ = "code_index"
    __table_args__ = (_to("access_code", "code_id"),)

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(String(32))
    code_id: Mapped[str] = mapped_column(String(32))


class Visit(TenantOwned, Model):
    """One guest, here once: waiting, in a call, or gone ("Besuch")."""

    __tablename__ = "visit"
    __table_args__ = (
        _to("room", "room_id"),
        _to("access_code", "code_id"),
        Index("ix_visit_queue", "organisation_id", "room_id", "state", "arrived_at"),
        Index("ix_visit_seen", "state", "last_seen_at"),
        # Each finds a few visits among all that the practice ever had.
        Index("ix_visit_host", "organisation_id", "admitted_by", "state"),
        Index("ix_visit_code", "organisation_id", "code_id", "state"),
        Index("ix_visit_call", "organisation_id", "call_id"),
    )

    room_id: Mapped[str] = mapped_column(String(32))
    code_id: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(Encrypted("visit.name"))
    language: Mapped[str] = mapped_column(String(2))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    arrived_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    connected: Mapped[bool] = mapped_column(Boolean, default=False)
    moved: Mapped[bool] = mapped_column(Boolean, default=False)
    camera: Mapped[str] = mapped_column(String(10), default="")
    microphone: Mapped[str] = mapped_column(String(10), default="")
    call_id: Mapped[str | None] = mapped_column(String(32))
    admitted_by: Mapped[str | None] = mapped_column(String(32))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    declined_text: Mapped[str] = mapped_column(Text, default="")
    # What the practice tells the guest meanwhile; gone as soon as the waiting ends.
    message: Mapped[str | None] = mapped_column(Encrypted("visit.message"))
    message_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


# One code brings one guest at a time, also when two enter in the same moment.
Index(
    "uq_visit_open",
    Visit.organisation_id,
    Visit.code_id,
    unique=True,
    sqlite_where=Visit.state.in_(("waiting", "admitted", "in_call")),
    postgresql_where=Visit.state.in_(("waiting", "admitted", "in_call")),
)
