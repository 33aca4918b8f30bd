"""Server time of sales' list with many organisations against few; verification of the audit log.

Floor of the list: 10 organisations of one provider company. Subject: 1,000. Floor of the
verification: the same rows read in the same order and hashed with bare HMAC-SHA256, no more.
"""

from __future__ import annotations

import hmac
import tempfile
import time
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from bench import lists
from bench import practice as making
from bench.figures import Figure, middle
from portal import audit, clock, create_app
from portal.accounts import tokens
from portal.accounts.models import Staff
from portal.accounts.tokens import Owner
from portal.config import Config
from portal.database import reading
from portal.extensions import db
from portal.operations.database import upgrade
from portal.permissions import Role
from portal.sales import undertakings
from portal.tenants.models import Organisation
from portal.tenants.scope import new_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

SMALL, LARGE = 10, 1_000
ENTRIES = 20_000
RUNS = 41
VERIFIED = 5


def measure(
    small: int = SMALL, large: int = LARGE, entries: int = ENTRIES, runs: int = RUNS
) -> list[Figure]:
    """Return the figure of the list and that of the verification."""
    with tempfile.TemporaryDirectory() as folder:
        few, many = (_filled(Path(folder), rows) for rows in (small, large))
        name = f"organisation list, ten found among {large:,} and among {small:,}"
        # Both pages show the same rows, so that only their number beside them differs.
        ask = [lists.asker(app, token, "/sales?q=Praxis+00000") for app, token in (few, many)]
        return [lists.compare(name, *ask, runs), _verified(few[0], entries)]


def _filled(folder: Path, rows: int) -> tuple[Flask, str]:
    """Return an application with so many organisations, and the token of their sales."""
    data = folder / str(rows)
    data.mkdir()
    app = create_app(Config(data=data, keys=lists.KEYS))
    upgrade(app)
    with app.app_context():
        first = db.session.get_one(Organisation, making.make_organisation())
        company = first.provider_company_id
        values = {"provider_company_id": company, "country": "DE", "seats": 5}
        values |= {"contract_start": date(2026, 1, 1), "created_at": clock.now()}
        more = [{**values, "id": new_id(), "name": f"Praxis {number:06}"} for number in range(rows)]
        db.session.execute(insert(Organisation), more)
        token = _sales(company)
        db.session.commit()
    return app, token


def _sales(company_id: str) -> str:
    person = Staff(
        provider_company_id=company_id,
        role=Role.SALES,
        first_name="Finn",
        last_name="Mess",
        email="finn@example.org",
    )
    db.session.add(person)
    db.session.flush()
    undertakings.record(person, "1", date(2026, 1, 1), now=clock.now())
    owner = Owner(Role.SALES, person.id, provider_company_id=company_id)
    return tokens.issue(owner, now=clock.now())


def _verified(app: Flask, count: int) -> Figure:
    with app.app_context():
        for number in range(count):
            audit.record(
                "bench.entry.made", "bench", str(number), fields=["email"], now=clock.now()
            )
        db.session.commit()
        bare, whole = [], []
        for _run in range(VERIFIED):
            bare.append(_seconds(_bare))
            whole.append(_seconds(_verify))
    rows = count + 1
    name = f"audit log, verification of {count:,} entries"
    return Figure(
        name, middle(whole) / rows * 1e6, "µs/row", middle(bare) / rows * 1e6, "", VERIFIED
    )


def _seconds(act: Callable[[], None]) -> float:
    begun = time.process_time()
    act()
    return time.process_time() - begun


def _verify() -> None:
    found = audit.verify()
    if found.problems:
        raise RuntimeError(found.problems[0])


def _bare() -> None:
    table = db.metadata.tables["audit_entry"]
    with reading(), db.engine.connect() as connection:
        query = select(table).order_by(table.c.chain, table.c.number)
        for row in connection.execution_options(yield_per=2_000).execute(query):
            hmac.new(bytes(32), repr(tuple(row)).encode(), sha256).hexdigest()
