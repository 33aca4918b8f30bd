"""The tables of reports: what was released for which month, line by line, and what became of it."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  read by the mapping

from sqlalchemy import ForeignKeyConstraint, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plugins.vinteos.count_models import of_participation
from portal.api import Model, TenantOwned, UtcDateTime


class Report(TenantOwned, Model):
    """One version of one month's numbers, released once and never changed ("Meldung")."""

    __tablename__ = "p_vinteos_report"
    __table_args__ = (UniqueConstraint("organisation_id", "period", "version"),)

    # ``2026-11``, of the calendar in Berlin.
    period: Mapped[str] = mapped_column(String(7))
    version: Mapped[int] = mapped_column(Integer)
    # Random, and the same at each try, so that the partner can tell a second one.
    reference: Mapped[str] = mapped_column(String(32))
    total: Mapped[int] = mapped_column(Integer)
    participants: Mapped[int] = mapped_column(Integer)
    # SHA-256 of the lines, so that the same numbers are not released as a new version.
    digest: Mapped[str] = mapped_column(String(64))
    released_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # See ``report.State``.
    state: Mapped[str] = mapped_column(String(12))
    problem: Mapped[str] = mapped_column(String(20), default="")
    tries: Mapped[int] = mapped_column(Integer, default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReportLine(TenantOwned, Model):
    """One participant's number in one version; gone with the participation ("Zeile")."""

    __tablename__ = "p_vinteos_report_line"
    __table_args__ = (
        UniqueConstraint(
            "organisation_id", "report_id", "participation_id", name="uq_p_vinteos_report_line_once"
        ),
        of_participation(),
        ForeignKeyConstraint(
            ["organisation_id", "report_id"],
            ["p_vinteos_report.organisation_id", "p_vinteos_report.id"],
            ondelete="CASCADE",
        ),
    )

    report_id: Mapped[str] = mapped_column(String(32))
    participation_id: Mapped[str] = mapped_column(String(32), index=True)
    participant: Mapped[str] = mapped_column(String(40))
    completed: Mapped[int] = mapped_column(Integer)
