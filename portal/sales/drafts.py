"""The contract that somebody has begun to enter: kept on the server for two weeks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete

from portal.extensions import db
from portal.sales.models import OrganisationDraft

if TYPE_CHECKING:
    from datetime import datetime

LAST_STEP = 5


def of(staff_id: str) -> tuple[int, dict[str, Any]]:
    """Return the step that somebody has reached, and all they entered so far."""
    row = db.session.get(OrganisationDraft, staff_id)
    return (1, {}) if row is None else (row.step, json.loads(row.values))


def keep(staff_id: str, step: int, values: dict[str, Any], *, now: datetime) -> None:
    """Keep what was entered, and the step that comes next."""
    row = db.session.get(OrganisationDraft, staff_id)
    if row is None:
        row = OrganisationDraft(staff_id=staff_id)
        db.session.add(row)
    row.step = min(step, LAST_STEP)
    row.values = json.dumps(values)
    row.updated_at = now


def drop(staff_id: str) -> None:
    """Forget a draft, because it became a contract or nobody wants it."""
    db.session.execute(delete(OrganisationDraft).where(OrganisationDraft.staff_id == staff_id))
