"""Requests about one's own data, and accounts whose processing is restricted."""

import sqlalchemy as sa
from alembic import op

revision = "rights"
down_revision = "deletion"
branch_labels = None
depends_on = None

TIMES = ("reminded_at", "closed_at")


def upgrade() -> None:
    op.create_table(
        "rights_request",
        sa.Column("organisation_id", sa.String(32), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True)) for name in TIMES),
        sa.Column("closed_by", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_rights_request_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_rights_request")),
        sa.UniqueConstraint(
            "organisation_id", "number", name=op.f("uq_rights_request_organisation_id_number")
        ),
    )
    op.create_index(
        "ix_rights_request_account", "rights_request", ["organisation_id", "account_id", "asked_at"]
    )
    op.create_index("ix_rights_request_state", "rights_request", ["state", "due_at"])
    op.create_index(op.f("ix_rights_request_closed_at"), "rights_request", ["closed_at"])
    op.add_column("account", sa.Column("restricted_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("account", "restricted_at")
    op.drop_table("rights_request")
