"""Agreements: given once in a visit, taken back as simply, counted by month, deleted in time."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select

from plugins.consent_form.models import Agreement, Month
from portal.api import MessageText, Role, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.api import PluginContext

MONTHLY_MAIL = MessageText(
    "monthly",
    Text("Einwilligungen im Monat {month}", "Consents in the month {month}"),
    Text(
        "Guten Tag,\n\nim Monat {month} haben {number} Gäste im Wartezimmer eingewilligt.\n\n"
        "Diese Nachricht lässt sich in den Einstellungen des Einwilligungsbogens abschalten.",
        "Hello,\n\nin the month {month}, {number} guests agreed in the waiting room.\n\n"
        "This message can be switched off in the settings of the consent form.",
    ),
    sample={"month": "10/2026", "number": "12"},
)
ZONE = ZoneInfo("Europe/Berlin")
SHOWN = 24


def text(ctx: PluginContext, language: str) -> str:
    """Return what guests agree to, in their language where the organisation wrote it so."""
    german = str(ctx.settings.get("text") or "")
    return str(ctx.settings.get("text_en") or german) if language == "en" else german


def agreement(ctx: PluginContext, visit_id: str) -> Agreement | None:
    """Return the agreement of a visit, if the guest gave it."""
    found: Agreement | None = ctx.session.scalar(
        select(Agreement).where(Agreement.visit_id == visit_id)
    )
    return found


def is_missing(ctx: PluginContext, visit_id: str) -> bool:
    """Tell whether a guest cannot be let in because the organisation waits for the agreement."""
    asks = bool(ctx.settings.get("needed")) and bool(ctx.settings.get("text"))
    return asks and agreement(ctx, visit_id) is None


def agree(ctx: PluginContext, visit_id: str, words: str) -> None:
    """Note that the guest agreed; a second time changes nothing."""
    version = hashlib.sha256(words.encode()).hexdigest()[:16]
    ctx.session.add_once(Agreement(visit_id=visit_id, version=version, agreed_at=ctx.now()))


def withdraw(ctx: PluginContext, visit_id: str) -> None:
    """Forget that the guest agreed."""
    gone = delete(Agreement).where(
        Agreement.organisation_id == ctx.organisation_id, Agreement.visit_id == visit_id
    )
    ctx.session.execute(gone)


def _first_day(moment: datetime) -> datetime:
    return moment.astimezone(ZONE).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def between(ctx: PluginContext, begin: datetime, end: datetime) -> int:
    """Return how many guests agreed in a span of time."""
    counted = select(func.count()).select_from(Agreement)
    return int(
        ctx.session.scalar(counted.where(Agreement.agreed_at >= begin, Agreement.agreed_at < end))
    )


def count_last_month(ctx: PluginContext, now: datetime) -> None:
    """Write down the number of the month that is over; once it stands it is not changed."""
    this = _first_day(now)
    last = _first_day(this - timedelta(days=1))
    number = between(ctx, last, this)
    first = ctx.session.add_once(Month(month=f"{last:%Y-%m}", number=number))
    if first and ctx.settings.get("monthly_mail"):
        _tell(ctx, f"{last:%m/%Y}", number)


def _tell(ctx: PluginContext, month: str, number: int) -> None:
    for person in ctx.people():
        if person.role == Role.PROJECTADMIN:
            ctx.notify(person.account_id, MONTHLY_MAIL.occasion, month=month, number=number)


def printed(ctx: PluginContext, _words: Sequence[str]) -> str:
    """Return the months as lines of text."""
    return "\n".join(f"{month} {number:>6}" for month, number in months(ctx))


def months(ctx: PluginContext) -> list[tuple[str, int]]:
    """Return month and number, this month first and as it stands now."""
    now = ctx.now()
    rows = ctx.session.scalars(select(Month).order_by(Month.month.desc()).limit(SHOWN)).all()
    this = _first_day(now)
    return [(f"{this:%Y-%m}", between(ctx, this, now)), *((row.month, row.number) for row in rows)]
