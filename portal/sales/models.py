"""The tables of the provider company's own work: undertakings, half-finished contracts, imports."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.columns import Encrypted, UtcDateTime
from portal.extensions import Model
from portal.tenants.scope import new_id


class Undertaking(Model):
    """That a member of staff signed a version of the secrecy undertaking, on paper, on a day."""

    __tablename__ = "undertaking"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    version: Mapped[str] = mapped_column(String(20))
    signed_on: Mapped[date] = mapped_column(Date)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OrganisationDraft(Model):
    """A contract that a member of staff has begun to enter; one each."""

    __tablename__ = "organisation_draft"

    staff_id: Mapped[str] = mapped_column(
        ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True
    )
    step: Mapped[int] = mapped_column(Integer, default=1)
    values: Mapped[str] = mapped_column(Encrypted("organisation_draft.values"))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class OrganisationImport(Model):
    """A file of organisations that was taken over at once, and can be taken back for a while."""

    __tablename__ = "organisation_import"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    provider_company_id: Mapped[str] = mapped_column(ForeignKey("provider_company.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    count: Mapped[int] = mapped_column(Integer)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
