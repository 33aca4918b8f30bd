"""What doctors answered: kept once for each call, read and exported by the doctor alone."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from plugins.vinteos import library, participation
from plugins.vinteos.count_models import Completion, Participation
from plugins.vinteos.declarations import OPEN_KEPT
from plugins.vinteos.models import FilledForm, OpenForm
from plugins.vinteos.questionnaire import in_words
from portal.api import write_csv

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Select

    from plugins.vinteos.questionnaire import Answer
    from portal.api import PluginContext

SHOWN = 20


def completed(ctx: PluginContext, call_id: str, account_id: str) -> Completion | None:
    """Return that a doctor completed the questionnaire of a call, while that may be known."""
    mine = [row.id for row in participation.of_account(ctx, account_id)]
    query = select(Completion).where(
        Completion.call_id == call_id, Completion.participation_id.in_(mine)
    )
    found: Completion | None = ctx.session.scalar(query)
    return found


def kept(ctx: PluginContext, call_id: str, account_id: str) -> FilledForm | None:
    """Return the answers that a doctor gave after a call, if they were kept."""
    query = _of(ctx, account_id).where(FilledForm.call_id == call_id)
    found: FilledForm | None = ctx.session.scalar(query)
    return found


def fill(
    ctx: PluginContext, part: Participation, row: FilledForm, answers: Mapping[str, Answer]
) -> None:
    """Count a questionnaire and keep its answers, once for each call.

    Where the organisation wants to count only, the answers go nowhere.
    """
    if participation.complete(ctx, part, row.call_id) and not ctx.settings.get("count_only"):
        row.participation_id = part.id
        row.answers = json.dumps(answers, ensure_ascii=False)
        ctx.session.add_once(row)
    done = delete(OpenForm).where(
        OpenForm.organisation_id == ctx.organisation_id, OpenForm.call_id == row.call_id
    )
    ctx.session.execute(done)


def _of(ctx: PluginContext, account_id: str) -> Select[Any]:
    mine = [row.id for row in participation.of_account(ctx, account_id)]
    return select(FilledForm).where(
        FilledForm.account_id == account_id, FilledForm.participation_id.in_(mine)
    )


def newest(ctx: PluginContext, account_id: str) -> Sequence[FilledForm]:
    """Return what a doctor has filled in, the newest first."""
    query = _of(ctx, account_id).order_by(FilledForm.filled_at.desc()).limit(SHOWN)
    return ctx.session.scalars(query).all()


def export(ctx: PluginContext, account_id: str, lang: str) -> list[dict[str, Any]]:
    """Return all that a doctor answered, the oldest first, in values and in words."""
    found, known = [], library.every(ctx)
    for row in ctx.session.scalars(_of(ctx, account_id).order_by(FilledForm.filled_at)):
        given = json.loads(row.answers) if row.answers else {}
        questions = known.get(row.questionnaire)
        words = in_words(questions, given, lang) if questions else []
        entry = {
            "filled_at": row.filled_at.isoformat(timespec="seconds"),
            "questionnaire": row.questionnaire,
            "answers": given,
            "in_words": [{"question": text, "answers": said} for text, said in words],
        }
        found.append(entry)
    return found


def as_csv(exported: Sequence[Mapping[str, Any]], heads: Sequence[str]) -> str:
    """Return an export with a line for each answer."""
    found = [
        (each["filled_at"], each["questionnaire"], line["question"], ", ".join(line["answers"]))
        for each in exported
        for line in each["in_words"]
    ]
    return "".join(write_csv(heads, found))


def forget(ctx: PluginContext, now: datetime) -> int:
    """Delete questionnaires that waited for ninety days, with what was drafted."""
    old = delete(OpenForm).where(
        OpenForm.organisation_id == ctx.organisation_id,
        OpenForm.ended_at <= now - timedelta(days=OPEN_KEPT.period.days),
    )
    return ctx.session.change(old)
