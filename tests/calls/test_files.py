"""Sealed files of the board: who may keep and fetch them, and that none outlives its call."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock as the_clock
from portal import jobs, sockets
from portal.calls import files, service
from portal.calls.models import BoardFile
from portal.database import reading
from portal.extensions import db
from portal.tenants.scope import across_tenants, new_id, tenant_scope
from tests.dying import die, dies

SEALED = b"VSF1" + bytes(range(256)) * 8


@pytest.fixture
def call(world):
    """Return the id of a call of Ash that was admitted a moment ago."""
    with tenant_scope(world.ash.id):
        admission = service.admit(
            world.ash.ids["visit"], world.ash.ids["doctor"], new_id(), now=the_clock.now()
        )
        call_id = admission.call.id
        db.session.commit()
        return call_id


@pytest.fixture
def kept(world, call):
    """Return the address of a file that the doctor has put on the board."""
    path = f"/calls/{call}/files/{new_id()}"
    assert put(world.caller("doctor"), path).status_code == 204
    return path


def put(who, path, sealed=SEALED):
    return who.send("PUT", path, data=sealed, content_type="application/octet-stream")


def there():
    """Count the rows as the database has them, past their lease or not."""
    rows = select(BoardFile.__table__.c.id)
    with across_tenants("The test counts all rows."), reading(), db.engine.connect() as connection:
        return len(connection.execute(rows).all())


@pytest.mark.requirement("CALL-7")
def test_those_in_the_call_get_the_same_bytes_and_nobody_else_learns_that_they_exist(world, kept):
    fetched = world.caller("guest").get(kept)
    assert (fetched.status_code, fetched.data) == (200, SEALED)
    assert fetched.headers["Content-Type"] == "application/octet-stream"
    assert fetched.headers["Content-Disposition"] == "attachment"
    assert "sandbox" in fetched.headers["Content-Security-Policy"]
    other = kept.rpartition("/")[0] + f"/{new_id()}"
    for name in ("colleague", "assistant", "projectadmin", "operator"):
        assert world.caller(name).get(kept).status_code == 404
        assert put(world.caller(name), other).status_code == 404
    assert there() == 1


@pytest.mark.requirement("CALL-7")
@pytest.mark.parametrize(
    ("sealed", "status"),
    [
        (b"", 422),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), 422),
        (b"VSF1" + bytes(files.MAX_BYTES), 413),
    ],
)
def test_what_no_browser_has_sealed_is_not_kept(world, call, sealed, status):
    answer = put(world.caller("guest"), f"/calls/{call}/files/{new_id()}", sealed)
    assert answer.status_code == status
    assert there() == 0


def test_a_file_is_never_written_over_and_a_call_has_room_for_so_many(world, call, monkeypatch):
    monkeypatch.setattr(files, "MOST_FILES", 2)
    path = f"/calls/{call}/files/{new_id()}"
    doctor, guest = world.caller("doctor"), world.caller("guest")
    assert put(doctor, path).status_code == 204
    assert put(guest, path, SEALED + b"other").status_code == 409
    assert guest.get(path).data == SEALED
    assert put(guest, f"/calls/{call}/files/{new_id()}").status_code == 204
    assert put(guest, f"/calls/{call}/files/{new_id()}").status_code == 409
    assert put(guest, f"/calls/{call}/files/{'Z' * 32}").status_code == 404
    monkeypatch.setattr(files, "MOST_BYTES", len(SEALED))
    assert put(guest, f"/calls/{call}/files/{new_id()}").status_code == 409


@pytest.mark.requirement("CALL-7")
def test_the_end_of_the_call_deletes_them_in_the_same_moment(world, call, kept):
    with tenant_scope(world.ash.id):
        service.end(call, "ended", now=the_clock.now())
        db.session.commit()
    assert there() == 0
    assert world.caller("doctor").get(kept).status_code == 404
    assert put(world.caller("doctor"), kept).status_code == 404


@pytest.mark.requirement("CALL-7")
def test_when_all_are_gone_a_file_is_past_finding_after_two_minutes_and_swept(world, kept):
    the_clock.move(files.LEASE)
    assert world.caller("doctor").get(kept).status_code == 404
    assert there() == 1
    sockets.present()
    assert there() == 0


@pytest.mark.requirement("CALL-7")
def test_whoever_is_connected_keeps_them_for_four_hours_at_most(world, kept):
    now = the_clock.now()
    doctor = [world.ash.ids["doctor"]]
    files.renew(doctor, now=now + timedelta(seconds=90))
    files.renew([world.ash.ids["colleague"]], now=now + timedelta(seconds=170))
    db.session.commit()
    assert files.sweep(now + timedelta(seconds=200)) == 0
    # A lease that is over is not begun anew.
    files.renew(doctor, now=now + timedelta(seconds=220))
    assert files.sweep(now + timedelta(seconds=220)) == 1
    db.session.rollback()
    with tenant_scope(world.ash.id):
        db.session.scalars(select(BoardFile)).one().made_at -= files.LONGEST
        db.session.commit()
    files.renew(doctor, now=now + timedelta(seconds=100))
    assert files.sweep(now + timedelta(seconds=210)) == 1


@pytest.mark.requirement("CALL-7")
@pytest.mark.parametrize(
    ("step", "left"),
    [("while it is kept", 1), ("after it was kept", 2), ("while the call ends", 1)],
)
@pytest.mark.usefixtures("kept")
def test_whenever_the_web_process_dies_nothing_is_left_of_the_files(app, world, call, step, left):
    doctor = world.ash.ids["doctor"]

    def keeps_or_ends():
        with app.app_context(), tenant_scope(world.ash.id):
            if step == "while the call ends":
                service.end(call, "ended", now=the_clock.now())
            else:
                service.lock_for(call, doctor)
                files.keep(call, new_id(), b"VSF1" + bytes(100_000), now=the_clock.now())
            if step == "after it was kept":
                db.session.commit()
            die()

    assert dies(keeps_or_ends)
    assert there() == left
    # Nobody is connected any more, and the worker looks every minute.
    the_clock.move(2 * files.LEASE)
    jobs.sweep_boards(app)
    assert there() == 0


def test_a_full_disk_is_told_and_leaves_nothing(world, call, monkeypatch):
    from sqlalchemy.exc import OperationalError

    def full():
        raise OperationalError("COMMIT", {}, Exception("database or disk is full"))

    monkeypatch.setattr(db.session, "commit", full)
    answer = put(world.caller("doctor"), f"/calls/{call}/files/{new_id()}")
    monkeypatch.undo()
    assert answer.status_code == 507
    assert there() == 0
