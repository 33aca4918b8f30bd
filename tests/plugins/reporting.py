"""What the stories of reports begin with: a month whose numbers are known, and a partner."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from plugins.vinteos.count_models import Completion, Participation
from plugins.vinteos.report_models import Report
from portal import clock as the_clock
from portal.extensions import db
from portal.pluginhost import jobs
from portal.tenants.scope import new_id, tenant_scope
from tests.plugins.partner import Partner, serve
from tests.plugins.vinteos import rows

REPORTS = "/p/vinteos/reports"
CANARY = "Kanarienvogel"
LAST_MONTH = "2026-10"
# In the middle of a month, at noon, so that no test meets a midnight by chance.
NOW = datetime(2026, 11, 16, 11, tzinfo=UTC)


@pytest.fixture
def partner():
    made = Partner()
    server = serve(made)
    yield made
    made.released.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def month(clock):
    """Move the clock to a day whose month is known, before anybody signs in."""
    clock.move(NOW - clock.now())
    passed[:] = [timedelta()]


@pytest.fixture
def practice(month, here, partner):
    """Return the world on that day; Ash's doctor completed three in October, a colleague one."""
    settings(here, partner.address)
    for who, moments in (
        ("doctor", ("2026-09-30T21:59:59", "2026-09-30T22:00:00", "2026-10-31T22:59:59")),
        ("doctor", ("2026-10-31T23:00:00", "2026-10-15T10:00:00")),
        ("colleague", ("2026-10-02T10:00:00",)),
    ):
        for moment in moments:
            completed(here, who, datetime.fromisoformat(moment).replace(tzinfo=UTC))
    return here


def settings(world, url: str, **more) -> str:
    values = {"partner_url": url, "partner_user": "ash", "partner_password": "geheim", **more}
    return world.caller("projectadmin").post("/admin/plugins/vinteos", **values).text


def part(world, who: str) -> Participation:
    return next(
        row for row in rows(world.ash, Participation) if row.account_id == world.ash.ids[who]
    )


def completed(world, who: str, at: datetime) -> None:
    with tenant_scope(world.ash.id):
        row = Completion(participation_id=part_id(world, who), call_id=new_id(), completed_at=at)
        db.session.add(row)
        db.session.commit()
    db.session.remove()


def part_id(world, who: str) -> str:
    query = select(Participation.id).where(Participation.account_id == world.ash.ids[who])
    return db.session.scalar(query)


def release(world, period: str = LAST_MONTH):
    return world.caller("projectadmin").post(f"{REPORTS}/{period}")


passed = [timedelta()]


def work(app, org, again_in: timedelta = timedelta()) -> None:
    """Let the job come round in an organisation, at its next time; the clock of sessions stays."""
    passed.append(passed.pop() + again_in)
    with app.app_context():
        turn = jobs.Turn(org.id, "vinteos", "deliver")
        assert jobs.run(turn, now=the_clock.now() + passed[0])
    passed.append(passed.pop() + timedelta(minutes=15))


def newest(world) -> Report:
    return max(rows(world.ash, Report), key=lambda row: row.version)
