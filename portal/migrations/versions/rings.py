"""Who calls whom among doctors."""

import sqlalchemy as sa
from alembic import op

revision = "rings"
down_revision = "contacts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "ring",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("caller_card_id", sa.String(length=32), nullable=False),
        sa.Column("callee_card_id", sa.String(length=32), nullable=False),
        sa.Column("pair", sa.String(length=65), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["callee_card_id"],
            ["profile_card.id"],
            name=op.f("fk_ring_callee_card_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["caller_card_id"],
            ["profile_card.id"],
            name=op.f("fk_ring_caller_card_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ring")),
    )
    op.create_index(
        "uq_ring_open_callee_card_id",
        "ring",
        ["callee_card_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_ring_open_caller_card_id",
        "ring",
        ["caller_card_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_ring_open_pair",
        "ring",
        ["pair"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
