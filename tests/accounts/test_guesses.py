"""Wrong passwords cost a growing pause, answered by 429; a stranger never locks the owner out."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock as the_clock
from portal.accounts import guesses, links, networks, passwords
from portal.accounts.guesses import BY_NAME, BY_NETWORK, HERE
from portal.accounts.models import KnownNetwork
from portal.extensions import db
from portal.ratelimit import Growing
from tests.accounts.post import act, keys
from tests.deleting import deleted
from tests.world import PASSWORD, Caller, with_password

HOME, ATTACKER = "192.0.2.7", "198.51.100.9"


def sign_in(name="ash.doctor", password=PASSWORD, address=HOME):
    return Caller().send(
        "POST",
        "/sign-in",
        data={"name": name, "password": password},
        environ_base={"REMOTE_ADDR": address},
    )


def guess(times, name="ash.doctor", address=ATTACKER):
    """Guess wrong so often, as soon as each pause is over; return the pauses."""
    pauses = []
    for _ in range(times):
        answer = sign_in(name, "wrong", address)
        while answer.status_code == 429:
            pauses.append(int(answer.headers["Retry-After"]))
            the_clock.move(timedelta(seconds=pauses[-1]))
            answer = sign_in(name, "wrong", address)
        assert answer.status_code == 422
    return pauses


@pytest.fixture
def owner(noon, world, monkeypatch):
    """Return the world with a doctor; a wrong password is found out without being hashed.

    Attempts are counted by day.
    """
    with_password(world.ash, "doctor", "ash.doctor")
    monkeypatch.setattr(passwords, "verify", lambda _hash, password: password == PASSWORD)
    return world


def test_a_pause_doubles_up_to_the_longest():
    limit = Growing("x", free=3, longest=60)
    assert [limit.pause(count) for count in range(11)] == [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]
    assert limit.pause(10_000) == 60


@pytest.mark.requirement("ACC-5")
def test_wrong_passwords_cost_a_growing_pause(owner):
    pauses = guess(HERE.free + 4)
    assert pauses == sorted(pauses)
    assert pauses[-1] > pauses[0]
    refused = sign_in(password="wrong", address=ATTACKER)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= HERE.longest


@pytest.mark.requirement("ACC-5")
def test_a_right_password_waits_as_long_as_a_wrong_one(owner):
    guess(HERE.free + 3)
    refused = sign_in(address=ATTACKER)
    assert refused.status_code == 429
    the_clock.move(timedelta(seconds=int(refused.headers["Retry-After"])))
    assert sign_in(address=ATTACKER).status_code == 200


@pytest.mark.requirement("ACC-5")
def test_a_stranger_never_delays_the_owner_where_they_signed_in_before(owner):
    assert sign_in().status_code == 200
    guess(BY_NAME.free + 12)
    assert sign_in(address="203.0.113.5").status_code == 429
    assert sign_in().status_code == 200


@pytest.mark.requirement("ACC-5")
def test_a_link_from_the_mailbox_makes_a_new_place_known(owner, clock):
    guess(BY_NAME.free + 12)
    assert sign_in().status_code == 429
    act(owner.ash, "doctor", links.reset, now=the_clock.now())
    answer = Caller().send(
        "POST",
        "/link/password",
        data={"key": keys(owner.ash)[-1], "password": "four quite random words"},
        environ_base={"REMOTE_ADDR": HOME},
    )
    assert answer.status_code == 200
    assert sign_in(password=PASSWORD).status_code == 200


@pytest.mark.requirement("ACC-5")
def test_nobody_waits_longer_than_a_quarter_of_an_hour(owner, clock):
    guess(BY_NAME.free + 12)
    clock.move(timedelta(seconds=BY_NAME.longest))
    assert sign_in(address="203.0.113.5").status_code == 200


@pytest.mark.requirement("ACC-5")
def test_names_that_do_not_exist_wait_in_the_same_way(owner):
    known, unknown = guess(BY_NAME.free + 3), guess(BY_NAME.free + 3, name="nobody.at.all")
    assert known == unknown


@pytest.mark.requirement("ACC-5")
def test_one_network_that_tries_many_names_is_slowed_down(owner):
    for number in range(BY_NETWORK.free):
        assert sign_in(f"name.{number}", "wrong", ATTACKER).status_code == 422
    assert sign_in("one.more", "wrong", ATTACKER).status_code == 429
    assert sign_in("one.more", "wrong", "203.0.113.5").status_code == 422


def test_a_burst_is_counted_too(owner, app, monkeypatch):
    """Many at once from one place: no more get through than may be under way."""
    entered, release = threading.Semaphore(0), threading.Event()

    def slow(_hash, _password):
        entered.release()
        release.wait(30)
        return False

    monkeypatch.setattr(passwords, "verify", slow)
    results = []

    def press():
        with app.app_context():
            results.append(sign_in(password="wrong", address=ATTACKER).status_code)

    threads = [threading.Thread(target=press) for _ in range(12)]
    for each in threads:
        each.start()
    for _ in range(guesses.AT_ONCE):
        assert entered.acquire(timeout=30)
    while len(results) < len(threads) - guesses.AT_ONCE:
        time.sleep(0.01)
    release.set()
    for each in threads:
        each.join()
    assert sorted(results) == [422] * guesses.AT_ONCE + [429] * (12 - guesses.AT_ONCE)


def test_where_somebody_signed_in_is_kept_as_a_hash_and_forgotten(owner, clock):
    sign_in()
    row = db.session.scalars(select(KnownNetwork)).one()
    assert HOME not in row.hash
    assert "ash" not in row.hash
    db.session.rollback()
    assert networks.is_known("ash.doctor", HOME)
    assert not networks.is_known("ash.doctor", ATTACKER)
    clock.move(timedelta(days=91))
    assert deleted("known_network", the_clock.now()) == 1
    db.session.commit()
    assert not networks.is_known("ash.doctor", HOME)
