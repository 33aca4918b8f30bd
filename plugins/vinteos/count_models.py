"""The tables of what is counted: who takes part, and that a questionnaire was completed.

They stand apart from the answers, so that whoever counts and reports has nothing else to read.
"""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003  read by the mapping

from sqlalchemy import Boolean, Date, ForeignKeyConstraint, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.api import Model, TenantOwned, UtcDateTime


def of_participation() -> ForeignKeyConstraint:
    """Return the key that lets a row go together with its participation."""
    return ForeignKeyConstraint(
        ["organisation_id", "participation_id"],
        ["p_vinteos_participation.organisation_id", "p_vinteos_participation.id"],
        ondelete="CASCADE",
    )


class Participation(TenantOwned, Model):
    """A doctor's part in the special project, from the agreement to its end ("Teilnahme")."""

    __tablename__ = "p_vinteos_participation"
    __table_args__ = (
        UniqueConstraint("organisation_id", "participant"),
        # Two that run at once are one too many; those that have ended leave it empty.
        UniqueConstraint("organisation_id", "account_id", "running"),
        ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["account.organisation_id", "account.id"],
            ondelete="CASCADE",
        ),
    )

    account_id: Mapped[str] = mapped_column(String(32))
    running: Mapped[bool | None] = mapped_column(Boolean)
    # The name that the partner knows; it says nothing of the person.
    participant: Mapped[str] = mapped_column(String(40))
    quota: Mapped[int] = mapped_column(Integer)
    starts_on: Mapped[date] = mapped_column(Date)
    # The last day, where one was set.
    ends_on: Mapped[date | None] = mapped_column(Date)
    agreed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Which text was agreed to.
    terms: Mapped[str] = mapped_column(String(10))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_because: Mapped[str] = mapped_column(String(12), default="")
    erase_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class Completion(TenantOwned, Model):
    """That a doctor completed the questionnaire of one call; it counts once."""

    __tablename__ = "p_vinteos_completion"
    __table_args__ = (UniqueConstraint("organisation_id", "call_id"), of_participation())

    participation_id: Mapped[str] = mapped_column(String(32), index=True)
    call_id: Mapped[str] = mapped_column(String(32))
    completed_at: Mapped[datetime] = mapped_column(UtcDateTime)
