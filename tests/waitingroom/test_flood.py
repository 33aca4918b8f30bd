"""Ten thousand wrong codes a minute: no hit, and nobody who has a code waits (SECURITY T1, F18)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from flask import current_app
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import clock as the_clock
from portal import ratelimit
from portal.errors import TooManyError
from portal.extensions import db
from portal.tenants.scope import tenant_scope
from portal.waitingroom import access, codes
from portal.waitingroom.access import CodeUnknownError
from tests.thorough import times
from tests.world import Caller, make_code

# So many in one minute, from so many places.
FLOOD, PLACES = times(250, 10_000), times(20, 200)


@pytest.fixture
def code(noon, world):
    """Return a code that nobody has used; at noon a window of five minutes begins."""
    with tenant_scope(world.ash.id):
        made = make_code(world.ash.ids["doctor"], world.ash.ids["room"]).code
        db.session.commit()
    db.session.remove()
    return made


def guessed(address: str) -> type[Exception]:
    """Send a code that fits by chance, or not; return how it was refused."""
    with current_app.test_request_context("/", environ_base={"REMOTE_ADDR": address}):
        with pytest.raises((CodeUnknownError, TooManyError)) as refused:
            access.find(codes.make())
        return refused.type


def typed(code: str, address: str, **headers: str) -> int:
    """Send a code as the page does; return the status of the answer."""
    answer = Caller().send(
        "POST",
        "/entry/code",
        data={"code": code},
        headers=headers,
        environ_base={"REMOTE_ADDR": address},
    )
    return answer.status_code


def used_up_but(left: int) -> None:
    """Let so many wrong codes be left of what all together have."""
    spent = codes.GUESSES_GLOBAL.attempts - left
    ratelimit.spend_within(codes.GUESSES_GLOBAL, "all", spent)
    db.session.commit()


@pytest.mark.requirement("COD-2")
def test_a_flood_from_many_places_hits_nothing_and_shuts_no_guest_out(code):
    left = times(30, codes.GUESSES_GLOBAL.attempts)
    used_up_but(left)
    answers: Counter[type[Exception]] = Counter()
    for number in range(FLOOD):
        # Each place has a neighbourhood of its own; ten of them join in late.
        late = number * 10 // FLOOD
        place = PLACES + late if number % 50 == 0 else number % PLACES
        answers[guessed(f"10.{place // 256}.{place % 256}.7")] += 1
        the_clock.move(timedelta(minutes=1) / FLOOD)
        if number % (FLOOD // 5) == 0:
            assert typed(code, f"192.0.2.{late}") == 200
    assert left <= answers[CodeUnknownError] <= left + 10
    # Of a guest too one wrong code is looked up, and then theirs is a neighbourhood like others.
    assert [typed(codes.make(), "192.0.2.1") for _ in range(2)] == [404, 429]
    assert typed(code, "192.0.2.99") == 429
    assert typed(code, "198.51.100.7") == 200


@pytest.mark.requirement("COD-2")
def test_the_many_networks_of_one_customer_are_one_neighbourhood(code):
    used_up_but(5)
    answers = [guessed(f"2001:db8:1:{number:x}::7") for number in range(20)]
    assert answers == [CodeUnknownError] * 5 + [TooManyError] * 15
    assert typed(code, "2001:db8:2::7") == 200


@pytest.mark.requirement("COD-2")
@pytest.mark.parametrize("proxies", [0, 1])
def test_who_names_other_addresses_is_counted_all_the_same(app, code, monkeypatch, proxies):
    """Without a proxy nobody is believed; with one, only what that one has added."""
    if proxies:
        monkeypatch.setattr(app, "wsgi_app", ProxyFix(app.wsgi_app, proxies, proxies, proxies))
    answers = Counter(
        typed(codes.make(), "198.51.100.7", **forwarded(f"10.0.{number}.7", proxies))
        for number in range(40)
    )
    allowed = codes.GUESSES_NETWORK.attempts
    assert answers == {404: allowed, 429: 40 - allowed}
    assert typed(code, "192.0.2.7") == 200


def forwarded(named: str, proxies: int) -> dict[str, str]:
    added = ", 203.0.113.5" if proxies else ""
    return {"X-Forwarded-For": f"{named}{added}", "Forwarded": f"for={named}", "X-Real-IP": named}
