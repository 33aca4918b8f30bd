"""A fresh database for each test process: SQLite, or PostgreSQL when its address is given."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from pathlib import Path


# Web and worker sign in as this role; it owns nothing.
APP_ROLE = "portal_app"
_MAKE_ROLE = f"""
DO $$ BEGIN
  CREATE ROLE {APP_ROLE} LOGIN PASSWORD '{APP_ROLE}';
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""


def address(folder: Path, purpose: str = "test") -> str:
    """Return the address of an empty database of one test process, for the owner of its tables."""
    server = os.environ.get("PORTAL_TEST_DATABASE_URL", "")
    if not server:
        return f"sqlite:///{folder / 'test.sqlite'}"
    name = f"portal_{purpose}_{os.environ.get('PYTEST_XDIST_WORKER', 'gw0')}"
    url = sa.make_url(server.replace("postgresql://", "postgresql+psycopg://", 1))
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        connection.exec_driver_sql(_MAKE_ROLE)
    engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


def for_app(owner: str) -> str:
    """Return the same database's address for web and worker."""
    if owner.startswith("sqlite"):
        return owner
    url = sa.make_url(owner).set(username=APP_ROLE, password=APP_ROLE)
    return url.render_as_string(hide_password=False)


def hurry(*engines: sa.Engine) -> None:
    """Let SQLite not wait for the disk: no test cuts the power. PostgreSQL's server is told so."""

    def without_waiting(connection: Any, _: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")
        # PostgreSQL promises no order where none is asked for; here it is always the other one.
        connection.execute("PRAGMA reverse_unordered_selects=ON")

    for engine in engines:
        if engine.dialect.name == "sqlite":
            sa.event.listen(engine, "connect", without_waiting)


def content(path: Path) -> bytes:
    """Read a file that SQLite may have open, in another process.

    A process that closes any handle of a file loses every lock it has on it. SQLite's would be
    gone with them, and the next process to open the database would cut its index from under us
    (sqlite.org/howtocorrupt.html, section 2.2).
    """
    return subprocess.run(["/bin/cat", path], check=True, capture_output=True).stdout


def kept(engine: sa.Engine, metadata: sa.MetaData) -> dict[str, Any]:
    """Keep every row of every table, to be put back later; PostgreSQL keeps them itself."""
    rows: dict[str, Any] = {}
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("DROP SCHEMA IF EXISTS kept CASCADE; CREATE SCHEMA kept")
        for table in _tables(metadata):
            found = connection.exec_driver_sql(f'SELECT * FROM "{table.name}"').fetchall()  # noqa: S608  our own names
            if not found:
                continue
            rows[table.name] = [tuple(row) for row in found]
            if engine.dialect.name == "postgresql":
                copy = f'CREATE TABLE kept."{table.name}" AS TABLE "{table.name}"'
                connection.exec_driver_sql(copy)
    return rows


def put_back(engine: sa.Engine, rows: dict[str, Any]) -> None:
    """Write rows that were kept into tables that are empty."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # All in one go: the way to the server and back takes longer than the rows.
            steps = (f'INSERT INTO "{name}" TABLE kept."{name}"' for name in rows)
            connection.exec_driver_sql("; ".join(steps))
            return
        driver = connection.connection.driver_connection
        for name, found in rows.items():
            places = ", ".join("?" * len(found[0]))
            driver.executemany(f'INSERT INTO "{name}" VALUES ({places})', found)  # noqa: S608  as above


def _tables(metadata: sa.MetaData) -> list[sa.Table]:
    return [table for table in metadata.sorted_tables if table.name != "alembic_version"]


def empty(engine: sa.Engine, metadata: sa.MetaData) -> None:
    """Delete every row of every table; of few rows this is faster than truncating."""
    steps = [f'DELETE FROM "{table.name}"' for table in reversed(_tables(metadata))]  # noqa: S608  our own names
    with engine.begin() as connection:
        for step in ["; ".join(steps)] if engine.dialect.name == "postgresql" else steps:
            connection.exec_driver_sql(step)
