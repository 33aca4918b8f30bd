"""Dangerous actions ask once more who sits there; others never do (T24)."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from portal import clock as the_clock
from portal.permissions import ACCOUNTS, FRESH, Policy
from tests.world import PASSWORD, Caller, with_password

SECOND = timedelta(seconds=1)
# The world took a moment to make, and its tokens are as old.
MADE_WITHIN = timedelta(seconds=60)


@pytest.fixture
def doctor(world, app, monkeypatch):
    """Return a doctor; their list of sessions is a dangerous page for once."""
    with_password(world.ash, "doctor", "ash.doctor")
    dangerous = Policy(frozenset(ACCOUNTS), page=True, fresh=True)
    monkeypatch.setattr(app.view_functions["accounts.sessions"], "policy", dangerous)
    return world.caller("doctor")


def test_a_fresh_sign_in_is_proof_for_ten_minutes(doctor, clock):
    assert timedelta(minutes=10) == FRESH
    clock.move(FRESH - MADE_WITHIN)
    assert doctor.get("/sessions").status_code == 200
    clock.move(MADE_WITHIN)
    refused = doctor.get("/sessions")
    assert refused.status_code == 403
    assert refused.headers["X-Portal-Proof"] == "needed"
    assert doctor.get("/desk").status_code == 200


def test_the_password_makes_it_fresh_again(doctor, clock):
    clock.move(FRESH)
    assert "ash.doctor" in doctor.get("/proof").text
    assert (
        doctor.post("/proof", kind="password", proof="wrong").json["error"]["code"] == "wrong_proof"
    )
    assert doctor.get("/sessions").status_code == 403
    assert doctor.post("/proof", kind="password", proof=PASSWORD).status_code == 204
    assert doctor.get("/sessions").status_code == 200
    clock.move(FRESH)
    assert doctor.get("/sessions").status_code == 403


def test_a_proof_is_for_the_session_that_gave_it(doctor, world, clock):
    clock.move(FRESH)
    doctor.post("/proof", kind="password", proof=PASSWORD)
    assert world.caller("colleague").get("/sessions").status_code == 403


def test_guessing_proofs_is_slowed_down(doctor, clock):
    clock.move(FRESH)
    for _ in range(5):
        assert doctor.post("/proof", kind="password", proof="wrong").status_code == 422
    refused = doctor.post("/proof", kind="password", proof=PASSWORD)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert doctor.get("/desk").status_code == 200


def test_guesses_that_come_at_once_are_counted_before_they_are_looked_at(app, doctor):
    start = threading.Barrier(9)
    found = []

    def guess():
        with app.app_context():
            start.wait()
            found.append(doctor.post("/proof", kind="password", proof="wrong").status_code)

    threads = [threading.Thread(target=guess) for _ in range(9)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(found) == [422] * 5 + [429] * 4


def test_a_right_proof_forgets_the_wrong_ones(doctor):
    for _twice in range(2):
        for _ in range(4):
            assert doctor.post("/proof", kind="password", proof="wrong").status_code == 422
        assert doctor.post("/proof", kind="password", proof=PASSWORD).status_code == 204


def test_a_day_has_a_hundred_guesses_however_patient(doctor, clock):
    day = the_clock.now().replace(hour=0, minute=0) + timedelta(days=1)
    clock.move(day - the_clock.now())
    signed_in = Caller().post("/sign-in", name="ash.doctor", password=PASSWORD)
    patient = Caller(signed_in.json["token"])
    for _window in range(20):
        for _ in range(5):
            assert patient.post("/proof", kind="totp", proof="000000").status_code == 422
        clock.move(timedelta(minutes=5))
    refused = patient.post("/proof", kind="password", proof=PASSWORD)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > timedelta(hours=20).total_seconds()


@pytest.mark.parametrize("proof", ["", "x" * 2000, "\0"])
def test_a_malformed_proof_is_answered_in_words(doctor, proof):
    assert doctor.post("/proof", kind="password", proof=proof).status_code == 422


def test_who_has_no_password_can_prove_nothing(world):
    for answer in (
        world.caller("colleague").get("/proof"),
        world.caller("colleague").post("/proof", kind="password", proof="x"),
    ):
        assert answer.status_code == 404
    assert world.caller("guest").get("/proof").status_code == 404
