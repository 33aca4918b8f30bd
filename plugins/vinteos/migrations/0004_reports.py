"""Keep the monthly numbers that were released to the partner."""

import sqlalchemy as sa
from alembic import op

revision = "vinteos_0004"
down_revision = "vinteos_0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
REPORT, LINE = "p_vinteos_report", "p_vinteos_report_line"


def _owned(table: str) -> list[sa.Column[str] | sa.Constraint]:
    return [
        sa.Column("organisation_id", sa.String(32), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=f"fk_{table}_organisation_id"
        ),
    ]


def _key(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", column],
        [f"{target}.organisation_id", f"{target}.id"],
        name=f"fk_{LINE}_organisation_id_{column}",
        ondelete="CASCADE",
    )


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        REPORT,
        *_owned(REPORT),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(32), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("participants", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("released_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("problem", sa.String(20), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", MOMENT),
        sa.Column("answered_at", MOMENT),
        sa.UniqueConstraint(
            "organisation_id",
            "period",
            "version",
            name=f"uq_{REPORT}_organisation_id_period_version",
        ),
    )
    op.create_table(
        LINE,
        *_owned(LINE),
        sa.Column("report_id", sa.String(32), nullable=False),
        sa.Column("participation_id", sa.String(32), nullable=False),
        sa.Column("participant", sa.String(40), nullable=False),
        sa.Column("completed", sa.Integer(), nullable=False),
        sa.UniqueConstraint(
            "organisation_id",
            "report_id",
            "participation_id",
            name=f"uq_{LINE}_once",
        ),
        _key("report_id", REPORT),
        _key("participation_id", "p_vinteos_participation"),
    )
    op.create_index(f"ix_{REPORT}_next_try_at", REPORT, ["next_try_at"])
    op.create_index(f"ix_{LINE}_participation_id", LINE, ["participation_id"])
