"""The tables of calls: that one took place, and who was let into it; never what was said."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.columns import UtcDateTime
from portal.extensions import Model
from portal.tenants.scope import TenantOwned


class Call(TenantOwned, Model):
    """One conversation ("Gespräch"); its id is random and used once."""

    __tablename__ = "call"

    room_id: Mapped[str] = mapped_column(String(32))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    connected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    end_reason: Mapped[str] = mapped_column(String(20), default="")


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
    role: Mapped[str] = mapped_column(String(10))
    # The account of the host, the visit of a guest.
    subject_id: Mapped[str] = mapped_column(String(32))
    # The page that speaks for the member now; a new one means that the connection is built anew.
    session: Mapped[str | None] = mapped_column(String(32))
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
