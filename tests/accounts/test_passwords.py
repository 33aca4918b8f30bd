"""The rules of passwords: long, not leaked, not one's own name; no rule about characters."""

from __future__ import annotations

import runpy
import socket

import argon2
import pytest

from portal import clock as the_clock
from portal.accounts import links, passwords
from portal.accounts.credentials import MIN_LENGTH, weaknesses
from portal.accounts.passwords import MAX_LENGTH, hash_password, verify
from tests.accounts.post import act, keys
from tests.world import Caller

GOOD = (
    "correct horse battery staple",
    "ÄÖÜ ist kein Problem",
    "nur kleine buchstaben",
    "😀🌳 drei Hasen",
)
BAD = (
    "short",
    "password1234",
    "Password12345!",
    "aaaaaaaaaaaaaa",
    "qwertyuiopasdfghjkl",
    "abababababab",
)


@pytest.mark.parametrize("password", GOOD)
def test_a_long_one_of_any_characters_is_good(app, password):
    assert list(weaknesses(password, "Mara Probe")) == []


@pytest.mark.parametrize("password", [*BAD, "x" * (MIN_LENGTH - 1), "ab cd" * MAX_LENGTH])
def test_a_weak_one_is_refused_with_its_reason(app, password):
    assert list(weaknesses(password))


@pytest.mark.parametrize("password", ["Probe-Mara-2026", "mara.probe 1", "Praxisfenster1!"])
def test_ones_own_name_is_no_password(app, password):
    assert list(weaknesses(password, "Dr. Mara Probe", "Praxis am Markt"))


def test_a_long_sentence_may_hold_ones_name(app):
    assert list(weaknesses("Mara isst gern Birnen im Regen", "Mara Probe")) == []


def test_the_list_of_leaked_ones_is_asked_without_any_network(app, monkeypatch):
    def refuse(*_values, **_named):
        raise AssertionError

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    assert list(weaknesses("qwertyuiop123"))


def test_a_hash_costs_what_the_standard_asks_for():
    """RFC 9106, section 4, second choice; the other tests hash at the least cost."""
    hasher = runpy.run_path(passwords.__file__)["hasher"]
    assert argon2.extract_parameters(hasher.hash("x")) == argon2.profiles.RFC_9106_LOW_MEMORY


def test_a_hash_of_nobody_costs_as_much_and_fits_nothing(monkeypatch):
    costs = []

    class Noting(argon2.PasswordHasher):
        def verify(self, password_hash, password):
            costs.append(argon2.extract_parameters(password_hash))
            return super().verify(password_hash, password)

    hasher = Noting.from_parameters(argon2.profiles.CHEAPEST)
    monkeypatch.setattr(passwords, "hasher", hasher)
    assert verify(hash_password("somebody's"), "somebody's")
    assert [verify(None, each) for each in ("", "somebody's")] == [False, False]
    assert costs == [argon2.profiles.CHEAPEST] * 3


def test_one_letter_typed_in_two_ways_is_one_password():
    hashed = hash_password("Fru\u0308hstu\u0308ck im Gru\u0308nen")
    assert verify(hashed, "Fr\u00fchst\u00fcck im Gr\u00fcnen")


@pytest.mark.parametrize("password", BAD)
def test_a_link_refuses_a_weak_password_and_stays_good(world, password):
    act(world.ash, "doctor", links.invite, now=the_clock.now())
    key = keys(world.ash)[0]
    refused = Caller().post("/link/password", key=key, password=password)
    assert refused.status_code == 422
    assert refused.json["error"]["details"]["fields"]["password"]
    assert Caller().post("/link/password", key=key, password=GOOD[0]).status_code == 200


@pytest.mark.parametrize("password", BAD)
def test_what_is_wrong_is_said_before_it_is_sent(app, password):
    assert Caller().post("/password-check", password=password, name="x").json["reasons"]


@pytest.mark.parametrize(
    "data", [{}, {"password": ""}, {"password": "x" * 2000}, {"password": "\0"}]
)
def test_a_malformed_check_is_answered_in_words(app, data):
    assert Caller().post("/password-check", **data).status_code == 422
