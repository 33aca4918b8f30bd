"""Sessions of remote support, and what was done in them."""

import sqlalchemy as sa
from alembic import op

revision = "support"
down_revision = "notice_seen"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "support_session",
        sa.Column("opened_by", sa.String(length=32), nullable=False),
        sa.Column("scopes", sa.String(length=100), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("password_hash", sa.String(length=64), nullable=True),
        sa.Column("supporter_id", sa.String(length=32), nullable=True),
        sa.Column("supporter_name", sa.String(length=201), nullable=False),
        sa.Column("token_id", sa.String(length=32), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=10), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("medium", sa.String(length=60), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_support_session_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_support_session")),
    )
    columns = ["organisation_id", "opened_at"]
    op.create_index("ix_support_session_opened", "support_session", columns)
    for column in ("password_hash", "supporter_id"):
        op.create_index(op.f(f"ix_support_session_{column}"), "support_session", [column])
    op.create_table(
        "support_act",
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("second_id", sa.String(length=32), nullable=True),
        sa.Column("second_name", sa.String(length=201), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "session_id"],
            ["support_session.organisation_id", "support_session.id"],
            name=op.f("fk_support_act_organisation_id_support_session"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_support_act_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_support_act")),
    )
    columns = ["organisation_id", "session_id", "at"]
    op.create_index("ix_support_act_session", "support_act", columns)
