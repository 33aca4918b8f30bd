"""Text messages through the gateway of LOX24 GmbH, Berlin, by its public documentation."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from plugins.sms_lox24 import contract
from plugins.sms_lox24.client import read_report
from plugins.sms_lox24.declarations import DECLARATIONS, LABEL
from plugins.sms_lox24.settings import CompanyForm, LoxForm
from portal.api import Level, Manifest, Price, Scope, hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.api import (
        Declaration,
        DeliveryReport,
        Health,
        PluginContext,
        PortalForm,
        Receipt,
        SmsStatus,
        TextMessage,
    )


@hookimpl
def plugin_manifest() -> Manifest:
    """Name the plugin and the host that it speaks with."""
    scopes = (Scope.MESSAGE_NUMBER, Scope.MESSAGE_TEXT)
    return Manifest(
        "sms_lox24",
        LABEL,
        "0.3",
        api_version="1.3",
        host_settings=("url",),
        scopes=scopes,
        levels=(Level.COMPANY, Level.ORGANISATION),
    )


@hookimpl
def register_settings(level: Level) -> type[PortalForm]:
    """Ask for the key, the sender's name and what a part costs."""
    return CompanyForm if level is Level.COMPANY else LoxForm


@hookimpl
def check_health(ctx: PluginContext, level: Level) -> Health:
    """Open a connection to the gateway; nothing is sent, and nothing is counted."""
    held = ctx.company_settings() if level is Level.COMPANY else contract.in_force(ctx)
    return contract.health(ctx, held)


@hookimpl
def register_privacy() -> tuple[Declaration, ...]:
    """Declare who gets the number."""
    return DECLARATIONS


@hookimpl
def send_sms(ctx: PluginContext, message: TextMessage) -> Receipt:
    """Send one message."""
    return contract.gateway(ctx).send(message)


@hookimpl
def sms_quote(ctx: PluginContext, country: str, parts: int) -> Price | None:
    """Multiply what the contract says of one part to Germany; others are not known."""
    price = str(contract.in_force(ctx).values.get("price") or "").replace(",", ".")
    return Price(Decimal(price) * parts) if price and country == "DE" else None


@hookimpl
def sms_delivery_report(report: DeliveryReport) -> list[SmsStatus]:
    """Read one event of LOX24's notifications."""
    return read_report(report.body)


@hookimpl
def sms_poll(ctx: PluginContext, references: Sequence[str]) -> list[SmsStatus]:
    """Ask for each message by its id."""
    return contract.gateway(ctx).poll(references)
