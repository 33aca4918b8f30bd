"""Vinteos: a questionnaire for the doctor after a call, and how many were filled in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from plugins.vinteos import (
    answers,
    delivery,
    demo,
    doctor_views,  # noqa: F401  brings pages
    inbox,
    library,
    library_views,  # noqa: F401  brings pages
    participant_views,  # noqa: F401  brings pages
    participation,
    report_views,  # noqa: F401  brings pages
)
from plugins.vinteos.declarations import DECLARATIONS
from plugins.vinteos.pages import bp
from plugins.vinteos.settings import OwnForm, VinteosForm
from plugins.vinteos.views import address, reminder
from portal.api import (
    Job,
    Level,
    Manifest,
    NavigationEntry,
    Place,
    Role,
    Scope,
    Slot,
    Step,
    Text,
    hookimpl,
)

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Blueprint

    from portal.api import CallEvent, Declaration, PluginContext, Task


LABEL = Text("Vinteos", "Vinteos")


@hookimpl
def plugin_manifest() -> Manifest:
    """Name the special project; it speaks with the partner that the settings name."""
    return Manifest(
        "vinteos",
        LABEL,
        "0.4",
        host_settings=("partner_url",),
        per_account=True,
        self_service=True,
        levels=(Level.ORGANISATION, Level.ACCOUNT),
        scopes=(Scope.ACCOUNT_NAME,),
        api_version="1.3",
    )


@hookimpl
def register_settings(level: Level) -> type[VinteosForm | OwnForm]:
    """Let the organisation set its part up, and each doctor how to be reminded."""
    return OwnForm if level is Level.ACCOUNT else VinteosForm


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
def register_navigation() -> tuple[NavigationEntry, ...]:
    """Lead doctors to their questionnaires, and administrators to those who take part."""
    return (
        NavigationEntry(Text("Fragebögen", "Questionnaires"), "/p/vinteos/", (Role.DOCTOR,)),
        NavigationEntry(LABEL, "/p/vinteos/participants", (Role.PROJECTADMIN,)),
    )


@hookimpl
def register_slots() -> tuple[Slot, ...]:
    """Remind the doctor on the desk of questionnaires that wait."""
    return (Slot(Place.DESK, "waiting", reminder),)


@hookimpl
def register_jobs() -> tuple[Job, ...]:
    """Send released reports to the partner."""
    return (Job("deliver", delivery.run, timedelta(minutes=15)),)


@hookimpl
def after_call_steps(ctx: PluginContext, call: CallEvent, account_id: str) -> list[Step]:
    """Offer the questionnaire, unless it was filled in or put aside already."""
    if not inbox.counts(call) or participation.taking_part(ctx, account_id) is None:
        return []
    waits = inbox.find(ctx, call.call_id, account_id)
    put_aside = waits is not None and waits.dismissed_at is not None
    if put_aside or participation.is_counted(ctx, call.call_id):
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
def run_task(ctx: PluginContext, task: Task) -> None:
    """Send a report that was released this moment."""
    delivery.run(ctx, ctx.now(), str(task.values["report"]))


@hookimpl
def forget(ctx: PluginContext, now: datetime) -> int:
    """Delete what is past its date."""
    return answers.forget(ctx, now) + participation.forget(ctx, now)


@hookimpl
def fill_demo(ctx: PluginContext, now: datetime) -> None:
    """Show the special project at work."""
    demo.fill(ctx, now)
