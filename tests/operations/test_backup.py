"""Backups: encrypted, verified, restored; what was erased stays so, and nobody is signed in."""

from __future__ import annotations

import dataclasses
import io
import shutil
import tarfile
from contextvars import Context
from datetime import timedelta

import pyrage
import pytest
from click.testing import CliRunner
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from portal import clock as the_clock
from portal import create_app, erasures
from portal.accounts.models import Account
from portal.audit import end_chain
from portal.audit import verify as verify_audit
from portal.extensions import db
from portal.messages.models import Message
from portal.operations import archive, backup, restore
from portal.operations.backup_commands import make
from portal.outbox import Letter, Outbox, put
from portal.projectadmin import service as projectadmin
from portal.sales import termination
from portal.tenants.models import Organisation
from portal.tenants.scope import across_tenants, tenant_scope
from portal.waitingroom import access
from portal.waitingroom.models import AccessCode, RoomMember, Visit
from tests import databases
from tests.conftest import KEYS

SECRET = pyrage.x25519.Identity.generate()
FOR = [SECRET.to_public()]


@pytest.fixture
def made(app, world, tmp_path):
    """Return a backup of two organisations."""
    with app.app_context():
        path = backup.create(tmp_path / "backups", FOR)
    db.session.remove()
    return path


@pytest.fixture
def elsewhere(app, tmp_path):
    """Return a portal over another, empty database, with the keys and erasures of the first."""
    owner = databases.address(tmp_path, "restored")
    config = dataclasses.replace(app.extensions["portal_config"], database_url=owner)
    other = create_app(config)
    yield other
    with other.app_context():
        db.session.remove()
        db.engine.dispose()


def counts(app) -> dict[str, int]:
    """Return how many rows each table has."""
    with app.app_context(), db.engine.connect() as there:
        from portal.tenants.scope import across_tenants

        with across_tenants("The test counts all rows."):
            found = {
                table.name: there.scalar(select(func.count()).select_from(table))
                for table in db.metadata.sorted_tables
            }
    return {name: number for name, number in found.items() if number}


@pytest.mark.requirement("PRIV-10")
@pytest.mark.requirement("OPS-4")
def test_what_was_backed_up_is_back_and_nobody_is_signed_in(app, world, made, elsewhere):
    before = counts(app)
    done = restore.restore(elsewhere, made, SECRET)
    after = counts(elsewhere)
    assert done.problems == []
    assert {name: number for name, number in before.items() if name not in backup.LEFT_OUT} == {
        name: number for name, number in after.items() if name != "notice_version"
    } | {name: before[name] for name in before if name == "notice_version"}
    assert "token" in before
    assert "token" not in after
    with elsewhere.app_context(), tenant_scope(world.ash.id):
        row = db.session.get(AccessCode, (world.ash.id, world.ash.ids["code"]))
        assert row.code == world.ash.code
        assert db.session.get(Organisation, world.ash.id).name
        db.session.remove()
    with elsewhere.app_context():
        assert verify_audit().problems == []
        db.session.remove()
    client = elsewhere.test_client()
    headers = {"Authorization": f"Bearer {world.ash.tokens['doctor']}"}
    answer = Context().run(client.get, "/desk", headers=headers, buffered=True)
    assert answer.status_code == 401


@pytest.mark.requirement("PRIV-10")
def test_what_was_erased_since_is_erased_again(app, world, made, elsewhere):
    with tenant_scope(world.ash.id):
        access.delete_code(access.get_plain(world.ash.ids["code"]))
        projectadmin.remove([world.ash.ids["assistant"]], now=the_clock.now())
        db.session.commit()
        db.session.remove()
    done = restore.restore(elsewhere, made, SECRET)
    assert done.problems == []
    assert done.erased == 2
    with elsewhere.app_context(), tenant_scope(world.ash.id):
        assert access.get_plain(world.ash.ids["code"]) is None
        assert db.session.scalar(select(Visit)) is None
        assert db.session.get(Account, (world.ash.id, world.ash.ids["assistant"])) is None
        assert db.session.get(Account, (world.ash.id, world.ash.ids["doctor"])) is not None
        db.session.remove()


