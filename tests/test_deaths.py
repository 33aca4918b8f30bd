"""``kill -9`` of the worker at every step of a message: none is lost, none is sent twice."""

from __future__ import annotations

import signal
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from portal import ROOT, jobs
from portal.extensions import db
from portal.messages import service
from tests.plugins.fixtures import set_up, work
from tests.test_jobs import (
    ash,
    environment,
    gateway,
    let_leases_lapse,
    queue,
    rows,
    state,
    wait_for,
    worker,
)
from tests.world import Caller

__all__ = ["ash", "gateway"]

# A worker's process that carries one row, and kills itself where it is told to.
DIES = """
import os, signal, sys
from portal import create_app, jobs, outbox
from portal.pluginhost import service as pluginhost
from portal.config import from_environment

step, organisation_id, row_id = sys.argv[1:]

def die(*_given, **_named):
    os.kill(os.getpid(), signal.SIGKILL)

def then_die(act):
    def done(*given, **named):
        act(*given, **named)
        die()
    return done

app = create_app(from_environment(os.environ))
if step == "before it claims":
    outbox.claim = die
elif step == "after it claimed":
    outbox.begin = die
elif step == "before the request":
    pluginhost.provider = die
elif step == "after the answer":
    outbox.settle = die
elif step == "before the commit":
    outbox._remove = then_die(outbox._remove)
elif step == "after the commit":
    outbox.settle = then_die(outbox.settle)
jobs.deliver(app, organisation_id, row_id)
"""
TEMPLATE = '{"to": "{to}", "text": "{text}", "reference": "{reference}", "report": "{report_url}"}'


def die(app, ash, row_id: str, step: str) -> None:
    command = [sys.executable, "-c", DIES, step, ash, row_id]
    dead = subprocess.run(command, cwd=ROOT, env=environment(app), check=False)
    assert dead.returncode == -signal.SIGKILL


@pytest.mark.requirement("MSG-1")
@pytest.mark.parametrize(
    ("step", "end"),
    [
        ("before it claims", ("sent", 1)),
        ("after it claimed", ("sent", 1)),
        # From here on nobody knows whether it went out, so nobody sends it again.
        ("before the request", ("unknown", 0)),
        ("after the answer", ("unknown", 1)),
        ("before the commit", ("unknown", 1)),
        ("after the commit", ("sent", 1)),
    ],
)
def test_a_worker_that_dies_loses_no_message_and_sends_none_twice(
    app, ash, clock, gateway, step, end
):
    ends, sent = end
    (row_id,) = queue(clock)
    die(app, ash, row_id, step)
    let_leases_lapse()
    with worker(app):
        wait_for(lambda: rows() == [])
    assert state() == ends
    assert [each.body["reference"] for each in gateway.seen] == [row_id] * sent


@pytest.mark.requirement("MSG-1")
@pytest.mark.requirement("MSG-3")
def test_the_providers_report_tells_what_a_dead_worker_could_not(app, ash, clock, gateway):
    set_up(gateway, template=TEMPLATE)
    db.session.commit()
    (row_id,) = queue(clock)
    die(app, ash, row_id, "after the answer")
    let_leases_lapse()
    assert jobs.sweep(app) == []
    assert state() == "unknown"
    db.session.rollback()
    path = urlsplit(gateway.seen[0].body["report"]).path
    said = {"reference": row_id, "state": "DELIVRD"}
    assert Caller().send("POST", path, json=said).status_code == 204
    work(app)
    assert state() == "delivered"


@pytest.mark.requirement("MSG-3")
@pytest.mark.parametrize(
    "step", ["before it claims", "after it claimed", "after the answer", "before the commit"]
)
def test_a_report_outlives_the_worker_that_reads_it(app, ash, clock, gateway, step):
    set_up(gateway, template=TEMPLATE)
    db.session.commit()
    (row_id,) = queue(clock)
    work(app)
    db.session.rollback()
    path = urlsplit(gateway.seen[0].body["report"]).path
    Caller().send("POST", path, json={"reference": row_id, "state": "DELIVRD"})
    (report_id,) = report_ids()
    die(app, ash, report_id, step)
    assert state() == "accepted"
    let_leases_lapse()
    for _ in range(2):  # what may be repeated is queued again first
        work(app)
        clock.move(service.FIRST)
    assert state() == "delivered"
    assert rows() == []


def report_ids() -> list[str]:
    from sqlalchemy import select

    from portal.outbox import Outbox

    found = list(db.session.scalars(select(Outbox.id).where(Outbox.kind == "report")))
    db.session.rollback()
    return found
