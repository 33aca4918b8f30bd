"""Dangerous actions ask once more who sits there; others never do (T24)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.permissions import ACCOUNTS, FRESH, Policy
from tests.world import PASSWORD, with_password

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
