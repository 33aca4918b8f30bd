"""How far a message came, what is allowed of text messages, and their words."""

import sqlalchemy as sa
from alembic import op

revision = "messages"
down_revision = "guesses"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("message") as table:
        table.add_column(
            sa.Column("provider_ref", sa.String(100), nullable=False, server_default="")
        )
        table.add_column(sa.Column("parts", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("next_poll_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("request_key", sa.String(64), nullable=True))
        table.create_unique_constraint(
            op.f("uq_message_organisation_id_request_key"), ["organisation_id", "request_key"]
        )
    op.create_index(op.f("ix_message_next_poll_at"), "message", ["next_poll_at"])
    op.create_index("ix_message_created", "message", ["organisation_id", "created_at"])
    op.create_index(
        "ix_message_provider_ref", "message", ["organisation_id", "provider", "provider_ref"]
    )
    op.create_table(
        "message_rules",
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("countries", sa.String(length=600), nullable=False),
        sa.Column("daily_parts", sa.Integer(), nullable=False),
        sa.Column("per_number", sa.Integer(), nullable=False),
        sa.Column("report_salt", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_message_rules_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_message_rules")),
    )
    op.create_table(
        "message_text",
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("occasion", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_message_text_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_message_text")),
        sa.UniqueConstraint(
            "organisation_id",
            "occasion",
            "channel",
            "language",
            name=op.f("uq_message_text_organisation_id_occasion_channel_language"),
        ),
    )


def downgrade() -> None:
    """Take the tables back."""
    op.drop_table("message_text")
    op.drop_table("message_rules")
    op.drop_index("ix_message_provider_ref", "message")
    op.drop_index("ix_message_created", "message")
    op.drop_index(op.f("ix_message_next_poll_at"), "message")
    with op.batch_alter_table("message") as table:
        table.drop_constraint(op.f("uq_message_organisation_id_request_key"), type_="unique")
        for name in ("request_key", "next_poll_at", "parts", "provider_ref"):
            table.drop_column(name)
