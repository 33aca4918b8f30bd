"""The technical check over HTTP: who may, how often, and what is said when no peer is there."""

from __future__ import annotations

import dataclasses
import json
import socketserver
import threading
from datetime import timedelta

import pytest

from portal import clock as the_clock
from portal.calls import echo, network
from portal.calls.check_views import CHECKS
from portal.extensions import db
from portal.tenants.models import Organisation
from portal.tenants.scope import tenant_scope
from portal.waitingroom import access, codes, guests, visits
from tests.media.sdp_samples import GOOD
from tests.world import Caller, make_code, tomorrow

ANSWER = {"description": {"type": "answer", "sdp": "v=0"}}


class Peers:
    """Stands in for `portal media`: hears what is asked, and answers what the test says."""

    def __init__(self):
        self.asked = []
        self.answers = ANSWER

    def answer(self, line):
        self.asked.append(json.loads(line)["echo.start"])
        if isinstance(self.answers, bytes):
            return self.answers
        return json.dumps({"type": "echo.start", "echo.start": self.answers}).encode() + b"\n"


@pytest.fixture
def peers(app):
    standing_in = Peers()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(standing_in.answer(self.rfile.readline()))

    path = echo.path_of(app.extensions["portal_config"])
    with socketserver.UnixStreamServer(str(path), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield standing_in
        server.shutdown()
        thread.join()
    path.unlink()


@pytest.fixture
def code(world):
    """Return a code that is good tomorrow only."""
    with tenant_scope(world.ash.id):
        row = make_code(world.ash.ids["doctor"], world.ash.ids["room"], valid_on=tomorrow())
        db.session.commit()
        found = row.code
    db.session.remove()
    return found


@pytest.mark.requirement("CALL-14")
@pytest.mark.parametrize("role", ["guest", "doctor"])
def test_who_waits_or_receives_gets_the_answer_of_a_peer(world, peers, role):
    answer = world.caller(role).post("/check/start", sdp=GOOD)
    assert answer.json == ANSWER["description"]
    (asked,) = peers.asked
    whose = world.ash.ids["visit" if role == "guest" else "doctor"]
    assert asked == {"owner": whose, "description": {"type": "offer", "sdp": GOOD}}


@pytest.mark.requirement("CALL-14")
def test_a_code_for_another_day_opens_the_check_but_not_the_waiting_room(world, peers, code):
    nobody = Caller()
    assert nobody.post("/entry/code", code=code).status_code == 409
    panel = nobody.post("/check/code", code=codes.written(code))
    assert 'data-wake="call/check/check"' in panel.text
    answer = nobody.post("/check/start-with-code", code=code, sdp=GOOD)
    assert answer.json == ANSWER["description"]
    with tenant_scope(world.ash.id):
        assert access.usable(peers.asked[0]["owner"], now=the_clock.now() + timedelta(days=1))
    db.session.remove()


@pytest.mark.parametrize("path", ["/check/code", "/check/start-with-code"])
def test_no_other_code_opens_it_and_wrong_ones_are_counted(world, peers, code, path):
    nobody = Caller()
    assert nobody.post(path, code="ABCD-EFGH-JKMN", sdp=GOOD).json["error"]["code"] == "code_slip"
    for _ in range(10):
        assert nobody.post(path, code=codes.make(), sdp=GOOD).status_code == 404
    assert nobody.post(path, code=code, sdp=GOOD).status_code == 429
    assert peers.asked == []


def test_an_expired_code_opens_nothing(world, peers, code, clock):
    clock.move(timedelta(days=31))
    refused = Caller().post("/check/start-with-code", code=code, sdp=GOOD)
    assert refused.json["error"]["code"] == "code_expired"
    assert peers.asked == []


def test_without_scripts_a_wrong_code_is_told_and_stays(world):
    headers = {"X-Portal-Request": ""}
    page = Caller().send("POST", "/check/code", data={"code": "ABCD-WXYZ"}, headers=headers)
    assert page.status_code == 422
    assert "ABCD-WXYZ" in page.text
    assert "Tippfehler" in page.text


@pytest.mark.requirement("CALL-14")
def test_without_a_peer_that_is_said_and_the_guest_waits_on(world):
    refused = world.caller("guest").post("/check/start", sdp=GOOD)
    assert refused.status_code == 503
    assert refused.json["error"]["code"] == "echo_away"
    assert "Technik-Check ist gerade nicht möglich" in refused.json["error"]["message"]
    assert state(world) == visits.WAITING


def state(world):
    with tenant_scope(world.ash.id):
        found = guests.get_visit(world.ash.ids["visit"]).state
    db.session.remove()
    return found


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"refused": "full"}, "echo_full"),
        ({"refused": "failed"}, "echo_away"),
        ({"refused": "odd"}, "echo_away"),
        ({}, "echo_away"),
        (b"", "echo_away"),
        (b"[]\n", "echo_away"),
        (b"\xff\n", "echo_away"),
    ],
)
def test_what_peers_refuse_is_told_in_words(world, peers, answers, code):
    peers.answers = answers
    refused = world.caller("guest").post("/check/start", sdp=GOOD)
    assert (refused.status_code, refused.json["error"]["code"]) == (503, code)


