"""The second provider: its documented form, and the order in which providers are asked."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from werkzeug.datastructures import MultiDict

from plugins.sms_lox24.client import Gateway, read_report
from plugins.sms_lox24.settings import LoxForm
from portal.api import Http, MessageState, SendState, TextMessage
from portal.extensions import db
from portal.messages import reports, service
from portal.pluginhost import service as pluginhost
from tests.plugins import gateway as gateways
from tests.plugins.fixtures import NUMBER, rank, set_up, work
from tests.world import Caller

LOCAL = Http(frozenset({"127.0.0.1"}), inside=True, connect_seconds=2, answer_seconds=0.6)
MESSAGE = TextMessage(NUMBER, "Ihr Zugangscode: ÄÖ", "access_code", "r-1")
UUID = "d6c12ac4-cc7d-11ec-b6da-525400bbb7dc"
TAKEN = (201, json.dumps({"uuid": UUID, "status_code": 0}).encode())


@pytest.fixture
def lox():
    """Run a server that speaks as LOX24's documentation says."""
    made = gateways.Gateway(answer=TAKEN)
    server = gateways.serve(made)
    yield made
    made.released.set()
    server.shutdown()
    server.server_close()


def base(server: gateways.Gateway) -> str:
    return server.url.removesuffix("/sms")


def send(server: gateways.Gateway, **settings: str):
    own = {"url": base(server), "sender": "Praxis", **settings}
    return Gateway(own, {"token": own.pop("token", "1:geheim-9")}, LOCAL).send(MESSAGE)


def switch_on(server: gateways.Gateway, place: int = 1) -> None:
    pluginhost.switch_on("sms_lox24")
    settings = {"url": base(server), "token": "1:geheim-9", "sender": "Praxis", "price": "0,08"}
    pluginhost.store_settings("sms_lox24", settings)
    rank("sms_lox24", place)


def queue(clock) -> str:
    message_id = service.queue_sms(
        "0171 3920012", "access_code", "Ihr Code", subject_id="code-1", now=clock.now()
    )
    db.session.commit()
    return message_id


def state() -> str:
    db.session.rollback()
    return service.states(["code-1"])["code-1"]


@pytest.mark.requirement("SMS-2")
def test_the_message_goes_out_as_documented(lox):
    receipt = send(lox)
    assert (receipt.state, receipt.reference, receipt.reports) == (SendState.SENT, UUID, True)
    (request,) = lox.seen
    assert (request.method, request.path) == ("POST", "/sms")
    assert request.body == {
        "sender_id": "Praxis",
        "phone": NUMBER,
        "text": "Ihr Zugangscode: ÄÖ",
        "callback_data": "r-1",
    }
    assert request.headers["X-LOX24-AUTH-TOKEN"] == "1:geheim-9"


@pytest.mark.requirement("SMS-2")
@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ((201, b'{"id": "' + UUID.encode() + b'"}'), SendState.SENT),
        ((201, b'{"uuid": "' + UUID.encode() + b'", "status_code": 3000}'), SendState.REFUSED),
        ((201, b'{"uuid": "' + UUID.encode() + b'", "status_code": [7]}'), SendState.SENT),
        ((201, b'{"uuid": 7}'), SendState.UNCLEAR),
        ((201, b'{"uuid": "../../me"}'), SendState.UNCLEAR),
        ((201, b"{}"), SendState.UNCLEAR),
        ((200, b"<html>"), SendState.UNCLEAR),
        ((302, b""), SendState.REFUSED),
        ((400, b""), SendState.REFUSED),
        ((401, b""), SendState.REFUSED),
        ((402, b""), SendState.REFUSED),
        ((408, b""), SendState.UNCLEAR),
        ((409, b""), SendState.UNCLEAR),
        ((429, b""), SendState.NOT_SENT),
        ((500, b""), SendState.UNCLEAR),
    ],
)
def test_an_answer_is_a_clear_yes_a_clear_no_or_neither(lox, answer, state):
    lox.answer = answer
    assert send(lox).state is state
    assert len(lox.seen) == 1


@pytest.mark.requirement("SMS-2")
@pytest.mark.parametrize("mode", ["wait", "close", "drip"])
def test_no_answer_in_time_leaves_it_unclear(lox, mode):
    lox.mode = mode
    assert send(lox).state is SendState.UNCLEAR


def test_without_a_connection_nothing_was_sent():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        closed = gateways.Gateway(port=taken.getsockname()[1])
        assert send(closed).state is SendState.NOT_SENT


@pytest.mark.requirement("TEN-2")
def test_the_sender_of_the_contract_stands_in(lox):
    own = {"url": base(lox)}
    message = replace(MESSAGE, sender="Praxis Ash")
    assert Gateway(own, {"token": "1:geheim-9"}, LOCAL).send(message).state is SendState.SENT
    assert lox.seen[0].body["sender_id"] == "Praxis Ash"


