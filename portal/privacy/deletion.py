"""The one deletion runner: reads the declarations and deletes what is past its date (PRIV-4).

A rule that names columns is carried out here, in steps that are short enough for nobody to wait.
Each step writes its line into the protocol in the same transaction, so a job that is killed
anywhere has told of exactly what it did. Until a row is deleted no query of the portal finds it
any more. What has no date in a column happens elsewhere and at once: a guest's name when the
practice deletes it, an organisation's rows when its contract has been over for six months.
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Date, delete, event, func, insert, or_, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import with_loader_criteria

from portal import audit, clock
from portal.columns import blind_index
from portal.database import LONGEST_LOOK, TenantSession, changed, reading
from portal.extensions import db
from portal.language import ZONE
from portal.personaldata import DataUse
from portal.privacy import registry
from portal.privacy.models import Deletion
from portal.tenants.scope import across_tenants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column, ColumnElement, Table
    from sqlalchemy.orm import ORMExecuteState

    from portal.personaldata import Period, Retention

logger = logging.getLogger(__name__)

# So many rows go at once, and fewer where that takes longer; the next step is a transaction of its
# own. SQLite has one writer, so that others wait as long as a step lasts, and get in in
# the pause.
STEP = 2_000
FEWEST = 50
SECONDS = 0.05
PAUSE = LONGEST_LOOK + 0.002
TRIES = 5
# The job runs each hour. What is a day late has not been deleted by it.
LATE = timedelta(days=1)
RAN = "privacy.deletion.ran"


@dataclass(frozen=True)
class Rule:
    """One rule of a declaration, as one column carries it."""

    use: DataUse
    retention: Retention
    column: Column[Any]
    holds_the_end: bool

    @property
    def table(self) -> Table:
        """Return the table whose rows go."""
        return self.column.table

    @property
    def place(self) -> str:
        """Return ``table.column``."""
        return f"{self.table.name}.{self.column.name}"

    def reached(self, now: datetime) -> Any:  # noqa: ANN401  a date or a time, as the column is
        """Return the newest value of the column whose time is over."""
        moment = now if self.holds_the_end else _back(self.retention, now)
        return moment.date() if isinstance(self.column.type, Date) else moment

    def is_due(self, now: datetime, column: Any = None) -> ColumnElement[bool]:  # noqa: ANN401  or an ORM attribute
        """Return the condition of rows whose time is over.

        A column that holds days counts from the end of its day.
        """
        column = self.column if column is None else column
        reached = self.reached(now)
        due = column < reached if isinstance(self.column.type, Date) else column <= reached
        return cast("ColumnElement[bool]", due)


def _can_go_back(period: Period) -> bool:
    """Tell whether a moment minus a period is one moment; months and years differ in length."""
    return period.year_end or not (period.years or period.months)


def _back(retention: Retention, now: datetime) -> datetime:
    """Return the newest moment whose period is over; the year ends as the practice's calendar."""
    period = retention.period
    if period.year_end:
        local = now.astimezone(ZONE)
        years = period.years + period.months // 12
        begun = datetime(local.year - years, 1, 1, tzinfo=ZONE)
        return (begun - timedelta(microseconds=1)).astimezone(UTC)
    return now - timedelta(days=period.days)


def rules() -> list[Rule]:
    """Return all rules that name columns, the portal's and those of the loaded plugins."""
    found = []
    for use in (each for each in registry.everything() if isinstance(each, DataUse)):
        for retention in use.rules:
            places = [(place, False) for place in retention.begins]
            places += [(place, True) for place in retention.ends]
            for place, ends in places:
                column = _column(place)
                if column is None or not (ends or _can_go_back(retention.period)):
                    logger.error("deletion rule cannot be carried out %s %s", use.id, place)
                else:
                    found.append(Rule(use, retention, column, ends))
    return found


def counts_days(retention: Retention) -> bool:
    """Tell whether a rule is reckoned from whole days; its data go with the end of one."""
    columns = [_column(place) for place in (*retention.begins, *retention.ends)]
    return any(column is not None and isinstance(column.type, Date) for column in columns)


def _column(place: str) -> Column[Any] | None:
    """Return a column by its name, or None: what a plugin declares may be wrong."""
    table, _, name = place.partition(".")
    return db.metadata.tables[table].columns.get(name) if table in db.metadata.tables else None


def run(now: datetime) -> int:
    """Delete all that is past its date; return how many rows. A rule that fails is logged."""
    gone = 0
    for rule in rules():
        try:
            gone += sum(steps(rule, now))
        except Exception:
            db.session.rollback()
            logger.exception("deletion failed rule=%s place=%s", rule.use.id, rule.place)
    if gone:
        audit.record(RAN, "deletion", _last().hash, now=now, organisation_id=audit.PORTAL)
        db.session.commit()
    for rule, rows in overdue(now):
        logger.error("deletion overdue rule=%s place=%s rows=%d", rule.use.id, rule.place, rows)
    return gone


