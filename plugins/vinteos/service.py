"""Questionnaires that were filled in: once for each call, counted, and deleted in time."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update

from plugins.vinteos.declarations import AFTER_PARTICIPATION, OPEN_KEPT
from plugins.vinteos.models import FilledForm, OpenForm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from plugins.vinteos.questionnaire import Answer
    from portal.api import PluginContext

SHOWN = 20


def filled(ctx: PluginContext, call_id: str) -> FilledForm | None:
    """Return the questionnaire of a call, if it was filled in."""
    query = select(FilledForm).where(FilledForm.call_id == call_id)
    found: FilledForm | None = ctx.session.scalar(query)
    return found


def fill(ctx: PluginContext, row: FilledForm, answers: Mapping[str, Answer]) -> bool:
    """Store a questionnaire, once for each call; tell whether this was the first.

    Where the organisation wants to count only, the answers go nowhere.
    """
    if not ctx.settings.get("count_only"):
        row.answers = json.dumps(answers, ensure_ascii=False)
    first = ctx.session.add_once(row)
    done = delete(OpenForm).where(
        OpenForm.organisation_id == ctx.organisation_id, OpenForm.call_id == row.call_id
    )
    ctx.session.execute(done)
    return first


def number(ctx: PluginContext, account_id: str) -> int:
    """Return how many questionnaires a doctor has filled in."""
    query = select(func.count()).select_from(FilledForm)
    return int(ctx.session.scalar(query.where(FilledForm.account_id == account_id)))


def filled_forms(ctx: PluginContext, account_id: str) -> Sequence[FilledForm]:
    """Return what a doctor has filled in, the newest first."""
    query = select(FilledForm).where(FilledForm.account_id == account_id)
    return ctx.session.scalars(query.order_by(FilledForm.filled_at.desc()).limit(SHOWN)).all()


def forget(ctx: PluginContext, now: datetime) -> int:
    """Delete open forms after ninety days, and all three months after participation ended.

    That it ended is noted by the first run afterwards, so at most a day late.
    """
    ours = FilledForm.organisation_id == ctx.organisation_id
    if ctx.is_on:
        change = update(FilledForm).where(ours, FilledForm.delete_after.is_not(None))
        ctx.session.execute(change.values(delete_after=None))
    else:
        change = update(FilledForm).where(ours, FilledForm.delete_after.is_(None))
        ctx.session.execute(change.values(delete_after=AFTER_PARTICIPATION.period.after(now)))
    past = delete(FilledForm).where(ours, FilledForm.delete_after <= now)
    old = delete(OpenForm).where(
        OpenForm.organisation_id == ctx.organisation_id,
        OpenForm.ended_at <= now - timedelta(days=OPEN_KEPT.period.days),
    )
    return sum(ctx.session.execute(each).rowcount for each in (past, old))  # type: ignore[attr-defined]
