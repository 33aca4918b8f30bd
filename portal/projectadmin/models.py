"""The tables of imports, a file on its way to accounts and back, and of bank details."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Date, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.columns import Encrypted, UtcDateTime
from portal.extensions import Model
from portal.tenants.scope import TenantOwned


class AccountImport(TenantOwned, Model):
    """One file of accounts: checked, looked at, written, and perhaps taken back."""

    __tablename__ = "account_import"

    state: Mapped[str] = mapped_column(String(12))
    made_by: Mapped[str] = mapped_column(String(32))
    language: Mapped[str] = mapped_column(String(2))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Of `total` rows so many are checked; then how many are new, changed, the same, or wrong.
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    fresh: Mapped[int] = mapped_column(Integer, default=0)
    changed: Mapped[int] = mapped_column(Integer, default=0)
    same: Mapped[int] = mapped_column(Integer, default=0)
    faults: Mapped[int] = mapped_column(Integer, default=0)
    invites: Mapped[bool] = mapped_column(Boolean, default=False)
    # The rows until they are written; what the preview shows; what undoing needs.
    payload: Mapped[str | None] = mapped_column(Encrypted("account_import.payload"))
    report: Mapped[str | None] = mapped_column(Encrypted("account_import.report"))
    undo: Mapped[str | None] = mapped_column(Encrypted("account_import.undo"))
    delete_after: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class BankDetails(TenantOwned, Model):
    """From which account an organisation pays, by a SEPA mandate."""

    __tablename__ = "bank_details"
    __table_args__ = (UniqueConstraint("organisation_id"),)

    holder: Mapped[str] = mapped_column(Encrypted("bank_details.holder"))
    iban: Mapped[str] = mapped_column(Encrypted("bank_details.iban"))
    # Shown in place of the whole number.
    last_four: Mapped[str] = mapped_column(String(4))
    mandate_reference: Mapped[str] = mapped_column(String(35))
    mandate_on: Mapped[date] = mapped_column(Date)
