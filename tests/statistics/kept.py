"""What was kept for statistics, and how the tests let something be kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from portal.extensions import db
from portal.happenings import Happened, Happening, happened
from portal.statistics.models import StatisticEvent
from portal.tenants.scope import across_tenants, tenant_scope

MOMENT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def events(org, kind: str | None = None) -> list[StatisticEvent]:
    with across_tenants("The test reads what was kept."):
        query = select(StatisticEvent).where(StatisticEvent.organisation_id == org.id)
        found = db.session.scalars(query.order_by(StatisticEvent.at)).all()
    db.session.remove()
    return [row for row in found if kind in {None, row.kind}]


def say(org, kind: Happening, at: datetime = MOMENT, **more) -> None:
    with tenant_scope(org.id):
        happened(Happened(kind, at, org.id, **more))
        db.session.commit()
    db.session.remove()
