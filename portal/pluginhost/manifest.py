"""What a plugin says of itself: its name, what it wants to see, whom it asks, who sets it up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portal.personaldata import Text


class Scope(StrEnum):
    """A personal value to see, or a power to have: a plugin asks, the operator approves it."""

    GUEST_NAME = "guest.name"
    ACCOUNT_NAME = "account.name"
    MESSAGE_NUMBER = "message.number"
    MESSAGE_TEXT = "message.text"
    GATE_CLOSED = "gate.closed"  # nobody is let in while its ``waiting_room_precheck`` fails


class Level(StrEnum):
    """Whose settings a form holds."""

    COMPANY = "company"  # the provider company's, for all its organisations; sales fills it in
    ORGANISATION = "organisation"  # its project administrator fills it in
    ACCOUNT = "account"  # a doctor's or assistant's own


SCOPE_TITLES = {
    Scope.GUEST_NAME: Text("Namen von Gästen", "Names of guests"),
    Scope.ACCOUNT_NAME: Text("Namen von Konten", "Names of accounts"),
    Scope.MESSAGE_NUMBER: Text("Mobilnummern in SMS", "Mobile numbers of text messages"),
    Scope.MESSAGE_TEXT: Text("Text von SMS", "Words of text messages"),
    Scope.GATE_CLOSED: Text(
        "Kein Einlass, solange die Erweiterung gestört ist",
        "No admission while the extension is faulty",
    ),
}


def personal(scope: Scope) -> dict[str, str]:
    """Return what marks a field that is filled only for a plugin with this scope."""
    return {"scope": str(scope)}


@dataclass(frozen=True)
class Manifest:
    """What a plugin says of itself.

    :param name: as in its entry point; all its keys, tables and addresses begin with it.
    :param hosts: the hosts that it speaks with, whatever an organisation sets.
    :param host_settings: the settings of an organisation or a provider company that hold an
        address whose host it speaks with.
    :param per_account: whether, where it is on, it is switched on for single doctors and
        assistants by their project administrator; nobody has it before.
    :param self_service: whether, being per account, doctors and assistants may also switch it on
        and off for themselves.
    :param levels: whose settings it has; ``register_settings`` names a form for each.
    :param scopes: the personal values that it needs to see; others are ``REDACTED``.
    :param api_version: the version of the plugin API that it was made for.
    """

    name: str
    label: Text
    version: str
    hosts: tuple[str, ...] = ()
    host_settings: tuple[str, ...] = ()
    per_account: bool = False
    scopes: tuple[Scope, ...] = ()
    api_version: str = "1.0"
    self_service: bool = False
    levels: tuple[Level, ...] = (Level.ORGANISATION,)
