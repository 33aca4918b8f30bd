"""What a waiting room's own page shows: address, e-mail, language, opening hours, pictures."""

import sqlalchemy as sa
from alembic import op

revision = "room_pages"
down_revision = "appointments"
branch_labels = None
depends_on = None

COLUMNS = {
    "address": sa.String(300),
    "email": sa.String(254),
    "language": sa.String(2),
    "hours": sa.String(1000),
    "portrait": sa.Text(),
    "background": sa.Text(),
}


def upgrade() -> None:
    """Bring the tables forward."""
    for name, kind in COLUMNS.items():
        op.add_column("room", sa.Column(name, kind, nullable=False, server_default=""))
