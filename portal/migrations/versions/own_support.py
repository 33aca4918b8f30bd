"""Remote support that a doctor opens to the own area."""

import sqlalchemy as sa
from alembic import op

revision = "own_support"
down_revision = "board_files"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.add_column("support_session", sa.Column("account_id", sa.String(length=32), nullable=True))
