"""Text messages through the gateway of dicomsys GmbH."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from plugins.sms_dicomsys import mapping
from plugins.sms_dicomsys.client import Gateway
from plugins.sms_dicomsys.declarations import DECLARATIONS, LABEL
from plugins.sms_dicomsys.settings import GatewayForm
from portal.api import Manifest, Price, Scope, SmsStatus, hookimpl

if TYPE_CHECKING:
    from portal.api import (
        Declaration,
        DeliveryReport,
        Health,
        PluginContext,
        Receipt,
        TextMessage,
    )


@hookimpl
def plugin_manifest() -> Manifest:
    """Name the plugin; it speaks only with the host that the settings name."""
    scopes = (Scope.MESSAGE_NUMBER, Scope.MESSAGE_TEXT)
    return Manifest(
        "sms_dicomsys", LABEL, "0.3", api_version="1.2", host_settings=("url",), scopes=scopes
    )


@hookimpl
def register_settings() -> type[GatewayForm]:
    """Ask for the gateway's address, account and format, and for the sender's name."""
    return GatewayForm


@hookimpl
def register_privacy() -> tuple[Declaration, ...]:
    """Declare who gets the number."""
    return DECLARATIONS


@hookimpl
def check_health(ctx: PluginContext) -> Health:
    """Open a connection to the gateway; nothing is sent, as no harmless request is known."""
    return Gateway(ctx.settings, ctx.secrets, ctx.http).health()


@hookimpl
def demo_settings(base_url: str) -> dict[str, str]:
    """Lead the demo's messages to the box that the demo shows, and have it report them."""
    fields = ("to", "from", "text", "reference", "report_url")
    return {
        "url": f"{base_url}/demo/sms-gateway",
        "user": "demo",
        "password": "demo",
        "sender": "Praxis",
        "template": json.dumps({name: f"{{{name}}}" for name in fields}),
        "prices": "DE = 0,075\nAT = 0,09",
    }


@hookimpl
def send_sms(ctx: PluginContext, message: TextMessage) -> Receipt:
    """Send through the gateway that the settings page names."""
    return Gateway(ctx.settings, ctx.secrets, ctx.http).send(message)


@hookimpl
def sms_quote(ctx: PluginContext, country: str, parts: int) -> Price | None:
    """Multiply what the contract says of one part."""
    price = mapping.prices(ctx.settings.get("prices") or "").get(country)
    return None if price is None else Price(price * parts)


@hookimpl
def sms_delivery_report(ctx: PluginContext, report: DeliveryReport) -> list[SmsStatus]:
    """Read a report by the places and words that the settings name."""
    named = {name: ctx.settings.get(name) or default for name, default in mapping.DEFAULTS.items()}
    said = report.body if report.body is not None else {**report.query, **report.form}
    word = mapping.dig(said, named["report_state"])
    state = mapping.states(named["report_states"]).get(word.casefold())
    reference = mapping.dig(said, named["report_reference"])
    return [SmsStatus(reference, state)] if state and reference else []
