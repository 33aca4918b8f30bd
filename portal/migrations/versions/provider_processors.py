"""Processors that a provider company names itself."""

import sqlalchemy as sa
from alembic import op

revision = "provider_processors"
down_revision = "plugin_levels"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "provider_processor",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("provider_company_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("service_de", sa.String(length=200), nullable=False),
        sa.Column("service_en", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_company_id"],
            ["provider_company.id"],
            name=op.f("fk_provider_processor_provider_company_id_provider_company"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_processor")),
    )
    op.create_index(
        op.f("ix_provider_processor_provider_company_id"),
        "provider_processor",
        ["provider_company_id"],
    )