@pytest.mark.requirement("PRIV-10")
@pytest.mark.requirement("PRIV-4")
def test_what_is_past_its_date_by_now_is_deleted_by_the_restore(app, world, made, elsewhere, clock):
    clock.move(timedelta(days=91))
    restore.restore(elsewhere, made, SECRET)
    with elsewhere.app_context(), tenant_scope(world.ash.id):
        assert access.get_plain(world.ash.ids["code"]) is None
        db.session.remove()


@pytest.mark.requirement("MSG-1")
def test_a_message_that_waited_is_not_sent_a_second_time(app, world, tmp_path, elsewhere):
    with tenant_scope(world.ash.id):
        from portal.messages import service as messages

        words = ("Betreff", "Text")
        messages.queue_mail(
            "a@example.org", "notice", words, subject_id="s" * 32, now=the_clock.now()
        )
        put(Letter("announcement", "call_event", {}, "c" * 32, "vinteos"), now=the_clock.now())
        db.session.commit()
        db.session.remove()
    path = backup.create(tmp_path, FOR)
    done = restore.restore(elsewhere, path, SECRET)
    assert done.unsent == 1
    with elsewhere.app_context(), tenant_scope(world.ash.id):
        assert list(db.session.scalars(select(Outbox.kind))) == ["announcement"]
        assert list(db.session.scalars(select(Message.state))) == ["unknown"]
        db.session.remove()


# What a stolen, changed, torn or foreign backup gives.


@pytest.mark.requirement("PRIV-10")
def test_a_backup_shows_nothing_without_its_key_and_no_code_with_it(app, world, made):
    sealed = made.read_bytes()
    with tenant_scope(world.ash.id):
        doctor = db.session.get(Account, (world.ash.id, world.ash.ids["doctor"]))
        name = doctor.last_name
        db.session.remove()
    clear = pyrage.decrypt(sealed, [SECRET])
    assert name.encode() in clear
    assert name.encode() not in sealed
    planted = [world.ash.code, *world.ash.tokens.values(), *(k.hex() for k in KEYS.values())]
    for secret in planted:
        assert secret.encode() not in clear
    assert made.stat().st_mode & 0o077 == 0


@pytest.mark.requirement("PRIV-10")
def test_verify_says_what_is_there(made):
    found = backup.verify(made, SECRET)
    assert found.rows["organisation"] == 2
    assert found.keys == list(KEYS)


@pytest.mark.parametrize("at", [0, 100, 5000, -1])
def test_a_changed_byte_is_found(made, at):
    content = bytearray(made.read_bytes())
    content[at] ^= 1
    made.write_bytes(content)
    with pytest.raises(archive.BackupError):
        backup.verify(made, SECRET)


@pytest.mark.parametrize("left", [0, 10, 3000])
def test_a_backup_that_was_cut_off_is_found(made, left):
    made.write_bytes(made.read_bytes()[:left])
    with pytest.raises(archive.BackupError):
        backup.verify(made, SECRET)


def test_a_part_that_is_missing_from_the_whole_is_named(made, tmp_path):
    """Somebody with the key took a part out and sealed the rest again."""
    clear, out = io.BytesIO(pyrage.decrypt(made.read_bytes(), [SECRET])), io.BytesIO()
    with tarfile.open(fileobj=clear) as before, tarfile.open(fileobj=out, mode="w") as after:
        for member in before:
            if "access_code" not in member.name:
                after.addfile(member, before.extractfile(member))
    made.write_bytes(pyrage.encrypt(out.getvalue(), FOR))
    with pytest.raises(archive.BackupError, match="rows/access_code"):
        backup.verify(made, SECRET)


