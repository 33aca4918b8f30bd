"""What a practice tells a guest who waits."""

import sqlalchemy as sa
from alembic import op

revision = "messages_to_those_who_wait"
down_revision = "account_words_by_account"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.add_column("visit", sa.Column("message", sa.Text(), nullable=True))
    op.add_column("visit", sa.Column("message_at", sa.DateTime(timezone=True), nullable=True))
