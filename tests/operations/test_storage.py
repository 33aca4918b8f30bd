"""What happens to rows when a process dies, the disk is full, or the clock jumps."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event, func, select

from portal import audit
from portal import clock as the_clock
from portal.accounts.models import Account, Department
from portal.audit import AuditEntry
from portal.database import prepare
from portal.extensions import db
from portal.privacy import deletion
from portal.tenants.scope import tenant_scope
from portal.waitingroom.models import AccessCode
from tests import databases
from tests.small_volume import PIECE, fill, is_full, on_small_volume
from tests.thorough import times
from tests.world import CLINIC_ROLES, STAFF_ROLES

ON_SQLITE = os.environ.get("PORTAL_TEST_DATABASE", "sqlite") == "sqlite"
KILLS = times(12, 500)
# What a database of two organisations takes, and a little more.
SMALL = 12 * 1024 * 1024


def change_for_ever(app, world, marks: int) -> None:
    """Change an account and say so in the log, in one transaction, until killed."""
    db.engine.dispose(close=False)
    number = 0
    while True:
        with app.app_context(), tenant_scope(world.ash.id):
            number += 1
            row = db.session.get_one(Account, (world.ash.id, world.ash.ids["assistant"]))
            row.phone = f"+49 40 {int(row.phone.rpartition(' ')[2]) + 1}"
            audit.record("accounts.account.changed", "account", row.id, now=the_clock.now())
            db.session.commit()
            db.session.remove()
        os.write(marks, b".")


@pytest.mark.requirement("PRIV-11")
def test_a_process_that_is_killed_leaves_no_change_without_its_entry(app, world):
    with tenant_scope(world.ash.id):
        row = db.session.get_one(Account, (world.ash.id, world.ash.ids["assistant"]))
        row.phone = "+49 40 0"
        db.session.commit()
        db.session.remove()
    for round_ in range(KILLS):
        _kill_after(app, world, 1 + round_ % 4)
    with tenant_scope(world.ash.id):
        row = db.session.get_one(Account, (world.ash.id, world.ash.ids["assistant"]))
        changed = int(row.phone.rpartition(" ")[2])
        entries = select(func.count()).select_from(AuditEntry)
        said = db.session.scalar(entries.where(AuditEntry.code == "accounts.account.changed"))
        db.session.remove()
    assert said == changed >= KILLS
    assert audit.verify().problems == []
    if ON_SQLITE:
        path = db.engine.url.database
        with closing(sqlite3.connect(path)) as there:
            assert there.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def _kill_after(app, world, changes: int) -> None:
    """Let a process change rows, and kill it somewhere in the change after so many."""
    heard, marks = os.pipe()
    db.engine.dispose()  # what SQLite remembers of its locks is not true in a child
    child = os.fork()
    if child == 0:
        try:
            change_for_ever(app, world, marks)
        finally:
            os._exit(1)
    os.close(marks)
    for _change in range(changes):
        assert os.read(heard, 1) == b"."
    time.sleep(0.0003 * changes)  # where in the next one differs from round to round
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(heard)


@pytest.mark.skipif(not ON_SQLITE, reason="PostgreSQL keeps its own journal.")
@pytest.mark.requirement("PRIV-11")
def test_whatever_a_power_cut_leaves_of_the_journal_opens_without_half_a_change(
    app, world, tmp_path
):
    with tenant_scope(world.ash.id):
        row = db.session.get_one(Account, (world.ash.id, world.ash.ids["assistant"]))
        row.phone = "+49 40 0"
        db.session.commit()
        db.session.remove()
    path, changes = db.engine.url.database, 6
    with closing(sqlite3.connect(path, isolation_level=None)) as there:
        there.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _kill_after(app, world, changes)
    journal = databases.content(Path(f"{path}-wal"))
    database = databases.content(Path(path))
    found = set()
    for left in (*range(0, len(journal), max(1, len(journal) // 20)), len(journal)):
        image = tmp_path / f"image-{left}"
        image.write_bytes(database)
        Path(f"{image}-wal").write_bytes(journal[:left])
        with closing(sqlite3.connect(image)) as there:
            assert there.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            ((phone,),) = there.execute(
                "SELECT phone FROM account WHERE id = ?", (world.ash.ids["assistant"],)
            )
            ((said,),) = there.execute(
                "SELECT count(*) FROM audit_entry WHERE code = 'accounts.account.changed'"
            )
        assert phone == f"+49 40 {said}"
        found.add(said)
    # What was answered is in the whole journal, and each cut lost whole changes.
    assert max(found) >= changes
    assert len(found) > changes // 2


@pytest.mark.skipif(not ON_SQLITE, reason="PostgreSQL's own settings are the operator's.")
def test_a_commit_is_on_the_disk_before_it_is_answered(tmp_path):
    # An engine as the portal's: that of the tests does not wait for the disk.
    engine = create_engine(f"sqlite:///{tmp_path / 'portal.sqlite'}")
    prepare(engine)
    with engine.connect() as there:
        assert there.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert there.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    engine.dispose()


@contextmanager
def full_disk():
    """Let the database have no page more than it has."""

    def stop(connection, *_):
        connection.execute("PRAGMA max_page_count = 1")  # no less than there are

    def go_on(connection, *_):
        connection.execute("PRAGMA max_page_count = 1073741823")

    db.engine.dispose()
    with closing(sqlite3.connect(db.engine.url.database, isolation_level=None)) as there:
        there.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        there.execute("VACUUM")
    event.listen(db.engine, "checkout", stop)
    try:
        yield
    finally:
        event.remove(db.engine, "checkout", stop)
        event.listen(db.engine, "checkout", go_on)
        db.session.remove()
        with db.engine.connect():
            pass
        db.engine.dispose()
        event.remove(db.engine, "checkout", go_on)


@pytest.mark.skipif(not ON_SQLITE, reason="SQLite is told by its own limit that a disk is full.")
def test_on_a_full_disk_pages_answer_and_nothing_is_half_written(app, world):
    doctor = world.caller("doctor")
    made = []
    with full_disk():
        for number in range(300):
            answer = doctor.post(
                "/desk/codes",
                guest_name=f"{number} {'x' * 60}",
                room=world.ash.ids["room"],
                uses="single",
            )
            made.append(answer.status_code)
            if answer.status_code != 200:
                break
        assert made[-1] == 500
        assert "Fehler unterlaufen" in answer.json["error"]["message"]
        assert doctor.get("/desk").status_code == 200
        assert doctor.get("/readyz").status_code == 200
        # What must be in the log is not done without it.
        admin = world.caller("projectadmin")
        named = (f"Station {number} {'x' * 60}" for number in range(300))
        assert any(admin.post("/admin/departments", name=each).status_code == 500 for each in named)
        # What is only read can still be taken along; what counts itself cannot.
        assert doctor.get("/desk/codes.csv").status_code == 200
        assert doctor.get("/rights/data.json").status_code == 200
        assert any(doctor.get("/statistics.csv").status_code == 500 for _each in range(200))
    with tenant_scope(world.ash.id):
        made_here = select(func.count()).select_from(Department)
        entries = select(func.count()).select_from(AuditEntry)
        assert db.session.scalar(made_here) == 1 + db.session.scalar(
            entries.where(AuditEntry.kind == "department")
        )
        kept = db.session.scalar(select(func.count()).select_from(AccessCode))
        db.session.remove()
    assert kept == 1 + made.count(200)
    assert audit.verify().problems == []
    again = doctor.post(
        "/desk/codes", guest_name="Danach", room=world.ash.ids["room"], uses="single"
    )
    assert again.status_code == 200


@pytest.mark.skipif(not ON_SQLITE, reason="PostgreSQL's volume is its operator's.")
@pytest.mark.requirement("PRIV-11")
def test_a_volume_that_really_fills_loses_nothing_and_goes_on_when_there_is_room(app, world):
    def story(folder: Path) -> dict[str, Any]:
        doctor = world.caller("doctor")
        codes = {"room": world.ash.ids["room"], "uses": "single"}
        ballast = fill(folder, 8 * PIECE)
        made = []
        while len(made) < 300 and 500 not in made:
            answer = doctor.post("/desk/codes", guest_name=f"{len(made)} {'x' * 60}", **codes)
            made.append(answer.status_code)
        looked = [doctor.get(path).status_code for path in ("/desk", "/desk/codes.csv", "/readyz")]
        told, full = answer.json["error"]["message"], is_full(folder)
        ballast.unlink()
        again = doctor.post("/desk/codes", guest_name="Danach", **codes).status_code
        with tenant_scope(world.ash.id):
            kept = db.session.scalar(select(func.count()).select_from(AccessCode))
            db.session.remove()
        with db.engine.connect() as there:
            whole = there.exec_driver_sql("PRAGMA integrity_check").scalar()
        problems = [str(each) for each in audit.verify().problems]
        return {
            "made": made,
            "told": told,
            "full": full,
            "looked": looked,
            "again": again,
            "kept": kept,
            "whole": whole,
            "problems": problems,
        }

    found = on_small_volume(SMALL, story)
    if found.get("hindrance"):
        pytest.skip(found["hindrance"])
    assert "fault" not in found, found["fault"]
    assert found["made"][-1] == 500
    assert found["full"]
    assert "Fehler unterlaufen" in found["told"]
    assert (found["looked"], found["again"]) == ([200, 200, 200], 200)
    # The world's one, those that were answered, and the one afterwards.
    assert found["kept"] == 1 + found["made"].count(200) + 1
    assert (found["whole"], found["problems"]) == ("ok", [])


@pytest.mark.parametrize("hours", [-1, -24])
def test_a_clock_that_is_set_back_signs_nobody_out_and_deletes_nothing(app, world, clock, hours):
    clock.move(timedelta(hours=hours))
    for role in (*CLINIC_ROLES, *STAFF_ROLES, "guest"):
        path = "/visit/status" if role == "guest" else "/sessions"
        assert world.caller(role).get(path).status_code == 200, role
    assert deletion.run(the_clock.now()) == 0
    made = world.caller("doctor").post(
        "/desk/codes", guest_name="Erika", room=world.ash.ids["room"], uses="single"
    )
    assert made.status_code == 200
    assert audit.verify().problems == []
