"""Restores a backup into an empty database, and lets it forget again what was erased since.

Afterwards nobody is signed in, what is past its date is deleted, what somebody deleted by hand is
deleted by the list of erasures, and no message that waited at the time of the backup goes out a
second time: its fate is ``unknown``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from alembic import command
from sqlalchemy import MetaData, String, cast, delete, func, insert, literal, select
from sqlalchemy.exc import DataError, IntegrityError

from portal import audit, clock, erasures, jobs
from portal.database import changed
from portal.extensions import db
from portal.messages import service as messages
from portal.operations import archive, backup
from portal.operations.database import alembic_config, upgrade
from portal.outbox import UNKNOWN, Done, Outbox, Parcel
from portal.pluginhost import service as pluginhost
from portal.tenants.scope import across_tenants, tenant_scope

if TYPE_CHECKING:
    from pathlib import Path

    import pyrage
    from flask import Flask
    from sqlalchemy import Column, ColumnElement, Connection, Table

    from portal.operations.backup import Verified

# A deletion that ran while the backup was being made stands in neither for certain.
OVERLAP = timedelta(minutes=10)
MESSAGES = ("mail", "sms")


@dataclass
class Restored:
    """What was restored, and what was done so that nothing came back that had gone."""

    verified: Verified
    erased: int = 0
    unsent: int = 0
    problems: list[str] = field(default_factory=list)


def restore(
    app: Flask, path: Path, key: pyrage.x25519.Identity, *, app_role: str | None = None
) -> Restored:
    """Restore a backup into the empty database that the settings name.

    It is read before anything is written: a backup that is not whole changes nothing.

    :param app_role: PostgreSQL's role of web and worker; see ``portal db upgrade``.
    :raise BackupError: the backup is not whole, the database holds rows, or a key or a plugin is
        missing.
    """
    with app.app_context():
        done = Restored(backup.verify(path, key))
        _check_target(app, done.verified)
    _make_tables(app, done.verified)
    with (
        app.app_context(),
        across_tenants("A restored backup holds every organisation's rows."),
        db.engine.begin() as there,
    ):
        _fill(there, path, key, done.verified.columns)
    upgrade(app, app_role=app_role)
    with app.app_context():
        _erase_again(app, done)
        _stop_messages(done)
    with app.app_context():
        jobs.clean(clock.now())
    return done


def _check_target(app: Flask, found: Verified) -> None:
    config = app.extensions["portal_config"]
    missing = sorted(set(found.keys) - set(config.keys))
    if missing:
        message = (
            f"PORTAL_KEYS lacks {', '.join(missing)}: names and codes of this backup could not be "
            f"read. Bring the keys back first."
        )
        raise archive.BackupError(message)
    folders = pluginhost.migration_folders()
    absent = sorted(_plugin(name) for name in found.versions if _plugin(name) not in {"", *folders})
    if absent:
        message = f"The backup has rows of {', '.join(absent)}; name them in PORTAL_PLUGINS."
        raise archive.BackupError(message)
    with across_tenants("Only an empty database is restored into."), db.engine.connect() as there:
        metadata = MetaData()
        metadata.reflect(bind=there)
        for table in metadata.sorted_tables:
            own = not table.name.startswith(backup.VERSIONS)
            if own and there.scalar(select(func.count()).select_from(table)):
                message = (
                    f"The database holds rows already ({table.name}). Make an empty one, name it "
                    f"in PORTAL_DATABASE_URL, and restore there."
                )
                raise archive.BackupError(message)


def _plugin(versions: str) -> str:
    """Return the plugin whose versions a table of Alembic holds; empty for the portal's own."""
    return versions.removeprefix(backup.VERSIONS).removeprefix("_")


def _make_tables(app: Flask, found: Verified) -> None:
    """Make the tables as they were when the backup was made."""
    with app.app_context():
        folders = pluginhost.migration_folders()
    for name, heads in sorted(found.versions.items()):
        plugin = _plugin(name)
        config = alembic_config(app, plugin, folders.get(plugin))
        for head in heads:
            command.upgrade(config, head)


def _fill(
    there: Connection, path: Path, key: pyrage.x25519.Identity, columns: dict[str, list[str]]
) -> None:
    """Put all rows in, in one transaction, in the order that foreign keys ask for."""
    metadata = MetaData()
    metadata.reflect(bind=there)
    with archive.reading(path, key) as tar:
        for name, content in archive.members(tar):
            table = metadata.tables.get(name.removeprefix("rows/").partition(".")[0])
            if name != archive.MANIFEST and table is not None:
                _put(there, table, columns[table.name], content)


def _put(there: Connection, table: Table, columns: list[str], content: bytes) -> None:
    aware = there.dialect.name == "postgresql"
    rows: list[dict[str, Any]] = []
    for line in content.splitlines():
        values = [archive.from_json(value, aware=aware) for value in json.loads(line)]
        rows.append(dict(zip(columns, values, strict=True)))
    if rows:
        there.execute(insert(table), rows)


def _erase_again(app: Flask, done: Restored) -> None:
    """Delete what was deleted by hand after the backup was made."""
    moment = done.verified.created_at - OVERLAP
    data = app.extensions["portal_config"].data
    if not erasures.reaches_back(data, moment):
        done.problems.append(
            "The list of erasures is not there, or begins after this backup: what was deleted "
            "since may be back. Bring PORTAL_DATA/erasures of the lost machine, and restore again."
        )
    for line in erasures.since(data, moment):
        table = db.metadata.tables.get(line["table"])
        keys: dict[str, str] = line["keys"]
        if table is None or set(keys) != {column.name for column in table.primary_key.columns}:
            done.problems.append(f"{line['table']} {keys} cannot be erased again: no such table.")
            continue
        theirs = delete(table).where(*(_is_key(table.c[name], keys[name]) for name in keys))
        try:
            with across_tenants("What was erased in any organisation is erased again."):
                done.erased += changed(db.session.execute(theirs))
                if table.name == audit.AuditChain.__tablename__:
                    # Otherwise the chain would look as if somebody had taken it away.
                    audit.record(
                        audit.ENDED,
                        "chain",
                        keys["chain"],
                        now=clock.now(),
                        organisation_id=audit.PORTAL,
                    )
                db.session.commit()
        except IntegrityError:
            db.session.rollback()
            done.problems.append(f"{line['table']} {keys} cannot be erased: rows point to it.")
        except DataError:
            db.session.rollback()
            done.problems.append(f"{line['table']} {keys} cannot be erased: not a key of it.")


def _is_key(column: Column[Any], value: str) -> ColumnElement[bool]:
    """Compare with what the list says in words; PostgreSQL compares numbers with numbers alone."""
    return column == cast(literal(value, String), column.type)


def _stop_messages(done: Restored) -> None:
    """Let no message go out that may have gone out since the backup was made."""
    with across_tenants("The messages of every organisation stop."):
        waiting = db.session.scalars(select(Outbox).where(Outbox.kind.in_(MESSAGES))).all()
        found = [(row.organisation_id, row.id) for row in waiting]
    db.session.rollback()
    for organisation_id, row_id in found:
        with tenant_scope(organisation_id):
            row = db.session.get_one(Outbox, (organisation_id, row_id))
            parcel = Parcel(
                id=row.id,
                kind=row.kind,
                occasion=row.occasion,
                payload={},
                tries=row.tries,
                provider=row.provider,
                subject_id=row.subject_id,
                claimed_until=row.claimed_until or clock.now(),
            )
            messages.note(parcel, Done(UNKNOWN))
            db.session.delete(row)
            db.session.commit()
            done.unsent += 1
        db.session.remove()
