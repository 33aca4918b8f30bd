"""The tables of this room: events, the keys of their pseudonyms, and the sums that outlive them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.columns import Encrypted, UtcDateTime
from portal.extensions import Model
from portal.tenants.scope import TenantOwned


class StatisticEvent(TenantOwned, Model):
    """One thing that happened, under a pseudonym, kept for three months (STA-1)."""

    __tablename__ = "statistic_event"
    __table_args__ = (Index("ix_statistic_event_kind", "organisation_id", "kind", "at"),)

    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # HMAC-SHA256 with the key of the month, 32 hexadecimal characters; empty for nobody.
    who: Mapped[str] = mapped_column(String(32), default="")
    other: Mapped[str] = mapped_column(String(32), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    delete_after: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class StatisticKey(Model):
    """The key of one month's pseudonyms, for customers and for guests apart.

    Without it nobody can tell whom a pseudonym is about. That of guests goes with the month; that
    of customers with the last event of the month, as they may see their own figures until then.
    """

    __tablename__ = "statistic_key"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    whose: Mapped[str] = mapped_column(String(10), primary_key=True)
    key: Mapped[str] = mapped_column(Encrypted("statistic_key.key"))
    delete_after: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class StatisticSum(TenantOwned, Model):
    """How often something happened in a month, five times at least, and about nobody (STA-4)."""

    __tablename__ = "statistic_sum"
    __table_args__ = (UniqueConstraint("organisation_id", "month", "kind", "facet", "value"),)

    month: Mapped[str] = mapped_column(String(7))
    kind: Mapped[str] = mapped_column(String(20))
    # Empty for all of a kind, else which fact is told apart: "country".
    facet: Mapped[str] = mapped_column(String(20), default="")
    value: Mapped[str] = mapped_column(String(60), default="")
    count: Mapped[int] = mapped_column(Integer)

    @property
    def first(self) -> date:
        """Return the first day of the month."""
        return date.fromisoformat(f"{self.month}-01")
