"""Moves everything that is encrypted to the current key, so that an old key can be thrown away.

A batch is one transaction, and a value is replaced only if it is still the one that was read. So
the command can be stopped at any moment, run again, and run while people work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import current_app
from sqlalchemy import Text, select, tuple_, type_coerce, update

from portal.columns import Encrypted, UnreadableError, decrypt, encrypt
from portal.database import changed
from portal.extensions import db
from portal.tenants.scope import across_tenants

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Column, Table

AT_ONCE = 500


@dataclass
class Rotated:
    """How many values were moved, and which places hold some that no key opens."""

    moved: int = 0
    unreadable: int = 0


def columns() -> Iterator[Column[Any]]:
    """Yield every encrypted column, those of loaded plugins included."""
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Encrypted):
                yield column


def rotate() -> Rotated:
    """Encrypt again, with the current key, what another one encrypted."""
    done = Rotated()
    with across_tenants("The values of every organisation move to the current key."):
        for column in columns():
            _column(column, done)
    return done


def _column(column: Column[Any], done: Rotated) -> None:
    last: tuple[Any, ...] | None = None
    while rows := _batch(column, last):
        for row in rows:
            _value(column, row, done)
        db.session.commit()
        last = rows[-1][:-1]


def _batch(column: Column[Any], last: tuple[Any, ...] | None) -> Sequence[tuple[Any, ...]]:
    """Return the next rows that another key encrypted: their key, and the value as stored."""
    key = _key(column.table)
    stored = type_coerce(column, Text)
    current = current_app.extensions["portal_config"].current_key
    query = select(*key, stored).where(column.is_not(None), ~stored.startswith(f"{current}:"))
    if last is not None:
        query = query.where(tuple_(*key) > tuple_(*last))
    return [tuple(row) for row in db.session.execute(query.order_by(*key).limit(AT_ONCE))]


def _key(table: Table) -> list[Column[Any]]:
    return list(table.primary_key.columns)


def _value(column: Column[Any], row: tuple[Any, ...], done: Rotated) -> None:
    place, old = str(column.type.place), row[-1]  # type: ignore[attr-defined]
    try:
        fresh = encrypt(decrypt(old, place), place)
    except UnreadableError:
        done.unreadable += 1
        return
    pairs: zip[tuple[Column[Any], Any]] = zip(_key(column.table), row[:-1], strict=True)
    same = [each == value for each, value in pairs]
    mine = update(column.table).where(*same, type_coerce(column, Text) == old)
    moved = db.session.execute(mine.values({column.name: type_coerce(fresh, Text)}))
    done.moved += changed(moved)