@pytest.mark.parametrize("sdp", ["", "hello", "v=0\r\n", GOOD.replace("sha-256", "sha-1")])
def test_an_odd_proposal_never_reaches_a_peer(world, peers, sdp):
    refused = world.caller("guest").post("/check/start", sdp=sdp)
    assert refused.status_code == 422
    assert peers.asked == []


def test_who_waits_no_more_begins_no_check(world, peers):
    with tenant_scope(world.ash.id):
        visits.leave(world.ash.ids["visit"], now=the_clock.now())
        db.session.commit()
    db.session.remove()
    refused = world.caller("guest").post("/check/start", sdp=GOOD)
    assert refused.json["error"]["code"] == "not_waiting"
    assert peers.asked == []


@pytest.mark.requirement("CALL-14")
def test_nobody_checks_without_end(world, peers):
    guest = world.caller("guest")
    answers = [guest.post("/check/start", sdp=GOOD) for _ in range(CHECKS.attempts + 1)]
    assert [each.status_code for each in answers] == [200] * CHECKS.attempts + [429]
    assert len(peers.asked) == CHECKS.attempts
    # Others are not held up by that.
    assert world.caller("doctor").post("/check/start", sdp=GOOD).status_code == 200


def test_a_practice_that_hides_its_address_checks_over_the_relay_alone(world):
    with tenant_scope(world.ash.id):
        db.session.get(Organisation, world.ash.id).relay_only = True
        db.session.commit()
    db.session.remove()
    for role in ("guest", "doctor"):
        page = world.caller(role).get("/check/panel").text
        assert "&#34;relay_only&#34;: true" in page


ICE = (
    "stun:turn.example.org",
    "turn:turn.example.org?transport=udp",
    "turns:turn.example.org:443?transport=tcp",
    "turn:[2001:db8::1]:3479?transport=tcp",
    "nonsense",
)


def configured(app, **settings):
    return dataclasses.replace(app.extensions["portal_config"], **settings)


@pytest.mark.requirement("CALL-14")
def test_the_sheet_names_what_the_settings_name_and_nothing_else(app, world, monkeypatch):
    config = configured(app, base_url="https://praxis.example", ice_urls=ICE, turn_secret="shared")
    monkeypatch.setitem(app.extensions, "portal_config", config)
    with app.test_request_context():
        found = [(way.host, way.port, way.protocol) for way in network.ways(config)]
    assert found == [
        ("praxis.example", "443", "TCP: HTTPS und WebSocket"),
        ("turn.example.org", "3478", "UDP"),
        ("turn.example.org", "3478", "UDP"),
        ("turn.example.org", "443", "TCP: TLS"),
        ("2001:db8::1", "3479", "TCP"),
        ("", "1024-65535", "UDP"),
        ("praxis.example", "1024-65535", "UDP"),
    ]
    page = Caller().get("/check/network").text
    assert "2001:db8::1" in page
    assert "keinen Vermittlungsserver" not in page


def test_the_sheet_of_a_portal_without_a_relay_says_so(app, world):
    page = Caller().get("/check/network").text
    assert "Dieses Portal hat keinen Vermittlungsserver" in page
    with app.test_request_context():
        direct = network.ways(configured(app))[1]
    assert (direct.host, direct.need) == ("", "nötig")
