"""Make the tables of questionnaires."""

import sqlalchemy as sa
from alembic import op

revision = "vinteos_0001"
down_revision = None
branch_labels = ("vinteos",)
depends_on = None


def _of_one_call(table: str) -> list[sa.Column[str] | sa.Constraint]:
    return [
        sa.Column("organisation_id", sa.String(32), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("call_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=f"pk_{table}"),
        sa.UniqueConstraint(
            "organisation_id", "call_id", name=f"uq_{table}_organisation_id_call_id"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=f"fk_{table}_organisation_id"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["account.organisation_id", "account.id"],
            name=f"fk_{table}_organisation_id_account_id",
            ondelete="CASCADE",
        ),
    ]


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "p_vinteos_open",
        *_of_one_call("p_vinteos_open"),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "p_vinteos_filled",
        *_of_one_call("p_vinteos_filled"),
        sa.Column("questionnaire", sa.String(40), nullable=False),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answers", sa.Text()),
        sa.Column("delete_after", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_p_vinteos_open_account_id", "p_vinteos_open", ["account_id"])
    op.create_index("ix_p_vinteos_open_ended_at", "p_vinteos_open", ["ended_at"])
    op.create_index("ix_p_vinteos_filled_account_id", "p_vinteos_filled", ["account_id"])
    op.create_index("ix_p_vinteos_filled_delete_after", "p_vinteos_filled", ["delete_after"])
