"""Delivery reports: whose they are, that they are stored first, and that no report does harm."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.messages import reports, rules, service
from portal.messages.models import Message
from portal.outbox import Outbox
from portal.tenants.scope import tenant_scope
from tests.plugins.fixtures import set_up, work
from tests.test_ratelimit import logged
from tests.world import Caller

TEMPLATE = (
    '{"to": "{to}", "from": "{from}", "text": "{text}", "reference": "{reference}",'
    ' "report": "{report_url}"}'
)


@pytest.fixture
def reporting(ash, gateway, clock):
    """Let Ash send through a gateway that reports; return it with one message taken."""
    set_up(gateway, template=TEMPLATE)
    db.session.commit()
    return gateway


def send(app, clock, gateway) -> tuple[str, str]:
    """Send a message; return its id and the path that its reports go to."""
    message_id = service.queue_sms(
        "0171 3920012", "access_code", "Hallo", subject_id="code-1", now=clock.now()
    )
    work(app)
    db.session.rollback()
    return message_id, urlsplit(gateway.seen[-1].body["report"]).path


def state() -> str:
    found = fetch(lambda: service.states(["code-1"])["code-1"])
    assert isinstance(found, str)
    return found


def fetch(ask):
    """Look into the database and let go of it: the request to come wants to write."""
    db.session.rollback()
    found = ask()
    db.session.rollback()
    return found


def post(path: str, body: object):
    return Caller().send("POST", path, data=json.dumps(body), content_type="application/json")


@pytest.mark.requirement("MSG-3")
def test_a_report_is_stored_and_answered_first_and_read_by_the_worker(app, clock, reporting):
    message_id, path = send(app, clock, reporting)
    assert state() == "accepted"
    answer = post(path, {"reference": message_id, "state": "DELIVRD", "to": "+491713920012"})
    assert (answer.status_code, answer.data) == (204, b"")
    assert state() == "accepted"
    waiting = fetch(lambda: db.session.execute(select(Outbox.kind, Outbox.state)).one())
    assert tuple(waiting) == ("report", "queued")
    work(app)
    assert state() == "delivered"
    assert db.session.scalar(select(Outbox)) is None


@pytest.mark.requirement("MSG-3")
@pytest.mark.parametrize("way", ["json", "form", "query"])
def test_a_report_may_come_as_json_as_a_form_or_in_the_address(app, clock, reporting, way):
    message_id, path = send(app, clock, reporting)
    said = {"reference": message_id, "state": "expired"}
    if way == "json":
        answer = post(path, said)
    elif way == "form":
        answer = Caller().post(path, **said)
    else:
        answer = Caller().send("GET", path, query_string=said)
    assert answer.status_code == 204
    work(app)
    assert state() == "expired"


@pytest.mark.requirement("MSG-3")
def test_reports_that_come_twice_or_out_of_order_do_no_harm(app, clock, reporting):
    message_id, path = send(app, clock, reporting)
    for word in ("DELIVRD", "ENROUTE", "DELIVRD", "UNDELIV", "ACCEPTD"):
        assert post(path, {"reference": message_id, "state": word}).status_code == 204
        work(app)
    assert state() == "delivered"
    assert len(reporting.seen) == 1


@pytest.mark.requirement("MSG-3")
def test_the_providers_own_name_for_the_message_will_do(app, clock, reporting):
    _message_id, path = send(app, clock, reporting)
    post(path, {"reference": "gw-1", "state": "ENROUTE"})
    work(app)
    assert state() == "sent"


@pytest.mark.requirement("MSG-3")
def test_forged_reports_are_refused_and_stored_nowhere(app, world, clock, reporting):
    message_id, path = send(app, clock, reporting)
    said = {"reference": message_id, "state": "DELIVRD"}
    front, secret = path.rsplit("/", 1)
    birch = path.replace(world.ash.id, world.birch.id)
    forged = [
        f"{front}/{secret[:-1]}{'0' if secret[-1] != '0' else '1'}",
        f"{front}/{'0' * 64}",
        f"{front}/x",
        f"{front}/ä",
        birch,
        path.replace("sms_dicomsys", "sms_lox24"),
        path.replace("sms_dicomsys", "vinteos"),
        path.replace("sms_dicomsys", "nobody"),
        path.replace(world.ash.id, "0" * 32),
    ]
    answers = [post(each, said) for each in forged]
    assert {each.status_code for each in answers} == {404}
    assert len({each.data for each in answers}) == 1
    assert fetch(lambda: db.session.scalar(select(Outbox))) is None
    work(app)
    assert state() == "accepted"


@pytest.mark.requirement("MSG-3")
def test_a_provider_cannot_speak_of_anothers_message(app, world, clock, reporting):
    message_id, _path = send(app, clock, reporting)
    db.session.remove()
    with tenant_scope(world.birch.id):
        set_up(reporting, template=TEMPLATE)
        foreign = urlsplit(reports.address("sms_dicomsys")).path
        db.session.commit()
    db.session.remove()
    assert post(foreign, {"reference": message_id, "state": "DELIVRD"}).status_code == 204
    work(app)
    db.session.remove()
    with tenant_scope(world.ash.id):
        assert state() == "accepted"


@pytest.mark.requirement("MSG-3")
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"\xff\xfe\x00",
        b"[1, 2]",
        b"null",
        b'{"reference": {"a": 1}, "state": []}',
        b'{"reference": "x", "state": "DELIVRD"}',
        b'{"reference": "", "state": "DELIVRD"}',
        b'{"state": "DELIVRD"}',
        b'{"reference": "x\\u0000", "state": "DELIVRD"}',
        b'{"reference": "\\ud800", "state": "DELIVRD", "\\udfff": "\\u0000"}',
        b"[" * 9000,
    ],
)
def test_a_malformed_report_changes_nothing_and_stops_nothing(app, clock, reporting, body):
    _message_id, path = send(app, clock, reporting)
    for kind in ("application/json", "text/plain"):
        answer = Caller().send("POST", path, data=body, content_type=kind)
        assert answer.status_code == 204
    work(app)
    assert state() == "accepted"
    assert db.session.scalar(select(Outbox)) is None


@pytest.mark.parametrize("name", [r"a\u0000b", r"\ud800"])
def test_a_name_that_no_database_keeps_costs_the_name_alone(app, clock, reporting, name):
    reporting.answer = (200, f'{{"id": "{name}"}}'.encode())
    send(app, clock, reporting)
    assert state() == "accepted"
    assert db.session.scalar(select(Message.provider_ref)) == ""
    assert db.session.scalar(select(Outbox)) is None


@pytest.mark.requirement("COD-3")
def test_a_report_that_the_plugin_cannot_read_goes_after_its_tries(app, clock, reporting):
    _message_id, path = send(app, clock, reporting)
    set_up(reporting, template=TEMPLATE, report_states="nonsense = DELIVRD")
    db.session.commit()
    post(path, {"reference": "gw-1", "state": "DELIVRD", "to": "+491713920012"})
    for _ in range(4):
        assert fetch(lambda: db.session.scalar(select(Outbox.state))) == "queued"
        work(app)
        clock.move(timedelta(minutes=30))
    assert db.session.scalar(select(Outbox)) is None
    assert state() == "accepted"


@pytest.mark.requirement("MSG-3")
def test_a_huge_report_is_refused(app, clock, reporting):
    _message_id, path = send(app, clock, reporting)
    assert post(path, {"reference": "x" * 70_000}).status_code == 413
    assert db.session.scalar(select(Outbox)) is None


def test_a_report_lies_encrypted_and_no_number_is_logged(app, clock, reporting, caplog):
    from sqlalchemy import Text, type_coerce

    message_id, path = send(app, clock, reporting)
    with caplog.at_level(logging.DEBUG):
        post(path, {"reference": message_id, "state": "DELIVRD", "to": "+491713920012"})
        raw = db.session.scalar(select(type_coerce(Outbox.payload, Text)))
        assert raw.startswith("k1:")
        work(app)
    assert "1713920012" not in caplog.text


@pytest.mark.requirement("MSG-3")
def test_a_report_may_overtake_the_note_that_the_message_was_taken(app, clock, reporting):
    message_id = service.queue_sms(
        "0171 3920012", "access_code", "Hallo", subject_id="code-1", now=clock.now()
    )
    db.session.commit()
    path = urlsplit(fetch(lambda: reports.address("sms_dicomsys"))).path
    post(path, {"reference": message_id, "state": "DELIVRD"})
    work(app)
    assert state() == "delivered"


def test_a_new_salt_makes_the_old_address_worthless(app, clock, reporting):
    message_id, path = send(app, clock, reporting)
    rules.store(report_salt="new")
    db.session.commit()
    assert post(path, {"reference": message_id, "state": "DELIVRD"}).status_code == 404


def test_a_report_that_comes_after_all_is_believed(app, clock, reporting):
    reporting.answer = (500, b"")
    message_id, path = send(app, clock, reporting)
    assert state() == "unknown"
    post(path, {"reference": message_id, "state": "DELIVRD"})
    work(app)
    assert state() == "delivered"
    assert db.session.scalar(select(Message.provider)) == "sms_dicomsys"


def test_the_access_log_never_holds_the_secret_of_an_address(reporting):
    path = urlsplit(reports.address("sms_dicomsys")).path
    front, secret = path.rsplit("/", 1)
    for asked in (path, f"{path}/", f"{path}/more"):
        written = str(logged(asked)["U"])
        assert written.startswith(f"{front}/-")
        assert secret not in written
    assert logged(f"{front}/{'0' * 32}")["U"] == f"{front}/{'0' * 32}"
