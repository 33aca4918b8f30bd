"""Departments, the words by which accounts are found, states with their past, identity source."""

import sqlalchemy as sa
from alembic import op

from portal.accounts.search import rows_for

revision = "departments_and_search"
down_revision = "rings"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_account_state": ["organisation_id", "state", "last_name", "first_name", "id"],
    "ix_account_email": ["organisation_id", "email", "id"],
    "ix_account_number": ["organisation_id", "physician_number", "id"],
    "ix_account_sign_in": ["organisation_id", "last_sign_in_on", "id"],
    "ix_account_department": ["organisation_id", "department_id"],
}
AT_ONCE = 1_000


def upgrade() -> None:
    op.create_table(
        "department",
        sa.Column("organisation_id", sa.String(32), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_department_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_department")),
        sa.UniqueConstraint(
            "organisation_id", "name", name=op.f("uq_department_organisation_id_name")
        ),
    )
    op.create_table(
        "account_word",
        sa.Column("organisation_id", sa.String(32), nullable=False),
        sa.Column(
            "word",
            sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["account.organisation_id", "account.id"],
            name=op.f("fk_account_word_organisation_id_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "word", "account_id", name=op.f("pk_account_word")
        ),
    )
    op.create_index("ix_account_word_account", "account_word", ["organisation_id", "account_id"])
    op.add_column("account", sa.Column("state_since", sa.DateTime(timezone=True)))
    op.add_column(
        "account", sa.Column("suspended_from", sa.String(20), nullable=False, server_default="")
    )
    op.add_column(
        "account", sa.Column("rejection", sa.String(300), nullable=False, server_default="")
    )
    op.add_column("account", sa.Column("department_id", sa.String(32)))
    op.add_column(
        "organisation",
        sa.Column("identity_source", sa.String(20), nullable=False, server_default="portal"),
    )
    for name, columns in INDEXES.items():
        op.create_index(name, "account", columns)
    _fill_words()


def _fill_words() -> None:
    """Find the accounts that are there already, too."""
    connection = op.get_bind()
    accounts = connection.execute(
        sa.text(
            "SELECT organisation_id, id, first_name, last_name, physician_number, email, phone,"
            " mobile, fax FROM account"
        )
    ).mappings()
    rows = [
        row
        for each in accounts
        for row in rows_for(each["organisation_id"], each["id"], dict(each))
    ]
    word = sa.text(
        "INSERT INTO account_word (organisation_id, account_id, word)"
        " VALUES (:organisation_id, :account_id, :word)"
    )
    for start in range(0, len(rows), AT_ONCE):
        connection.execute(word, rows[start : start + AT_ONCE])


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, "account")
    op.drop_column("organisation", "identity_source")
    for name in ("department_id", "rejection", "suspended_from", "state_since"):
        op.drop_column("account", name)
    op.drop_table("account_word")
    op.drop_table("department")
