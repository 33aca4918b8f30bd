"""The deletion runner killed anywhere and started twice: all is deleted once, and told once."""

from __future__ import annotations

import os
import signal
import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select

from portal.extensions import db
from portal.privacy import deletion
from portal.privacy.models import Deletion
from portal.ratelimit import Attempt

BEGAN = datetime(2026, 3, 30, 20, 30, tzinfo=UTC)
DUE = BEGAN + timedelta(days=30)
ROWS = 60


@pytest.fixture
def many(app, clock, monkeypatch):
    """Put so many rows past their date, which go in small steps."""
    clock.move(BEGAN - clock.now())
    monkeypatch.setattr(deletion, "STEP", 4)
    rows = [{"bucket": f"{n:064}", "window": BEGAN, "count": 1} for n in range(ROWS)]
    db.session.execute(insert(Attempt), rows)
    db.session.commit()
    db.session.remove()


def told() -> int:
    """Return how many rows the protocol says are gone."""
    found = db.session.scalar(
        select(func.sum(Deletion.rows)).where(Deletion.place == "attempt.window")
    )
    db.session.remove()
    return int(found or 0)


def left() -> int:
    found = db.session.scalar(select(func.count()).select_from(Attempt))
    db.session.remove()
    return int(found)


def killed_after(app, steps: int) -> None:
    """Let a process delete, and kill it somewhere in the step after so many."""
    heard, marks = os.pipe()
    db.engine.dispose()  # what SQLite remembers of its locks is not true in a child
    child = os.fork()
    if child == 0:
        try:
            db.engine.dispose(close=False)
            (rule,) = [each for each in deletion.rules() if each.place == "attempt.window"]
            with app.app_context():
                for _rows in deletion.steps(rule, DUE):
                    os.write(marks, b".")
        finally:
            os._exit(1)
    os.close(marks)
    for _step in range(steps):
        assert os.read(heard, 1) == b"."
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(heard)


@pytest.mark.requirement("PRIV-4")
def test_wherever_the_runner_is_killed_the_protocol_says_what_is_gone(app, many):
    for steps in range(1, 5):
        killed_after(app, steps)
        assert told() + left() == ROWS
        assert deletion.verify() == []
        db.session.remove()
    assert left() > 0
    assert deletion.run(DUE) > 0
    assert (told(), left()) == (ROWS, 0)
    assert deletion.verify() == []


@pytest.mark.requirement("PRIV-4")
def test_two_runners_at_once_delete_each_row_once(app, many):
    begin, gone = threading.Barrier(2), []

    def work() -> None:
        with app.app_context():
            begin.wait()
            gone.append(deletion.run(DUE))
            db.session.remove()

    threads = [threading.Thread(target=work) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(gone) == ROWS
    assert (told(), left()) == (ROWS, 0)
    assert deletion.verify() == []
    assert deletion.run(DUE) == 0
