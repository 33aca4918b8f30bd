"""Statistics: pseudonymous events, the keys of a month, sums; and what was used in a call."""

import sqlalchemy as sa
from alembic import op

revision = "statistics"
down_revision = "room_pages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("call", sa.Column("used", sa.String(60), nullable=False, server_default=""))
    op.create_table(
        "statistic_event",
        sa.Column("organisation_id", sa.String(32), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(32), nullable=False),
        sa.Column("other", sa.String(32), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("delete_after", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_statistic_event_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_statistic_event")),
    )
    op.create_index(
        op.f("ix_statistic_event_kind"), "statistic_event", ["organisation_id", "kind", "at"]
    )
    op.create_index(op.f("ix_statistic_event_delete_after"), "statistic_event", ["delete_after"])
    op.create_table(
        "statistic_key",
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("whose", sa.String(10), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("delete_after", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("month", "whose", name=op.f("pk_statistic_key")),
    )
    op.create_index(op.f("ix_statistic_key_delete_after"), "statistic_key", ["delete_after"])
    op.create_table(
        "statistic_sum",
        sa.Column("organisation_id", sa.String(32), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("facet", sa.String(20), nullable=False),
        sa.Column("value", sa.String(60), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_statistic_sum_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_statistic_sum")),
        sa.UniqueConstraint(
            "organisation_id",
            "month",
            "kind",
            "facet",
            "value",
            name=op.f("uq_statistic_sum_organisation_id_month_kind_facet_value"),
        ),
    )


def downgrade() -> None:
    for table in ("statistic_sum", "statistic_key", "statistic_event"):
        op.drop_table(table)
    op.drop_column("call", "used")
