"""Text messages through the gateway of dicomsys GmbH."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.sms_dicomsys.client import Gateway
from plugins.sms_dicomsys.declarations import DECLARATIONS
from plugins.sms_dicomsys.settings import GatewayForm
from portal.api import Manifest, Scope, Text, hookimpl

if TYPE_CHECKING:
    from portal.api import Declaration, Health, PluginContext, Receipt, TextMessage


@hookimpl
def plugin_manifest() -> Manifest:
    """Name the plugin; it speaks only with the host that the settings name."""
    label = Text("SMS über dicomsys", "Text messages by dicomsys")
    scopes = (Scope.MESSAGE_NUMBER, Scope.MESSAGE_TEXT)
    return Manifest("sms_dicomsys", label, "0.1", host_settings=("url",), scopes=scopes)


@hookimpl
def register_settings() -> type[GatewayForm]:
    """Ask for the gateway's address and account, and for the sender's name."""
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
    """Lead the demo's messages to the box that the demo shows."""
    url = f"{base_url}/demo/sms-gateway"
    return {"url": url, "user": "demo", "password": "demo", "sender": "Praxis"}


@hookimpl
def send_sms(ctx: PluginContext, message: TextMessage) -> Receipt:
    """Send through the gateway that the settings page names."""
    return Gateway(ctx.settings, ctx.secrets, ctx.http).send(message)
