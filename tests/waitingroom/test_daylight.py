"""The two days on which the clocks are changed: one has 23 hours, the other 25 (SECURITY F10)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.language import ZONE
from portal.tenants.scope import tenant_scope
from portal.waitingroom import access, hours
from portal.waitingroom.access import CodeExpiredError, CodeOrder, CodeOtherDayError
from portal.waitingroom.models import AccessCode

DAYS = {date(2027, 3, 28): 23, date(2026, 10, 25): 25, date(2027, 6, 1): 24}
EVERY = timedelta(minutes=10)


@pytest.mark.requirement("COD-1", "WR-8")
@pytest.mark.parametrize("day", DAYS)
def test_a_code_for_a_day_opens_from_its_first_to_its_last_minute(world, day):
    made = datetime.combine(day, time(9), tzinfo=ZONE).astimezone(UTC) - timedelta(days=3)
    clock.move(made - clock.now())
    with tenant_scope(world.ash.id):
        order = CodeOrder(world.ash.ids["room"], "Erika Muster", "multi", day, time(10, 30))
        code = access.make_code(order, account_id=world.ash.ids["doctor"], now=made)
        db.session.commit()
        moment, opened = made, []
        while moment < made + timedelta(days=6):
            try:
                access.usable(code.id, now=moment)
            except (CodeOtherDayError, CodeExpiredError):
                pass
            else:
                opened.append(moment)
            moment += EVERY
        row = db.session.scalars(select(AccessCode).where(AccessCode.id == code.id)).one()
        assert row.starts_at.astimezone(ZONE).time() == time(10, 30)
        db.session.rollback()
    midnight = datetime.combine(day, time(), tzinfo=ZONE).astimezone(UTC)
    assert opened[0] == midnight
    assert len(opened) * EVERY == timedelta(hours=DAYS[day])


@pytest.mark.requirement("WR-8")
@pytest.mark.parametrize("day", DAYS)
def test_hours_of_a_room_begin_at_the_same_time_on_the_wall(day):
    kept = hours.stored([hours.read("2-3, 8:15-12") for _day in range(7)])
    evening = datetime.combine(day - timedelta(days=1), time(20), tzinfo=ZONE)
    first = hours.next_opening(kept, now=evening.astimezone(UTC))
    assert first is not None
    assert (first.date(), f"{first:%H:%M}") == (day, "02:00")
    morning = datetime.combine(day, time(7, 59), tzinfo=ZONE)
    second = hours.next_opening(kept, now=morning.astimezone(UTC))
    assert second is not None
    assert f"{second.astimezone(UTC).astimezone(ZONE):%d.%m. %H:%M}" == f"{day:%d.%m.} 08:15"
