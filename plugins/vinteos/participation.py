"""A doctor's part in the special project: agreed to, counted against a quota, ended, erased.

It ends with the quota, with its last day, or early: by the doctor, by the project administrator,
or with the practice. Three months after that all that belongs to it is gone, and from that moment
no page shows it, whether or not the daily deletion has run.
"""

from __future__ import annotations

import secrets
from collections import Counter
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select

from plugins.vinteos.count_models import Completion, Participation
from plugins.vinteos.declarations import AFTER_PARTICIPATION
from portal.api import NotFoundHereError, PortalError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select

    from portal.api import PluginContext

ZONE = ZoneInfo("Europe/Berlin")
TERMS = "1"
DEFAULT_QUOTA = 20
MONTHS_SHOWN = 6
# Without 0/O and 1/I, as these are read out on the telephone.
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class Ended(StrEnum):
    """Why a participation ended."""

    QUOTA = "quota"
    DATE = "date"
    DOCTOR = "doctor"
    ADMIN = "admin"
    PRACTICE = "practice"


class NotTakingPartError(PortalError):
    """Somebody wants to fill in a questionnaire whose participation has ended, or not begun."""

    code = "vinteos_not_taking_part"
    status = HTTPStatus.CONFLICT
    sentence = _l("Sie nehmen zurzeit nicht am Sonderprojekt teil.")
    cure = _l("Was für Sie gilt, steht bei „Fragebögen“.")


def today(now: datetime) -> date:
    """Return the day that the practice's calendar shows."""
    return now.astimezone(ZONE).date()


def over_at(row: Participation) -> datetime | None:
    """Return when a participation ended or will end by itself; None while nothing ends it."""
    if row.closed_at or row.ends_on is None:
        return row.closed_at
    return datetime.combine(row.ends_on + timedelta(days=1), time(), ZONE)


def is_running(row: Participation, now: datetime) -> bool:
    """Tell whether a participation has begun and not ended."""
    over = over_at(row)
    return row.starts_on <= today(now) and (over is None or now < over)


def erased_at(row: Participation) -> datetime | None:
    """Return when all of a participation is erased, as far as its end is known."""
    over = over_at(row)
    return AFTER_PARTICIPATION.period.after(over) if over else None


def _seen(row: Participation, now: datetime) -> bool:
    erased = erased_at(row)
    return erased is None or now < erased


def of_account(ctx: PluginContext, account_id: str) -> list[Participation]:
    """Return a doctor's participations, the newest first."""
    query = _newest().where(Participation.account_id == account_id)
    return [row for row in ctx.session.scalars(query) if _seen(row, ctx.now())]


def everybodys(ctx: PluginContext) -> list[Participation]:
    """Return the participations of the practice, the newest first."""
    return [row for row in ctx.session.scalars(_newest()) if _seen(row, ctx.now())]


def _newest() -> Select[Any]:
    return select(Participation).order_by(Participation.agreed_at.desc(), Participation.id)


def taking_part(ctx: PluginContext, account_id: str, *, lock: bool = False) -> Participation | None:
    """Return the participation in which a doctor fills questionnaires in now.

    :param lock: hold others off who would count in the same moment.
    """
    query = select(Participation).where(
        Participation.account_id == account_id, Participation.running.is_(True)
    )
    row = ctx.session.scalar(query.with_for_update() if lock else query)
    return row if row is not None and is_running(row, ctx.now()) else None


def get(ctx: PluginContext, participation_id: str) -> Participation:
    """Return one participation.

    :raise NotFoundHereError: there is none here, or it is past its date.
    """
    row = ctx.session.scalar(select(Participation).where(Participation.id == participation_id))
    if row is None or not _seen(row, ctx.now()):
        raise NotFoundHereError
    found: Participation = row
    return found


def agree(ctx: PluginContext, account_id: str) -> None:
    """Begin a doctor's participation, as the practice's settings say; a second time does nothing.

    :raise NotTakingPartError: the project's last day is over.
    """
    settle(ctx, ctx.now())
    now = ctx.now()
    starts, ends = (day(ctx.settings.get(name)) for name in ("starts_on", "ends_on"))
    if ends and ends < today(now):
        raise NotTakingPartError
    row = Participation(
        account_id=account_id,
        running=True,
        participant=new_participant(),
        quota=int(ctx.settings.get("quota") or DEFAULT_QUOTA),
        starts_on=max(today(now), starts) if starts else today(now),
        ends_on=ends,
        agreed_at=now,
        terms=TERMS,
    )
    ctx.session.add_once(row)