def test_another_key_is_told_as_such(made):
    with pytest.raises(archive.BackupError, match="another key"):
        backup.verify(made, pyrage.x25519.Identity.generate())


@pytest.mark.requirement("PRIV-10")
def test_nothing_is_restored_over_rows(app, made):
    before = counts(app)
    with pytest.raises(archive.BackupError, match="holds rows"):
        restore.restore(app, made, SECRET)
    assert counts(app) == before


def test_without_the_keys_of_the_columns_nothing_is_restored(app, made, elsewhere):
    config = dataclasses.replace(elsewhere.extensions["portal_config"], keys={"k9": bytes(32)})
    elsewhere.extensions["portal_config"] = config
    with pytest.raises(archive.BackupError, match="PORTAL_KEYS lacks k1"):
        restore.restore(elsewhere, made, SECRET)


def test_a_full_disk_leaves_no_half_backup(app, world, tmp_path, monkeypatch):
    def full(_clear, _sealed, _to):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive.pyrage, "encrypt_io", full)
    with pytest.raises(archive.BackupError, match="No space left"):
        backup.create(tmp_path, FOR)
    assert list(tmp_path.glob("*.age*")) == []


# The list of erasures.


def test_what_is_taken_back_is_not_in_the_list(app, world):
    data, begun = app.extensions["portal_config"].data, the_clock.now()
    with tenant_scope(world.ash.id):
        row = access.get_plain(world.ash.ids["code"])
        part = db.session.begin_nested()
        db.session.delete(row)
        db.session.flush()
        part.rollback()
        db.session.commit()
        access.delete_code(access.get_plain(world.ash.ids["code"]))
        db.session.flush()
        db.session.rollback()
        db.session.remove()
    assert list(erasures.since(data, begun)) == []


def test_a_torn_line_and_a_foreign_one_stop_nothing(app, world, made, elsewhere):
    data = app.extensions["portal_config"].data
    erasures.append(
        data, [{"at": the_clock.now().isoformat(), "table": "gone", "keys": {}}], the_clock.now()
    )
    (path,) = (data / erasures.FOLDER).glob("*.jsonl")
    before = path.read_text()
    try:
        path.write_text(f'{before}{{"at": "20\n[1]\n')
        done = restore.restore(elsewhere, made, SECRET)
        assert len(done.problems) == 1
        assert "gone" in done.problems[0]
    finally:
        path.unlink()


def test_the_list_goes_after_its_time(app, clock):
    data = app.extensions["portal_config"].data
    erasures.append(data, [{"at": "x"}], clock.now())
    assert erasures.forget(clock.now()) == 0
    clock.move(erasures.KEPT + timedelta(days=62))
    assert erasures.forget(clock.now()) >= 1


# The commands.


@pytest.mark.requirement("OPS-4")
def test_the_commands_do_it_one_after_the_other(app, world, tmp_path, elsewhere):
    run, key = CliRunner(), tmp_path / "key"
    here, there = make(lambda: app), make(lambda: elsewhere)
    public = run.invoke(here, ["key", str(key)]).stdout.strip()
    assert public.startswith("age1")
    assert run.invoke(here, ["key", str(key)]).exit_code == 1  # never written over
    assert run.invoke(here, ["create", str(tmp_path), "--for", "nobody"]).exit_code == 1
    written = run.invoke(here, ["create", str(tmp_path), "--for", public])
    assert written.exit_code == 0, written.output
    path = written.stdout.strip()
    told = run.invoke(here, ["verify", path, "--key", str(key)])
    assert told.exit_code == 0
    assert "whole and as written" in told.output
    back = run.invoke(there, ["restore", path, "--key", str(key)])
    assert back.exit_code == 0, back.output
    assert "Nobody is signed in" in back.output
    assert run.invoke(here, ["verify", str(key), "--key", str(key)]).exit_code == 1


