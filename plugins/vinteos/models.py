"""The tables of questionnaires: those that wait to be filled in, and those that were."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.api import Encrypted, Model, TenantOwned, UtcDateTime


def _of_one_call() -> tuple[UniqueConstraint, ForeignKeyConstraint]:
    """Return the keys: once for each call, also in the same moment; gone with the account."""
    return (
        UniqueConstraint("organisation_id", "call_id"),
        ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["account.organisation_id", "account.id"],
            ondelete="CASCADE",
        ),
    )


class OpenForm(TenantOwned, Model):
    """A questionnaire that a doctor may still fill in ("offener Fragebogen")."""

    __tablename__ = "p_vinteos_open"
    __table_args__ = _of_one_call()

    account_id: Mapped[str] = mapped_column(String(32), index=True)
    call_id: Mapped[str] = mapped_column(String(32))
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class FilledForm(TenantOwned, Model):
    """A questionnaire that a doctor has filled in ("Fragebogen"); it counts once."""

    __tablename__ = "p_vinteos_filled"
    __table_args__ = _of_one_call()

    account_id: Mapped[str] = mapped_column(String(32), index=True)
    call_id: Mapped[str] = mapped_column(String(32))
    # Name and version of the data file that the questions came from.
    questionnaire: Mapped[str] = mapped_column(String(40))
    filled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answers: Mapped[str | None] = mapped_column(Encrypted("p_vinteos_filled.answers"))
    # Set when participation has ended, and taken back should it begin again.
    delete_after: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
