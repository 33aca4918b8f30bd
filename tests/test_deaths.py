"""``kill -9`` of the worker at every step of a message: none is lost, none is sent twice."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from portal import jobs, outbox
from portal.extensions import db
from portal.messages import service
from portal.pluginhost import service as pluginhost
from tests.dying import die, dies
from tests.plugins.fixtures import set_up, work
from tests.test_jobs import (
    ash,
    gateway,
    let_leases_lapse,
    queue,
    rows,
    state,
)
from tests.world import Caller

__all__ = ["ash", "gateway"]

TEMPLATE = '{"to": "{to}", "text": "{text}", "reference": "{reference}", "report": "{report_url}"}'


# Where a worker's process is killed: what it is about to call then, or has called.
STEPS = {
    "before it claims": (outbox, "claim"),
    "after it claimed": (outbox, "begin"),
    "before the request": (pluginhost, "provider"),
    "after the answer": (outbox, "settle"),
    "before the commit": (outbox, "_remove"),
    "after the commit": (outbox, "settle"),
}
DONE = ("before the commit", "after the commit")


def carry_and_die(app, ash, row_id: str, step: str) -> None:
    """Let a worker's process carry one row, and kill it at a step."""
    place, name = STEPS[step]
    act = getattr(place, name)

    def done(*given, **named):
        act(*given, **named)
        die()

    def carried():
        setattr(place, name, done if step in DONE else die)
        jobs.deliver(app, ash, row_id)

    assert dies(carried)


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
    carry_and_die(app, ash, row_id, step)
    let_leases_lapse()
    work(app)
    assert rows() == []
    assert state() == ends
    assert [each.body["reference"] for each in gateway.seen] == [row_id] * sent


@pytest.mark.requirement("MSG-1")
@pytest.mark.requirement("MSG-3")
def test_the_providers_report_tells_what_a_dead_worker_could_not(app, ash, clock, gateway):
    set_up(gateway, template=TEMPLATE)
    db.session.commit()
    (row_id,) = queue(clock)
    carry_and_die(app, ash, row_id, "after the answer")
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
    carry_and_die(app, ash, report_id, step)
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
