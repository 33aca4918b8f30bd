"""The table of what customers asked for, and what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.columns import Encrypted, UtcDateTime
from portal.extensions import Model
from portal.tenants.scope import TenantOwned


class RightsRequest(TenantOwned, Model):
    """One request or complaint of a customer ("Anliegen"); it outlives the account as proof."""

    __tablename__ = "rights_request"
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        Index("ix_rights_request_account", "organisation_id", "account_id", "asked_at"),
        Index("ix_rights_request_state", "state", "due_at"),
    )

    # What people say on the telephone.
    number: Mapped[str] = mapped_column(String(20))
    # Without a foreign key: an erasure is proven after the account is gone.
    account_id: Mapped[str] = mapped_column(String(32))
    # See portal/rights/service.py for both.
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12), default="open")
    text: Mapped[str] = mapped_column(Encrypted("rights_request.text"))
    answer: Mapped[str] = mapped_column(Encrypted("rights_request.answer"), default="")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    # The member of staff who answered; empty where the portal did at once.
    closed_by: Mapped[str] = mapped_column(String(32), default="")
