"""Pauses that grow, and networks from which somebody signed in before."""

import sqlalchemy as sa
from alembic import op

revision = "guesses"
down_revision = "second_factors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "known_network",
        sa.Column("credential_id", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential_id"],
            ["credential.id"],
            name=op.f("fk_known_network_credential_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("credential_id", "hash", name=op.f("pk_known_network")),
    )
    op.create_index(op.f("ix_known_network_seen_on"), "known_network", ["seen_on"], unique=False)
    with op.batch_alter_table("attempt") as table:
        table.add_column(sa.Column("last_at", sa.DateTime(timezone=True), nullable=True))
