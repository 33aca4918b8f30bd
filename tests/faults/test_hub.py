"""What takes long for one does not stop the others: all share one hub of greenlets."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from argon2 import PasswordHasher

from portal.operations.demo_data import PASSWORD
from portal.waitingroom import codes
from tests.faults.others import Beside, status_of

ENOUGH = 5


def answers_while(slow: Beside, url: str) -> int:
    """Count the answers that others get before the slow one is done, up to enough."""
    answers = 0
    while slow.is_running and answers < ENOUGH:
        assert status_of(url) == 200
        answers += slow.is_running
    return answers


@pytest.fixture
def slow_password(running):
    """Give one doctor a hash that takes seconds: the parameters travel in the hash."""
    hasher = PasswordHasher(time_cost=25, memory_cost=64 * 1024, parallelism=1)
    change = "UPDATE credential SET password_hash = ? WHERE login_name = 'dr.alm'"
    running.change(change, hasher.hash(PASSWORD))


@pytest.mark.requirement("ACC-2")
def test_a_sign_in_does_not_stop_the_others(running, slow_password):
    form = {"name": "dr.alm", "password": PASSWORD}
    slow = Beside(lambda: status_of(f"{running.url}/sign-in", **form))
    assert answers_while(slow, f"{running.url}/healthz") == ENOUGH
    assert slow.wait() == 200


def test_a_lock_on_the_database_does_not_stop_the_others(running):
    path = running.folder / "data" / "portal.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        try:
            # A wrong code is counted, and counting wants to write.
            waiting = Beside(lambda: status_of(f"{running.url}/entry/code", code=codes.make()))
            assert answers_while(waiting, f"{running.url}/sign-in") == ENOUGH
            assert waiting.is_running
        finally:
            other.execute("ROLLBACK")
    assert waiting.wait() == 404
