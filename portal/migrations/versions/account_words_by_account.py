"""The words of an account, found by the account from the index alone."""

from alembic import op

revision = "account_words_by_account"
down_revision = "rights"
branch_labels = None
depends_on = None

NAME, TABLE = "ix_account_word_account", "account_word"


def upgrade() -> None:
    """Bring the tables forward."""
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, ["organisation_id", "account_id", "word"])
