"""Questionnaires that wait for a doctor: opened by a call, drafted, dismissed, taken up again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import select

from plugins.vinteos import participation
from plugins.vinteos.models import OpenForm
from portal.api import NotFoundHereError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from plugins.vinteos.questionnaire import Answer
    from portal.api import CallEvent, PluginContext

SHOWN = 50


def counts(call: CallEvent) -> bool:
    """Tell whether a call has a questionnaire: it ended, and both sides were connected."""
    return call.kind == "ended" and call.connected_at is not None


def open_form(ctx: PluginContext, call: CallEvent) -> None:
    """Keep a questionnaire open for a doctor who takes part; a second time does nothing."""
    part = participation.taking_part(ctx, call.account_id)
    if part is not None and not participation.is_counted(ctx, call.call_id):
        row = OpenForm(
            participation_id=part.id,
            account_id=call.account_id,
            call_id=call.call_id,
            ended_at=call.ended_at or ctx.now(),
        )
        ctx.session.add_once(row)


def find(ctx: PluginContext, call_id: str, account_id: str) -> OpenForm | None:
    """Return the questionnaire that waits for this doctor, dismissed or not."""
    query = select(OpenForm).where(OpenForm.call_id == call_id, OpenForm.account_id == account_id)
    found: OpenForm | None = ctx.session.scalar(query)
    return found


def get(ctx: PluginContext, call_id: str, account_id: str) -> OpenForm:
    """Return the questionnaire that waits for this doctor.

    :raise NotFoundHereError: there is none.
    """
    row = find(ctx, call_id, account_id)
    if row is None:
        raise NotFoundHereError
    return row


def waiting(ctx: PluginContext, account_id: str) -> Sequence[OpenForm]:
    """Return what a doctor may still fill in, the newest call first."""
    query = select(OpenForm).where(
        OpenForm.account_id == account_id, OpenForm.dismissed_at.is_(None)
    )
    return ctx.session.scalars(query.order_by(OpenForm.ended_at.desc()).limit(SHOWN)).all()


def dismissed(ctx: PluginContext, account_id: str) -> Sequence[OpenForm]:
    """Return what a doctor put aside, the latest first."""
    query = select(OpenForm).where(
        OpenForm.account_id == account_id, OpenForm.dismissed_at.is_not(None)
    )
    return ctx.session.scalars(query.order_by(OpenForm.dismissed_at.desc()).limit(SHOWN)).all()


def save_draft(
    ctx: PluginContext, row: OpenForm, questionnaire: str, typed: Mapping[str, Answer]
) -> None:
    """Keep what was typed so far, encrypted; where only the number is wanted, keep nothing.

    :param row: of this call; a new one is added, unless the worker noted the call meanwhile.
    """
    if ctx.settings.get("count_only"):
        return
    if find(ctx, row.call_id, row.account_id) is None:
        ctx.session.add_once(row)
    kept = get(ctx, row.call_id, row.account_id)
    kept.questionnaire = questionnaire
    kept.draft = json.dumps(typed, ensure_ascii=False)
    kept.draft_at = ctx.now()
    ctx.session.flush()


def draft(row: OpenForm | None) -> dict[str, Answer]:
    """Return what was typed so far."""
    return json.loads(row.draft) if row and row.draft else {}


def dismiss(ctx: PluginContext, row: OpenForm, because: str) -> None:
    """Put a questionnaire aside, and throw away what was typed."""
    row.dismissed_at, row.dismissed_because = ctx.now(), because
    row.draft = row.draft_at = row.questionnaire = None
    ctx.session.flush()


def take_up(ctx: PluginContext, row: OpenForm) -> None:
    """Let a questionnaire wait again that was put aside."""
    row.dismissed_at, row.dismissed_because = None, ""
    ctx.session.flush()
