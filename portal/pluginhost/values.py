"""The frozen values that pass between the portal and a plugin; ``portal.api`` hands them out."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from portal.pluginhost.manifest import Scope, personal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime, timedelta
    from decimal import Decimal

    from portal.permissions import Role
    from portal.personaldata import Text
    from portal.pluginhost.context import PluginContext

# What this portal speaks. The second number grows with each hook, argument or field that is added;
# the first one would change if something were taken away.
API_VERSION = "1.3"
# Stands in place of a personal value whose scope the operator has not approved.
REDACTED = "\u2026"
LONGEST_DENIAL = 300


@dataclass(frozen=True)
class TextMessage:
    """A text message on its way; read it, do not keep it.

    :param to: the number in E.164, ``+491713920012``.
    :param reference: random and the same at each try, so that a provider can tell a second one.
    :param report_url: where the provider may report how far it came; the address is a secret.
    :param sender: what the organisation's contract names; for a provider whose settings name none.
    """

    to: str = field(metadata=personal(Scope.MESSAGE_NUMBER))
    text: str = field(metadata=personal(Scope.MESSAGE_TEXT))
    occasion: str
    reference: str
    report_url: str = ""
    sender: str = ""


class SendState(StrEnum):
    """What became of a text message, as far as a provider can tell."""

    SENT = "sent"  # taken, and not sent again by anybody
    REFUSED = "refused"  # certainly not taken, nor will it be: the next provider may try
    NOT_SENT = "not_sent"  # certainly not taken this time: the next may try, else it is tried again
    UNCLEAR = "unclear"  # it may have been taken, so that nobody sends it again


@dataclass(frozen=True)
class Receipt:
    """A provider's answer.

    :param reference: the provider's own name for the message.
    :param reason: why it was not taken, in a few words without number or text; it is logged.
    :param reports: whether the provider tells later how far the message came.
    """

    state: SendState
    reference: str = ""
    reason: str = ""
    reports: bool = False


class MessageState(StrEnum):
    """How far a message has come; ``portal.messages.states`` says what may follow what."""

    QUEUED = "queued"
    ACCEPTED = "accepted"  # a provider has taken it, and will report
    SENT = "sent"  # handed over: to the network, or to a provider that reports no more
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class SmsStatus:
    """What a provider reports of one text message.

    :param reference: the message's own reference, or the provider's name for it.
    """

    reference: str
    state: MessageState


@dataclass(frozen=True)
class DeliveryReport:
    """A report as it arrived: whoever sent it knew the secret address.

    :param query: the fields behind the address.
    :param form: the fields of a form, if it was one.
    :param body: JSON, if it was that; else None.
    """

    method: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    body: Any = None


@dataclass(frozen=True)
class Price:
    """What a message costs, before tax."""

    amount: Decimal
    currency: str = "EUR"


@dataclass(frozen=True)
class CallEvent:
    """Something that happened to a call.

    :param kind: ``ended``; more kinds may come, so ask.
    :param account_id: the doctor who held the call.
    :param connected_at: when picture or sound first arrived; None when the call never stood.
    :param event_id: the same each time that this event is told, and of no other.
    """

    kind: str
    call_id: str
    room_id: str
    account_id: str
    started_at: datetime
    ended_at: datetime | None
    connected_at: datetime | None = None
    event_id: str = ""


@dataclass(frozen=True)
class Step:
    """Something for the doctor to do after a call, as a sentence and a link.

    :param url: a path of the plugin's own pages, ``/p/<plugin>/...``.
    :param plugin: filled in by the host.
    """

    title: str
    sentence: str
    url: str
    label: str
    plugin: str = ""

    def __post_init__(self) -> None:
        for each in fields(self):
            if not isinstance(getattr(self, each.name), str):
                message = f"Step.{each.name} must be a text."
                raise TypeError(message)


class Place(StrEnum):
    """A place on a page of the portal that plugins may fill."""

    DESK = "desk"  # beside the queue: doctors and assistants
    VISIT = "visit"  # in the row of a guest who waits or is in a call: doctors and assistants
    WAITING = "waiting"  # below the words that tell a guest what is going on
    CALL = "call"  # beside the picture: the doctor, while a call runs
    AFTER_CALL = "after_call"  # below the summary: the doctor
    ADMIN = "admin"  # above the list of accounts: the project administrator


@dataclass(frozen=True)
class VisitInfo:
    """A guest's visit.

    :param state: ``waiting``, ``admitted``, ``in_call``, ``ended``, ``declined``, ``left`` or
        ``expired``.
    :param guest_name: for plugins with the scope ``guest.name``.
    """

    visit_id: str
    room_id: str
    state: str
    arrived_at: datetime
    guest_name: str = field(default="", metadata=personal(Scope.GUEST_NAME))


@dataclass(frozen=True)
class Deny:
    """Why a guest cannot be let in yet.

    :param sentence: what the doctor reads, and what to do; at most 300 characters.
    """

    sentence: str

    def __post_init__(self) -> None:
        said: object = self.sentence
        if not isinstance(said, str) or not 0 < len(said) <= LONGEST_DENIAL:
            message = "Deny.sentence must be a text of at most 300 characters."
            raise TypeError(message)


@dataclass(frozen=True)
class Task:
    """Work that a plugin left for the worker by ``ctx.enqueue``.

    :param values: as they were given; texts, numbers, and lists and objects of them.
    :param event_id: the same each time that this task is tried, and of no other.
    """

    name: str
    values: Mapping[str, Any]
    event_id: str


@dataclass(frozen=True)
class Person:
    """Somebody of the organisation who signs in: doctor, assistant or project administrator.

    :param name: for plugins with the scope ``account.name``.
    """

    account_id: str
    role: str
    name: str = field(default="", metadata=personal(Scope.ACCOUNT_NAME))


@dataclass(frozen=True)
class SlotView:
    """Who looks at a place, and at what.

    :param account_id: the doctor, assistant or administrator; empty for a guest.
    :param visit: the guest's, in ``visit``, ``waiting`` and ``call``.
    :param call_id: the call that runs or has just ended, in ``call`` and ``after_call``.
    """

    place: Place
    role: Role
    account_id: str = ""
    visit: VisitInfo | None = None
    call_id: str = ""


@dataclass(frozen=True)
class Slot:
    """What a plugin shows in a place of the portal's pages.

    :param name: lower-case letters, digits and underscores; one of each in a plugin.
    :param render: answers what to show, best by ``render``; a text that is no ``Markup`` is
        escaped, and an empty one shows nothing.
    :param weight: of several in one place, the lighter stands first.
    """

    place: Place
    name: str
    render: Callable[[PluginContext, SlotView], str]
    weight: int = 0


@dataclass(frozen=True)
class NavigationEntry:
    """An entry of the main menu.

    :param path: one of the plugin's own pages, ``/p/<plugin>/...``.
    :param roles: whose menu it stands in: doctor, assistant or project administrator.
    :param weight: of several, the lighter stands first.
    """

    label: Text
    path: str
    roles: tuple[Role, ...]
    weight: int = 0


@dataclass(frozen=True)
class Health:
    """Whether a plugin can do its work in an organisation, and what to do if not.

    :param sentence: what a project administrator reads; no secret and no name stands in it.
    """

    ok: bool
    sentence: str

    def __post_init__(self) -> None:
        if not isinstance(self.sentence, str):
            message = "Health.sentence must be a text."
            raise TypeError(message)


@dataclass(frozen=True)
class MessageText:
    """Words of a mail that a plugin lets the portal send.

    :param occasion: lower-case letters, digits and underscores; one of each in a plugin.
    :param subject: names no person, specialty or reason; so does the text.
    :param text: with places such as ``{number}`` for the values that the plugin gives. An
        organisation may write words of its own for it, with the same places.
    :param sample: invented values, with which the page of texts shows how the mail would arrive.
    """

    occasion: str
    subject: Text
    text: Text
    sample: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return what tells it apart from the others."""
        return self.occasion


@dataclass(frozen=True)
class Statistic:
    """A number that a plugin can tell about a span of time, in one organisation.

    :param count: answers it for a begin and an end; it names and singles out nobody.
    """

    name: str
    title: Text
    count: Callable[[PluginContext, datetime, datetime], int]


@dataclass(frozen=True)
class Command:
    """Something that the operator can ask of a plugin: ``portal plugin <plugin> <name>``.

    :param run: is given the words behind the name, and answers what is printed.
    """

    name: str
    help: str
    run: Callable[[PluginContext, Sequence[str]], str]


@dataclass(frozen=True)
class Job:
    """Work that comes round again, in each organisation where the plugin is on.

    :param name: lower-case letters, digits and underscores; one of each in a plugin.
    :param run: does it; what it writes through ``ctx.session`` is committed after it, or taken
        back if it raises.
    :param every: a quarter of an hour at least. The first time comes when the plugin is switched
        on; a time that was missed is made up for once.
    """

    name: str
    run: Callable[[PluginContext, datetime], object]
    every: timedelta
