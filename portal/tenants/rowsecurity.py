"""The database's own fence: row-level security on every tenant-owned table, on PostgreSQL.

A table is tenant-owned when ``organisation_id`` is part of its primary key; the database's own
catalogue says so, so that a table which a plugin's author forgot is fenced too. ``portal db
upgrade`` runs as the owner of the tables and fences them; web and worker run as a role that owns
nothing, and do not start otherwise.

The organisation in force is told to the database with ``set_config(..., true)``: it ends with the
transaction, so it cannot travel to the next user of a pooled connection. It is a net and not a
wall: whoever can run SQL of their own can tell another organisation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, text  # noqa: TID251  reads the catalogue, no tenant's rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Engine

TOLD = "portal_told"
POLICY = "one_organisation"
# ``nullif``: after a transaction that told one, PostgreSQL answers '' and no longer null.
_MINE = (
    "organisation_id = nullif(current_setting('portal.organisation', true), '') "
    "OR current_setting('portal.across', true) = 'on'"
)
_TELL = "SELECT set_config('portal.organisation', %s, true), set_config('portal.across', %s, true)"
_TABLES = text("""
SELECT t.relname AS name, t.relrowsecurity AND t.relforcerowsecurity AS fenced,
       pg_has_role(current_user, t.relowner, 'MEMBER') AS owned
FROM pg_class t
JOIN pg_index k ON k.indrelid = t.oid AND k.indisprimary
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (k.indkey)
WHERE a.attname = 'organisation_id' AND t.relnamespace = current_schema()::regnamespace
ORDER BY t.relname
""")
_ROLE = text(
    "SELECT rolname AS name, rolsuper OR rolbypassrls AS above "
    "FROM pg_roles WHERE rolname = current_user"
)


class RoleError(Exception):
    """The database's role could walk round the fence; the text says what to do, in one line."""


@dataclass(frozen=True)
class FencedTable:
    """One tenant-owned table as the catalogue has it."""

    name: str
    fenced: bool
    owned: bool


def tables(connection: Connection) -> Sequence[FencedTable]:
    """Return every tenant-owned table of the database, those of absent plugins included."""
    return [FencedTable(*row) for row in connection.execute(_TABLES)]


def fence(connection: Connection) -> None:
    """Put row-level security on each tenant-owned table that has none yet; for the owner."""
    for each in tables(connection):
        if not each.fenced:
            for words in (
                "ALTER TABLE {} ENABLE ROW LEVEL SECURITY",
                "ALTER TABLE {} FORCE ROW LEVEL SECURITY",
                f"DROP POLICY IF EXISTS {POLICY} ON {{}}",
                f"CREATE POLICY {POLICY} ON {{}} USING ({_MINE}) WITH CHECK ({_MINE})",
            ):
                connection.exec_driver_sql(words.format(_quoted(connection, each.name)))


def grant(connection: Connection, role: str) -> None:
    """Let a role read and write all rows that the fence shows it, and change no table."""
    name = _quoted(connection, role)
    schema = _quoted(connection, str(connection.scalar(text("SELECT current_schema()"))))
    for words in (
        f"GRANT USAGE ON SCHEMA {schema} TO {name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {name}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {name}",
    ):
        connection.exec_driver_sql(words)


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)


def check_role(engine: Engine) -> None:
    """Refuse a role that the fence would not hold, or a database without the fence.

    :raise RoleError: the role is superuser, bypasses row-level security, or owns a fenced table;
        or a tenant-owned table has no fence.
    """
    with engine.connect() as connection:
        role = connection.execute(_ROLE).one()
        found = tables(connection)
    if role.above or any(each.owned for each in found):
        raise RoleError(
            f"the database role {role.name} could read every organisation's rows. Make a role that "
            f"owns nothing, run `portal db upgrade --app-role ROLE` as the owner, and start with "
            f"that role in PORTAL_DATABASE_URL; see docs/operators.md."
        )
    bare = [each.name for each in found if not each.fenced]
    if bare or not found:
        raise RoleError(
            f"row-level security is missing ({', '.join(bare) or 'no tables yet'}). "
            f"Run `portal db upgrade --app-role {role.name}` as the owner of the database."
        )


def follow(engine: Engine) -> None:
    """Forget what was told to a connection when its transaction, or a part of it, is over."""

    def forget(connection: Connection, *_: object) -> None:
        connection.info.pop(TOLD, None)

    event.listen(engine, "begin", forget)
    event.listen(engine, "rollback_savepoint", forget)


def tell(connection: Connection, organisation_id: str | None, *, across: bool) -> None:
    """Tell the database which organisation is in force, once a transaction and at each change."""
    told = (organisation_id or "", "on" if across else "")
    if connection.info.get(TOLD) == told:
        return
    driver: Any = connection.connection
    with driver.cursor() as cursor:
        cursor.execute(_TELL, told)
    connection.info[TOLD] = told