@pytest.mark.requirement("PRIV-10", "PRIV-4")
def test_what_a_statement_erased_since_is_erased_again(app, world, made, elsewhere):
    org = world.ash
    with tenant_scope(org.id):
        db.session.execute(
            delete(Account).where(Account.organisation_id == org.id, Account.role == "assistant")
        )
        db.session.commit()
        db.session.remove()
    # What is taken back is no erasure.
    with tenant_scope(org.id):
        db.session.execute(delete(Visit).where(Visit.organisation_id == org.id))
        db.session.rollback()
        db.session.remove()
    assert restore.restore(elsewhere, made, SECRET).problems == []
    with elsewhere.app_context(), tenant_scope(org.id):
        assert db.session.get(Account, (org.id, org.ids["assistant"])) is None
        assert db.session.get(Account, (org.id, org.ids["doctor"])) is not None
        assert db.session.scalar(select(Visit)) is not None
        db.session.remove()


@pytest.mark.requirement("PRIV-10", "TEN-5")
def test_an_organisation_that_was_erased_since_comes_back_without_a_row(
    app, world, made, elsewhere
):
    with across_tenants("The test erases as the job does."):
        termination.erase_rows(world.ash.id)
        end_chain(world.ash.id, now=the_clock.now())
        db.session.commit()
    db.session.remove()
    assert restore.restore(elsewhere, made, SECRET).problems == []
    with elsewhere.app_context():
        assert verify_audit().problems == []
        db.session.remove()
    with elsewhere.app_context(), across_tenants("The test looks what came back."):
        for model in (Account, AccessCode, Visit):
            left = select(model).where(model.organisation_id == world.ash.id)
            assert db.session.scalars(left).all() == [], model
            other = select(model).where(model.organisation_id == world.birch.id)
            assert db.session.scalars(other).all() != [], model
        db.session.remove()


@pytest.mark.requirement("PRIV-10")
def test_a_line_that_names_no_row_leaves_the_others_erased(app, world, made, elsewhere):
    org = world.ash
    data = app.extensions["portal_config"].data
    broken = {"table": "audit_entry", "keys": {"chain": org.id, "number": "many"}}
    whole = {"table": "account", "keys": {"organisation_id": org.id, "id": org.ids["assistant"]}}
    now = the_clock.now()
    erasures.append(data, [{"at": now.isoformat(), **each} for each in (broken, whole)], now)
    problems = restore.restore(elsewhere, made, SECRET).problems
    # PostgreSQL says that a word is no number; to SQLite it is the number of no row.
    expected = ["not a key of it"] if db.engine.dialect.name == "postgresql" else []
    assert [each[-16:-1] for each in problems] == expected
    with elsewhere.app_context(), tenant_scope(org.id):
        assert db.session.get(Account, (org.id, org.ids["assistant"])) is None
        db.session.remove()


@pytest.mark.requirement("PRIV-10")
def test_a_list_of_erasures_that_was_lost_is_told(app, world, made, elsewhere):
    shutil.rmtree(app.extensions["portal_config"].data / erasures.FOLDER)
    (problem,) = restore.restore(elsewhere, made, SECRET).problems
    assert "list of erasures is not there" in problem


@pytest.mark.requirement("PRIV-10")
def test_what_was_deleted_before_a_flush_failed_in_a_savepoint_is_in_the_list(app, world):
    with tenant_scope(world.ash.id):
        session = db.session()
        access.delete_code(access.get_plain(world.ash.ids["code"]))
        session.flush()
        twin = db.session.get(Account, (world.ash.id, world.ash.ids["doctor"]))
        part = session.begin_nested()
        session.add(RoomMember(room_id="0" * 32, account_id=twin.id))
        with pytest.raises(IntegrityError):
            session.flush()
        part.rollback()
        session.commit()
        db.session.remove()
    data = app.extensions["portal_config"].data
    told = [line["table"] for line in erasures.since(data, the_clock.now() - timedelta(hours=1))]
    assert "access_code" in told
