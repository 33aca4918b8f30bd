"""Signing in against bare Argon2id of the same cost, and how long others wait meanwhile.

Subject: ``POST /sign-in`` with a right password at the portal's web process (gevent, SQLite with
``synchronous=FULL``), eight people at a time; counted is the time of the processor that the process
used, all threads included, for each sign-in. Floor: the same hash verified in this process, nothing
else. At least 90 % of the sign-ins that the processor could hash means a ratio of at most 1.11.

Meanwhile one visitor asks for a public page again and again. Floor of that figure is how long one
hash takes alone: if hashing stood in the way of the others, a page would wait for several.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from bench import practice as making
from bench import servers
from bench.figures import Figure, middle, percentile
from portal import create_app
from portal.accounts import passwords
from portal.accounts.models import Credential
from portal.config import Config, with_keys
from portal.extensions import db
from portal.operations.database import upgrade
from portal.permissions import Role
from portal.tenants.scope import tenant_scope

if TYPE_CHECKING:
    from bench.servers import Server

PEOPLE, ROUNDS, EACH = 8, 5, 4
PASSWORD = "four quite random words"  # noqa: S105  of invented people
PAGE = "/imprint"
TICKS = os.sysconf("SC_CLK_TCK")


def measure(people: int = PEOPLE, rounds: int = ROUNDS, each: int = EACH) -> list[Figure]:
    """Return the cost of a sign-in and the wait of others."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        names = _filled(data, people)
        with servers.portal(data) as server:
            _sign_in(server, names[0])
            hashed = passwords.hash_password(PASSWORD)
            costs, floors, alone, waits = [], [], [], []
            for _round in range(rounds):
                cpu, wall = _hashed(hashed, people * each)
                floors.append(cpu)
                alone.append(wall)
                cost, pages = _round_of(server, names, each)
                costs.append(cost)
                waits += pages
    many = f"{people} at a time"
    return [
        Figure(
            f"sign-in, {many}, against bare Argon2id",
            middle(costs) * 1000,
            "ms of processor",
            middle(floors) * 1000,
            "ratio <= 1.11",
            rounds,
        ),
        Figure(
            f"page while people sign in, {many}, p95, against one hash",
            percentile(waits, 0.95) * 1000,
            "ms",
            middle(alone) * 1000,
            "ratio <= 1",
            len(waits),
        ),
    ]


def _filled(data: Path, people: int) -> list[str]:
    """Make people who can sign in; return their names."""
    app = create_app(with_keys(Config(data=data)))
    upgrade(app)
    hashed = passwords.hash_password(PASSWORD)
    with app.app_context():
        organisation_id = making.make_organisation()
    with app.app_context(), tenant_scope(organisation_id):
        for number in range(people):
            account_id, _token = making.make_account(organisation_id, Role.DOCTOR)
            row = Credential(login_name=f"person.{number}", password_hash=hashed)
            row.organisation_id, row.account_id = organisation_id, account_id
            db.session.add(row)
        db.session.commit()
    return [f"person.{number}" for number in range(people)]


def _hashed(hashed: str, times: int) -> tuple[float, float]:
    """Return processor and wall seconds of one bare verification."""
    cpu, wall = time.process_time(), time.perf_counter()
    for _each in range(times):
        passwords.verify(hashed, PASSWORD)
    return (time.process_time() - cpu) / times, (time.perf_counter() - wall) / times


def _round_of(server: Server, names: list[str], each: int) -> tuple[float, list[float]]:
    """Return the processor seconds of one sign-in; then how long pages take, in a second go."""
    before = _used(server.pid)
    _all_sign_in(server, names, each)
    cost = (_used(server.pid) - before) / (len(names) * each)
    over = threading.Event()
    pages: list[float] = []
    visitor = threading.Thread(target=_visit, args=(server, pages, over))
    visitor.start()
    _all_sign_in(server, names, each)
    over.set()
    visitor.join()
    return cost, pages


def _all_sign_in(server: Server, names: list[str], each: int) -> None:
    people = [threading.Thread(target=_sign_in, args=(server, name, each)) for name in names]
    for thread in people:
        thread.start()
    for thread in people:
        thread.join()


def _sign_in(server: Server, name: str, times: int = 1) -> None:
    body = urlencode({"name": name, "password": PASSWORD}).encode()
    headers = {"X-Portal-Request": "fetch"}
    for _each in range(times):
        request = Request(f"{server.url}/sign-in", data=body, headers=headers)  # noqa: S310  ours
        with urlopen(request, timeout=60) as answer:  # noqa: S310  our own
            answer.read()


def _visit(server: Server, pages: list[float], over: threading.Event) -> None:
    while not over.is_set():
        begun = time.perf_counter()
        with urlopen(server.url + PAGE, timeout=60) as answer:  # noqa: S310  our own
            answer.read()
        pages.append(time.perf_counter() - begun)
        over.wait(0.02)


def _used(pid: int) -> float:
    """Return the processor seconds that a process and its threads have used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
