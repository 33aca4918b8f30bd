"""The tables of people who sign in: accounts of organisations, staff, credentials and tokens."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.columns import Encrypted, UtcDateTime
from portal.extensions import Model
from portal.tenants.scope import TenantOwned, new_id


class Department(TenantOwned, Model):
    """A department of an organisation ("Abteilung")."""

    __tablename__ = "department"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    name: Mapped[str] = mapped_column(String(120))


class Account(TenantOwned, Model):
    """A doctor, assistant or project administrator of one organisation."""

    __tablename__ = "account"
    __table_args__ = (
        # One for each way in which the list is sorted, so that no page reads all accounts.
        Index("ix_account_listing", "organisation_id", "last_name", "first_name", "id"),
        Index("ix_account_state", "organisation_id", "state", "last_name", "first_name", "id"),
        Index("ix_account_email", "organisation_id", "email", "id"),
        Index("ix_account_number", "organisation_id", "physician_number", "id"),
        Index("ix_account_sign_in", "organisation_id", "last_sign_in_on", "id"),
        Index("ix_account_department", "organisation_id", "department_id"),
    )

    role: Mapped[str] = mapped_column(String(20))
    # See portal/accounts/states.py; nothing else changes these three.
    state: Mapped[str] = mapped_column(String(20), default="applied")
    state_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    suspended_from: Mapped[str] = mapped_column(String(20), default="")
    # Since when its data are only kept, as the person wished (Art. 18 GDPR); see portal/rights.
    restricted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Why staff could not verify the identity, in words for the person.
    rejection: Mapped[str] = mapped_column(String(300), default="")
    # Without a foreign key, which SQLite cannot add to a table that is there; the service of
    # project administration takes departments only through ``get_department``.
    department_id: Mapped[str | None] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(40), default="")
    first_name: Mapped[str] = mapped_column(String(100))
    last_name: Mapped[str] = mapped_column(String(100))
    gender: Mapped[str] = mapped_column(String(20), default="")
    email: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(40), default="")
    mobile: Mapped[str] = mapped_column(String(40), default="")
    fax: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    website: Mapped[str] = mapped_column(String(200), default="")
    physician_number: Mapped[str] = mapped_column(String(20), default="")
    chime: Mapped[bool] = mapped_column(Boolean, default=True)
    # The language of mails; pages are shown in the one that the browser asks for.
    language: Mapped[str] = mapped_column(String(2), default="de", server_default="de")
    email_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    last_sign_in_on: Mapped[date | None] = mapped_column(Date)

    @property
    def full_name(self) -> str:
        """Return the name as people say it: Dr. Mara Probe."""
        return " ".join(part for part in (self.title, self.first_name, self.last_name) if part)


class Staff(Model):
    """Somebody who works for the operator or for a provider company."""

    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    provider_company_id: Mapped[str | None] = mapped_column(
        ForeignKey("provider_company.id"), index=True
    )
    role: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default="active")
    first_name: Mapped[str] = mapped_column(String(100))
    last_name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(200))

    @property
    def full_name(self) -> str:
        """Return first and last name."""
        return f"{self.first_name} {self.last_name}"


class Credential(Model):
    """A login name and the hash of its password; it names whom it opens."""

    __tablename__ = "credential"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["account.organisation_id", "account.id"],
            ondelete="CASCADE",
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    login_name: Mapped[str] = mapped_column(String(200), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    organisation_id: Mapped[str | None] = mapped_column(String(32))
    account_id: Mapped[str | None] = mapped_column(String(32))
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))


class KnownNetwork(Model):
    """A network from which a login was opened, as a keyed hash that tells neither."""

    __tablename__ = "known_network"

    credential_id: Mapped[str] = mapped_column(
        ForeignKey("credential.id", ondelete="CASCADE"), primary_key=True
    )
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    seen_on: Mapped[date] = mapped_column(Date, index=True)


class Link(Model):
    """A single-use link that was mailed or shown; only the hash of its secret is kept."""

    __tablename__ = "link"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["account.organisation_id", "account.id"],
            ondelete="CASCADE",
        ),
        Index("ix_link_account", "organisation_id", "account_id"),
    )

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(10))
    organisation_id: Mapped[str | None] = mapped_column(String(32))
    account_id: Mapped[str | None] = mapped_column(String(32))
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    # The address that a change leads to, until it is confirmed.
    new_email: Mapped[str | None] = mapped_column(Encrypted("link.new_email"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Token(Model):
    """One signed-in browser page, or one guest; only the hash of the token is kept."""

    __tablename__ = "token"
    __table_args__ = (Index("ix_token_owner", "organisation_id", "subject_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(20))
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    provider_company_id: Mapped[str | None] = mapped_column(ForeignKey("provider_company.id"))
    # The account, the member of staff or the visit, as the role says.
    subject_id: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    factor_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What is missing before it opens anything; empty once somebody is signed in.
    pending: Mapped[str] = mapped_column(String(10), default="", server_default="")


class Ticket(Model):
    """A single-use key to one download (128 bit, 30 seconds)."""

    __tablename__ = "ticket"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    token_id: Mapped[str] = mapped_column(ForeignKey("token.id", ondelete="CASCADE"))
    path: Mapped[str] = mapped_column(String(300))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Factor(Model):
    """One authenticator app, passkey or telephone number of one login; void until confirmed."""

    __tablename__ = "factor"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    credential_id: Mapped[str] = mapped_column(
        ForeignKey("credential.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(String(60), default="")
    # The shared secret of an app, or the telephone number; a passkey has none.
    secret: Mapped[str | None] = mapped_column(Encrypted("factor.secret"))
    passkey_id: Mapped[str | None] = mapped_column(String(1400), unique=True)
    public_key: Mapped[str | None] = mapped_column(Text)
    # The last time step of an app, or the signature counter of a passkey: only ever higher.
    counter: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_on: Mapped[date | None] = mapped_column(Date)


class RecoveryCode(Model):
    """One code on paper, for the day when the telephone is lost; only its keyed hash is kept."""

    __tablename__ = "recovery_code"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    credential_id: Mapped[str] = mapped_column(
        ForeignKey("credential.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Challenge(Model):
    """What a page was asked to answer: a passkey's challenge, or the code of a text message."""

    __tablename__ = "challenge"

    token_id: Mapped[str] = mapped_column(
        ForeignKey("token.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    value: Mapped[str] = mapped_column(Encrypted("challenge.value"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    tries: Mapped[int] = mapped_column(Integer, default=0)
