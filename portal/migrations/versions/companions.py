"""Whose companion comes with an access code."""

import sqlalchemy as sa
from alembic import op

revision = "companions"
down_revision = "group_calls"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.add_column("access_code", sa.Column("companion_of", sa.String(length=32), nullable=True))
    op.create_index("ix_access_code_companion", "access_code", ["organisation_id", "companion_of"])
