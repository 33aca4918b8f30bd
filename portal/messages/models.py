"""The tables of messages: that one was sent, whereto, how far it came; and what is allowed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.columns import UtcDateTime
from portal.extensions import Model
from portal.tenants.scope import TenantOwned


class Message(TenantOwned, Model):
    """One mail or text message, as it may be traced for three months ("Sendungsverfolgung").

    Its id is that of the outbox row, which holds the address until the fate is known.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_subject", "organisation_id", "subject_id", "created_at"),
        Index("ix_message_created", "organisation_id", "created_at"),
        Index("ix_message_provider_ref", "organisation_id", "provider", "provider_ref"),
        # A request that arrives a thousand times is one message.
        UniqueConstraint("organisation_id", "request_key"),
    )

    occasion: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(10))
    country: Mapped[str] = mapped_column(String(2), default="")
    # Country and last two digits: no hash, because one of a telephone number can be searched.
    number: Mapped[str] = mapped_column(String(20), default="")
    provider: Mapped[str] = mapped_column(String(60), default="")
    # The provider's own name for the message, until the final state.
    provider_ref: Mapped[str] = mapped_column(String(100), default="", server_default="")
    parts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    state: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    subject_id: Mapped[str] = mapped_column(String(64))
    delete_after: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    next_poll_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    # Made by the page that asked for the message; says nothing of anybody.
    request_key: Mapped[str | None] = mapped_column(String(64))


class MessageRules(TenantOwned, Model):
    """What an organisation allows of text messages; one row, or none as long as nothing is set."""

    __tablename__ = "message_rules"

    countries: Mapped[str] = mapped_column(String(600))
    daily_parts: Mapped[int] = mapped_column(Integer)
    per_number: Mapped[int] = mapped_column(Integer)
    report_salt: Mapped[str] = mapped_column(String(32), default="")


class MessageText(TenantOwned, Model):
    """The words of an organisation for one occasion, way and language, in place of ours."""

    __tablename__ = "message_text"
    __table_args__ = (UniqueConstraint("organisation_id", "occasion", "channel", "language"),)

    occasion: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(5))
    subject: Mapped[str] = mapped_column(String(200), default="")
    text: Mapped[str] = mapped_column(Text)
