"""Runs the deletion runner at a moment, and tells how many rows of one table it took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from portal.extensions import db
from portal.privacy import deletion
from portal.privacy.models import Deletion

if TYPE_CHECKING:
    from datetime import datetime


def deleted(table: str, now: datetime) -> int:
    """Run everything that is due, and return what the protocol says of one table."""
    before = _told(table)
    deletion.run(now)
    return _told(table) - before


def _told(table: str) -> int:
    query = select(func.sum(Deletion.rows)).where(Deletion.place.startswith(f"{table}."))
    found = int(db.session.scalar(query) or 0)
    db.session.remove()
    return found
