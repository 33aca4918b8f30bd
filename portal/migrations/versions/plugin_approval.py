"""What the operator has approved of each plugin."""

import sqlalchemy as sa
from alembic import op

revision = "plugin_approval"
down_revision = "links"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "plugin_approval",
        sa.Column("plugin", sa.String(length=60), nullable=False),
        sa.Column("scopes", sa.String(length=2000), nullable=False),
        sa.Column("hosts", sa.String(length=4000), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("plugin", name=op.f("pk_plugin_approval")),
    )
