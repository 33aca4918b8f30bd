"""Text messages through the gateway of LOX24 GmbH, Berlin, by its public documentation."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from plugins.sms_lox24.client import Gateway, read_report
from plugins.sms_lox24.declarations import DECLARATIONS, LABEL
from plugins.sms_lox24.settings import LoxForm
from portal.api import Manifest, Price, Scope, hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.api import (
        Declaration,
        DeliveryReport,
        PluginContext,
        Receipt,
        SmsStatus,
        TextMessage,
    )


@hookimpl
def plugin_manifest() -> Manifest:
    """Name the plugin and the host that it speaks with."""
    scopes = (Scope.MESSAGE_NUMBER, Scope.MESSAGE_TEXT)
    return Manifest(
        "sms_lox24", LABEL, "0.2", api_version="1.2", host_settings=("url",), scopes=scopes
    )


@hookimpl
def register_settings() -> type[LoxForm]:
    """Ask for the key, the sender's name and what a part costs."""
    return LoxForm


@hookimpl
def register_privacy() -> tuple[Declaration, ...]:
    """Declare who gets the number."""
    return DECLARATIONS


@hookimpl
def send_sms(ctx: PluginContext, message: TextMessage) -> Receipt:
    """Send one message."""
    return Gateway(ctx.settings, ctx.secrets, ctx.http).send(message)


@hookimpl
def sms_quote(ctx: PluginContext, country: str, parts: int) -> Price | None:
    """Multiply what the contract says of one part to Germany; others are not known."""
    price = str(ctx.settings.get("price") or "").replace(",", ".")
    return Price(Decimal(price) * parts) if price and country == "DE" else None


@hookimpl
def sms_delivery_report(report: DeliveryReport) -> list[SmsStatus]:
    """Read one event of LOX24's notifications."""
    return read_report(report.body)


@hookimpl
def sms_poll(ctx: PluginContext, references: Sequence[str]) -> list[SmsStatus]:
    """Ask for each message by its id."""
    return Gateway(ctx.settings, ctx.secrets, ctx.http).poll(references)
