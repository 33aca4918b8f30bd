"""The monthly numbers for the partner: previewed, released once, corrected as a new version.

Nothing here can read an answer: it counts completions and knows no other table, and a test holds
what it imports and asks for to that.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update

from plugins.vinteos.count_models import Completion, Participation
from plugins.vinteos.participation import ZONE, erased_at, today
from plugins.vinteos.report_models import Report, ReportLine
from portal.api import NotFoundHereError, PortalError, new_id, write_csv

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.api import PluginContext

PERIOD = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])\Z")
MONTHS_SHOWN = 13


class State(StrEnum):
    """What became of a released report."""

    WAITING = "waiting"  # to be sent, or sent again
    KEPT = "kept"  # there is no address; somebody hands the file over
    DELIVERED = "delivered"  # the partner confirmed these very numbers
    REFUSED = "refused"  # the partner does not want it
    DOUBTFUL = "doubtful"  # the partner confirmed something else
    GIVEN_UP = "given_up"  # no answer, many times
    ERASED = "erased"  # a part of it was erased before it had gone out
    REPLACED = "replaced"  # a later version was released before this one had gone out


class Standing(StrEnum):
    """What may be done about a month."""

    RUNNING = "running"  # it is not over
    FRESH = "fresh"  # nothing was released
    SAME = "same"  # released, and the numbers have not changed
    CHANGED = "changed"  # released, and the numbers have changed since
    ERASED = "erased"  # what was released is erased in part, so a new count would be too low


class NotReleasableError(PortalError):
    """A month is not over, unchanged since it was released, or erased in part."""

    code = "vinteos_not_releasable"
    status = HTTPStatus.CONFLICT
    sentence = _l("Diese Meldung kann nicht freigegeben werden.")
    cure = _l("Der Monat läuft noch, oder es gibt seit der letzten Freigabe nichts Neues.")


@dataclass(frozen=True)
class Line:
    """One participant's number."""

    participation_id: str
    participant: str
    completed: int


@dataclass(frozen=True)
class Preview:
    """A month's numbers as they are now, beside what was released."""

    period: str
    lines: tuple[Line, ...]
    newest: Report | None
    standing: Standing

    @property
    def first(self) -> date:
        """Return the month's first day."""
        return first_day(self.period)

    @property
    def total(self) -> int:
        """Return the sum of all participants."""
        return sum(line.completed for line in self.lines)


def first_day(period: str) -> date:
    """Return a period's first day.

    :raise NotFoundHereError: it is no month.
    """
    if not PERIOD.match(period):
        raise NotFoundHereError
    return date.fromisoformat(f"{period}-01")


