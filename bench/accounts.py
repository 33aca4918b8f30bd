"""Administration of many accounts: list, search and export by size, and an import by its floor.

Floor of a page: the same page at 1,000 accounts. Subjects: 10,000 and 100,000 of one
organisation. One search finds a handful of accounts, another all. Of an export the time for one
row is compared. Floor of the import: a bare ``executemany`` of the same 10,000 rows into the table
of accounts, committed. The subject is what the worker does: it reads the file, checks, judges and
writes, words of the search included. SQLite; processor time, as in ``bench.lists``.

The pages stand once more over PostgreSQL, where its address is given (`make bench` gives it), with
its row-level security. A request waits for another process there: its time is that of the wall.
"""

from __future__ import annotations

import dataclasses
import os
import tempfile
import time
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import insert

from bench import practice as making
from bench.figures import Figure, middle
from bench.lists import KEYS, WARM_UP, asker
from portal import clock, create_app
from portal.accounts.models import Account
from portal.config import Config
from portal.extensions import db
from portal.operations.database import upgrade
from portal.operations.serve import calm_collector
from portal.projectadmin import importing
from portal.projectadmin.models import AccountImport
from portal.tenants.models import Organisation
from portal.tenants.scope import new_id, tenant_scope
from tests import databases

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

SIZES = (1_000, 10_000, 100_000)
ROWS = 10_000
RUNS = 21
EXPORTS = 3
IMPORTS = 3
HEAD = "Rolle;Vorname;Nachname;E-Mail;Telefon;Anschrift"


def measure() -> list[Figure]:
    """Return the figures of the pages, of the export and of the import."""
    with tempfile.TemporaryDirectory() as folder:
        apps = {size: _filled(Path(folder), size) for size in SIZES}
        figures = _all_pages(apps, time.process_time)
        asks = {size: asker(*apps[size], "/admin/accounts.csv") for size in SIZES}
        figures += _exports(asks)
        figures += _imports(*apps[SIZES[0]])
    if os.environ.get("PORTAL_TEST_DATABASE_URL"):
        with tempfile.TemporaryDirectory() as folder:
            apps = {size: _filled_on_server(Path(folder), size) for size in SIZES}
            figures += _all_pages(apps, time.perf_counter, ", PostgreSQL")
    return figures


def _all_pages(
    apps: dict[int, tuple[Flask, str]], watch: Callable[[], float], where: str = ""
) -> list[Figure]:
    figures: list[Figure] = []
    for name, path in (
        ("account list", "/admin"),
        ("account search", "/admin?q=vorname+00099"),
        ("account search with many hits", "/admin?q=vorname"),
    ):
        asks = {size: asker(app, token, path) for size, (app, token) in apps.items()}
        figures += _pages(name + where, asks, watch)
    return figures


def _filled_on_server(folder: Path, size: int) -> tuple[Flask, str]:
    owner = databases.address(folder, f"bench_{size}")
    made = _filled(folder, size, owner)
    engine = sa.create_engine(owner, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        # The server for tests does not look after its statistics by itself, as one in use does.
        connection.exec_driver_sql("VACUUM ANALYZE")
    engine.dispose()
    return made


def _filled(folder: Path, size: int, owner: str = "") -> tuple[Flask, str]:
    data = folder / str(size)
    data.mkdir()
    config = Config(data=data, keys=KEYS, database_url=owner)
    app = create_app(config)
    upgrade(app, app_role=databases.APP_ROLE if owner else None)
    if owner:
        app = create_app(dataclasses.replace(config, database_url=databases.for_app(owner)))
    with app.app_context():
        organisation_id = making.make_organisation()
    with app.app_context(), tenant_scope(organisation_id):
        practice = making.make_practice(organisation_id)
        making.add_accounts(practice, size)
        db.session.get_one(Organisation, organisation_id).seats = 1_000_000
        db.session.commit()
    app.extensions["bench_organisation"] = organisation_id
    return app, practice.administrator


def _time(act: Callable[[], None], watch: Callable[[], float] = time.process_time) -> float:
    begun = watch()
    act()
    return (watch() - begun) * 1000


def _pages(
    name: str, asks: dict[int, Callable[[], None]], watch: Callable[[], float]
) -> list[Figure]:
    for ask in asks.values():
        for _ in range(WARM_UP):
            ask()
    calm_collector()
    times: dict[int, list[float]] = {size: [] for size in asks}
    for _ in range(RUNS):
        for size, ask in asks.items():
            times[size].append(_time(ask, watch))
    floor = middle(times[SIZES[0]])
    return [
        Figure(
            f"{name}, {size:,} accounts against 1,000",
            middle(times[size]),
            "ms",
            floor,
            "ratio <= 1.2",
            RUNS,
        )
        for size in SIZES[1:]
    ]


def _exports(asks: dict[int, Callable[[], None]]) -> list[Figure]:
    each = {
        size: middle([_time(ask) / size * 1000 for _ in range(EXPORTS)])
        for size, ask in asks.items()
    }
    return [
        Figure(
            f"export of one row, {size:,} accounts against 1,000",
            each[size],
            "us",
            each[SIZES[0]],
            "ratio <= 1.2",
            EXPORTS,
        )
        for size in SIZES[1:]
    ]


def _imports(app: Flask, _token: str) -> list[Figure]:
    bare = middle([_time(lambda n=n: _bare(app, n)) for n in range(IMPORTS)])
    whole = middle([_time(lambda n=n: _import(app, n)) for n in range(IMPORTS)])
    tracemalloc.start()
    _import(app, IMPORTS)
    peak = tracemalloc.get_traced_memory()[1] / 1024 / 1024
    tracemalloc.stop()
    return [
        Figure("import of 10,000 rows", whole, "ms", bare, "ratio <= 5", IMPORTS),
        Figure("memory of an import of 10,000 rows", peak, "MB", None, "value <= 150", 1),
    ]


def _person(run: int, number: int) -> dict[str, str]:
    return {
        "role": "doctor",
        "first_name": f"Vorname{number}",
        "last_name": f"Nachname{run}",
        "email": f"arzt{number}@lauf{run}.example",
        "phone": f"+49 40 {5_000_000 + number}",
        "address": f"Musterweg {number}, 20000 Hamburg",
    }


def _bare(app: Flask, run: int) -> None:
    organisation_id = app.extensions["bench_organisation"]
    now = clock.now()
    rows: list[dict[str, Any]] = [
        {
            "organisation_id": organisation_id,
            "id": new_id(),
            "state": "applied",
            "created_at": now,
            **_person(100 + run, number),
        }
        for number in range(ROWS)
    ]
    with app.app_context(), tenant_scope(organisation_id), db.engine.begin() as connection:
        connection.execute(insert(db.metadata.tables[Account.__tablename__]), rows)


def _import(app: Flask, run: int) -> None:
    lines = [";".join(_person(run, number).values()) for number in range(ROWS)]
    data = "\n".join([HEAD, *lines]).encode()
    now = clock.now()
    with app.app_context(), tenant_scope(app.extensions["bench_organisation"]):
        row = importing.receive(data, "0" * 32, "de", now=now)
        db.session.commit()
        key = row.id
        importing._check(row, {}, now)  # noqa: SLF001  what the worker does, without its queue
        db.session.commit()
        row = importing.get(key)
        importing.confirm(row, invite=False, now=now)
        importing._write(importing.get(key), {}, now)  # noqa: SLF001  as above
        db.session.commit()
        done = db.session.get_one(AccountImport, (row.organisation_id, key))
        if done.fresh != ROWS:
            message = f"The import wrote {done.fresh} rows: {done.report}"
            raise RuntimeError(message)
