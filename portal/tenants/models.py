"""The tables of the customers: who provides, who has a contract, what is switched on."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Integer, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.columns import Encrypted, UtcDateTime
from portal.extensions import Model
from portal.tenants.scope import TenantOwned, new_id


class ProviderCompany(Model):
    """A company that sells and answers for the service ("Anbieter")."""

    __tablename__ = "provider_company"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    country: Mapped[str] = mapped_column(String(2))
    address: Mapped[str] = mapped_column(String(300))
    phone: Mapped[str] = mapped_column(String(40))
    email: Mapped[str] = mapped_column(String(200))
    managing_directors: Mapped[str] = mapped_column(String(300))
    privacy_officer: Mapped[str] = mapped_column(String(200))
    privacy_officer_contact: Mapped[str] = mapped_column(String(300))
    authority: Mapped[str] = mapped_column(String(200))
    authority_contact: Mapped[str] = mapped_column(String(300))
    # Which version of the secrecy undertaking its staff must have signed.
    undertaking_version: Mapped[str] = mapped_column(String(20), default="1")


CERTIFICATE_KINDS = ("security", "privacy")


class ProviderCertificate(Model):
    """A certificate of a provider company: of information security, or of data protection."""

    __tablename__ = "provider_certificate"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    provider_company_id: Mapped[str] = mapped_column(ForeignKey("provider_company.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(100))
    issuer: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date] = mapped_column(Date)


class ProviderProcessor(Model):
    """A company that works for a provider company on its behalf ("Auftragsverarbeiter").

    Whom the portal itself and its plugins employ stands in the declarations; these are the others,
    as whoever runs the servers. Since when each was named stands in the archive of notices.
    """

    __tablename__ = "provider_processor"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    provider_company_id: Mapped[str] = mapped_column(ForeignKey("provider_company.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(300))
    country: Mapped[str] = mapped_column(String(2))
    service_de: Mapped[str] = mapped_column(String(200))
    service_en: Mapped[str] = mapped_column(String(200))


class Organisation(Model):
    """A practice or clinic with a contract ("Praxis/Einrichtung"); the tenant."""

    __tablename__ = "organisation"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    provider_company_id: Mapped[str] = mapped_column(ForeignKey("provider_company.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    country: Mapped[str] = mapped_column(String(2))
    contract_start: Mapped[date] = mapped_column(Date)
    contract_end: Mapped[date | None] = mapped_column(Date)
    seats: Mapped[int] = mapped_column(Integer)
    phone: Mapped[str | None] = mapped_column(String(40))
    support_contact: Mapped[str] = mapped_column(String(300), default="")
    sms_sender: Mapped[str] = mapped_column(String(11), default="")
    accent: Mapped[str] = mapped_column(String(7), default="")
    accent_2: Mapped[str] = mapped_column(String(7), default="")
    # The picture itself, as a data address; no list needs it.
    logo: Mapped[str] = mapped_column(Text, default="", deferred=True)
    is_demo: Mapped[bool] = mapped_column(Boolean, default=False)
    import_id: Mapped[str | None] = mapped_column(String(32), index=True)
    terminated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Who decides which accounts there are (ADM-7); see portal/accounts/sources.py.
    identity_source: Mapped[str] = mapped_column(String(20), default="portal")
    relay_only: Mapped[bool] = mapped_column(Boolean, default=False)
    factor_required: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class PluginSwitch(TenantOwned, Model):
    """One plugin in one organisation: switched on by sales, set up by its administrators."""

    __tablename__ = "plugin_switch"
    __table_args__ = (UniqueConstraint("organisation_id", "plugin"),)

    plugin: Mapped[str] = mapped_column(String(60))
    is_on: Mapped[bool] = mapped_column(Boolean, default=False)
    rank: Mapped[int] = mapped_column(Integer, default=0)
    settings: Mapped[str | None] = mapped_column(Encrypted("plugin_switch.settings"))
