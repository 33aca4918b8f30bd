"""Mails: handed over once, refused for certain, or unknown; in the demo they go into its box."""

from __future__ import annotations

import socket
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select

from portal import jobs, outbox
from portal.extensions import db
from portal.messages import sending, service
from portal.operations import demo_box
from portal.outbox import Outbox
from tests.messages.smtp_server import Server, running
from tests.plugins.fixtures import work

WORDS = ("Ihr Zugangscode", "Grüße\nIhr Code: ABCD-EFGH-JKLM")


@pytest.fixture
def mailer():
    with running(Server()) as server:
        yield server


def queue(clock) -> str:
    mail_id = service.queue_mail(
        "gast@example.org", "access_code", WORDS, subject_id="code-1", now=clock.now()
    )
    db.session.commit()
    return mail_id


def carry(clock, url: str) -> str:
    """Post the one mail in the outbox; return its state."""
    row_id = db.session.scalar(select(Outbox.id))
    if row_id:
        outbox.deliver(row_id, {"mail": sending.mail(sending.smtp(url))}, now=clock.now())
    db.session.expire_all()
    return service.states(["code-1"])["code-1"]


@pytest.mark.requirement("MSG-1")
@pytest.mark.requirement("COD-3")
def test_a_mail_is_handed_over_and_its_address_is_gone(ash, clock, mailer):
    queue(clock)
    assert carry(clock, mailer.url) == "sent"
    (raw,) = mailer.mails
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail["To"] == "gast@example.org"
    assert mail["From"] == "a@example.org"
    assert mail["Subject"] == WORDS[0]
    plain, html = mail.iter_parts()
    assert plain.get_content().strip() == WORDS[1]
    assert html.get_content_type() == "text/html"
    assert db.session.scalar(select(Outbox)) is None


@pytest.mark.requirement("MSG-1", "COD-5")
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("field", ["to", "subject"])
def test_a_line_break_makes_no_second_header(ash, clock, mailer, field, end):
    to, subject = "gast@example.org", "Ihr Zugangscode"
    evil = f"{end}Bcc: fremd@example.org"
    to, subject = (to + evil, subject) if field == "to" else (to, subject + evil)
    service.queue_mail(to, "access_code", (subject, "Text"), subject_id="code-1", now=clock.now())
    db.session.commit()
    assert carry(clock, mailer.url) == "rejected"
    assert mailer.mails == []


@pytest.mark.requirement("MSG-1")
@pytest.mark.parametrize(
    ("answers", "state", "kept"),
    [
        ({"RCPT": "550 nobody"}, "rejected", False),
        ({"RCPT": "450 later"}, "queued", True),
        ({"MAIL": "550 no"}, "rejected", False),
        ({"MAIL": "451 later"}, "queued", True),
        ({".": "554 no"}, "rejected", False),
        ({".": "451 later"}, "queued", True),
        ({".": "break"}, "unknown", False),
        ({"QUIT": "421 busy"}, "sent", False),
        ({"QUIT": "break"}, "sent", False),
    ],
)
def test_what_the_server_says_decides(ash, clock, mailer, answers, state, kept):
    mailer.answers = answers
    queue(clock)
    assert carry(clock, mailer.url) == state
    assert (db.session.scalar(select(Outbox)) is not None) == kept


def test_without_a_server_the_mail_waits_and_then_fails(ash, clock, mailer):
    queue(clock)
    dead = f"smtp://127.0.0.1:{_closed()}"
    assert carry(clock, dead) == "queued"
    for minutes in (1, 5, 30, 120):
        clock.move(timedelta(minutes=minutes))
        assert carry(clock, dead) == "queued"
    clock.move(timedelta(hours=12))
    assert carry(clock, mailer.url) == "sent"


def _closed() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_password_never_goes_over_a_line_without_tls(ash, clock, mailer):
    queue(clock)
    assert carry(clock, mailer.url.replace("//", "//name:geheim@")) == "queued"
    assert mailer.mails == []


@pytest.mark.parametrize("to", ["a@example.org\nBcc: b@example.org", "a@example.org\r\n\r\nHallo"])
def test_a_line_break_in_an_address_is_refused(ash, to):
    with pytest.raises(ValueError, match=r"linefeed|newline|header"):
        sending.written(to, *WORDS)


def test_in_the_demo_a_mail_goes_into_its_box(app, ash, clock):
    queue(clock)
    work(app)
    (shown,) = [each for each in demo_box.newest() if each.kind == "mail"][:1]
    assert shown.to == "gast@example.org"
    assert "ABCD-EFGH-JKLM" in shown.text
    assert "/demo/messages" in {str(rule) for rule in app.url_map.iter_rules()}


def test_outside_the_demo_a_mail_without_a_server_waits(app, ash, clock, monkeypatch):
    plain = {**app.extensions["portal_config"].__dict__, "demo": False}
    config = type(app.extensions["portal_config"])(**plain)
    monkeypatch.setitem(app.extensions, "portal_config", config)
    row_id = queue(clock)
    outbox.deliver(row_id, jobs.carriers(app), now=clock.now())
    assert service.states(["code-1"]) == {"code-1": "queued"}
