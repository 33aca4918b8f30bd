"""The list of what was erased, outside the database, so that a restored backup forgets it again.

Each line names a row that somebody deleted, by its keys, which are random: no name, no number. It
is written after the commit of the deletion. What goes by its date alone needs no line, because the
deletion job finds it in a restored database as well. Lines go after as many days as ``KEPT`` says;
an older backup cannot be restored without bringing back what was erased since.
"""

from __future__ import annotations

import json
import logging
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from flask import current_app, has_app_context
from sqlalchemy import event, inspect, select

from portal import clock
from portal.database import TenantSession

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import ColumnElement, Delete, Select, Table
    from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

logger = logging.getLogger(__name__)

FOLDER = "erasures"
# Rows that go by themselves within days, or with a code, a sign-in or a message; a restore leaves
# none of them in force.
PASSING = frozenset(
    {
        "attempt",
        "challenge",
        "outbox",
        "plugin_job",
        "profile_word",
        "account_word",
        "ring",
        "ticket",
        "token",
    }
)
KEPT = timedelta(days=400)


def note(session: Session, table: str, **keys: str) -> None:
    """Remember that a row is deleted in this transaction by a statement of its own."""
    session.info.setdefault("erased", []).append((session.get_nested_transaction(), table, keys))


@event.listens_for(TenantSession, "after_flush")
def _note_deleted(session: TenantSession, _context: object) -> None:
    """Remember each row that is deleted as an object."""
    for row in session.deleted:
        mapper = inspect(row).mapper
        if mapper.local_table.name in PASSING:
            continue
        names = [column.name for column in mapper.primary_key]
        values = map(str, mapper.primary_key_from_instance(row))
        note(session, mapper.local_table.name, **dict(zip(names, values, strict=True)))


@event.listens_for(TenantSession, "do_orm_execute")
def _note_statement(state: ORMExecuteState) -> None:
    """Remember each row that a statement on a model is about to delete."""
    mapper = state.bind_mapper
    if not state.is_delete or mapper is None:
        return
    table = cast("Table", mapper.local_table)
    if table.name in PASSING:
        return
    keys = [
        getattr(mapper.class_, mapper.get_property_by_column(key).key) for key in mapper.primary_key
    ]
    query = select(*keys)
    condition = cast("Delete", state.statement).whereclause
    if condition is not None:
        query = query.where(condition)
    _note_found(state.session, table, query)


def note_rows(session: Session, table: Table, condition: ColumnElement[bool]) -> None:
    """Remember the rows of a table that a statement on the table is about to delete."""
    if table.name not in PASSING:
        _note_found(session, table, select(*table.primary_key.columns).where(condition))


def _note_found(session: Session, table: Table, query: Select[Any]) -> None:
    names = [column.name for column in table.primary_key.columns]
    for row in session.execute(query).all():
        note(session, table.name, **dict(zip(names, map(str, row), strict=True)))


@event.listens_for(TenantSession, "after_soft_rollback")
def _forget(session: TenantSession, previous: SessionTransaction) -> None:
    """Forget what was deleted in a part that was taken back, or in all of it.

    Of a flush that failed in a savepoint the savepoint is what is taken back.
    """
    noted = session.info.pop("erased", [])
    part = previous if previous.nested else session.get_nested_transaction()
    if part is not None:
        session.info["erased"] = [each for each in noted if not _is_within(each[0], part)]


def _is_within(part: SessionTransaction | None, outer: SessionTransaction) -> bool:
    """Tell whether a savepoint is another one, or was begun inside it."""
    while part is not None and part is not outer:
        part = part.parent
    return part is outer


@event.listens_for(TenantSession, "after_commit")
def _write(session: TenantSession) -> None:
    if session.in_nested_transaction():
        return
    noted = session.info.pop("erased", None)
    if not noted or not has_app_context():
        return
    at = clock.now()
    rows = [{"at": at.isoformat(), "table": table, "keys": keys} for _part, table, keys in noted]
    try:
        append(current_app.extensions["portal_config"].data, rows, at)
    except OSError as error:  # the deletion is committed; a full disk must not undo the answer
        logger.error("erasures: %d lines not written (%s)", len(rows), type(error).__name__)  # noqa: TRY400  one clear line


def append(data: Path, rows: list[dict[str, Any]], at: datetime) -> None:
    """Write lines into the file of the month, and let them reach the disk."""
    folder = data / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    handle = os.open(folder / f"{at:%Y-%m}.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "wb") as lines:
        # Begins a line of its own after one that was torn.
        lines.write(f"\n{text}".encode())
        lines.flush()
        os.fsync(handle)


def reaches_back(data: Path, moment: datetime) -> bool:
    """Tell whether the list is there, and has kept its lines since a moment."""
    there = any((data / FOLDER).glob("*.jsonl"))
    return there and moment >= clock.now() - KEPT


def since(data: Path, moment: datetime) -> Iterator[dict[str, Any]]:
    """Yield what was erased since a moment, oldest first; a torn line is passed over."""
    for path in sorted((data / FOLDER).glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            if not line:
                continue
            try:
                row = json.loads(line)
                at = datetime.fromisoformat(row["at"])
                named = isinstance(row["table"], str) and isinstance(row["keys"], dict)
            except (ValueError, KeyError, TypeError):
                logger.warning("erasures: a line of %s cannot be read", path.name)
                continue
            if named and at >= moment:
                yield row


def forget(now: datetime) -> int:
    """Delete the files of months that are over long enough; return how many."""
    gone = 0
    for path in (current_app.extensions["portal_config"].data / FOLDER).glob("*.jsonl"):
        try:
            begun = datetime.strptime(path.stem, "%Y-%m").replace(tzinfo=UTC)
        except ValueError:
            continue  # not ours
        if begun + KEPT + timedelta(days=31) < now:
            path.unlink()
            gone += 1
    return gone
