"""The tables of the form: who agreed, and how many did in a month."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.api import Model, TenantOwned, UtcDateTime


class Agreement(TenantOwned, Model):
    """That a guest agreed, during one visit ("Einwilligung")."""

    __tablename__ = "p_consent_form_agreement"
    __table_args__ = (UniqueConstraint("organisation_id", "visit_id"),)

    visit_id: Mapped[str] = mapped_column(String(32))
    # Which text it was: the first characters of its SHA-256.
    version: Mapped[str] = mapped_column(String(16))
    agreed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Month(TenantOwned, Model):
    """How many guests agreed in a month that is over."""

    __tablename__ = "p_consent_form_month"
    __table_args__ = (UniqueConstraint("organisation_id", "month"),)

    # Year and month as 2026-11.
    month: Mapped[str] = mapped_column(String(7))
    number: Mapped[int] = mapped_column(Integer)
