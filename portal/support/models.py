"""The tables of remote support: each session, and each thing that was done in it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.columns import UtcDateTime
from portal.extensions import Model
from portal.tenants.scope import TenantOwned


class SupportSession(TenantOwned, Model):
    """One session of remote support ("Fernwartung"), from its opening to its end.

    With its acts this is the protocol: who, when, how long, which system, by which medium, what,
    and who was the second person. Nothing that was shown is kept.
    """

    __tablename__ = "support_session"
    __table_args__ = (Index("ix_support_session_opened", "organisation_id", "opened_at"),)

    opened_by: Mapped[str] = mapped_column(String(32))
    # The doctor whose own area it is for; nothing for the organisation's.
    account_id: Mapped[str | None] = mapped_column(String(32))
    # Names of scopes, separated by spaces.
    scopes: Mapped[str] = mapped_column(String(100))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # A keyed hash; gone with the first use and with the end, so that it opens nothing twice.
    password_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    supporter_id: Mapped[str | None] = mapped_column(String(32), index=True)
    supporter_name: Mapped[str] = mapped_column(String(201), default="")
    # The sign-in that may work in it; another one of the same person may not.
    token_id: Mapped[str | None] = mapped_column(String(32))
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # ``customer``, ``supporter`` or ``time``.
    ended_by: Mapped[str] = mapped_column(String(10), default="")
    target: Mapped[str] = mapped_column(String(200))
    medium: Mapped[str] = mapped_column(String(60), default="")
    description: Mapped[str] = mapped_column(String(300), default="")

    @property
    def scope_names(self) -> list[str]:
        """Return what it was opened for."""
        return self.scopes.split()

    def is_live(self, now: datetime) -> bool:
        """Tell whether something can be done in it."""
        return self.ended_at is None and now < self.expires_at

    def over_at(self, now: datetime) -> datetime:
        """Return when it ended, or now while it goes on."""
        return self.ended_at or min(self.expires_at, now)

    def duration(self, now: datetime) -> timedelta | None:
        """Return how long somebody was in it; None when nobody was."""
        return self.over_at(now) - self.begun_at if self.begun_at else None


class SupportAct(TenantOwned, Model):
    """One thing that a supporter did, or that waits for a second person."""

    __tablename__ = "support_act"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "session_id"],
            ["support_session.organisation_id", "support_session.id"],
            ondelete="CASCADE",
        ),
        Index("ix_support_act_session", "organisation_id", "session_id", "at"),
    )

    session_id: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    name: Mapped[str] = mapped_column(String(40))
    # The key of what it was done to, never a name.
    object_id: Mapped[str] = mapped_column(String(64), default="")
    # ``done``, ``waiting`` or ``refused``.
    state: Mapped[str] = mapped_column(String(10))
    second_id: Mapped[str | None] = mapped_column(String(32))
    second_name: Mapped[str] = mapped_column(String(201), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
