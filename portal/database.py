"""How the portal speaks to its database: one kind of transaction, on SQLite as on PostgreSQL."""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, cast

from flask_sqlalchemy.session import Session
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, CursorResult, Engine, Executable, Result, Row
    from sqlalchemy.orm import ORMExecuteState

LOCK_SECONDS = 10.0
# Who waits for SQLite's lock looks again at least so often, in seconds; who works in steps pauses
# longer between them, so that others get in.
LONGEST_LOOK = 0.008

_read_only: ContextVar[bool] = ContextVar("read_only", default=False)
_glancing: ContextVar[bool] = ContextVar("glancing", default=False)


def changed(result: Result[Any]) -> int:
    """Return how many rows an ``UPDATE`` or ``DELETE`` found."""
    return int(cast("CursorResult[Any]", result).rowcount)


def inserting(into: Any) -> postgresql.Insert:  # noqa: ANN401  a model or a table
    """Return an ``INSERT`` that can say what to do with a row that is there already."""
    from portal.extensions import db

    make = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    # Both know the same two answers to a conflict, without a common class.
    return cast("postgresql.Insert", make(into))


class TenantSession(Session):
    """The session of the portal; ``portal.tenants.scope`` puts the fence round it."""


class WriteInReadError(RuntimeError):
    """A request that only reads (GET) tried to write."""


@contextmanager
def reading() -> Iterator[None]:
    """Refuse writes in this context and take no write lock."""
    token = _read_only.set(True)
    try:
        yield
    finally:
        _read_only.reset(token)


@contextmanager
def writing() -> Iterator[None]:
    """Allow writes within a context that reads; for the few rows that a GET must leave."""
    token = _read_only.set(False)
    try:
        yield
    finally:
        _read_only.reset(token)


@event.listens_for(TenantSession, "before_flush")
def _refuse_flush(session: TenantSession, *_: object) -> None:
    if _read_only.get() and (session.new or session.dirty or session.deleted):
        raise WriteInReadError


@event.listens_for(TenantSession, "do_orm_execute")
def _refuse_statement(state: ORMExecuteState) -> None:
    if _read_only.get() and not state.is_select:
        raise WriteInReadError


def engine_options(url: str) -> dict[str, Any]:
    """Return the options of the engine for a database address."""
    # Values of a statement never become words of an error, which would be logged.
    both = {"hide_parameters": True}
    if url.startswith("sqlite"):
        return {**both, "connect_args": {"timeout": 0}, "pool_size": 20, "max_overflow": 40}
    return {**both, "pool_size": 10, "max_overflow": 20, "pool_pre_ping": True}


def prepare(engine: Engine) -> None:
    """Give an SQLite engine its pragmas, transactions and ``lower``; do nothing on PostgreSQL.

    Writers take the lock at BEGIN (a reader that turns writer would fail at once with
    BUSY_SNAPSHOT), and wait for it in Python, so that waiting never stops the other greenlets.
    """
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _: object) -> None:  # noqa: ANN401  the driver's own type
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            _patiently(lambda pragma=pragma: connection.execute(f"PRAGMA {pragma}"))
        # SQLite's own knows ASCII alone: who searches "ärzte" would not find "Ärzte".
        connection.create_function("lower", 1, _lower, deterministic=True)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if _glancing.get():
            return  # one SELECT is a transaction of its own
        words = "BEGIN" if _read_only.get() else "BEGIN IMMEDIATE"
        _patiently(lambda: connection.exec_driver_sql(words))


def _lower(value: object) -> str | None:
    """Write letters small as PostgreSQL does, also those beyond ASCII; nothing stays nothing."""
    return None if value is None else str(value).lower()


def _patiently(act: Any) -> None:  # noqa: ANN401  any callable without arguments
    """Repeat while another process holds the lock; other greenlets run meanwhile."""
    deadline = time.monotonic() + LOCK_SECONDS
    pause = 0.001
    while True:
        try:
            act()
        except (OperationalError, sqlite3.OperationalError) as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
        else:
            return
        time.sleep(pause)
        pause = min(pause * 1.5, LONGEST_LOOK)


def glance(statement: Executable, **values: object) -> Sequence[Row[Any]]:
    """Run one SELECT on a connection of its own and let go at once; no lock, no open transaction.

    For what is asked on every request or message, before the request's own transaction begins.
    A statement that is built once and gets its values here costs a third of one built each time.
    """
    from portal.extensions import db

    token = _glancing.set(True)
    try:
        with reading(), db.engine.connect() as connection:
            return connection.execute(statement, values).all()
    finally:
        _glancing.reset(token)
