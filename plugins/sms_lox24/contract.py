"""Whose account at LOX24 is used: the organisation's own, else that of its provider company.

A key goes only to the address that was typed beside it, so no organisation can lead the provider
company's key elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from plugins.sms_lox24.client import API, Gateway
from portal.api import Health, NotBegunError, Settings

if TYPE_CHECKING:
    from portal.api import PluginContext


def in_force(ctx: PluginContext) -> Settings:
    """Return address, key, sender and price that hold for an organisation."""
    own = Settings(ctx.settings, ctx.secrets)
    if own.secrets.get("token"):
        return own
    companys = ctx.company_settings()
    sender = own.values.get("sender") or companys.values.get("sender")
    return Settings({**companys.values, "sender": sender}, companys.secrets)


def gateway(ctx: PluginContext) -> Gateway:
    """Return the way to LOX24 for an organisation."""
    held = in_force(ctx)
    return Gateway(held.values, held.secrets, ctx.http)


def health(ctx: PluginContext, held: Settings) -> Health:
    """Say whether there is a key, and whether the gateway can be reached."""
    if not held.secrets.get("token"):
        return Health(ok=False, sentence=_("Es ist kein API-Key eingetragen."))
    try:
        ctx.http.reach(str(held.values.get("url") or API))
    except NotBegunError:
        return Health(ok=False, sentence=_("LOX24 ist nicht zu erreichen."))
    return Health(ok=True, sentence=_("LOX24 ist zu erreichen. Gesendet wurde nichts."))
