"""A fresh database for each test process: SQLite, or PostgreSQL when its address is given."""

from __future__ import annotations

import os
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


def kept(engine: sa.Engine, metadata: sa.MetaData) -> dict[str, Any]:
    """Return every row of every table, in the words of the driver, to be put back later."""
    rows: dict[str, Any] = {}
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        for table in _tables(metadata):
            if engine.dialect.name == "postgresql":
                with driver.cursor().copy(f'COPY "{table.name}" TO STDOUT') as out:
                    found: Any = b"".join(out)
            else:
                found = driver.execute(f'SELECT * FROM "{table.name}"').fetchall()  # noqa: S608  our own names
            if found:
                rows[table.name] = found
    return rows


def put_back(engine: sa.Engine, rows: dict[str, Any]) -> None:
    """Write rows that were kept into tables that are empty."""
    with engine.begin() as connection:
        driver = connection.connection.driver_connection
        for name, found in rows.items():
            if engine.dialect.name == "postgresql":
                with driver.cursor().copy(f'COPY "{name}" FROM STDIN') as into:
                    into.write(found)
            else:
                places = ", ".join("?" * len(found[0]))
                driver.executemany(f'INSERT INTO "{name}" VALUES ({places})', found)  # noqa: S608  as above


def _tables(metadata: sa.MetaData) -> list[sa.Table]:
    return [table for table in metadata.sorted_tables if table.name != "alembic_version"]


def empty(engine: sa.Engine, metadata: sa.MetaData) -> None:
    """Delete every row of every table."""
    tables = _tables(metadata)
    if engine.dialect.name == "postgresql":
        names = ", ".join(f'"{table.name}"' for table in tables)
        with engine.begin() as connection:
            connection.exec_driver_sql(f"TRUNCATE {names} CASCADE")
        return
    with engine.begin() as connection:
        for table in reversed(tables):
            connection.exec_driver_sql(f'DELETE FROM "{table.name}"')  # noqa: S608  our own names
