"""The protocol of deletions, and when the ground of a consent was gone."""

import sqlalchemy as sa
from alembic import op

revision = "deletion"
down_revision = "messages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("consent", sa.Column("ground_gone_at", sa.DateTime(timezone=True)))
    op.create_table(
        "deletion",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("use_id", sa.String(80), nullable=False),
        sa.Column("place", sa.String(130), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_deletion")),
    )
    op.create_index(op.f("ix_deletion_at"), "deletion", ["at"])


def downgrade() -> None:
    op.drop_table("deletion")
    op.drop_column("consent", "ground_gone_at")
