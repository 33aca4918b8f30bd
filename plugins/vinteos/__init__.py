"""Vinteos: a questionnaire for the doctor after a call, and how many were filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from plugins.vinteos import inbox, library, library_views, service  # noqa: F401  brings pages
from plugins.vinteos.declarations import DECLARATIONS
from plugins.vinteos.pages import bp
from plugins.vinteos.settings import VinteosForm
from plugins.vinteos.views import address
from portal.api import Manifest, Step, Text, hookimpl

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Blueprint

    from portal.api import CallEvent, Declaration, PluginContext


@hookimpl
def plugin_manifest() -> Manifest:
    """Name the special project; it speaks with nobody."""
    return Manifest("vinteos", Text("Vinteos", "Vinteos"), "0.1")


@hookimpl
def register_settings() -> type[VinteosForm]:
    """Let the organisation choose to keep no answers."""
    return VinteosForm


@hookimpl
def register_privacy() -> tuple[Declaration, ...]:
    """Declare the doctors' questionnaires."""
    return DECLARATIONS


@hookimpl
def register_blueprints() -> tuple[Blueprint, ...]:
    """Bring the questionnaire's pages; a broken data file is noticed here, at the start."""
    library.shipped()
    return (bp,)


@hookimpl
def after_call_steps(ctx: PluginContext, call: CallEvent, account_id: str) -> list[Step]:
    """Offer the questionnaire, unless it was filled in or put aside already."""
    waits = inbox.find(ctx, call.call_id, account_id)
    put_aside = waits is not None and waits.dismissed_at is not None
    if not inbox.counts(call) or put_aside or service.filled(ctx, call.call_id):
        return []
    title = _("Fragebogen für Vinteos")
    sentence = _("Wenige kurze Fragen zum Gespräch. Sie können sie auch später beantworten.")
    url = address(ctx, call.call_id, account_id)
    return [Step(title, sentence, url, label=_("Fragebogen ausfüllen"))]


@hookimpl
def call_event(ctx: PluginContext, event: CallEvent) -> None:
    """Keep the questionnaire open for later."""
    if inbox.counts(event):
        inbox.open_form(ctx, event)


@hookimpl
def forget(ctx: PluginContext, now: datetime) -> int:
    """Delete what is past its date."""
    return service.forget(ctx, now)
