"""Every account state, every transition: each pair does what the table in the docstring says."""

from __future__ import annotations

import re

import pytest

from portal import clock
from portal.accounts import states
from portal.accounts.models import Account
from portal.extensions import db
from portal.tenants.scope import tenant_scope
from tests.world import account

TARGETS = {
    "confirm": {"doctor": "confirmed", "assistant": "active"},
    "verify": {"doctor": "active", "assistant": "active"},
    "reject": {"doctor": "rejected", "assistant": "rejected"},
    "correct": {"doctor": "confirmed", "assistant": "confirmed"},
    "doubt": {"doctor": "confirmed"},
    "suspend": {"doctor": "suspended", "assistant": "suspended"},
}


def put(org, role, state):
    with tenant_scope(org.id):
        row = account("Weg", role, state=state)
        db.session.commit()
        found = row.id
    db.session.remove()
    return found


def state_of(org, account_id):
    with tenant_scope(org.id):
        found = db.session.get(Account, (org.id, account_id)).state
    db.session.remove()
    return found


def act(org, name, account_id):
    more = ("Die Nummer fehlt.",) if name == "reject" else ()
    with tenant_scope(org.id):
        moved = getattr(states, name)([account_id], *more, now=clock.now())
        db.session.commit()
    db.session.remove()
    return moved


@pytest.mark.requirement("TEN-4")
@pytest.mark.parametrize("role", ["doctor", "assistant"])
@pytest.mark.parametrize("state", states.STATES)
@pytest.mark.parametrize("name", list(TARGETS))
def test_a_transition_moves_only_from_where_it_may(world, name, state, role):
    account_id = put(world.ash, role, state)
    moved = act(world.ash, name, account_id)
    wanted = TARGETS[name].get(role) if state in states.SOURCES[name] else None
    assert moved == ([account_id] if wanted else [])
    assert state_of(world.ash, account_id) == (wanted or state)


@pytest.mark.requirement("TEN-4")
@pytest.mark.parametrize("state", ["applied", "confirmed", "active", "rejected"])
def test_what_was_suspended_comes_back_to_where_it_was(world, state):
    account_id = put(world.ash, "doctor", state)
    assert act(world.ash, "reactivate", account_id) == []
    act(world.ash, "suspend", account_id)
    assert act(world.ash, "suspend", account_id) == []
    act(world.ash, "reactivate", account_id)
    assert state_of(world.ash, account_id) == state


def test_a_suspension_ends_the_sessions_whoever_causes_it(world):
    assert world.caller("doctor").get("/desk").status_code == 200
    act(world.ash, "suspend", world.ash.ids["doctor"])
    assert world.caller("doctor").get("/desk").status_code == 401
    assert world.caller("colleague").get("/desk").status_code == 200


def test_a_transition_does_not_reach_into_another_organisation(world):
    assert act(world.ash, "suspend", world.birch.ids["doctor"]) == []
    assert state_of(world.birch, world.birch.ids["doctor"]) == "active"


def test_the_docstring_names_every_state_and_every_transition():
    rows = set(re.findall(r"^([a-z]+)  ", states.__doc__, re.MULTILINE))
    assert rows - {"transition"} == {*states.STATES, *states.SOURCES} - {"doubt"}
    assert "``doubt``" in states.__doc__
