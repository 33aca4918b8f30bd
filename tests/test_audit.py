"""The audit log: who, when, which fields; and a chain in which nothing can be touched unseen."""

from __future__ import annotations

import subprocess
import sys
from base64 import b64encode
from threading import Barrier, Thread
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from flask import current_app

from portal import audit
from portal.audit import AuditChain, AuditEntry
from portal.extensions import db
from portal.tenants.scope import tenant_scope
from tests.conftest import KEYS

if TYPE_CHECKING:
    from flask import Flask

CODE = "accounts.account.changed"


@pytest.fixture(autouse=True)
def empty_log(world):
    """Begin with nothing written: making the world left entries."""
    with current_app.extensions["test_owner"].begin() as connection:
        for table in (AuditEntry.__table__, AuditChain.__table__):
            connection.execute(sa.delete(table))


def record(now, organisation_id=None, **more):
    audit.record(
        more.pop("code", CODE), "account", "a1", now=now, organisation_id=organisation_id, **more
    )


def written(organisation_id=None):
    return list(db.session.scalars(audit.entries(organisation_id)))


@pytest.fixture
def log(world, clock):
    """Return the id of an organisation with five entries."""
    for field in ("email", "phone", "fax", "state", "role"):
        record(clock.now(), world.ash.id, fields=[field])
    db.session.commit()
    return world.ash.id


def tamper(statement):
    """Change the log as the owner of the database could."""
    with current_app.extensions["test_owner"].begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE audit_entry DISABLE TRIGGER USER")
            connection.execute(statement)
            connection.exec_driver_sql("ALTER TABLE audit_entry ENABLE TRIGGER USER")
            return
        words = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE name = 'audit_entry_stays'"
        ).scalar_one()
        connection.exec_driver_sql("DROP TRIGGER audit_entry_stays")
        connection.execute(statement)
        connection.exec_driver_sql(words)


def at(chain, number):
    return (AuditEntry.chain == chain) & (AuditEntry.number == number)


@pytest.mark.requirement("PRIV-11")
def test_an_entry_says_who_when_and_which_fields(world, clock):
    now = clock.now()
    with tenant_scope(world.ash.id):
        record(now, fields=["email", "phone", "email"])
    db.session.commit()
    (entry,) = written(world.ash.id)
    assert (entry.at, entry.role, entry.actor_id) == (now, "system", None)
    assert (entry.code, entry.kind, entry.object_id) == (CODE, "account", "a1")
    assert (entry.fields, entry.organisation_id) == ("email phone", world.ash.id)
    assert audit.verify().problems == []


@pytest.mark.requirement("PRIV-11")
def test_the_actor_is_who_calls(app, world, clock):
    sign = {"Authorization": f"Bearer {world.ash.tokens['sales']}"}
    with app.test_request_context("/sales", headers=sign):
        record(clock.now(), world.ash.id)
        db.session.commit()
    (entry,) = written(world.ash.id)
    assert entry.role == "sales"
    assert entry.actor_id


@pytest.mark.requirement("PRIV-11")
@pytest.mark.parametrize("value", ["erika@example.org", "Erika Muster", "+49 40 1", "", "x" * 61])
def test_a_value_is_refused(world, clock, value):
    with pytest.raises(ValueError, match="names only"):
        record(clock.now(), fields=[value])
    with pytest.raises(ValueError, match="names only"):
        record(clock.now(), code=value)


def test_an_entry_goes_with_the_transaction_that_fails(log, clock):
    record(clock.now(), log, fields=["website"])
    db.session.rollback()
    record(clock.now(), log, fields=["address"])
    db.session.commit()
    assert [entry.fields for entry in written(log)][:2] == ["address", "role"]
    assert audit.verify().problems == []


def test_without_an_organisation_it_is_the_portals(world, clock):
    record(clock.now())
    db.session.commit()
    assert [entry.organisation_id for entry in written()] == [None]
    assert written(world.ash.id) == []


