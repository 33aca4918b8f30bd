"""Assistants and project administrators never enter media: no route, page or message lets them."""

from __future__ import annotations

import pytest

from portal.accounts.models import Account
from portal.accounts.service import may_admit
from portal.permissions import policy_of
from portal.sockets import HANDLERS
from tests.tenants.test_matrix import filled, ids_of, rules

ORGANISERS = ("assistant", "projectadmin")
# Every message that leads to media, or travels in a call; each is refused before it is read.
MEDIA = ("visit.admit", "visit.prepare", "visit.connected", "call.")
SIGNS = ("local-video", "remote-video", 'data-testid="admit"', "iceServers")


def leads_to_media(name):
    return name.startswith(MEDIA)


@pytest.mark.requirement("ADM-5")
@pytest.mark.parametrize("role", ORGANISERS)
def test_no_message_that_leads_to_media_is_theirs(app, role):
    media = {name: handler for name, handler in HANDLERS.items() if leads_to_media(name)}
    assert len(media) > 2
    assert [name for name, handler in media.items() if role in handler.roles] == []


@pytest.mark.requirement("ADM-5")
@pytest.mark.parametrize("role", ORGANISERS)
@pytest.mark.parametrize("state", ["applied", "confirmed", "active", "rejected", "suspended"])
def test_no_state_of_their_account_lets_them_admit(role, state):
    assert not may_admit(Account(role=role, state=state))


@pytest.mark.requirement("ADM-5")
@pytest.mark.parametrize("role", ORGANISERS)
def test_no_route_gives_them_a_call_or_a_camera(app, world, role):
    who = world.caller(role)
    for method, pattern, endpoint in rules(app):
        path = filled(pattern, ids_of(world.ash))
        if endpoint.startswith("calls."):
            assert role not in policy_of(app, endpoint).roles, endpoint
            assert who.send(method, path).status_code == 404, endpoint
        if method != "GET":
            continue
        answer = who.get(path, headers={"Accept": "text/html", "X-Portal-Request": "content"})
        shown = answer.data.decode(errors="replace")
        if answer.status_code == 200 and policy_of(app, endpoint).roles:
            assert [sign for sign in SIGNS if sign in shown] == [], endpoint
