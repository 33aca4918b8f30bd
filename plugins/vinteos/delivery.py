"""Sends released reports to the partner, again and again until it is certain what became of them.

A second try does no harm: its reference is the same, and a partner that has the report says 409.
The format is assumed; ``README.md`` and the settings say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from plugins.vinteos import report
from plugins.vinteos.report import State
from plugins.vinteos.report_models import Report
from portal.api import ForbiddenHostError, NoAnswerError, NotBegunError

if TYPE_CHECKING:
    from datetime import datetime

    from portal.api import PluginContext, Reply

HOUR = timedelta(hours=1)
PAUSES = (HOUR / 4, HOUR, 4 * HOUR, 12 * HOUR, 24 * HOUR, 48 * HOUR, 96 * HOUR)
AT_ONCE = 5


@dataclass(frozen=True)
class Outcome:
    """What a try brought; ``again`` when it is to be tried once more."""

    state: State
    problem: str = ""
    again: bool = False


TASK = "deliver"


def at_once(ctx: PluginContext, row: Report) -> None:
    """Let the worker send a report as soon as its release is committed."""
    if row.state == State.WAITING:
        ctx.enqueue(TASK, report=row.id)


def run(ctx: PluginContext, now: datetime, only: str = "") -> None:
    """Send what is due. The transaction ends before the partner is asked: it may be slow.

    :param only: the id of one report, for a task; empty for the job, which sends several.
    """
    query = (
        select(Report)
        .where(Report.state == State.WAITING, Report.next_try_at <= now)
        .order_by(Report.period, Report.version)
        .limit(AT_ONCE)
    )
    if only:
        query = query.where(Report.id == only)
    due = []
    for row in ctx.session.scalars(query).all():
        lines = report.lines_of(ctx, row)
        if report.is_whole(row, lines):
            due.append((row.id, report.body(row, lines)))
        else:
            note(row, Outcome(State.ERASED), now)
    for report_id, body in due:
        ctx.session.commit()
        outcome = send(ctx, body)
        row = ctx.session.scalar(select(Report).where(Report.id == report_id))
        # Somebody may have released a correction meanwhile.
        if row is not None and row.state == State.WAITING:
            note(row, outcome, now)


def send(ctx: PluginContext, body: dict[str, Any]) -> Outcome:
    """Send one report, and judge the answer."""
    auth = (str(ctx.settings.get("partner_user", "")), ctx.secrets.get("partner_password", ""))
    try:
        reply = ctx.http.post_json(address(ctx), body, auth if auth[0] else None)
    except ForbiddenHostError:
        return Outcome(State.REFUSED, "address")
    except NotBegunError:
        return Outcome(State.WAITING, "no_connection", again=True)
    except NoAnswerError:
        return Outcome(State.WAITING, "no_answer", again=True)
    return judged(reply, body)


def address(ctx: PluginContext) -> str:
    """Return where the partner takes reports."""
    return str(ctx.settings.get("partner_url", ""))


def judged(reply: Reply, body: dict[str, Any]) -> Outcome:
    """Return what an answer means: a report is delivered when these very numbers are confirmed."""
    said = reply.body if isinstance(reply.body, dict) else {}
    same = all(said.get(name) == body[name] for name in ("reference", "period", "version", "total"))
    taken = HTTPStatus.OK <= reply.status < HTTPStatus.MULTIPLE_CHOICES
    if taken or reply.status == HTTPStatus.CONFLICT:  # which says that it has it already
        return Outcome(State.DELIVERED) if same else Outcome(State.DOUBTFUL, "other_numbers")
    if (
        reply.status == HTTPStatus.TOO_MANY_REQUESTS
        or reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    ):
        return Outcome(State.WAITING, f"status_{reply.status}", again=True)
    return Outcome(State.REFUSED, f"status_{reply.status}")


def note(row: Report, outcome: Outcome, now: datetime) -> None:
    """Write down what a try brought, and when the next one comes."""
    row.state, row.problem, row.answered_at = outcome.state, outcome.problem, now
    row.tries += 1
    row.next_try_at = None
    if outcome.again and row.tries <= len(PAUSES):
        row.next_try_at = now + PAUSES[row.tries - 1]
    elif outcome.again:
        row.state = State.GIVEN_UP
