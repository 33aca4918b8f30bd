"""The tables of the host: jobs, accounts that take part, settings of companies and accounts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.columns import Encrypted, UtcDateTime
from portal.extensions import Model
from portal.tenants.scope import TenantOwned


class PluginJob(TenantOwned, Model):
    """When a job of a plugin is due in one organisation, and how it went."""

    __tablename__ = "plugin_job"
    __table_args__ = (
        UniqueConstraint("organisation_id", "plugin", "name"),
        Index("ix_plugin_job_next_at", "next_at"),
    )

    plugin: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(40))
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # ``running``, ``done`` or ``failed``; one that stays ``running`` was cut off.
    state: Mapped[str] = mapped_column(String(10), default="")


class PluginAccount(TenantOwned, Model):
    """An account that a plugin is switched on for, where the plugin asks for that."""

    __tablename__ = "plugin_account"
    __table_args__ = (
        UniqueConstraint("organisation_id", "plugin", "account_id"),
        ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["account.organisation_id", "account.id"],
            ondelete="CASCADE",
        ),
    )

    plugin: Mapped[str] = mapped_column(String(60))
    account_id: Mapped[str] = mapped_column(String(32), index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class PluginCompany(Model):
    """What a provider company has set in a plugin, for all its organisations."""

    __tablename__ = "plugin_company"

    provider_company_id: Mapped[str] = mapped_column(
        ForeignKey("provider_company.id"), primary_key=True
    )
    plugin: Mapped[str] = mapped_column(String(60), primary_key=True)
    settings: Mapped[str] = mapped_column(Encrypted("plugin_company.settings"))
    secrets: Mapped[str] = mapped_column(Encrypted("plugin_company.secrets"))


class PluginOwn(TenantOwned, Model):
    """What somebody has set in a plugin for themself."""

    __tablename__ = "plugin_own"
    __table_args__ = (
        UniqueConstraint("organisation_id", "plugin", "account_id"),
        ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["account.organisation_id", "account.id"],
            ondelete="CASCADE",
        ),
    )

    plugin: Mapped[str] = mapped_column(String(60))
    account_id: Mapped[str] = mapped_column(String(32), index=True)
    settings: Mapped[str] = mapped_column(Encrypted("plugin_own.settings"))
    secrets: Mapped[str] = mapped_column(Encrypted("plugin_own.secrets"))
