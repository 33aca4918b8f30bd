"""The gateway's format is configuration: method, fields, headers, places and words of answers."""

from __future__ import annotations

import json
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from plugins.sms_dicomsys import mapping, sms_delivery_report
from plugins.sms_dicomsys.client import Gateway
from plugins.sms_dicomsys.settings import GatewayForm
from portal.api import DeliveryReport, Http, MessageState, SendState, TextMessage
from tests.plugins.fixtures import ACCOUNT, NUMBER

LOCAL = Http(frozenset({"127.0.0.1"}), inside=True, connect_seconds=2, answer_seconds=2)
MESSAGE = TextMessage(NUMBER, 'Grüße {to} & "mehr"\n€', "access_code", "r-1", "http://p/r/secret")
RIGHT = {"url": "https://gateway.example/sms", "user": "a", "password": "b", "sender": "Praxis"}


def send(url: str, **settings: str):
    own = {"url": url, **ACCOUNT, **settings}
    return Gateway(own, {"password": own.pop("password")}, LOCAL).send(MESSAGE)


@pytest.mark.requirement("SMS-1")
@pytest.mark.parametrize(
    ("method", "form"), [("POST", "json"), ("PUT", "json"), ("POST", "form"), ("GET", "form")]
)
def test_the_request_goes_out_as_the_settings_say(gateway, method, form):
    template = json.dumps({"nr": "{to}", "msg": "Von {from}: {text}", "key": "{password}"})
    headers = "X-Api-Key: {password}\n \nX-Client: 7\n"
    assert (
        send(gateway.url, method=method, format=form, template=template, headers=headers).state
        is SendState.SENT
    )
    (request,) = gateway.seen
    assert request.method == method
    # What fills one gap is not looked at for others: the text may hold braces.
    assert request.body == {
        "nr": NUMBER,
        "msg": f"Von Praxis: {MESSAGE.text}",
        "key": "geheim-7",
    }
    assert request.account == ""
    if method != "GET":
        assert (request.headers["X-Api-Key"], request.headers["X-Client"]) == ("geheim-7", "7")


@pytest.mark.requirement("SMS-1")
@pytest.mark.parametrize(
    ("body", "state", "reference"),
    [
        ({"success": "100", "messages": [{"id": 7}]}, SendState.SENT, "7"),
        ({"success": 100, "messages": [{"id": "a"}]}, SendState.SENT, "a"),
        ({"success": "402", "messages": [{"id": 7}]}, SendState.REFUSED, ""),
        ({"success": "999", "messages": [{"id": 7}]}, SendState.UNCLEAR, ""),
        ({"messages": [{"id": 7}]}, SendState.UNCLEAR, ""),
        ({"success": "100", "messages": []}, SendState.UNCLEAR, ""),
        ({"success": "100", "messages": [{"id": None}]}, SendState.UNCLEAR, ""),
        ({"success": "100", "messages": [{"id": {"a": 1}}]}, SendState.UNCLEAR, ""),
    ],
)
def test_the_answer_is_read_where_the_settings_say(gateway, body, state, reference):
    gateway.answer = (200, json.dumps(body).encode())
    places = {"id_path": "messages.0.id", "success": "success = 100, 101"}
    receipt = send(gateway.url, refusal="success=402,500", **places)
    assert (receipt.state, receipt.reference) == (state, reference)


@pytest.mark.requirement("SMS-1")
@pytest.mark.parametrize("status", [408, 409])
def test_an_answer_that_may_mean_taken_before_is_no_refusal(gateway, status):
    gateway.answer = (status, b"")
    assert send(gateway.url).state is SendState.UNCLEAR


def test_only_a_gateway_that_is_told_where_is_expected_to_report(gateway):
    assert not send(gateway.url).reports
    template = '{"to": "{to}", "text": "{text}", "callback": "{report_url}"}'
    assert send(gateway.url, template=template).reports
    assert gateway.seen[-1].body["callback"] == "http://p/r/secret"


def test_a_header_that_holds_more_than_one_line_sends_nothing(gateway):
    own = {"url": gateway.url, **ACCOUNT, "headers": "X-Key: {password}"}
    del own["password"]
    receipt = Gateway(own, {"password": "a\r\nX-Other: b"}, LOCAL).send(MESSAGE)
    assert receipt.state is SendState.NOT_SENT
    assert gateway.seen == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("method", "DELETE"),
        ("format", "xml"),
        ("template", "nonsense"),
        ("template", '["{to}", "{text}"]'),
        ("template", '{"to": "{to}"}'),
        ("template", '{"to": "{to}", "text": "{text}", "x": "{other}"}'),
        ("template", '{"to": "{to}", "text": "{text}"}' + " " * 2000),
        ("headers", "no colon"),
        ("headers", "X-Ä: a"),
        ("headers", "X Key: a"),
        ("report_states", "arrived = OK"),
        ("prices", "Deutschland = 0,07"),
        ("prices", "DE = viel"),
        ("prices", "DE = -1"),
        ("prices", "DE = 1000"),
        ("id_path", "x" * 101),
    ],
)
def test_a_format_that_cannot_work_is_refused_at_its_field(app, field, value):
    with app.test_request_context():
        form = GatewayForm(MultiDict({**RIGHT, field: value}))
        assert not form.validate()
        assert set(form.errors) == {field}


def test_a_form_has_no_fields_in_fields(app):
    nested = '{"to": "{to}", "text": {"de": "{text}"}}'
    with app.test_request_context():
        assert not GatewayForm(
            MultiDict({**RIGHT, "template": nested, "format": "form"})
        ).validate()
        assert GatewayForm(MultiDict({**RIGHT, "template": nested})).validate()


@pytest.mark.requirement("MSG-3")
def test_reports_are_read_by_the_places_and_words_of_the_settings():
    settings = {
        "report_reference": "msg.id",
        "report_state": "msg.st",
        "report_states": "delivered = 1, OK\nfailed = 2",
    }
    ctx = SimpleNamespace(settings=settings)

    def read(body):
        return sms_delivery_report(ctx, DeliveryReport("POST", {}, {}, body))

    (found,) = read({"msg": {"id": "r-1", "st": "ok"}})
    assert (found.reference, found.state) == ("r-1", MessageState.DELIVERED)
    assert read({"msg": {"id": "r-1", "st": 2}})[0].state is MessageState.FAILED
    assert read({"msg": {"id": "r-1", "st": "3"}}) == []
    assert read({"msg": "r-1"}) == []


def test_prices_are_read_as_people_write_them():
    found = mapping.prices("DE = 0,075\n\nAT=0.09\n")
    assert found == {"DE": Decimal("0.075"), "AT": Decimal("0.09")}


@given(
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["a", "0", "id"]), inner, max_size=3)
        ),
        max_leaves=8,
    ),
    path=st.lists(st.sampled_from(["a", "0", "id", "9", "-1", "²", ""]), max_size=4).map(".".join),
)
def test_whatever_comes_a_place_holds_a_text_or_nothing(body, path):
    assert isinstance(mapping.dig(body, path), str)
