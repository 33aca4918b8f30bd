"""What provider companies, and people for themselves, have set in plugins."""

import sqlalchemy as sa
from alembic import op

revision = "plugin_levels"
down_revision = "support"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "plugin_company",
        sa.Column("provider_company_id", sa.String(length=32), nullable=False),
        sa.Column("plugin", sa.String(length=60), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("secrets", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_company_id"],
            ["provider_company.id"],
            name=op.f("fk_plugin_company_provider_company_id"),
        ),
        sa.PrimaryKeyConstraint("provider_company_id", "plugin", name=op.f("pk_plugin_company")),
    )
    op.create_table(
        "plugin_own",
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("plugin", sa.String(length=60), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("secrets", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_plugin_own_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_plugin_own_organisation_id_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_plugin_own")),
        sa.UniqueConstraint(
            "organisation_id",
            "plugin",
            "account_id",
            name=op.f("uq_plugin_own_organisation_id_plugin_account_id"),
        ),
    )
    op.create_index(op.f("ix_plugin_own_account_id"), "plugin_own", ["account_id"])
