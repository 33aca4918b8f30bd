"""Deletion, statistics, the copy of one account, and masking, each against the least it can cost.

Floors. Deletion: one bare ``DELETE`` of the same rows in a copy of the same file. Page and export
of statistics: the same groupings asked of SQLite directly, with nothing around them. Copy of an
account: its rows of codes, selected and written as JSON. A line of the log: the same line without
masking. All on SQLite, in this process.
"""

from __future__ import annotations

import io
import json
import logging
import secrets
import shutil
import sqlite3
import tempfile
import threading
import time
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from bench import lists
from bench import practice as making
from bench.figures import Figure, middle
from portal import clock, create_app
from portal.accounts.models import Account
from portal.config import Config
from portal.extensions import db
from portal.operations import logs, masking
from portal.operations.database import upgrade
from portal.operations.serve import calm_collector
from portal.privacy import deletion
from portal.ratelimit import Attempt
from portal.rights import export
from portal.statistics import figures as charts
from portal.tenants.scope import tenant_scope
from portal.waitingroom.models import AccessCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from sqlalchemy import Insert

    from bench.practice import Practice

EVENTS, CODES, LINES = 1_000_000, 10_000, 2_000
RUNS = 5
PLACE = "statistic_event.delete_after"
# Rows that differ as those of a year's practice do; as many as :count.
FILL = """
INSERT INTO statistic_event (organisation_id, id, kind, at, who, other, facts, delete_after)
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count)
SELECT :organisation, lower(hex(randomblob(16))),
  CASE i % 5 WHEN 0 THEN 'call' WHEN 1 THEN 'code' WHEN 2 THEN 'telemetry'
    WHEN 3 THEN 'sign_in' ELSE 'sms' END,
  strftime('%Y-%m-%d %H:%M:%S.000000', :now, '-' || (i % 7000000) || ' seconds'),
  lower(hex(randomblob(16))), '',
  CASE i % 5
    WHEN 0 THEN '{"seconds": ' || (i % 1800) || ', "guests": 1, "doctors": 1, "chat": true}'
    WHEN 1 THEN '{"room_kind": "' || CASE i % 3 WHEN 0 THEN 'shared' ELSE 'personal' END || '"}'
    WHEN 2 THEN '{"media": "video", "path": "' || CASE i % 4 WHEN 0 THEN 'relay' ELSE 'direct' END
      || '", "network": "wifi"}'
    WHEN 3 THEN '{"browser": "' || CASE i % 2 WHEN 0 THEN 'Firefox' ELSE 'Chrome' END || '"}'
    ELSE '{"country": "DE", "occasion": "access_code"}' END,
  :gone
FROM n
"""
GROUPED = "SELECT json_extract(facts, '$.{}'), count(*) FROM statistic_event WHERE {} GROUP BY 1"
WHERE = "organisation_id = ? AND kind = '{}' AND at >= ? AND at < ?"