def _next(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


def periods(now: datetime) -> list[str]:
    """Return the running month and the twelve before it, the newest first."""
    first = today(now).replace(day=1)
    found: list[str] = []
    while len(found) < MONTHS_SHOWN:
        found.append(f"{first:%Y-%m}")
        first = (
            (date(first.year - 1, 12, 1))
            if first.month == 1
            else first.replace(month=first.month - 1)
        )
    return found


def count(ctx: PluginContext, period: str) -> tuple[Line, ...]:
    """Return a month's numbers by participant, those above nothing, in the order of their names."""
    first = first_day(period)
    query = (
        select(Participation, func.count())
        .join(
            Completion,
            (Completion.participation_id == Participation.id)
            & (Completion.organisation_id == Participation.organisation_id),
        )
        .where(
            Completion.completed_at >= _midnight(first),
            Completion.completed_at < _midnight(_next(first)),
        )
        .group_by(Participation.organisation_id, Participation.id)
        .order_by(Participation.participant)
    )
    found: list[Any] = list(ctx.session.execute(query))
    now = ctx.now()
    return tuple(
        Line(row.id, row.participant, int(number))
        for row, number in found
        if (gone := erased_at(row)) is None or now < gone
    )


def digest(lines: Sequence[Line]) -> str:
    """Return a hash of names and numbers (SHA-256)."""
    said = json.dumps([[line.participant, line.completed] for line in lines])
    return sha256(said.encode()).hexdigest()


def preview(ctx: PluginContext, period: str) -> Preview:
    """Return a month's numbers as they are now, and what may be done about them.

    :raise NotFoundHereError: it is no month, or one that has not begun.
    """
    first, now = first_day(period), ctx.now()
    if first > today(now):
        raise NotFoundHereError
    lines, newest = count(ctx, period), next(iter(versions(ctx, period)), None)
    standing = Standing.FRESH
    if today(now) < _next(first):
        standing = Standing.RUNNING
    elif newest is not None and not is_whole(newest, lines_of(ctx, newest)):
        standing = Standing.ERASED
    elif newest is not None:
        standing = Standing.SAME if newest.digest == digest(lines) else Standing.CHANGED
    return Preview(period, lines, newest, standing)


def versions(ctx: PluginContext, period: str) -> Sequence[Report]:
    """Return what was released for a month, the newest first."""
    query = select(Report).where(Report.period == period).order_by(Report.version.desc())
    return ctx.session.scalars(query).all()


def get(ctx: PluginContext, period: str, version: str) -> Report:
    """Return one version of a month's report.

    :param version: as it stands in an address.
    :raise NotFoundHereError: it was never released.
    """
    known = {str(each.version): each for each in versions(ctx, period)}
    row = known.get(version)
    if row is None:
        raise NotFoundHereError
    return row


def lines_of(ctx: PluginContext, row: Report) -> tuple[Line, ...]:
    """Return the lines of a report that are not erased."""
    query = select(ReportLine).where(ReportLine.report_id == row.id)
    found = ctx.session.scalars(query.order_by(ReportLine.participant))
    return tuple(Line(each.participation_id, each.participant, each.completed) for each in found)


def is_whole(row: Report, lines: Sequence[Line]) -> bool:
    """Tell whether no line of a report is erased; else its total would not be their sum."""
    return len(lines) == row.participants


def release(ctx: PluginContext, period: str) -> Report:
    """Release a month's numbers as its first version, or as a correction of the last.

    Of two who do so in the same moment one wins; the other is told.

    :raise NotReleasableError: the month is not over, or there is nothing new.
    """
    seen = preview(ctx, period)
    if seen.standing not in {Standing.FRESH, Standing.CHANGED}:
        raise NotReleasableError
    now, sends = ctx.now(), bool(ctx.settings.get("partner_url"))
    row = Report(
        id=new_id(),
        period=period,
        version=seen.newest.version + 1 if seen.newest else 1,
        reference=new_id(),
        total=seen.total,
        participants=len(seen.lines),
        digest=digest(seen.lines),
        released_at=now,
        state=State.WAITING if sends else State.KEPT,
        next_try_at=now if sends else None,
    )
    if not ctx.session.add_once(row):
        raise NotReleasableError
    for line in seen.lines:
        ctx.session.add(
            ReportLine(
                report_id=row.id,
                participation_id=line.participation_id,
                participant=line.participant,
                completed=line.completed,
            )
        )
    _replace(ctx, row)
    ctx.session.flush()
    return row


def _replace(ctx: PluginContext, row: Report) -> None:
    """Take earlier versions off the list of what is to be sent; the new one holds all."""
    earlier = update(Report).where(
        Report.organisation_id == ctx.organisation_id,
        Report.period == row.period,
        Report.version < row.version,
        Report.state == State.WAITING,
    )
    ctx.session.execute(earlier.values(state=State.REPLACED, next_try_at=None))


def send_again(ctx: PluginContext, row: Report) -> None:
    """Put a report back on the list of what is to be sent.

    :raise NotReleasableError: a later version took its place, a part of it is erased, or there is
        no address.
    """
    newest = next(iter(versions(ctx, row.period)))
    whole = is_whole(row, lines_of(ctx, row))
    if newest.id != row.id or not whole or not ctx.settings.get("partner_url"):
        raise NotReleasableError
    row.state, row.problem, row.tries, row.next_try_at = State.WAITING, "", 0, ctx.now()
    ctx.session.flush()


def body(row: Report, lines: Sequence[Line]) -> dict[str, Any]:
    """Return what is sent to the partner, whole; the format is assumed."""
    return {
        "project": "vinteos",
        "reference": row.reference,
        "period": row.period,
        "version": row.version,
        "total": row.total,
        "participants": [
            {"participant": line.participant, "completed": line.completed} for line in lines
        ],
    }


def as_csv(row: Report, lines: Sequence[Line]) -> str:
    """Return a report as CSV, a line for each participant."""
    month = (row.period, str(row.version))
    found = [(*month, line.participant, str(line.completed)) for line in lines]
    return "".join(write_csv(("period", "version", "participant", "completed"), found))
