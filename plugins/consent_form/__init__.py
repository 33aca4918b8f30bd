"""A form that a guest agrees to while waiting, and how many did so each month."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from plugins.consent_form import service
from plugins.consent_form.declarations import DECLARATIONS
from plugins.consent_form.settings import ConsentFormForm
from plugins.consent_form.views import bp, row, slot
from portal.api import (
    Command,
    Deny,
    Job,
    Manifest,
    NavigationEntry,
    Place,
    Role,
    Slot,
    Statistic,
    Text,
    hookimpl,
)

if TYPE_CHECKING:
    from flask import Blueprint

    from portal.api import Declaration, MessageText, PluginContext, VisitInfo

LABEL = Text("Einwilligungsbogen", "Consent form")


@hookimpl
def plugin_manifest() -> Manifest:
    """Name the plugin; it speaks with nobody."""
    return Manifest("consent_form", LABEL, "0.3", api_version="1.3")


@hookimpl
def register_privacy() -> tuple[Declaration, ...]:
    """Declare who agreed when."""
    return DECLARATIONS


@hookimpl
def register_settings() -> type[ConsentFormForm]:
    """Ask for the words that guests agree to."""
    return ConsentFormForm


@hookimpl
def register_blueprints() -> tuple[Blueprint, ...]:
    """Bring the guest's answer and the administrator's numbers."""
    return (bp,)


@hookimpl
def register_slots() -> tuple[Slot, ...]:
    """Show the form to the guest who waits, and to the desk whether it was agreed to."""
    return (Slot(Place.WAITING, "form", slot), Slot(Place.VISIT, "state", row))


@hookimpl
def register_navigation() -> tuple[NavigationEntry, ...]:
    """Lead the project administrator to the numbers."""
    return (NavigationEntry(LABEL, "/p/consent_form/", (Role.PROJECTADMIN,)),)


@hookimpl
def register_jobs() -> tuple[Job, ...]:
    """Count each month once it is over, before its records are deleted."""
    return (Job("count", service.count_last_month, timedelta(days=1)),)


@hookimpl
def register_texts() -> tuple[MessageText, ...]:
    """Bring the mail that tells the project administrators the number of a month."""
    return (service.MONTHLY_MAIL,)


@hookimpl
def register_statistics() -> tuple[Statistic, ...]:
    """Let the portal show how many guests agreed."""
    title = Text("Einwilligungen im Wartezimmer", "Consents in the waiting room")
    return (Statistic("agreements", title, service.between),)


@hookimpl
def register_commands() -> tuple[Command, ...]:
    """Let the operator print the months."""
    return (Command("months", "Print how many guests agreed, by month.", service.printed),)


@hookimpl
def waiting_room_precheck(ctx: PluginContext, visit: VisitInfo) -> Deny | None:
    """Hold a guest back who has not agreed, where the organisation wants that."""
    if service.is_missing(ctx, visit.visit_id):
        return Deny(_("Die Einwilligung fehlt noch. Der Gast sieht den Bogen im Wartezimmer."))
    return None


@hookimpl
def demo_settings() -> dict[str, object]:
    """Ask the demo's guests for something harmless."""
    return {
        "heading": "Einwilligung in die Videosprechstunde",
        "text": "Ich bin einverstanden, dass das Gespräch heute per Video stattfindet.",
        "text_en": "I agree that today's consultation takes place by video.",
        "monthly_mail": False,
    }
