"""All that a plugin may import of the portal: hooks, frozen values, tables, forms, declarations."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING

import pluggy
from flask_login import current_user

from portal.columns import Encrypted, UtcDateTime
from portal.errors import NotFoundHereError, PortalError
from portal.extensions import Model
from portal.forms import PortalForm, at_most, needed, one_line
from portal.language import language
from portal.permissions import Role, policy
from portal.personaldata import (
    Anchor,
    DataUse,
    Declaration,
    Event,
    Field,
    LegalBasis,
    NoPersonalData,
    NotPersonal,
    Period,
    Recipient,
    Retention,
    Storage,
    Subject,
    Text,
)
from portal.plugincontext import PluginContext, PluginSession
from portal.pluginhttp import ForbiddenHostError, Http, NoAnswerError, NotBegunError, Reply
from portal.tenants.scope import TenantOwned, new_id

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "Anchor",
    "CallEvent",
    "Caller",
    "DataUse",
    "Declaration",
    "Encrypted",
    "Event",
    "Field",
    "ForbiddenHostError",
    "Http",
    "LegalBasis",
    "Manifest",
    "Model",
    "NoAnswerError",
    "NoPersonalData",
    "NotBegunError",
    "NotFoundHereError",
    "NotPersonal",
    "Period",
    "PluginContext",
    "PluginSession",
    "PortalError",
    "PortalForm",
    "Receipt",
    "Recipient",
    "Reply",
    "Retention",
    "Role",
    "SendState",
    "Step",
    "Storage",
    "Subject",
    "TenantOwned",
    "Text",
    "TextMessage",
    "UtcDateTime",
    "at_most",
    "caller",
    "context",
    "hookimpl",
    "language",
    "needed",
    "new_id",
    "one_line",
    "policy",
]

hookimpl = pluggy.HookimplMarker("portal")


@dataclass(frozen=True)
class Manifest:
    """What a plugin says of itself.

    :param name: as in its entry point; all its keys, tables and addresses begin with it.
    :param hosts: the hosts that it speaks with, whatever an organisation sets.
    :param host_settings: the settings that hold an address whose host it speaks with.
    """

    name: str
    label: Text
    version: str
    hosts: tuple[str, ...] = ()
    host_settings: tuple[str, ...] = ()


@dataclass(frozen=True)
class TextMessage:
    """A text message on its way; read it, do not keep it.

    :param to: the number in E.164, ``+491713920012``.
    :param reference: random and the same at each try, so that a provider can tell a second one.
    """

    to: str
    text: str
    occasion: str
    reference: str


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
    """

    state: SendState
    reference: str = ""
    reason: str = ""


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
        for field in fields(self):
            if not isinstance(getattr(self, field.name), str):
                message = f"Step.{field.name} must be a text."
                raise TypeError(message)


@dataclass(frozen=True)
class Caller:
    """Who asks for one of the plugin's pages."""

    role: Role
    account_id: str


def caller() -> Caller:
    """Return who asks; only in a view, whose policy has let them through."""
    return Caller(current_user.role, current_user.subject_id)


def context(plugin: str) -> PluginContext:
    """Return the plugin's context in the organisation in force, for its own views.

    :raise NotFoundHereError: the plugin is not switched on here.
    """
    from portal import pluginhost

    return pluginhost.context(plugin)
