"""All that a plugin may import of the portal: hooks, frozen values, tables, forms, declarations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pluggy
from flask import render_template
from flask_login import current_user
from markupsafe import Markup

from portal.columns import Encrypted, UtcDateTime
from portal.errors import NotFoundHereError, PortalError
from portal.extensions import Model
from portal.forms import PortalForm, at_most, https_address, needed, one_line
from portal.language import language
from portal.messages.declarations import text_messages_sent
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
    Then,
    ThirdCountry,
)
from portal.pluginhost.context import PluginContext, PluginSession
from portal.pluginhost.http import (
    ForbiddenHostError,
    Http,
    NoAnswerError,
    NotBegunError,
    Reply,
    hand_over,
)
from portal.pluginhost.levels import Settings
from portal.pluginhost.manifest import Level, Manifest, Scope
from portal.pluginhost.notices import visit_changed
from portal.pluginhost.values import (
    API_VERSION,
    REDACTED,
    CallEvent,
    Command,
    DeliveryReport,
    Deny,
    Health,
    Job,
    MessageState,
    MessageText,
    NavigationEntry,
    Person,
    Place,
    Price,
    Receipt,
    SendState,
    Slot,
    SlotView,
    SmsStatus,
    Statistic,
    Step,
    Task,
    TextMessage,
    VisitInfo,
)
from portal.sheets import write_csv
from portal.tenants.scope import TenantOwned, new_id

__all__ = [
    "API_VERSION",
    "REDACTED",
    "Anchor",
    "CallEvent",
    "Caller",
    "Command",
    "DataUse",
    "Declaration",
    "DeliveryReport",
    "Deny",
    "Encrypted",
    "Event",
    "Field",
    "ForbiddenHostError",
    "Health",
    "Http",
    "Job",
    "LegalBasis",
    "Level",
    "Manifest",
    "MessageState",
    "MessageText",
    "Model",
    "NavigationEntry",
    "NoAnswerError",
    "NoPersonalData",
    "NotBegunError",
    "NotFoundHereError",
    "NotPersonal",
    "Period",
    "Person",
    "Place",
    "PluginContext",
    "PluginSession",
    "PortalError",
    "PortalForm",
    "Price",
    "Receipt",
    "Recipient",
    "Reply",
    "Retention",
    "Role",
    "Scope",
    "SendState",
    "Settings",
    "Slot",
    "SlotView",
    "SmsStatus",
    "Statistic",
    "Step",
    "Storage",
    "Subject",
    "Task",
    "TenantOwned",
    "Text",
    "TextMessage",
    "Then",
    "ThirdCountry",
    "UtcDateTime",
    "VisitInfo",
    "at_most",
    "caller",
    "context",
    "hand_over",
    "hookimpl",
    "https_address",
    "language",
    "needed",
    "new_id",
    "one_line",
    "policy",
    "render",
    "text_messages_sent",
    "visit_changed",
    "write_csv",
]

hookimpl = pluggy.HookimplMarker("portal")


@dataclass(frozen=True)
class Caller:
    """Who asks for one of the plugin's pages."""

    role: Role
    account_id: str


def caller() -> Caller:
    """Return who asks; only in a view, whose policy has let them through."""
    return Caller(current_user.role, current_user.subject_id)


def context(plugin: str, account_id: str | None = None) -> PluginContext:
    """Return the plugin's context in the organisation in force, for its own views.

    :param account_id: must be one that the plugin is switched on for, if it is so per account.
    :raise NotFoundHereError: the plugin is not switched on here, or not for the account.
    """
    from portal.pluginhost import service as pluginhost

    return pluginhost.context(plugin, account_id)


def render(template: str, **values: Any) -> Markup:  # noqa: ANN401  as the template needs
    """Return a piece of a page made from one of the plugin's templates, for a slot."""
    return Markup(render_template(template, **values))  # noqa: S704  Jinja has escaped the values
