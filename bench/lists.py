"""Server time of the desk, the code list and the account list, with many rows against few.

Floor: 1,000 codes, ended visits and accounts. Subject: 100,000 of each. Each lies in a database of
its own, in the one room of the one doctor who asks; sixty guests wait in both. A request goes
through the whole application (token, fences, queries, template) in this process, without network.
Counted is the time of the processor; the garbage collector is kept calm as in the web process.
"""

from __future__ import annotations

import tempfile
import time
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from bench import practice as making
from bench.figures import Figure, middle
from portal import create_app
from portal.config import Config
from portal.operations.database import upgrade
from portal.operations.serve import calm_collector
from portal.tenants.scope import tenant_scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

SMALL, LARGE = 1_000, 100_000
RUNS = 41
WAITING = 60
WARM_UP = 3
KEYS = {"k1": bytes(32)}


def measure(small: int = SMALL, large: int = LARGE, runs: int = RUNS) -> list[Figure]:
    """Return a figure for each list."""
    with tempfile.TemporaryDirectory() as folder:
        few, many = (_filled(Path(folder), rows) for rows in (small, large))
        return [
            compare(name, few[who](path), many[who](path), runs)
            for name, who, path in (
                (f"desk, {large:,} rows against {small:,}", "doctor", "/desk"),
                (f"code list, {large:,} rows against {small:,}", "doctor", "/desk/codes"),
                (f"account list, {large:,} rows against {small:,}", "administrator", "/admin"),
            )
        ]


def _filled(folder: Path, rows: int) -> dict[str, Callable[[str], Callable[[], None]]]:
    """Return, for doctor and administrator, what makes a request of a path."""
    data = folder / str(rows)
    data.mkdir()
    app = create_app(Config(data=data, keys=KEYS))
    upgrade(app)
    with app.app_context():
        organisation_id = making.make_organisation()
    with app.app_context(), tenant_scope(organisation_id):
        practice = making.make_practice(organisation_id)
        made = making.add_codes(practice, rows)
        making.add_visits(practice, made[WAITING:], "ended")
        making.add_visits(practice, made[:WAITING], "waiting")
        making.add_accounts(practice, rows)
    return {
        "doctor": lambda path: asker(app, practice.doctor, path),
        "administrator": lambda path: asker(app, practice.administrator, path),
    }


def asker(app: Flask, token: str, path: str) -> Callable[[], None]:
    """Return what asks for a path as somebody who is signed in."""
    client = app.test_client()
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "de"}

    def ask() -> None:
        answer = client.get(path, headers=headers)
        if answer.status_code != HTTPStatus.OK:
            message = f"{path} answered {answer.status_code}: {answer.text[:200]}"
            raise RuntimeError(message)

    return ask


def compare(name: str, floor: Callable[[], None], subject: Callable[[], None], n: int) -> Figure:
    """Return the time of the processor that one request takes against another, in turns."""
    for _ in range(WARM_UP):
        floor()
        subject()
    calm_collector()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(n):
        for ask, kept in zip((floor, subject), times, strict=True):
            begun = time.process_time()
            ask()
            kept.append((time.process_time() - begun) * 1000)
    return Figure(name, middle(times[1]), "ms", middle(times[0]), "ratio <= 1.2", n)
