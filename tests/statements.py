"""Which statements the database is asked by one test, and not by what runs beside it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import gevent
from sqlalchemy import event

from portal.extensions import db

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def noted() -> Iterator[list[str]]:
    """Collect each statement of this greenlet as the database gets it, without its values.

    The task that watches sockets asks once a second, whatever a test does.
    """
    mine = gevent.getcurrent()
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        # Who waits for a lock asks for the beginning again and again.
        if gevent.getcurrent() is mine and not statement.startswith("BEGIN"):
            seen.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