def measure(
    events: int = EVENTS, codes: int = CODES, lines: int = LINES, runs: int = RUNS
) -> list[Figure]:
    """Return the figures of deletion, statistics, copy and masking."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        app = create_app(Config(data=data, keys=lists.KEYS))
        upgrade(app)
        with app.app_context():
            organisation_id = making.make_organisation()
        with app.app_context(), tenant_scope(organisation_id):
            practice = making.make_practice(organisation_id)
            making.add_codes(practice, codes)
            found = [_copied(practice, codes, runs), *_masked(lines, runs)]
            db.session.remove()
        _fill(data, organisation_id, events)
        found += _statistics(app, practice, data, events, runs)
        found += _deleted(app, data, events)
    return found


def _path(data: Path) -> Path:
    return data / "portal.sqlite"


def _fill(data: Path, organisation_id: str, count: int) -> None:
    now = clock.now()
    values = {
        "organisation": organisation_id,
        "count": count,
        "now": f"{now:%Y-%m-%d %H:%M:%S}",
        "gone": f"{now + timedelta(days=30):%Y-%m-%d %H:%M:%S}.000000",
    }
    with closing(sqlite3.connect(_path(data))) as there, there:
        there.execute(FILL, values)


def _seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _copied(practice: Practice, codes: int, runs: int) -> Figure:
    """Measure the copy of an account that has made many codes."""
    own, now = (practice.organisation_id, practice.doctor_id), clock.now()
    account = db.session.get_one(Account, own)
    table = AccessCode.__table__
    names = [each for each in table.c if f"access_code.{each.name}" not in export.OTHERS]

    def bare() -> None:
        mine = (table.c.organisation_id == own[0], table.c.made_by == own[1])
        rows = db.session.execute(select(*names).where(*mine))
        json.dumps([dict(row) for row in rows.mappings()], default=str, indent=1)

    whole = [_seconds(lambda: export.as_json(account, now=now)) for _run in range(runs)]
    least = [_seconds(bare) for _run in range(runs)]
    name = f"copy of an account with {codes:,} codes"
    return Figure(name, middle(whole) * 1000, "ms", middle(least) * 1000, "", runs)


def _masked(lines: int, runs: int) -> list[Figure]:
    """Measure a line of the log, with nothing at hand and with the rows of a long list."""
    found = []
    for rows in (0, 200):
        kept = db.session.scalars(select(AccessCode).limit(rows)).all() if rows else []
        name = f"line of the log, {rows} rows at hand"
        plain = [_written(lines, mask=False) for _run in range(runs)]
        whole = [_written(lines, mask=True) for _run in range(runs)]
        found.append(Figure(name, middle(whole), "µs", middle(plain), "", runs))
        del kept
        db.session.expunge_all()
    return found


def _written(lines: int, *, mask: bool) -> float:
    """Return the microseconds that one line takes."""
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(logs.formatter())
    said = ("outbox: %s waits for another try (%s)", ("mail", "a@example.org said no"))
    record = logging.LogRecord("portal.outbox", logging.INFO, "x.py", 1, *said, None)
    before = masking.masked
    if not mask:
        # The same formatter without its masking; put back below.
        masking.masked = str  # type: ignore[assignment]  # takes one line too
    try:
        return _seconds(lambda: [handler.emit(record) for _line in range(lines)]) / lines * 1e6
    finally:
        masking.masked = before


def _statistics(app: Flask, practice: Practice, data: Path, events: int, runs: int) -> list[Figure]:
    """Measure page and export against the same groupings, asked directly."""
    today = clock.now().date()
    first = today - charts.LONGEST
    query = f"from={first}&until={today}"
    own = (practice.organisation_id, f"{first}", f"{today + charts.DAY}")
    with closing(sqlite3.connect(_path(data))) as there:
        bare = middle(_seconds(lambda: _grouped(there, own)) for _run in range(runs))
    calm_collector()
    found = []
    for name, path in (("page", "/statistics"), ("export as CSV", "/statistics.csv")):
        ask = lists.asker(app, practice.administrator, f"{path}?{query}")
        ask()
        taken = middle(_seconds(ask) for _run in range(runs))
        title = f"statistics over {events:,} events, {name}"
        found.append(Figure(title, taken * 1000, "ms", bare * 1000, "", runs))
    return found


def _grouped(there: sqlite3.Connection, own: tuple[str, ...]) -> None:
    facts = (
        ("code", "room_kind"),
        ("telemetry", "media"),
        ("telemetry", "path"),
        ("telemetry", "network"),
        ("sign_in", "browser"),
        ("sms", "country"),
    )
    for kind, fact in facts:
        there.execute(GROUPED.format(fact, WHERE.format(kind)), own).fetchall()
    spoken = "count(*), sum(json_extract(facts, '$.seconds'))"
    weeks = f"SELECT strftime('%Y-%W', at), {spoken} FROM statistic_event"  # noqa: S608  our own
    there.execute(f"{weeks} WHERE {WHERE.format('call')} GROUP BY 1", own).fetchall()
    used = ", ".join(f"sum(json_extract(facts, '$.{name}'))" for name in charts.FUNCTIONS)
    functions = f"SELECT {used} FROM statistic_event"  # noqa: S608  our own
    there.execute(f"{functions} WHERE {WHERE.format('call')}", own).fetchall()


def _deleted(app: Flask, data: Path, events: int) -> list[Figure]:
    """Measure the runner, and how long somebody else who writes at the same time must wait."""
    copy = data / "copy.sqlite"
    with closing(sqlite3.connect(_path(data))) as there:
        there.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(_path(data), copy)
    now = clock.now() + timedelta(days=31)
    with closing(sqlite3.connect(copy)) as there:
        there.execute("PRAGMA journal_mode=WAL")
        there.execute("PRAGMA synchronous=FULL")
        bare = _seconds(lambda: _bare_delete(there, f"{now:%Y-%m-%d %H:%M:%S}"))
    with app.app_context(), _others(app) as waits:
        (rule,) = [each for each in deletion.rules() if each.place == PLACE]
        whole = _seconds(lambda: list(deletion.steps(rule, now)))
    title = f"deletion of {events:,} expired events"
    return [
        Figure(title, whole, "s", bare, "ratio <= 2"),
        Figure(f"{title}, longest wait of others", max(waits), "ms", None, "value <= 100"),
    ]


@contextmanager
def _others(app: Flask) -> Iterator[list[float]]:
    """Let somebody else write a row again and again; how long each took, in ms."""
    waits: list[float] = []
    done = threading.Event()
    row = insert(Attempt).values(window=clock.now(), count=1)

    def write() -> None:
        with app.app_context():
            while not done.is_set():
                one = row.values(bucket=secrets.token_hex(32))
                waits.append(_seconds(lambda one=one: _committed(one)) * 1000)
                time.sleep(0.02)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield waits
    finally:
        done.set()
        writer.join()


def _committed(statement: Insert) -> None:
    with db.engine.begin() as connection:
        connection.execute(statement)


def _bare_delete(there: sqlite3.Connection, now: str) -> None:
    with there:
        there.execute("DELETE FROM statistic_event WHERE delete_after <= ?", (now,))
