"""Imports of accounts, on their way and for undoing."""

import sqlalchemy as sa
from alembic import op

revision = "account_import"
down_revision = "departments_and_search"
branch_labels = None
depends_on = None

NUMBERS = ("done", "total", "fresh", "changed", "same", "faults")


def upgrade() -> None:
    op.create_table(
        "account_import",
        sa.Column("organisation_id", sa.String(32), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("made_by", sa.String(32), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in NUMBERS),
        sa.Column("invites", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Text()) for name in ("payload", "report", "undo")),
        sa.Column("delete_after", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_account_import_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_account_import")),
    )
    op.create_index(op.f("ix_account_import_delete_after"), "account_import", ["delete_after"])


def downgrade() -> None:
    op.drop_table("account_import")