def steps(rule: Rule, now: datetime) -> Iterator[int]:
    """Delete in steps, each with its line in the protocol; yield how many rows each took."""
    keys = tuple_(*rule.table.primary_key.columns)
    due = select(*rule.table.primary_key.columns).where(rule.is_due(now))
    size = rows = STEP
    tries = 0
    while rows == size:
        begun = time.monotonic()
        try:
            with across_tenants("The deletion runner removes what is past its date everywhere."):
                step = delete(rule.table).where(keys.in_(due.limit(size)))
                rows = changed(db.session.execute(step))
            if rows:
                _note(rule, rows, now)
            db.session.commit()
        except IntegrityError:
            # Another runner wrote the same number first, or rows of a plugin point here; what this
            # step deleted is back.
            db.session.rollback()
            rows, tries = size, tries + 1
            if tries == TRIES:
                raise
            continue
        tries = 0
        yield rows
        if rows == size:
            size = rows = _fitting(size, time.monotonic() - begun)
            time.sleep(PAUSE)


def _fitting(size: int, seconds: float) -> int:
    """Return how many rows the next step takes, after one of this size took so long."""
    if seconds > SECONDS:
        return max(size // 2, min(FEWEST, size))
    return min(size * 2, STEP) if seconds < SECONDS / 4 else size


def due(now: datetime) -> list[tuple[Rule, int]]:
    """Return how many rows each rule would delete at a moment; nothing is deleted (dry run)."""
    counted = []
    with reading(), across_tenants("The deletion runner counts what is due everywhere."):
        for rule in rules():
            query = select(func.count()).select_from(rule.table).where(rule.is_due(now))
            counted.append((rule, int(db.session.scalar(query) or 0)))
    return counted


def overdue(now: datetime) -> list[tuple[Rule, int]]:
    """Return what should have been deleted a day ago and is still there."""
    return [(rule, rows) for rule, rows in due(now - LATE) if rows]


# The protocol: which rule, how many rows, when. Chained and keyed as the audit log is.


def _last() -> Deletion:
    query = select(Deletion).order_by(Deletion.number.desc()).limit(1)
    return db.session.scalar(query) or Deletion(number=0, hash="")


def _note(rule: Rule, rows: int, now: datetime) -> None:
    """Write a line. Of two runners at once one gets the number, and the other begins again."""
    before = _last()
    values = {
        "number": before.number + 1,
        "at": now.astimezone(UTC),
        "use_id": rule.use.id,
        "place": rule.place,
        "rows": rows,
    }
    line = {**values, "hash": _hash(before.hash, values)}
    db.session.execute(insert(Deletion).values(**line))


def _hash(before: str, values: dict[str, Any]) -> str:
    at = values["at"].astimezone(UTC).isoformat(timespec="microseconds")
    rest = [values[name] for name in ("number", "use_id", "place", "rows")]
    return blind_index(json.dumps([before, at, *rest]), "deletion")


def protocol(limit: int = 50) -> list[Deletion]:
    """Return the newest lines, the newest first."""
    query = select(Deletion).order_by(Deletion.number.desc()).limit(limit)
    return list(db.session.scalars(query))


def verify() -> list[str]:
    """Return a sentence for each line of the protocol that was changed or is missing.

    The audit log holds the last line of each run, so an end that was cut off is seen as well.
    """
    problems, before, number = [], "", 0
    known = set()
    for line in db.session.scalars(select(Deletion).order_by(Deletion.number)):
        problems += [
            f"Line {missing} of the deletion protocol was removed."
            for missing in range(number + 1, line.number)
        ]
        names = ("number", "at", "use_id", "place", "rows")
        right = _hash(before, {name: getattr(line, name) for name in names})
        if line.number == number + 1 and right != line.hash:
            problems.append(f"Line {line.number} of the deletion protocol was changed.")
        before, number = line.hash, line.number
        known.add(line.hash)
    told = audit.entries(None).where(audit.AuditEntry.code == RAN)
    lost = [entry.number for entry in db.session.scalars(told) if entry.object_id not in known]
    problems += [f"The line that audit entry {each} names was removed." for each in lost]
    return problems


# What is past its date is invisible at once.


def watch() -> None:
    """Hide rows past their date from every query of a session, once for all applications."""
    if not event.contains(TenantSession, "do_orm_execute", _hide):
        event.listen(TenantSession, "do_orm_execute", _hide)


def _hide(state: ORMExecuteState) -> None:
    if not state.is_select or state.is_column_load:
        return
    now = None
    for mapper in state.all_mappers:
        found = _hiding().get(cast("Table", mapper.local_table).name)
        if not found:
            continue
        now = now or clock.now()
        for rule in found:
            attribute = getattr(mapper.class_, rule.column.key)
            visible = or_(attribute.is_(None), ~rule.is_due(now, attribute))
            state.statement = state.statement.options(
                with_loader_criteria(mapper.class_, visible, include_aliases=True)
            )


def _hiding() -> dict[str, list[Rule]]:
    """Return the rules by table; the portal's own, which no plugin that comes or goes changes."""
    if not _BY_TABLE:
        own = {use.id for use in registry.of_rooms() if isinstance(use, DataUse)}
        for rule in rules():
            if rule.use.id in own:
                _BY_TABLE.setdefault(rule.table.name, []).append(rule)
    return _BY_TABLE


_BY_TABLE: dict[str, list[Rule]] = {}
