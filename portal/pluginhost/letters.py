"""Announcements that no plugin took: kept for the operator, who lets them be tried again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from portal.database import changed
from portal.extensions import db
from portal.outbox import DEAD, QUEUED, Outbox
from portal.tenants.models import Organisation
from portal.tenants.scope import across_tenants

if TYPE_CHECKING:
    from datetime import datetime

KIND = "announcement"


@dataclass(frozen=True)
class DeadLetters:
    """What lies there of one hook in one organisation."""

    organisation_id: str
    organisation: str
    hook: str
    number: int
    oldest: datetime


def dead(plugin: str) -> list[DeadLetters]:
    """Return a plugin's dead letters, summed up; their contents stay where they are."""
    count, oldest = func.count(Outbox.id), func.min(Outbox.created_at)
    query = (
        select(Outbox.organisation_id, Organisation.name, Outbox.occasion, count, oldest)
        .join(Organisation, Organisation.id == Outbox.organisation_id)
        .where(Outbox.kind == KIND, Outbox.state == DEAD, Outbox.provider == plugin)
        .group_by(Outbox.organisation_id, Organisation.name, Outbox.occasion)
        .order_by(Organisation.name, Outbox.occasion)
    )
    with across_tenants("The operator sees what could not be told to a plugin."):
        return [DeadLetters(*row) for row in db.session.execute(query)]


def retry(plugin: str, *, now: datetime) -> int:
    """Queue a plugin's dead letters afresh, with all their tries; return how many."""
    again = (
        update(Outbox)
        .where(Outbox.kind == KIND, Outbox.state == DEAD, Outbox.provider == plugin)
        .values(state=QUEUED, tries=0, next_try_at=now, claimed_until=None)
        .execution_options(synchronize_session=False)
    )
    with across_tenants("The operator lets dead letters of every organisation be tried again."):
        return changed(db.session.execute(again))