@pytest.mark.parametrize("missing", ["sender", "token"])
def test_who_is_not_set_up_sends_nothing(lox, missing):
    assert send(lox, **{missing: ""}).state is SendState.REFUSED
    assert lox.seen == []


@pytest.mark.requirement("SMS-2")
@pytest.mark.requirement("MSG-3")
@pytest.mark.parametrize(
    ("data", "state"),
    [
        ({"dlr_code": 0, "status_code": 100}, None),
        ({"dlr_code": 1, "status_code": 100}, MessageState.DELIVERED),
        ({"dlr_code": 2}, MessageState.ACCEPTED),
        ({"dlr_code": 4}, MessageState.SENT),
        ({"dlr_code": 8}, MessageState.EXPIRED),
        ({"dlr_code": 16}, MessageState.REJECTED),
        ({"dlr_code": 0, "status_code": 5000}, MessageState.FAILED),
        ({"dlr_code": "1"}, None),
        ({"dlr_code": [1]}, None),
        ({}, None),
    ],
)
def test_an_event_is_read_as_documented(data, state):
    event = {"name": "sms.delivery", "data": {"id": UUID, "callback_data": "r-1", **data}}
    found = read_report(event)
    assert [(each.reference, each.state) for each in found] == ([("r-1", state)] if state else [])
    if state:
        del event["data"]["callback_data"]
        assert read_report(event)[0].reference == UUID


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "x",
        {"name": "sms.inbound", "data": {"id": UUID, "dlr_code": 1}},
        {"name": ["sms.delivery"], "data": {"id": UUID, "dlr_code": 1}},
        {"name": "sms.delivery"},
        {"name": "sms.delivery", "data": [1]},
        {"name": "sms.delivery", "data": {"id": "x y", "dlr_code": 1}},
    ],
)
def test_what_is_no_event_says_nothing(body):
    assert read_report(body) == []


@pytest.mark.requirement("SMS-2")
def test_an_event_reaches_the_message(app, ash, lox, clock):
    switch_on(lox)
    message_id = queue(clock)
    work(app)
    assert state() == "accepted"
    path = urlsplit(reports.address("sms_lox24")).path
    db.session.rollback()
    event = {
        "name": "sms.delivery",
        "data": {"id": UUID, "dlr_code": 1, "callback_data": message_id},
    }
    for _ in range(2):
        assert Caller().send("POST", path, json=event).status_code == 204
    work(app)
    assert state() == "delivered"


# The order of providers.


@pytest.fixture
def both(ash, gateway, lox):
    """Let Ash send through the configurable gateway first, then through LOX24."""
    set_up(gateway)
    switch_on(lox, 5)
    return gateway, lox


@pytest.mark.requirement("SMS-2")
@pytest.mark.parametrize("first", ["sms_lox24", "sms_dicomsys"])
def test_the_organisations_order_decides_who_is_asked_first(app, both, clock, first):
    gateway, lox = both
    rank(first, -1)
    queue(clock)
    work(app)
    asked = {"sms_lox24": lox, "sms_dicomsys": gateway}
    assert {name: len(each.seen) for name, each in asked.items()} == {
        name: int(name == first) for name in asked
    }


@pytest.mark.requirement("SMS-2")
@pytest.mark.parametrize(
    ("answer", "then", "asked"),
    [
        ((402, b""), "accepted", 1),
        ((429, b""), "accepted", 1),
        ((500, b""), "unknown", 0),
        ((200, b"<html>"), "unknown", 0),
        ((409, b""), "unknown", 0),
    ],
)
def test_only_a_certain_refusal_lets_the_next_one_send(app, both, clock, answer, then, asked):
    gateway, lox = both
    gateway.answer = answer
    queue(clock)
    work(app)
    assert (len(gateway.seen), len(lox.seen)) == (1, asked)
    assert state() == then


@pytest.mark.requirement("SMS-2")
def test_when_all_refuse_the_message_is_rejected(app, both, clock):
    gateway, lox = both
    gateway.answer = lox.answer = (403, b"")
    queue(clock)
    work(app)
    assert (len(gateway.seen), len(lox.seen), state()) == (1, 1, "rejected")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "http://api.lox24.eu"),
        ("url", "https://[::1"),
        ("token", "kurz"),
        ("token", "mit Leerzeichen 1"),
        ("sender", "Praxis am Markt"),
        ("price", "viel"),
        ("price", "1e9"),
    ],
)
def test_wrong_settings_are_refused_field_by_field(app, field, value):
    right = {"url": "https://api.lox24.eu", "token": "1:abcdefgh", "sender": "Praxis"}
    with app.test_request_context():
        form = LoxForm(MultiDict({**right, field: value}))
        assert not form.validate()
        assert set(form.errors) == {field}
        assert LoxForm(MultiDict({**right, "price": "0,075"})).validate()
