"""What states, ways and occasions of messages are called on pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel import Locale
from flask_babel import lazy_gettext as _l

from portal.language import language
from portal.messages.states import (
    ACCEPTED,
    DELIVERED,
    EXPIRED,
    FAILED,
    QUEUED,
    REJECTED,
    SENT,
    UNKNOWN,
)

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

STATES: dict[str, LazyString] = {
    QUEUED: _l("wartet auf Versand"),
    ACCEPTED: _l("angenommen"),
    SENT: _l("verschickt"),
    DELIVERED: _l("zugestellt"),
    FAILED: _l("nicht zugestellt"),
    EXPIRED: _l("verfallen"),
    REJECTED: _l("abgelehnt"),
    UNKNOWN: _l("unklar"),
}
OCCASIONS: dict[str, LazyString] = {
    "access_code": _l("Zugangscode"),
    "reminder": _l("Erinnerung"),
    "second_factor": _l("Anmeldung"),
    "contact": _l("Kontaktliste"),
    "test": _l("Test"),
}
CHANNELS: dict[str, LazyString | str] = {"sms": "SMS", "mail": _l("E-Mail")}


def state(name: str) -> str:
    """Return what a state is called."""
    return str(STATES.get(name, name))


def occasion(name: str) -> str:
    """Return what an occasion is called; one that a room did not name here is called a mail."""
    return str(OCCASIONS.get(name, _l("Konto und Verwaltung")))


def channel(name: str) -> str:
    """Return what a way of sending is called."""
    return str(CHANNELS.get(name, name))


def country(code: str) -> str:
    """Return the name of a country in the language in force."""
    return str(Locale.parse(language()).territories.get(code, code))


def states_called(q: str) -> list[str]:
    """Return the states whose words hold a text."""
    wanted = q.casefold()
    return [name for name in STATES if wanted and wanted in state(name).casefold()]
