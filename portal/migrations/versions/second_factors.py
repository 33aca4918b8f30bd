"""Second factors, and sign-ins that wait for one."""

import sqlalchemy as sa
from alembic import op

revision = "second_factors"
down_revision = "bank_details"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "factor",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("credential_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("passkey_id", sa.String(length=1400), nullable=True),
        sa.Column("public_key", sa.Text(), nullable=True),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["credential_id"],
            ["credential.id"],
            name=op.f("fk_factor_credential_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor")),
        sa.UniqueConstraint("passkey_id", name=op.f("uq_factor_passkey_id")),
    )
    op.create_index(op.f("ix_factor_credential_id"), "factor", ["credential_id"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("credential_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["credential_id"],
            ["credential.id"],
            name=op.f("fk_recovery_code_credential_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_recovery_code")),
    )
    op.create_index(
        op.f("ix_recovery_code_credential_id"), "recovery_code", ["credential_id"], unique=False
    )
    op.create_table(
        "challenge",
        sa.Column("token_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"], ["token.id"], name=op.f("fk_challenge_token_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_id", "kind", name=op.f("pk_challenge")),
    )
    op.create_index(op.f("ix_challenge_expires_at"), "challenge", ["expires_at"], unique=False)
    with op.batch_alter_table("token") as table:
        table.add_column(
            sa.Column("pending", sa.String(length=10), server_default="", nullable=False)
        )
    with op.batch_alter_table("organisation") as table:
        table.add_column(
            sa.Column("factor_required", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
