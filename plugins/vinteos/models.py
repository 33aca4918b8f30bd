"""The tables: questionnaires of one's own, those that wait to be filled in, those that were."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plugins.vinteos.count_models import of_participation
from portal.api import Encrypted, Model, TenantOwned, UtcDateTime


def _of_one_call() -> tuple[UniqueConstraint, ForeignKeyConstraint, ForeignKeyConstraint]:
    """Return the keys: once for each call; gone with the participation, and with the account."""
    return (
        UniqueConstraint("organisation_id", "call_id"),
        of_participation(),
        ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["account.organisation_id", "account.id"],
            ondelete="CASCADE",
        ),
    )


class StoredQuestionnaire(TenantOwned, Model):
    """A version that an organisation brought or chose ("eigener Fragebogen")."""

    __tablename__ = "p_vinteos_questionnaire"
    __table_args__ = (UniqueConstraint("organisation_id", "key"),)

    key: Mapped[str] = mapped_column(String(40))
    # The data file; none where the version comes with the plugin and was only chosen.
    data: Mapped[str | None] = mapped_column(Text)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # The latest of all is in force.
    chosen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OpenForm(TenantOwned, Model):
    """A questionnaire that a doctor may still fill in, and what was typed so far ("offen")."""

    __tablename__ = "p_vinteos_open"
    __table_args__ = _of_one_call()

    participation_id: Mapped[str] = mapped_column(String(32), index=True)
    account_id: Mapped[str] = mapped_column(String(32), index=True)
    call_id: Mapped[str] = mapped_column(String(32))
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    # The version that the draft was begun in; until then the one in force is asked.
    questionnaire: Mapped[str | None] = mapped_column(String(40))
    draft: Mapped[str | None] = mapped_column(Encrypted("p_vinteos_open.draft"))
    draft_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dismissed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dismissed_because: Mapped[str] = mapped_column(String(20), default="", server_default="")


class FilledForm(TenantOwned, Model):
    """What a doctor answered after one call ("Fragebogen"); not kept where only counts are."""

    __tablename__ = "p_vinteos_filled"
    __table_args__ = _of_one_call()

    participation_id: Mapped[str] = mapped_column(String(32), index=True)
    account_id: Mapped[str] = mapped_column(String(32), index=True)
    call_id: Mapped[str] = mapped_column(String(32))
    # Name and version of the data file that the questions came from.
    questionnaire: Mapped[str] = mapped_column(String(40))
    filled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answers: Mapped[str | None] = mapped_column(Encrypted("p_vinteos_filled.answers"))
