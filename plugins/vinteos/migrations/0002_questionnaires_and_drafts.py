"""Keep drafts, dismissals, and the questionnaires that an organisation brings itself."""

import sqlalchemy as sa
from alembic import op

revision = "vinteos_0002"
down_revision = "vinteos_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "p_vinteos_questionnaire",
        sa.Column("organisation_id", sa.String(32), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("data", sa.Text()),
        sa.Column("added_at", moment, nullable=False),
        sa.Column("chosen_at", moment),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_p_vinteos_questionnaire"),
        sa.UniqueConstraint(
            "organisation_id", "key", name="uq_p_vinteos_questionnaire_organisation_id_key"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_p_vinteos_questionnaire_organisation_id",
        ),
    )
    op.add_column("p_vinteos_open", sa.Column("questionnaire", sa.String(40)))
    op.add_column("p_vinteos_open", sa.Column("draft", sa.Text()))
    op.add_column("p_vinteos_open", sa.Column("draft_at", moment))
    op.add_column("p_vinteos_open", sa.Column("dismissed_at", moment))
    op.add_column(
        "p_vinteos_open",
        sa.Column("dismissed_because", sa.String(20), nullable=False, server_default=""),
    )
