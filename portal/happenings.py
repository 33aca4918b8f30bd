"""What is counted for statistics: the one list of events, and how a room says that one happened.

A room says what happened and knows no more; ``portal.statistics`` listens and keeps it, under a
pseudonym, in the transaction of its cause. The list is that of the privacy policy (section 4.3).
What is not in it is refused, so nothing else can be kept (STA-1).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime


class Happening(StrEnum):
    """One kind of event; there are no others."""

    SIGN_IN = "sign_in"
    CALL = "call"
    SMS = "sms"
    CODE = "code"
    CONTACT_ADDED = "contact_added"
    CONTACT_REMOVED = "contact_removed"
    ROOM = "room"
    MAIL = "mail"
    EXPORT = "export"
    TELEMETRY = "telemetry"


# What may be said of each kind, besides who and when.
FACTS: Mapping[Happening, frozenset[str]] = {
    Happening.SIGN_IN: frozenset(
        {"domain", "profile", "app", "device", "browser", "browser_version", "os", "os_version"}
    ),
    Happening.CALL: frozenset(
        {"seconds", "guests", "doctors", "whiteboard", "chat", "screen", "screenshot"}
    ),
    Happening.SMS: frozenset({"country", "occasion"}),
    Happening.CODE: frozenset({"room_kind"}),
    Happening.CONTACT_ADDED: frozenset(),
    Happening.CONTACT_REMOVED: frozenset(),
    Happening.ROOM: frozenset(),
    Happening.MAIL: frozenset({"domain"}),
    Happening.EXPORT: frozenset({"type", "from", "until"}),
    Happening.TELEMETRY: frozenset({"media", "path", "port", "kbit", "network"}),
}


@dataclass(frozen=True)
class Happened:
    """That something happened.

    :param organisation_id: where it is counted.
    :param who: the account or the visit it is about; nothing where it is about nobody.
    :param is_guest: whether ``who`` is a guest; guests have pseudonyms that end with the month.
    :param other: the code, the room or the contact it is about.
    :param facts: what ``FACTS`` allows of its kind; texts, numbers, yes or no.
    """

    kind: Happening
    at: datetime
    organisation_id: str
    who: str = ""
    is_guest: bool = False
    other: str = ""
    facts: Mapping[str, str | int | bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = set(self.facts) - FACTS[self.kind]
        if unknown:
            message = f"Nothing may be kept of {self.kind} but what is listed: {sorted(unknown)}."
            raise ValueError(message)


_listeners: list[Callable[[Happened], None]] = []


def listen(listener: Callable[[Happened], None]) -> None:
    """Let somebody hear of all that happens, once however often it is said."""
    if listener not in _listeners:
        _listeners.append(listener)


def happened(what: Happened) -> None:
    """Say that something happened, in the transaction that makes it so."""
    for listener in _listeners:
        listener(what)
