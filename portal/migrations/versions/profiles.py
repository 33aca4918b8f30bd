"""The tables of profiles and of the cards that other customers see."""

import sqlalchemy as sa
from alembic import op

revision = "profiles"
down_revision = "links"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "profile",
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("practice_name", sa.String(length=200), nullable=False),
        sa.Column("practice_address", sa.String(length=300), nullable=False),
        sa.Column("specialty", sa.String(length=120), nullable=False),
        sa.Column("show_country", sa.Boolean(), nullable=False),
        sa.Column("show_phone", sa.Boolean(), nullable=False),
        sa.Column("show_fax", sa.Boolean(), nullable=False),
        sa.Column("show_practice_name", sa.Boolean(), nullable=False),
        sa.Column("show_practice_address", sa.Boolean(), nullable=False),
        sa.Column("show_website", sa.Boolean(), nullable=False),
        sa.Column("show_specialty", sa.Boolean(), nullable=False),
        sa.Column("findable", sa.Boolean(), nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "id"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_profile_organisation_id_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_profile_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_profile")),
    )
    op.create_table(
        "profile_card",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("specialty", sa.String(length=120), nullable=False),
        sa.Column("practice_name", sa.String(length=200), nullable=False),
        sa.Column("practice_address", sa.String(length=300), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("fax", sa.String(length=40), nullable=False),
        sa.Column("website", sa.String(length=200), nullable=False),
        sa.Column("findable", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_profile_card_organisation_id_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_card")),
        sa.UniqueConstraint(
            "organisation_id", "account_id", name=op.f("uq_profile_card_organisation_id_account_id")
        ),
    )
    op.create_index(
        op.f("ix_profile_card_account_id"), "profile_card", ["account_id"], unique=False
    )

    op.create_table(
        "profile_word",
        sa.Column(
            "word",
            sa.String(length=60).with_variant(sa.VARCHAR(length=60, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("card_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["card_id"],
            ["profile_card.id"],
            name=op.f("fk_profile_word_card_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("word", "card_id", name=op.f("pk_profile_word")),
    )
    op.create_index(op.f("ix_profile_word_card_id"), "profile_word", ["card_id"], unique=False)
