"""The time of an appointment on an access code, and the codes of a day."""

import sqlalchemy as sa
from alembic import op

revision = "appointments"
down_revision = "messages_to_those_who_wait"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.add_column("access_code", sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_access_code_day", "access_code", ["organisation_id", "valid_on", "room_id"])
