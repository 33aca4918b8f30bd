"""Text messages through the assumed gateway: sent once, refused for certain, or unclear."""

from __future__ import annotations

import socket
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import g
from sqlalchemy import Text, select, type_coerce
from werkzeug.datastructures import MultiDict

from plugins.sms_dicomsys.client import Gateway
from plugins.sms_dicomsys.settings import GatewayForm
from portal.api import Http, SendState, TextMessage
from portal.extensions import db
from portal.messages import service
from portal.messages.models import Message
from portal.outbox import Outbox
from portal.pluginhost import service as pluginhost
from portal.tenants.models import Organisation, PluginSwitch
from portal.tenants.scope import tenant_scope
from tests.plugins.fixtures import ACCOUNT, NUMBER, set_up, work

LOCAL = Http(frozenset({"127.0.0.1"}), inside=True, connect_seconds=2, answer_seconds=0.6)
MESSAGE = TextMessage(NUMBER, "Ihr Zugangscode: ÄÖ", "access_code", "r-1")


def send(url: str, http: Http = LOCAL, **settings: str):
    """Send through a gateway without a portal around it."""
    own = {"url": url, **ACCOUNT, **settings}
    return Gateway(own, {"password": own.pop("password")}, http).send(MESSAGE)


def queue(clock) -> str:
    message_id = service.queue_sms(
        "0171 3920012", "access_code", "Ihr Code", subject_id="code-1", now=clock.now()
    )
    db.session.commit()
    return message_id


def state() -> str:
    return service.states(["code-1"])["code-1"]


@pytest.mark.requirement("SMS-1")
def test_the_message_goes_out_in_the_documented_form(gateway):
    receipt = send(gateway.url)
    assert (receipt.state, receipt.reference) == (SendState.SENT, "gw-1")
    (request,) = gateway.seen
    assert request.body == {
        "to": NUMBER,
        "from": "Praxis",
        "text": "Ihr Zugangscode: ÄÖ",
        "reference": "r-1",
    }
    assert request.account == "ash:geheim-7"
    assert request.headers["Content-Type"] == "application/json"


@pytest.mark.requirement("SMS-1")
@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ((200, b'{"id": 7}'), SendState.SENT),
        ((202, b"{}"), SendState.UNCLEAR),
        ((202, b""), SendState.UNCLEAR),
        ((200, b"<html>Willkommen</html>"), SendState.UNCLEAR),
        ((200, b'["id"]'), SendState.UNCLEAR),
        ((200, b"[" * 9000), SendState.UNCLEAR),
        ((200, b'{"id": "' + b"x" * 70_000 + b'"}'), SendState.UNCLEAR),
        ((302, b'{"id": 7}'), SendState.REFUSED),
        ((400, b'{"id": 7}'), SendState.REFUSED),
        ((401, b""), SendState.REFUSED),
        ((429, b""), SendState.NOT_SENT),
        ((500, b'{"id": 7}'), SendState.UNCLEAR),
        ((503, b""), SendState.UNCLEAR),
    ],
)
def test_an_answer_is_a_clear_yes_a_clear_no_or_neither(gateway, answer, state):
    gateway.answer = answer
    assert send(gateway.url).state is state
    assert len(gateway.seen) == 1


@pytest.mark.requirement("SMS-1")
@pytest.mark.parametrize("mode", ["wait", "close", "drip"])
def test_no_answer_in_time_leaves_it_unclear(gateway, mode):
    gateway.mode = mode
    begun = time.monotonic()
    assert send(gateway.url).state is SendState.UNCLEAR
    assert time.monotonic() - begun < 5
    assert len(gateway.seen) == 1


@pytest.mark.requirement("SMS-1")
def test_without_a_connection_nothing_was_sent():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        assert send(url).state is SendState.NOT_SENT
    unknown = replace(LOCAL, hosts=frozenset({"gateway.invalid"}))
    assert send("https://gateway.invalid/", unknown).state is SendState.NOT_SENT


def test_a_gateway_that_is_no_tls_server_gets_nothing(gateway):
    assert send(gateway.url.replace("http:", "https:")).state is SendState.NOT_SENT
    assert gateway.seen == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1.example.org/",
        "http://localhost/",
        "http://user@evil.example/",
        "http://127.0.0.1:99999/",
        "http://[::1",
        "file:///etc/passwd",
        "//127.0.0.1/",
        "nonsense",
    ],
)
def test_no_other_host_is_ever_asked(url):
    assert send(url).state is SendState.REFUSED


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "[::1]", "[fd00::1]"]
)
def test_outside_the_demo_nothing_inside_the_own_network_is_asked(host):
    bare = host.strip("[]")
    assert send(f"http://{host}/", Http(frozenset({bare}))).state is SendState.REFUSED


def test_who_is_not_set_up_sends_nothing(gateway):
    assert send(gateway.url, sender="").state is SendState.REFUSED
    assert gateway.seen == []


