"""The world on a day in November."""

from __future__ import annotations

import pytest

from portal.extensions import db
from portal.statistics.models import StatisticEvent, StatisticKey
from portal.tenants.scope import across_tenants
from tests.statistics.kept import MOMENT


@pytest.fixture
def november(world, clock):
    """Return the world on a day in November, with nothing kept."""
    clock.move(MOMENT - clock.now())
    with across_tenants("The test begins with nothing."):
        for model in (StatisticEvent, StatisticKey):
            db.session.execute(model.__table__.delete())
        db.session.commit()
    db.session.remove()
    return world
