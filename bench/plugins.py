"""What twenty plugins cost, of which one raises and one hangs: pages, calls, start.

Pages: subject is the desk, and the page after a call, with twenty plugins switched on, the second
of which raises and the third of which hangs for a minute whenever asked; floor is the same page of
a portal without plugins. Counted is the time that the one who asks waits, in a process that gevent
has patched, as the web process is. Each breaker is reset before each request, so that none helps.

Calls: subject is a question to 0, 1 and 20 plugins as a page asks it; floor is pluggy, asking the
same functions. Start: subject is a fresh process that builds the application with twenty plugins;
floor is one without.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.figures import Figure, middle

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from bench.practice import Practice

RUNS, CALLS, STARTS = 31, 500, 7
MANY = 20
LONGEST = 300
WARM_UP = 3
KEYS = {"k1": bytes(32)}
BUILD = """
import sys, tempfile, pathlib
from bench import many_plugins, plugins
number = int(sys.argv[1])
with tempfile.TemporaryDirectory() as folder:
    plugins.build(pathlib.Path(folder), many_plugins.make(number, broken=False))
"""


def measure(runs: int = RUNS, calls: int = CALLS, starts: int = STARTS) -> list[Figure]:
    """Return the figures of pages, of calls, and of the start unless nothing is to be started."""
    command = [sys.executable, "-m", "bench.plugins", str(runs), str(calls)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=LONGEST, check=True)
    told = json.loads(done.stdout)
    pages = [
        Figure(f"{name}, {MANY} plugins against none", middle(mine), "ms", middle(floor), wanted, n)
        for name, (floor, mine) in told["pages"].items()
        for wanted, n in (("ratio <= 1.1", runs),)
    ]
    asked = [
        Figure(
            f"question to {number} plugins against pluggy",
            middle(mine),
            "µs",
            middle(floor),
            "",
            9,
        )
        for number, (floor, mine) in told["calls"].items()
    ]
    return [*pages, *asked, *([_started(starts)] if starts else [])]


def _started(starts: int) -> Figure:
    times: dict[int, list[float]] = {0: [], MANY: []}
    for _ in range(starts):
        for number, kept in times.items():
            begun = time.perf_counter()
            command = [sys.executable, "-c", BUILD, str(number)]
            subprocess.run(command, check=True, timeout=LONGEST)
            kept.append(time.perf_counter() - begun)
    name = f"start, {MANY} plugins against none"
    return Figure(name, middle(times[MANY]), "s", middle(times[0]), "", starts)


def build(folder: Path, points: list[Any]) -> Flask:
    """Return a portal in a folder of its own, with these plugins and no others."""
    from portal import create_app
    from portal.config import Config

    names = tuple(point.name for point in points)
    return create_app(Config(data=folder, keys=KEYS, plugins=names, plugins_strict=True), points)


def _practice(app: Flask) -> Practice:
    from bench import practice as making
    from portal.operations.database import upgrade
    from portal.pluginhost import service as pluginhost
    from portal.tenants.scope import tenant_scope

    upgrade(app)
    with app.app_context():
        organisation_id = making.make_organisation()
    with app.app_context(), tenant_scope(organisation_id):
        practice = making.make_practice(organisation_id)
        for name in app.extensions["portal_plugins"].plugins.loaded:
            pluginhost.switch_on(name)
        from portal.extensions import db

        db.session.commit()
    return practice


def _call(app: Flask, practice: Practice) -> str:
    """Make a call of the doctor that has ended; return the path of its summary."""
    from portal import clock
    from portal.calls.models import Call, CallMember
    from portal.extensions import db
    from portal.tenants.scope import new_id, tenant_scope

    now = clock.now()
    with app.app_context(), tenant_scope(practice.organisation_id):
        call_id = new_id()
        db.session.add(Call(id=call_id, room_id=practice.room_id, started_at=now, ended_at=now))
        db.session.flush()
        db.session.add(
            CallMember(
                id=new_id(),
                call_id=call_id,
                role="host",
                subject_id=practice.doctor_id,
                joined_at=now,
                left_at=now,
            )
        )
        db.session.commit()
    return f"/calls/{call_id}/summary"


def _pages(folder: Path, runs: int) -> dict[str, tuple[list[float], list[float]]]:
    from bench import many_plugins

    asks: list[dict[str, Callable[[], None]]] = []
    for number in (0, MANY):
        data = folder / f"pages-{number}"
        data.mkdir()
        app = build(data, many_plugins.make(number, broken=True))
        practice = _practice(app)
        paths = {"desk": "/desk", "page after a call": _call(app, practice)}
        asks.append({name: _asker(app, practice.doctor, path) for name, path in paths.items()})
    floors, subjects = asks
    found = {}
    for name, floor in floors.items():
        pair = (floor, subjects[name])
        for _ in range(WARM_UP):
            for ask in pair:
                ask()
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(runs):
            for ask, kept in zip(pair, times, strict=True):
                begun = time.perf_counter()
                ask()
                kept.append((time.perf_counter() - begun) * 1000)
        found[name] = times
    return found


def _asker(app: Flask, token: str, path: str) -> Callable[[], None]:
    client = app.test_client()
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "de"}
    host = app.extensions["portal_plugins"]

    def ask() -> None:
        host.guard._open.clear()  # noqa: SLF001  no breaker may help
        answer = client.get(path, headers=headers)
        if answer.status_code != HTTPStatus.OK:
            message = f"{path} answered {answer.status_code}: {answer.text[:200]}"
            raise RuntimeError(message)

    return ask


def _calls(folder: Path, calls: int) -> dict[int, tuple[list[float], list[float]]]:
    from bench import many_plugins
    from portal import clock
    from portal.api import CallEvent
    from portal.pluginhost import service as pluginhost
    from portal.tenants.scope import tenant_scope

    now = clock.now()
    call = CallEvent("ended", "0" * 32, "0" * 32, "0" * 32, now, now, now)
    given = {"call": call, "account_id": "0" * 32}
    found = {}
    for number in (0, 1, MANY):
        data = folder / f"calls-{number}"
        data.mkdir()
        app = build(data, many_plugins.make(number, broken=False))
        practice = _practice(app)
        bare = app.extensions["portal_plugins"].plugins.manager.hook.after_call_steps
        with app.app_context(), tenant_scope(practice.organisation_id):
            ways = (
                lambda bare=bare: bare(ctx=None, **given),
                lambda: pluginhost.collect("after_call_steps", **given),
            )
            times: tuple[list[float], list[float]] = ([], [])
            for _ in range(9):
                for act, kept in zip(ways, times, strict=True):
                    kept.append(_timed(act, calls))
        found[number] = times
    return found


def _timed(act: Callable[[], object], calls: int) -> float:
    begun = time.process_time()
    for _ in range(calls):
        act()
    return (time.process_time() - begun) / calls * 1_000_000


def main() -> None:
    """Print the times of pages and calls as JSON."""
    from gevent import monkey

    monkey.patch_all()
    runs, calls = int(sys.argv[1]), int(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        told = {"pages": _pages(Path(folder), runs), "calls": _calls(Path(folder), calls)}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
