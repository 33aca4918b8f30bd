"""Invented participations of the demo, which have run for some weeks."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from plugins.vinteos import library, participation
from plugins.vinteos.count_models import Completion, Participation
from plugins.vinteos.models import FilledForm, OpenForm
from portal.api import new_id

if TYPE_CHECKING:
    from datetime import datetime

    from portal.api import PluginContext

ANSWERS = {"settled": "yes", "quality": "5", "spared": "yes"}
QUOTA, DONE = 20, 7
WEEK = timedelta(days=7)


def fill(ctx: PluginContext, now: datetime) -> None:
    """Let every member have taken part for some weeks."""
    since = now - WEEK * DONE
    for account_id in sorted(ctx.members()):
        row = Participation(
            account_id=account_id,
            running=True,
            participant=participation.new_participant(),
            quota=QUOTA,
            starts_on=participation.today(since),
            agreed_at=since,
            terms=participation.TERMS,
        )
        ctx.session.add(row)
        ctx.session.flush()
        _weeks(ctx, row, now)


def _weeks(ctx: PluginContext, row: Participation, now: datetime) -> None:
    for week in range(1, DONE + 1):
        at, call_id = now - WEEK * week, new_id()
        ctx.session.add(Completion(participation_id=row.id, call_id=call_id, completed_at=at))
        ctx.session.add(
            FilledForm(
                participation_id=row.id,
                account_id=row.account_id,
                call_id=call_id,
                questionnaire=library.DEFAULT,
                filled_at=at,
                answers=json.dumps(ANSWERS),
            )
        )
    waiting = {"participation_id": row.id, "account_id": row.account_id, "call_id": new_id()}
    ctx.session.add(OpenForm(**waiting, ended_at=now - timedelta(hours=20)))
