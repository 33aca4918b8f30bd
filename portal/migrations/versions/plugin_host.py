"""When jobs of plugins come round, and which accounts take part."""

import sqlalchemy as sa
from alembic import op

revision = "plugin_host"
down_revision = "audit_log"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "plugin_job",
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("plugin", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_plugin_job_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_plugin_job")),
        sa.UniqueConstraint(
            "organisation_id",
            "plugin",
            "name",
            name=op.f("uq_plugin_job_organisation_id_plugin_name"),
        ),
    )
    op.create_index("ix_plugin_job_next_at", "plugin_job", ["next_at"])
    op.create_table(
        "plugin_account",
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("plugin", sa.String(length=60), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_plugin_account_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_plugin_account_organisation_id_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_plugin_account")),
        sa.UniqueConstraint(
            "organisation_id",
            "plugin",
            "account_id",
            name=op.f("uq_plugin_account_organisation_id_plugin_account_id"),
        ),
    )
    op.create_index(op.f("ix_plugin_account_account_id"), "plugin_account", ["account_id"])
