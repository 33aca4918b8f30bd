"""The fixtures: a partner behaves as told, and what a plugin raises fails the test."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

import pytest

from portal.kit.partner import listening
from tests.kit import variants


@pytest.fixture
def partner():
    with listening() as server:
        yield server


def post(partner, body, seconds=30.0):
    address = urlsplit(partner.url)
    connection = http.client.HTTPConnection(address.netloc, timeout=seconds)
    try:
        connection.request("POST", "/reports?x=1", json.dumps(body))
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def test_a_partner_answers_as_told_and_notes_what_it_was_asked(partner):
    assert post(partner, {"number": 1}) == (200, {})
    partner.answers(422, {"error": "too late"})
    assert post(partner, {"number": 2}) == (422, {"error": "too late"})
    first, second = partner.requests
    assert (first.method, first.path, first.body) == ("POST", "/reports?x=1", {"number": 1})
    assert second.body == {"number": 2}


def test_a_partner_that_hangs_up_has_taken_the_request(partner):
    partner.hangs_up()
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        post(partner, {})
    assert len(partner.requests) == 1


def test_a_partner_that_stays_silent_keeps_one_waiting(partner):
    partner.stays_silent()
    with pytest.raises(TimeoutError):
        post(partner, {}, seconds=0.2)
    partner.answers()
    assert post(partner, {}) == (200, {})


FAULT = """\
    if call.ended_at:
        raise LookupError("a fault of the hook")
"""
RAISES = {"service.py": ("    row = HeldCall(", f"{FAULT}    row = HeldCall(")}
TESTS = """
def test_hold_a_call(practice, work):
    practice.hang_up(practice.call())
    work()


def test_provoke_it(practice, work, portal):
    practice.hang_up(practice.call())
    work()
    assert len(portal.failures) == 1
    portal.failures.clear()
"""


@pytest.mark.kit
@pytest.mark.xdist_group("checked")
@pytest.mark.requirement("PLG-6")
def test_what_a_hook_raises_fails_the_test_that_made_it_do_so(tmp_path):
    made = variants.make("raising_one", tmp_path, RAISES)
    (made.folder / "tests" / "test_raising_one.py").write_text(TESTS, encoding="utf-8")
    words = ["pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"]
    done = variants.run(*words, variants=[made], cwd=made.folder)
    assert "raised in raising_one: call_event" in done.stdout, done.stdout
    assert "LookupError: a fault of the hook" in done.stdout
    assert "2 passed, 1 error" in done.stdout
