"""The tables of this room: consents that were given, and the versions of the notice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.columns import UtcDateTime
from portal.extensions import Model
from portal.tenants.scope import TenantOwned, new_id


class Consent(TenantOwned, Model):
    """That somebody agreed to a text, when and how; it outlives its withdrawal as proof."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_subject", "organisation_id", "subject_kind", "subject_id"),)

    # Whom the id names: "visit" for a guest, "account" for a customer.
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(String(32))
    text_id: Mapped[str] = mapped_column(String(60))
    version: Mapped[str] = mapped_column(String(20))
    text_hash: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(2))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    way: Mapped[str] = mapped_column(String(40))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When the visit or the account that it was for was found to be gone.
    ground_gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Deletion(Model):
    """One step of the deletion runner: which rule deleted how many rows; never which."""

    __tablename__ = "deletion"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    use_id: Mapped[str] = mapped_column(String(80))
    # ``table.column`` of the rule.
    place: Mapped[str] = mapped_column(String(130))
    rows: Mapped[int] = mapped_column(Integer)
    # Keyed, over the hash before it and this row.
    hash: Mapped[str] = mapped_column(String(64))


class NoticeContent(Model):
    """The text of a privacy notice in both languages, kept once however many show it."""

    __tablename__ = "notice_content"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


class NoticeVersion(Model):
    """Which text was in force from when, for a provider company or one of its organisations."""

    __tablename__ = "notice_version"
    __table_args__ = (UniqueConstraint("scope", "number"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    provider_company_id: Mapped[str] = mapped_column(ForeignKey("provider_company.id"), index=True)
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    # The organisation's id, else the company's: numbers are counted within it.
    scope: Mapped[str] = mapped_column(String(32))
    number: Mapped[int] = mapped_column(Integer)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    content_hash: Mapped[str] = mapped_column(ForeignKey("notice_content.hash"))
    # Whether users are told of it: other data, purposes, recipients, rights or periods.
    is_material: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


class NoticeSeen(TenantOwned, Model):
    """Up to which version an account has read the notice; its id is the account's."""

    __tablename__ = "notice_seen"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "id"],
            ["account.organisation_id", "account.id"],
            ondelete="CASCADE",
        ),
    )

    number: Mapped[int] = mapped_column(Integer)
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)