@pytest.mark.requirement("TEN-2")
@pytest.mark.parametrize(("own", "shown"), [("", "Praxis Ash"), ("Praxis", "Praxis")])
def test_the_sender_of_the_contract_stands_in_for_one_of_the_providers_own(
    app, ash, gateway, clock, own, shown
):
    db.session.get_one(Organisation, ash).sms_sender = "Praxis Ash"
    set_up(gateway, sender=own)
    queue(clock)
    work(app)
    assert [request.body["from"] for request in gateway.seen] == [shown]


@pytest.mark.requirement("SMS-1")
@pytest.mark.requirement("COD-3")
def test_a_message_that_was_sent_leaves_no_number(app, sms, clock):
    queue(clock)
    assert state() == "queued"
    work(app)
    assert [request.body["to"] for request in sms.seen] == [NUMBER]
    assert state() == "sent"
    assert db.session.scalar(select(Outbox)) is None
    traced = db.session.scalar(select(Message))
    assert (traced.country, traced.number, traced.provider) == ("DE", "+49 … 12", "sms_dicomsys")


@pytest.mark.requirement("MSG-1")
def test_an_unclear_answer_is_not_followed_by_a_second_message(app, sms, clock):
    sms.answer = (500, b"")
    queue(clock)
    for _ in range(4):
        work(app)
        clock.move(timedelta(hours=1))
    assert len(sms.seen) == 1
    assert state() == "unknown"
    assert db.session.scalar(select(Outbox)) is None


@pytest.mark.requirement("MSG-1")
def test_a_refusal_for_good_ends_it(app, sms, clock):
    sms.answer = (403, b"")
    queue(clock)
    work(app)
    assert state() == "rejected"
    assert db.session.scalar(select(Outbox)) is None


@pytest.mark.requirement("SMS-1")
def test_what_was_certainly_not_sent_is_tried_three_times(app, sms, clock):
    sms.answer = (429, b"")
    message_id = queue(clock)
    for _ in range(5):
        work(app)
        clock.move(timedelta(minutes=6))
    assert len(sms.seen) == 3
    assert {request.body["reference"] for request in sms.seen} == {message_id}
    assert state() == "failed"
    assert db.session.scalar(select(Outbox)) is None


@pytest.mark.requirement("TEN-1")
def test_each_organisation_sends_through_its_own_account(app, world, gateway, clock):
    for org, user in ((world.ash, "ash"), (world.birch, "birch")):
        with tenant_scope(org.id):
            set_up(gateway, user=user)
            queue(clock)
        db.session.remove()
    work(app)
    assert sorted(request.account for request in gateway.seen) == ["ash:geheim-7", "birch:geheim-7"]


# The settings page.


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "http://gateway.example/sms"),
        ("url", "ftp://gateway.example/"),
        ("url", "gateway.example"),
        ("url", "https://"),
        ("url", "https://[::1"),
        ("url", "https://host:port/"),
        ("url", ""),
        ("url", "https://" + "x" * 400),
        ("sender", "Praxis am Markt"),
        ("sender", "<b>"),
        ("user", "x" * 101),
        ("password", "x" * 201),
    ],
)
def test_wrong_settings_are_refused_field_by_field(app, field, value):
    right = {"url": "https://gateway.example/sms", "user": "a", "password": "b", "sender": "Praxis"}
    with app.test_request_context():
        form = GatewayForm(MultiDict({**right, field: value}))
        assert not form.validate()
        assert set(form.errors) == {field}
        assert GatewayForm(MultiDict(right)).validate()


@pytest.mark.requirement("SMS-1")
def test_the_password_is_never_shown_and_stays_when_left_blank(app, world):
    admin = world.caller("projectadmin")
    path = "/admin/plugins/sms_dicomsys"
    assert admin.get(path).status_code == 404
    with tenant_scope(world.ash.id):
        pluginhost.switch_on("sms_dicomsys")
        db.session.commit()
    db.session.remove()
    typed = {"url": "https://gateway.example/sms", "user": "a", "sender": "Praxis"}
    page = admin.post(path, password="geheim-8", **typed)
    assert "gespeichert" in page.text
    page = admin.post(path, **{**typed, "user": "neu"})
    assert "geheim-8" not in page.text + admin.get(path).text
    assert "Annahme" in page.text
    with tenant_scope(world.ash.id):
        g.pop("plugin_switches", None)
        ctx = pluginhost.context("sms_dicomsys")
        assert (ctx.settings["user"], ctx.secrets["password"]) == ("neu", "geheim-8")
        assert "password" not in ctx.settings
    db.session.remove()


@pytest.mark.usefixtures("sms")
def test_the_settings_lie_encrypted_in_the_database():
    raw = db.session.scalar(select(type_coerce(PluginSwitch.settings, Text)))
    assert raw.startswith("k1:")
    assert "geheim" not in raw