def new_participant() -> str:
    """Return a random name for the partner, ``V-`` and eight letters (40 bits)."""
    return "V-" + "".join(secrets.choice(LETTERS) for _ in range(8))


def day(stored: object) -> date | None:
    """Return a day of the settings, which are kept as text."""
    return date.fromisoformat(str(stored)) if stored else None


def number(ctx: PluginContext, row: Participation) -> int:
    """Return how many questionnaires were completed."""
    return numbers(ctx, [row]).get(row.id, 0)


def numbers(ctx: PluginContext, rows: Sequence[Participation]) -> dict[str, int]:
    """Return how many questionnaires were completed, by participation."""
    query = (
        select(Completion.participation_id, func.count())
        .where(Completion.participation_id.in_([row.id for row in rows]))
        .group_by(Completion.participation_id)
    )
    found: list[Any] = list(ctx.session.execute(query))
    return {str(key): int(count) for key, count in found}


def is_counted(ctx: PluginContext, call_id: str) -> bool:
    """Tell whether a call's questionnaire was completed, by whomever."""
    query = select(Completion.id).where(Completion.call_id == call_id)
    return ctx.session.scalar(query) is not None


def complete(ctx: PluginContext, row: Participation, call_id: str) -> bool:
    """Count a call's questionnaire, once; the last of the quota ends the participation."""
    done = Completion(participation_id=row.id, call_id=call_id, completed_at=ctx.now())
    first = ctx.session.add_once(done)
    if first and number(ctx, row) >= row.quota:
        end(ctx, row, Ended.QUOTA)
    return first


def end(ctx: PluginContext, row: Participation, why: Ended, at: datetime | None = None) -> None:
    """End a participation; one that has ended stays as it was."""
    if row.closed_at is None:
        row.running, row.closed_at, row.closed_because = None, at or ctx.now(), why
        row.erase_at = AFTER_PARTICIPATION.period.after(row.closed_at)
        ctx.session.flush()


def end_early(ctx: PluginContext, row: Participation, why: Ended) -> None:
    """End a participation that has not ended by itself."""
    over = over_at(row)
    if over and over <= ctx.now():
        end(ctx, row, Ended.DATE, over)
    else:
        end(ctx, row, why)


def settle(ctx: PluginContext, now: datetime) -> None:
    """Write down what ended by itself: the last day has passed, or somebody was switched off.

    A last day counts from its midnight; that somebody was switched off counts from when it is
    noted, at the latest a day afterwards.
    """
    query = select(Participation).where(Participation.running.is_(True))
    members = ctx.members()
    for row in ctx.session.scalars(query).all():
        over = over_at(row)
        if over and over <= now:
            end(ctx, row, Ended.DATE, over)
        elif not ctx.is_on:
            end(ctx, row, Ended.PRACTICE, now)
        elif row.account_id not in members:
            end(ctx, row, Ended.ADMIN, now)


def forget(ctx: PluginContext, now: datetime) -> int:
    """Delete what ended three months ago, with all that belongs to it."""
    settle(ctx, now)
    past = delete(Participation).where(
        Participation.organisation_id == ctx.organisation_id, Participation.erase_at <= now
    )
    return ctx.session.change(past)


def months(ctx: PluginContext, rows: Sequence[Participation], last: date) -> list[tuple[date, int]]:
    """Return how many questionnaires were completed in each of the last six calendar months."""
    query = select(Completion.completed_at).where(
        Completion.participation_id.in_([row.id for row in rows])
    )
    counted = Counter(today(moment).replace(day=1) for moment in ctx.session.scalars(query))
    firsts = [last.replace(day=1)]
    while len(firsts) < MONTHS_SHOWN:
        firsts.append((firsts[-1] - timedelta(days=1)).replace(day=1))
    return [(first, counted[first]) for first in reversed(firsts)]


def change(
    ctx: PluginContext, row: Participation, participant: str, quota: int, ends_on: date | None
) -> None:
    """Change a running participation; a quota or last day that is met already ends it."""
    row.participant, row.quota, row.ends_on = participant, quota, ends_on
    ctx.session.flush()
    if number(ctx, row) >= quota:
        end(ctx, row, Ended.QUOTA)
    elif (over := over_at(row)) and over <= ctx.now():
        end(ctx, row, Ended.DATE)
