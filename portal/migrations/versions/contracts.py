"""What sales needs: undertakings, certificates, branding, drafts, imports, terminations."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "contracts"
down_revision = "profiles"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "provider_certificate",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("provider_company_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_company_id"],
            ["provider_company.id"],
            name=op.f("fk_provider_certificate_provider_company_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_certificate")),
    )
    op.create_index(
        op.f("ix_provider_certificate_provider_company_id"),
        "provider_certificate",
        ["provider_company_id"],
    )
    op.create_table(
        "undertaking",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_undertaking_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undertaking")),
    )
    op.create_index(op.f("ix_undertaking_staff_id"), "undertaking", ["staff_id"])
    op.create_table(
        "organisation_draft",
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("values", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
            name=op.f("fk_organisation_draft_staff_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_organisation_draft")),
    )
    op.create_index(op.f("ix_organisation_draft_updated_at"), "organisation_draft", ["updated_at"])
    op.create_table(
        "organisation_import",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("provider_company_id", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["provider_company_id"],
            ["provider_company.id"],
            name=op.f("fk_organisation_import_provider_company_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_import")),
    )
    op.create_index(
        op.f("ix_organisation_import_provider_company_id"),
        "organisation_import",
        ["provider_company_id"],
    )
    _new_columns()


def _new_columns() -> None:
    # Not in a batch: SQLite would make the table anew, and other tables point at it.
    op.add_column(
        "provider_company",
        sa.Column("undertaking_version", sa.String(length=20), nullable=False, server_default="1"),
    )
    texts = (("support_contact", 300), ("sms_sender", 11), ("accent", 7), ("accent_2", 7))
    for name, length in texts:
        text = sa.Column(name, sa.String(length=length), nullable=False, server_default="")
        op.add_column("organisation", text)
    columns: tuple[sa.Column[Any], ...] = (
        sa.Column("logo", sa.Text(), nullable=False, server_default=""),
        sa.Column("is_demo", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("import_id", sa.String(length=32), nullable=True),
        sa.Column("terminated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
    )
    for column in columns:
        op.add_column("organisation", column)
    op.create_index(op.f("ix_organisation_import_id"), "organisation", ["import_id"])
