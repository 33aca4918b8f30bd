"""Which version of the notice somebody has read, and which versions changed it materially."""

import sqlalchemy as sa
from alembic import op

revision = "notice_seen"
down_revision = "statistics"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "notice_version",
        sa.Column("is_material", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "notice_seen",
        sa.Column("organisation_id", sa.String(32), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_notice_seen_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "id"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_notice_seen_organisation_id_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_notice_seen")),
    )


def downgrade() -> None:
    op.drop_table("notice_seen")
    op.drop_column("notice_version", "is_material")
