"""The tables of calls: that one took place, and who was let into it; never what was said."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    and_,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.columns import UtcDateTime
from portal.extensions import Model
from portal.tenants.scope import TenantOwned, new_id

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import InstrumentedAttribute


class Call(TenantOwned, Model):
    """One conversation ("Gespräch"); its id is random and used once."""

    __tablename__ = "call"

    # Empty for a call between doctors, which begins in no waiting room.
    room_id: Mapped[str] = mapped_column(String(32))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    connected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    end_reason: Mapped[str] = mapped_column(String(20), default="")
    # Which functions were used, by their names with blanks between; for the statistics.
    used: Mapped[str] = mapped_column(String(60), default="", server_default="")


class CallMember(TenantOwned, Model):
    """Somebody who was let into a call; the id is the participant's name on the wire."""

    __tablename__ = "call_member"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "call_id"],
            ["call.organisation_id", "call.id"],
            ondelete="CASCADE",
        ),
        Index("ix_call_member_subject", "organisation_id", "subject_id"),
        Index("ix_call_member_call", "organisation_id", "call_id"),
    )

    call_id: Mapped[str] = mapped_column(String(32))
    role: Mapped[str] = mapped_column(String(20))
    # The account of a host or colleague; the visit of a guest, companion or interpreter.
    subject_id: Mapped[str] = mapped_column(String(32))
    # The page that speaks for the member now; a new one means that the connection is built anew.
    session: Mapped[str | None] = mapped_column(String(32))
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BoardFile(TenantOwned, Model):
    """A picture on the board of a call, sealed by the browser; its key never comes here."""

    __tablename__ = "board_file"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "call_id"],
            ["call.organisation_id", "call.id"],
            ondelete="CASCADE",
        ),
        Index("ix_board_file_call", "organisation_id", "call_id"),
    )

    call_id: Mapped[str] = mapped_column(String(32))
    size: Mapped[int] = mapped_column(Integer)
    sealed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Ring(Model):
    """A doctor who rings a contact; once answered, the colleague's way into the caller's call.

    It names two cards and no account, and stands outside the fence because the two may be of
    different organisations. Its id, 128 random bits, becomes the call's, unless it asks the
    colleague into one that runs.
    """

    __tablename__ = "ring"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    caller_card_id: Mapped[str] = mapped_column(ForeignKey("profile_card.id", ondelete="CASCADE"))
    callee_card_id: Mapped[str] = mapped_column(ForeignKey("profile_card.id", ondelete="CASCADE"))
    # Both cards in the order of their ids: the same whoever calls.
    pair: Mapped[str] = mapped_column(String(65))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Over for the colleague, who is free again.
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The running call that the colleague is asked into.
    call_id: Mapped[str | None] = mapped_column(String(32), index=True)


def _one_open(column: InstrumentedAttribute[str], *conditions: ColumnElement[bool]) -> Index:
    """Return the index that lets only one row with this value be open at a time."""
    is_open = and_(Ring.ended_at.is_(None), *conditions)
    return Index(
        f"uq_ring_open_{column.key}",
        column,
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


# Of two who call each other at once one call comes about; nobody rings, or is rung by, two at once.
# A host may have several colleagues in the call, each by a ring that was answered.
_one_open(Ring.pair)
_one_open(Ring.caller_card_id, Ring.answered_at.is_(None))
_one_open(Ring.callee_card_id)
