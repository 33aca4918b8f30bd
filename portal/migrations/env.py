"""Lets Alembic work on the application's own engine, across the fence."""

from typing import Any, Literal

from alembic import context

from portal.columns import Encrypted, UtcDateTime
from portal.extensions import db
from portal.tenants.scope import across_tenants

app = context.config.attributes["app"]
plugin = context.config.attributes["plugin"]
versions = f"alembic_version_{plugin}" if plugin else "alembic_version"


def mine(_item: object, name: str | None, kind: str, *_: object) -> bool:
    """Leave the tables of plugins to their own migrations, and everybody's versions alone."""
    if kind != "table" or name is None:
        return True
    if name.startswith("alembic_version"):
        return False
    return name.startswith(f"p_{plugin}_") if plugin else not name.startswith("p_")


def plain(kind: str, item: Any, _autogen: object) -> str | Literal[False]:  # noqa: ANN401
    """Write our own column types as those of the database, so that a migration needs no import."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Encrypted):
        return "sa.Text()"
    return False


with (
    app.app_context(),
    across_tenants("A migration changes tables, not one organisation's rows."),
    db.engine.connect() as connection,
):
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=db.engine.dialect.name == "sqlite",
        compare_type=True,
        render_item=plain,
        include_object=mine,
        version_table=versions,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
