"""Make the tables of agreements."""

import sqlalchemy as sa
from alembic import op

revision = "consent_form_0001"
down_revision = None
branch_labels = ("consent_form",)
depends_on = None


def _owned(table: str, unique: str) -> list[sa.Column[str] | sa.Constraint]:
    return [
        sa.Column("organisation_id", sa.String(32), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=f"pk_{table}"),
        sa.UniqueConstraint("organisation_id", unique, name=f"uq_{table}_organisation_id_{unique}"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=f"fk_{table}_organisation_id"
        ),
    ]


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "p_consent_form_agreement",
        sa.Column("visit_id", sa.String(32), nullable=False),
        sa.Column("version", sa.String(16), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        *_owned("p_consent_form_agreement", "visit_id"),
    )
    op.create_index(
        "ix_p_consent_form_agreement_agreed_at", "p_consent_form_agreement", ["agreed_at"]
    )
    op.create_table(
        "p_consent_form_month",
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *_owned("p_consent_form_month", "month"),
    )
