"""More than two in a call."""

import sqlalchemy as sa
from alembic import op

revision = "group_calls"
down_revision = "own_support"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("call_member") as table:
        table.alter_column(
            "role", existing_type=sa.String(length=10), type_=sa.String(length=20), nullable=False
        )
    op.add_column("ring", sa.Column("call_id", sa.String(length=32), nullable=True))
    op.create_index(op.f("ix_ring_call_id"), "ring", ["call_id"])
    op.drop_index("uq_ring_open_caller_card_id", table_name="ring")
    op.create_index(
        "uq_ring_open_caller_card_id",
        "ring",
        ["caller_card_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL AND answered_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL AND answered_at IS NULL"),
    )
