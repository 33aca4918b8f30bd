"""What a clinic's network has to let through: addresses and ports, from the settings alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask_babel import gettext as _

if TYPE_CHECKING:
    from portal.config import Config

ICE_URL = re.compile(
    r"(stuns?|turns?):(\[[^\]]+\]|[^:?\[\]]+)(?::(\d+))?(?:\?transport=(udp|tcp))?"
)
PORTS = {"stun": 3478, "turn": 3478, "stuns": 5349, "turns": 5349}
WEB_PORTS = {"http": 80, "https": 443}
# What systems choose from when nobody says which port.
ANY_PORT = "1024-65535"


@dataclass(frozen=True)
class Way:
    """One connection that browsers open from inside the clinic's network.

    :param host: empty where it is the other side's device, wherever that is.
    :param need: how much depends on it, in words.
    """

    purpose: str
    host: str
    port: str
    protocol: str
    need: str


def ways(config: Config) -> list[Way]:
    """Return all connections, those first without which nothing works."""
    parts = urlsplit(config.base_url)
    host = parts.hostname or ""
    web = str(parts.port or WEB_PORTS.get(parts.scheme, 443))
    relays = [way for url in config.ice_urls if (way := _server(url))]
    direct = _("empfohlen") if has_relay(config) else _("nötig")
    return [
        Way(_("Seiten des Portals"), host, web, _("TCP: HTTPS und WebSocket"), _("nötig")),
        *relays,
        Way(_("Bild und Ton von Gerät zu Gerät"), "", ANY_PORT, "UDP", direct),
        Way(_("Technik-Check auf direktem Weg"), host, ANY_PORT, "UDP", _("empfohlen")),
    ]


def has_relay(config: Config) -> bool:
    """Tell whether calls can go over a relay of this portal where no direct path exists."""
    return bool(config.turn_secret) and any(url.startswith("turn") for url in config.ice_urls)


def _server(url: str) -> Way | None:
    found = ICE_URL.fullmatch(url)
    if found is None:
        return None
    kind, host, port, transport = found.groups()
    number = port or str(PORTS[kind])
    host = host.strip("[]")
    if kind.startswith("stun"):
        purpose, need = _("Die eigene Adresse erfahren (STUN)"), _("empfohlen")
    else:
        purpose = _("Vermittlungsserver, wo kein direkter Weg möglich ist (TURN)")
        need = _("einer davon nötig")
    protocol = _("TCP: TLS") if kind.endswith("s") else (transport or "udp").upper()
    return Way(purpose, host, number, protocol, need)
