"""Real workers: they carry messages out, stop when told, and lose nothing to ``kill -9``."""

from __future__ import annotations

import base64
import logging
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from portal import ROOT, jobs, outbox
from portal.extensions import db
from portal.messages import service
from portal.messages.models import Message
from portal.outbox import Outbox
from portal.tenants.scope import current_tenant, tenant_scope
from tests.conftest import KEYS
from tests.dying import die, dies
from tests.plugins.fixtures import set_up
from tests.plugins.gateway import Gateway, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

PATIENCE = 90.0  # seconds; a busy machine starts Python slowly
WORKER = [sys.executable, "-m", "portal.cli", "worker"]


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = Gateway()
    server = serve(made)
    yield made
    made.released.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def ash(app, world, gateway, monkeypatch) -> Iterator[str]:
    """Put Ash in force, with text messages set up, in an application that wakes its worker."""
    monkeypatch.setitem(app.extensions, "portal_wake", None)
    jobs.install(app)
    with tenant_scope(world.ash.id):
        set_up(gateway)
        db.session.commit()
        yield world.ash.id
        db.session.rollback()


def environment(app: Flask) -> dict[str, str]:
    config = app.extensions["portal_config"]
    key = base64.b64encode(KEYS["k1"]).decode()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return {
        **kept,
        "PORTAL_DATA": str(config.data),
        "PORTAL_DATABASE_URL": config.database_url.replace("+psycopg", ""),
        "PORTAL_KEYS": f"k1:{key}",
        "PORTAL_PLUGINS": "sms_dicomsys,vinteos",
        "PORTAL_DEMO": "1",
    }


@contextmanager
def worker(app: Flask) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker in a process group of its own; whatever is left of it is killed."""
    process = subprocess.Popen(WORKER, cwd=ROOT, env=environment(app), start_new_session=True)
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a worker with all its processes, as ``kill -9`` or a power cut would."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def children(process: subprocess.Popen[bytes]) -> list[int]:
    """Return the processes of a group that live, its leader left out."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it ended in the same moment
            continue
        if int(fields[2]) == process.pid != int(folder.name) and fields[0] != "Z":
            found.append(int(folder.name))
    return found


def wait_for(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "It did not come true in time."
        time.sleep(0.05)


def queue(clock, number: int = 1) -> list[str]:
    ids = [
        service.queue_sms("0171 3920012", "test", "Hallo", subject_id=f"{each}", now=clock.now())
        for each in range(number)
    ]
    db.session.commit()
    return ids


def state(subject: str = "0") -> str:
    db.session.rollback()
    found = service.states([subject])[subject]
    db.session.rollback()
    return found


def rows() -> list[str]:
    db.session.rollback()
    found = list(db.session.scalars(select(Outbox.state)))
    # On SQLite whoever looks holds the lock, and the workers that are watched need it.
    db.session.rollback()
    return found


def let_leases_lapse() -> None:
    past = update(Outbox).where(Outbox.organisation_id == current_tenant())
    db.session.execute(past.values(claimed_until=Outbox.created_at))
    db.session.commit()


def test_a_worker_carries_messages_out_as_they_come_and_stops_when_told(app, ash, clock, gateway):
    with worker(app) as process:
        wait_for(lambda: len(children(process)) == jobs.PROCESSES + 1)
        time.sleep(1)
        queue(clock, 5)
        # By the wake-up, or where a busy machine loses it, by the sweep of the next minute.
        wait_for(lambda: rows() == [])
        process.terminate()
        assert process.wait(10) == 0
        assert children(process) == []
    assert len(gateway.seen) == 5
    assert {state(str(each)) for each in range(5)} == {"sent"}


@pytest.mark.requirement("MSG-1")
def test_a_message_outlives_a_worker_that_was_killed_before_it(app, ash, clock, gateway):
    with worker(app):
        pass
    queue(clock)
    with worker(app) as process:
        kill(process)
    assert rows() == ["queued"]
    with worker(app):
        wait_for(lambda: rows() == [])
    assert state() == "sent"
    assert len(gateway.seen) == 1


@pytest.mark.requirement("MSG-1")
def test_a_message_outlives_a_worker_that_was_killed_between_claim_and_sending(
    app, ash, clock, gateway
):
    (row_id,) = queue(clock)

    def claims():
        with app.app_context(), tenant_scope(ash):
            assert outbox.claim(row_id, now=clock.now())
        die()

    assert dies(claims)
    assert rows() == ["claimed"]
    let_leases_lapse()
    with worker(app):
        wait_for(lambda: rows() == [])
    assert state() == "sent"
    assert len(gateway.seen) == 1


@pytest.mark.requirement("MSG-1")
def test_a_message_that_may_have_gone_out_when_the_worker_was_killed_is_not_sent_again(
    app, ash, clock, gateway
):
    gateway.mode = "wait"
    queue(clock)
    with worker(app) as process:
        wait_for(gateway.arrived.is_set)
        kill(process)
    gateway.mode = "answer"
    gateway.released.set()
    assert rows() == ["sending"]
    let_leases_lapse()
    with worker(app):
        wait_for(lambda: rows() == [])
    assert state() == "unknown"
    assert len(gateway.seen) == 1


def test_no_process_outlives_a_parent_that_was_killed(app, ash):
    with worker(app) as process:
        wait_for(lambda: len(children(process)) == jobs.PROCESSES + 1)
        process.kill()
        process.wait(10)
        wait_for(lambda: children(process) == [])


def test_a_lost_wake_up_is_made_good_by_the_sweep(app, ash, clock, monkeypatch):
    monkeypatch.setitem(app.extensions, "portal_wake", None)
    (row_id,) = queue(clock)
    assert jobs.sweep(app) == [(ash, row_id)]


def test_the_sweep_decides_about_rows_whose_worker_died(app, ash, clock):
    (row_id,) = queue(clock)
    outbox.begin(outbox.claim(row_id, now=clock.now()))
    clock.move(outbox.LEASE)
    assert jobs.sweep(app) == []
    assert state() == "unknown"


def test_what_is_past_its_date_is_deleted_in_every_room(app, ash, clock):
    queue(clock)
    clock.move(timedelta(days=100))
    jobs.clean(clock.now())
    db.session.expire_all()
    assert rows() == []
    assert db.session.scalar(select(Message)) is None


def test_a_room_that_fails_to_clean_does_not_stop_the_others(app, ash, clock, monkeypatch, caplog):
    def broken(_now):
        raise ZeroDivisionError

    monkeypatch.setattr(jobs, "BEFORE", (broken, *jobs.BEFORE))
    queue(clock)
    with caplog.at_level(logging.ERROR):
        jobs.clean(clock.now() + timedelta(days=100))
    assert "cleaning failed in tests.test_jobs" in caplog.text
    assert db.session.scalar(select(Message)) is None
