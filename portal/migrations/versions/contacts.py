"""The two sides of each contact."""

import sqlalchemy as sa
from alembic import op

revision = "contacts"
down_revision = ("contracts", "plugin_approval")
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "contact",
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("own_card_id", sa.String(length=32), nullable=False),
        sa.Column("card_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["card_id", "own_card_id"],
            ["contact.own_card_id", "contact.card_id"],
            name=op.f("fk_contact_card_id_own_card_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["card_id"], ["profile_card.id"], name=op.f("fk_contact_card_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_contact_organisation_id_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_contact_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["own_card_id"],
            ["profile_card.id"],
            name=op.f("fk_contact_own_card_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_contact")),
        sa.UniqueConstraint("own_card_id", "card_id", name=op.f("uq_contact_own_card_id_card_id")),
    )
    op.create_index("ix_contact_card_id", "contact", ["card_id"], unique=False)
    op.create_index(
        "ix_contact_list", "contact", ["organisation_id", "account_id", "state"], unique=False
    )
    op.create_index("ix_contact_own_card_id", "contact", ["own_card_id"], unique=False)
