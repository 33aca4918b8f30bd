"""A thousand who wait in one room: the desk stays a short page (SECURITY F19)."""

from __future__ import annotations

import re

import pytest

from bench import practice as making
from portal.tenants.scope import tenant_scope
from portal.waitingroom.guests import SHOWN

CROWD = 1_000


@pytest.mark.requirement("WR-4")
def test_of_a_thousand_the_desk_shows_the_first_and_says_how_many_wait(world):
    ids = world.ash.ids
    practice = making.Practice(world.ash.id, ids["room"], ids["doctor"], "", "")
    with tenant_scope(world.ash.id):
        making.add_visits(practice, making.add_codes(practice, CROWD), "waiting")
    page = world.caller("doctor").get("/desk/queue").text
    arrived = re.findall(r'data-arrived="([^"]+)"', page)
    assert len(arrived) == SHOWN
    assert arrived == sorted(arrived)
    # The world's own guest waits, too.
    assert f'data-beyond="{CROWD + 1 - SHOWN}"' in page
    assert len(page) < 400_000
