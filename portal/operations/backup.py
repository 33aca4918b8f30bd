"""Makes backups and verifies them: one consistent picture of the database, encrypted (PRIV-10).

Sessions are left out, so none is alive after a restore, and so are the sealed files of boards.
The keys of ``PORTAL_KEYS`` are left out as well: who finds a backup and its key still cannot read
names and codes (T21). All else that the portal keeps stands in the database.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import current_app
from sqlalchemy import MetaData, select

from portal import clock, erasures
from portal.database import reading
from portal.extensions import db
from portal.operations import archive
from portal.tenants.scope import across_tenants

if TYPE_CHECKING:
    from pathlib import Path

    import pyrage
    from sqlalchemy import Connection, Table

    from portal.operations.archive import Writer

# What lets somebody in, or would: nobody is signed in after a restore (F30). What is on the board
# of a call is gone with the call, and must not live on in a backup.
LEFT_OUT = frozenset({"board_file", "challenge", "link", "ticket", "token"})
VERSIONS = "alembic_version"


@dataclass(frozen=True)
class Verified:
    """What a backup holds."""

    created_at: datetime
    rows: dict[str, int]
    versions: dict[str, list[str]]
    keys: list[str]
    columns: dict[str, list[str]]


def create(folder: Path, to: list[pyrage.x25519.Recipient]) -> Path:
    """Write a backup into a folder, and return its path.

    The rows of all tables are those of one moment; the portal goes on meanwhile.

    :raise BackupError: it cannot be written.
    """
    now = clock.now()
    path = folder / f"praxisfenster-{now:%Y%m%dT%H%M%SZ}.age"
    if path.exists():
        message = f"{path} exists already."
        raise archive.BackupError(message)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"{folder} cannot be made: {error}."
        raise archive.BackupError(message) from error
    with archive.writing(path, to) as writer:
        _pack(writer, now)
    # From now on a restore can tell an empty list of erasures from one that was lost.
    erasures.append(current_app.extensions["portal_config"].data, [], now)
    return path


def _pack(writer: Writer, now: datetime) -> None:
    tables: dict[str, Any] = {}
    versions: dict[str, list[str]] = {}
    with across_tenants("A backup holds every organisation's rows."), reading(), _moment() as there:
        metadata = MetaData()
        metadata.reflect(bind=there)
        for table in metadata.sorted_tables:
            if table.name.startswith(VERSIONS):
                versions[table.name] = sorted(there.scalars(select(table.c.version_num)))
            elif table.name not in LEFT_OUT:
                tables[table.name] = _rows(writer, there, table)
    config = current_app.extensions["portal_config"]
    writer.finish(
        {
            "created_at": now.isoformat(),
            "versions": versions,
            "keys": list(config.keys),
            "tables": tables,
        }
    )


def _moment() -> Connection:
    """Open a connection that sees one moment of the database, however long it takes."""
    there = db.engine.connect()
    if there.dialect.name == "postgresql":
        there = there.execution_options(isolation_level="REPEATABLE READ")
    return there


def _rows(writer: Writer, there: Connection, table: Table) -> dict[str, Any]:
    query = select(table).order_by(*table.primary_key.columns)
    number = 0
    there = there.execution_options(yield_per=archive.ROWS_AT_ONCE)
    with closing(there.execute(query)) as found:
        for part in found.partitions(archive.ROWS_AT_ONCE):
            lines = [json.dumps([archive.as_json(value) for value in row]) for row in part]
            name = f"rows/{table.name}.{number // archive.ROWS_AT_ONCE:06}.jsonl"
            writer.add(name, "\n".join(lines).encode())
            number += len(lines)
    return {"columns": [column.name for column in table.columns], "rows": number}


def verify(path: Path, key: pyrage.x25519.Identity) -> Verified:
    """Read a whole backup, and return what it holds.

    :raise BackupError: something of it is missing or changed, or the key is another one.
    """
    hashes: dict[str, str] = {}
    rows: dict[str, int] = {}
    manifest: dict[str, Any] | None = None
    with archive.reading(path, key) as tar:
        for name, content in archive.members(tar):
            if name == archive.MANIFEST:
                manifest = json.loads(content)
                continue
            hashes[name] = hashlib.sha256(content).hexdigest()
            table = name.removeprefix("rows/").partition(".")[0]
            rows[table] = rows.get(table, 0) + len(content.splitlines())
    whole = archive.checked(manifest, hashes)
    said = {name: each["rows"] for name, each in whole["tables"].items() if each["rows"]}
    if said != rows:
        message = "The backup holds other numbers of rows than its manifest says."
        raise archive.BackupError(message)
    created = datetime.fromisoformat(whole["created_at"])
    columns = {name: each["columns"] for name, each in whole["tables"].items()}
    return Verified(created, said, whole["versions"], whole["keys"], columns)
