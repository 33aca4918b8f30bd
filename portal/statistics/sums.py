"""Sums of each month, of five at least and without ids, which outlive its events (STA-4)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from portal.extensions import db
from portal.happenings import Happening
from portal.language import ZONE
from portal.statistics.figures import LEAST, shown_parts
from portal.statistics.models import StatisticEvent, StatisticSum
from portal.tenants.models import Organisation
from portal.tenants.scope import across_tenants, new_id

if TYPE_CHECKING:
    from collections.abc import Iterator

# By which facts a kind is told apart, beside the number of all of it.
FACETS = {
    Happening.CODE: ("room_kind",),
    Happening.SMS: ("country", "occasion"),
    Happening.TELEMETRY: ("media", "path", "network"),
    Happening.SIGN_IN: ("device",),
}
# The kind of the row which says that a month was summed, even where nothing reached five.
SUMMED = "summed"


def add_up(now: datetime) -> int:
    """Sum the months that are over and not summed yet, once for each organisation; return how many.

    Each organisation gets a row that says so, even where nothing reached five; so the next hour
    asks for a list of organisations and reads no event.
    """
    made = 0
    with across_tenants("The monthly job sums each organisation's month and names it in each row."):
        for begin, end in _months(now):
            for organisation_id in _open(begin, end):
                rows = list(_of(organisation_id, begin, end))
                made += len(rows)
                rows.append(_row(organisation_id, begin, SUMMED, 0))
                db.session.connection().execute(insert(StatisticSum), rows)
    return made


def _open(begin: datetime, end: datetime) -> list[str]:
    """Return the organisations whose month is not summed; those whose data are erased have none."""
    done = select(StatisticSum.organisation_id).where(
        StatisticSum.month == f"{begin:%Y-%m}", StatisticSum.kind == SUMMED
    )
    query = select(Organisation.id).where(
        Organisation.created_at < end,
        Organisation.erased_at.is_(None),
        Organisation.id.not_in(done),
    )
    return list(db.session.scalars(query))


def _months(now: datetime) -> list[tuple[datetime, datetime]]:
    """Return begin and end of the last four months that are over; no event is older."""
    end = now.astimezone(ZONE).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    found = []
    for _each in range(4):
        year, month = (end.year, end.month - 1) if end.month > 1 else (end.year - 1, 12)
        begin = datetime(year, month, 1, tzinfo=ZONE)
        found.append((begin, end))
        end = begin
    return found


def _of(organisation_id: str, begin: datetime, end: datetime) -> Iterator[dict[str, object]]:
    """Yield the sums of one month of one organisation, those of five at least."""
    mine = (
        StatisticEvent.organisation_id == organisation_id,
        StatisticEvent.at >= begin,
        StatisticEvent.at < end,
    )
    number = func.count()
    kinds = select(StatisticEvent.kind, number).where(*mine).group_by(StatisticEvent.kind)
    for kind, count in db.session.execute(kinds.having(number >= LEAST)).all():
        yield _row(organisation_id, begin, kind, count)
        for facet in FACETS.get(Happening(kind), ()):
            value = StatisticEvent.facts[facet].as_string()
            query = select(value, number).where(*mine, StatisticEvent.kind == kind)
            found = db.session.execute(query.group_by(value)).all()
            parts = shown_parts([part for _word, part in found])
            for (word, _part), part in zip(found, parts, strict=True):
                if part is not None:
                    yield _row(organisation_id, begin, kind, part, facet, word or "unknown")


def _row(
    organisation_id: str, begin: datetime, kind: str, count: int, facet: str = "", value: str = ""
) -> dict[str, object]:
    return {
        "organisation_id": organisation_id,
        "id": new_id(),
        "month": f"{begin:%Y-%m}",
        "kind": kind,
        "facet": facet,
        "value": value[:60],
        "count": count,
    }


def kept() -> list[StatisticSum]:
    """Return the monthly totals of the organisation in force, the newest month first."""
    query = (
        select(StatisticSum)
        .where(StatisticSum.kind != SUMMED, StatisticSum.facet == "")
        .order_by(StatisticSum.month.desc(), StatisticSum.kind)
    )
    return list(db.session.scalars(query))
