"""The table of messages: that one was sent, to which country, how far it came; never its words."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.columns import UtcDateTime
from portal.extensions import Model
from portal.tenants.scope import TenantOwned


class Message(TenantOwned, Model):
    """One mail or text message, as it may be traced for three months ("Sendungsverfolgung").

    Its id is that of the outbox row, which holds the address until the fate is known.
    """

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_subject", "organisation_id", "subject_id", "created_at"),)

    occasion: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(10))
    country: Mapped[str] = mapped_column(String(2), default="")
    # Country and last two digits: no hash, because one of a telephone number can be searched.
    number: Mapped[str] = mapped_column(String(20), default="")
    provider: Mapped[str] = mapped_column(String(60), default="")
    state: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    subject_id: Mapped[str] = mapped_column(String(64))
    delete_after: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
