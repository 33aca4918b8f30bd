"""Let each doctor take part by an agreement, count apart from the answers, erase all together.

What was filled in before there were agreements becomes a participation that has ended: nobody
agreed to it, so it is counted, and erased ninety days after this step.
"""

from datetime import UTC, datetime, timedelta
from secrets import token_hex

import sqlalchemy as sa
from alembic import op

revision = "vinteos_0003"
down_revision = "vinteos_0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
PARTICIPATION = "p_vinteos_participation"
COMPLETION = "p_vinteos_completion"
OLD = ("p_vinteos_open", "p_vinteos_filled")


def _owned(table: str) -> list[sa.Column[str] | sa.Constraint]:
    return [
        sa.Column("organisation_id", sa.String(32), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=f"fk_{table}_organisation_id"
        ),
    ]


def _name_of_key(table: str) -> str:
    return f"fk_{table}_organisation_id_participation_id"


def upgrade() -> None:
    """Bring the tables forward."""
    _make_tables()
    for table in OLD:
        op.add_column(table, sa.Column("participation_id", sa.String(32)))
    _move(op.get_bind())
    op.drop_index("ix_p_vinteos_filled_delete_after", "p_vinteos_filled")
    for table in OLD:
        with op.batch_alter_table(table) as batch:
            batch.alter_column("participation_id", existing_type=sa.String(32), nullable=False)
            batch.create_index(f"ix_{table}_participation_id", ["participation_id"])
            batch.create_foreign_key(
                _name_of_key(table),
                PARTICIPATION,
                ["organisation_id", "participation_id"],
                ["organisation_id", "id"],
                ondelete="CASCADE",
            )
            if table == "p_vinteos_filled":
                batch.drop_column("delete_after")


def _make_tables() -> None:
    op.create_table(
        PARTICIPATION,
        *_owned(PARTICIPATION),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("running", sa.Boolean()),
        sa.Column("participant", sa.String(40), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date()),
        sa.Column("agreed_at", MOMENT, nullable=False),
        sa.Column("terms", sa.String(10), nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.Column("closed_because", sa.String(12), nullable=False),
        sa.Column("erase_at", MOMENT),
        sa.UniqueConstraint(
            "organisation_id", "participant", name=f"uq_{PARTICIPATION}_organisation_id_participant"
        ),
        sa.UniqueConstraint(
            "organisation_id",
            "account_id",
            "running",
            name=f"uq_{PARTICIPATION}_organisation_id_account_id_running",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["account.organisation_id", "account.id"],
            name=f"fk_{PARTICIPATION}_organisation_id_account_id",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        COMPLETION,
        *_owned(COMPLETION),
        sa.Column("participation_id", sa.String(32), nullable=False),
        sa.Column("call_id", sa.String(32), nullable=False),
        sa.Column("completed_at", MOMENT, nullable=False),
        sa.UniqueConstraint(
            "organisation_id", "call_id", name=f"uq_{COMPLETION}_organisation_id_call_id"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "participation_id"],
            [f"{PARTICIPATION}.organisation_id", f"{PARTICIPATION}.id"],
            name=_name_of_key(COMPLETION),
            ondelete="CASCADE",
        ),
    )
    op.create_index(f"ix_{PARTICIPATION}_erase_at", PARTICIPATION, ["erase_at"])
    op.create_index(f"ix_{COMPLETION}_participation_id", COMPLETION, ["participation_id"])


def _move(connection: sa.Connection) -> None:
    """Give each old row a participation, and each that was filled in its count."""
    meta, now = sa.MetaData(), datetime.now(UTC)
    if connection.dialect.name == "sqlite":
        now = now.replace(tzinfo=None)
    names = (PARTICIPATION, COMPLETION, *OLD)
    meta.reflect(connection, only=lambda name, _: name in {*names, "organisation", "account"})
    participation, completion, *old = (meta.tables[name] for name in names)
    filled = old[1]
    found = {
        tuple(row)
        for table in old
        for row in connection.execute(sa.select(table.c.organisation_id, table.c.account_id))
    }
    for organisation_id, account_id in sorted(found):
        own = {"organisation_id": organisation_id, "id": token_hex(16)}
        values = {
            **own,
            "account_id": account_id,
            "participant": f"V-{token_hex(8)}",
            "quota": 0,
            "starts_on": now.date(),
            "agreed_at": now,
            "terms": "0",
            "closed_at": now,
            "closed_because": "admin",
            "erase_at": now + timedelta(days=90),
        }
        connection.execute(participation.insert().values(values))
        for table in old:
            mine = (table.c.organisation_id == organisation_id, table.c.account_id == account_id)
            change = table.update().where(*mine).values(participation_id=own["id"])
            connection.execute(change)
    rows = sa.select(
        filled.c.organisation_id,
        filled.c.id,
        filled.c.participation_id,
        filled.c.call_id,
        filled.c.filled_at.label("completed_at"),
    )
    for row in connection.execute(rows).mappings().all():
        connection.execute(completion.insert().values(dict(row)))