def test_a_page_that_reads_can_leave_an_entry(app, world, clock):
    from portal.database import reading

    with reading():
        audit.record_reading(
            "sales.organisation.opened",
            "organisation",
            world.ash.id,
            now=clock.now(),
            organisation_id=world.ash.id,
        )
    assert [entry.code for entry in written(world.ash.id)] == ["sales.organisation.opened"]


@pytest.mark.requirement("PRIV-11")
def test_a_changed_entry_is_found(log):
    tamper(sa.update(AuditEntry.__table__).where(at(log, 2)).values(fields="role"))
    assert audit.verify().problems == [f"Entry 2 of chain {log} was changed or moved."]


@pytest.mark.requirement("PRIV-11")
@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_removed_entry_is_found(log, number):
    tamper(sa.delete(AuditEntry.__table__).where(at(log, number)))
    assert audit.verify().problems == [f"Entry {number} of chain {log} was removed."]


@pytest.mark.requirement("PRIV-11")
def test_reordered_entries_are_found(log):
    table = AuditEntry.__table__
    for old, new in ((2, 99), (3, 2), (99, 3)):
        tamper(sa.update(table).where(at(log, old)).values(number=new))
    found = audit.verify().problems
    assert f"Entry 2 of chain {log} was changed or moved." in found
    assert f"Entry 3 of chain {log} was changed or moved." in found


@pytest.mark.requirement("PRIV-11")
def test_a_chain_that_is_gone_as_a_whole_is_found(log):
    for table in (AuditEntry.__table__, AuditChain.__table__):
        tamper(sa.delete(table).where(table.c.chain == log))
    assert audit.verify().problems == [f"Chain {log} was removed as a whole."]


def test_a_chain_without_its_head_is_found(log):
    tamper(sa.delete(AuditChain.__table__).where(AuditChain.chain == log))
    assert f"Chain {log} has lost its head." in audit.verify().problems


def test_an_erased_organisation_leaves_no_entry_and_no_gap(log, clock):
    assert audit.end_chain(log, now=clock.now()) == 5
    db.session.commit()
    assert written(log) == []
    assert [entry.code for entry in written()] == [audit.ENDED, audit.BEGUN]
    assert audit.verify().problems == []


@pytest.mark.requirement("PRIV-11")
def test_the_database_refuses_to_change_an_entry(log):
    with pytest.raises(sa.exc.DBAPIError, match="only ever added"), db.engine.begin() as connection:
        connection.execute(sa.update(AuditEntry.__table__).values(fields="x"))
    entry = written(log)[0]
    entry.fields = "x"
    with pytest.raises(TypeError, match="only ever added"):
        db.session.flush()


@pytest.mark.requirement("PRIV-11")
def test_writers_at_once_do_not_fork_the_chain(app: Flask, world, clock):
    start = Barrier(8)

    def write() -> None:
        with app.app_context():
            start.wait()
            for _each in range(5):
                record(clock.now(), world.ash.id)
                db.session.commit()
            db.session.remove()

    threads = [Thread(target=write) for _each in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(written(world.ash.id)) == 40
    assert audit.verify().problems == []


@pytest.mark.requirement("PRIV-11")
def test_the_command_names_what_is_wrong(app, log):
    config = app.extensions["portal_config"]
    environment = {
        "PORTAL_DATA": str(config.data),
        "PORTAL_DATABASE_URL": config.database_url.replace("+psycopg", ""),
        "PORTAL_KEYS": ",".join(f"{name}:{b64encode(key).decode()}" for name, key in KEYS.items()),
        "PATH": "/usr/bin",
    }

    def command():
        return subprocess.run(
            [sys.executable, "-m", "portal.cli", "audit", "verify"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    whole = command()
    assert (whole.returncode, whole.stderr) == (0, "")
    assert "6 entries in 2 chains" in whole.stdout
    tamper(sa.update(AuditEntry.__table__).where(at(log, 4)).values(object_id="b"))
    broken = command()
    assert broken.returncode == 1
    assert f"Entry 4 of chain {log} was changed or moved." in broken.stderr
