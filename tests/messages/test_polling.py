"""Messages without news: the provider is asked, seldom, and not for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import jobs
from portal.extensions import db
from portal.messages import polling, service
from portal.messages.models import Message
from portal.pluginhost import service as pluginhost
from portal.tenants.scope import current_tenant
from tests.plugins.fixtures import work

UUID = "d6c12ac4-cc7d-11ec-b6da-525400bbb7dc"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def lox(ash, gateway):
    """Let Ash send through a gateway that speaks LOX24's form and never reports by itself."""
    pluginhost.switch_on("sms_lox24")
    settings = {"url": gateway.url.removesuffix("/sms"), "token": "1:geheim-9", "sender": "Praxis"}
    pluginhost.store_settings("sms_lox24", settings)
    gateway.answer = (201, f'{{"uuid": "{UUID}", "status_code": 0}}'.encode())
    db.session.commit()
    return gateway


def send(app, clock) -> None:
    service.queue_sms("0171 3920012", "access_code", "Hallo", subject_id="c", now=clock.now())
    work(app)


def listen(app, clock) -> None:
    db.session.commit()
    with app.app_context():
        waiting = polling.due(clock.now())
    for organisation_id, provider in waiting:
        jobs.ask(app, organisation_id, provider)
    db.session.expire_all()


def state() -> str:
    return service.states(["c"])["c"]


@pytest.mark.requirement("MSG-3")
def test_a_message_without_news_is_asked_about_after_ten_minutes_and_every_hour(app, lox, clock):
    send(app, clock)
    lox.answers[f"/sms/{UUID}"] = (200, b'{"dlr_code": 4, "status_code": 100}')
    clock.move(9 * MINUTE)
    listen(app, clock)
    assert len(lox.seen) == 1
    clock.move(2 * MINUTE)
    listen(app, clock)
    listen(app, clock)
    assert [each.method for each in lox.seen] == ["POST", "GET"]
    assert state() == "sent"
    lox.answers[f"/sms/{UUID}"] = (200, b'{"dlr_code": 1, "status_code": 100}')
    clock.move(timedelta(hours=1))
    listen(app, clock)
    assert state() == "delivered"
    clock.move(timedelta(hours=2))
    listen(app, clock)
    assert len(lox.seen) == 3


@pytest.mark.requirement("MSG-3")
@pytest.mark.parametrize("answer", [(404, b""), (500, b""), (200, b'{"dlr_code": 0}')])
def test_what_stays_without_news_for_three_days_is_unknown(app, lox, clock, answer):
    send(app, clock)
    lox.answers[f"/sms/{UUID}"] = answer
    clock.move(11 * MINUTE)
    for _ in range(4):
        listen(app, clock)
        assert state() == "accepted"
        clock.move(timedelta(hours=18))
    listen(app, clock)
    assert state() == "unknown"
    assert db.session.scalar(select(Message.next_poll_at)) is None
    assert polling.due(clock.now() + timedelta(days=9)) == []


def test_a_provider_that_answers_of_others_is_not_listened_to(app, lox, clock, monkeypatch):
    from portal.api import MessageState, SmsStatus

    send(app, clock)
    message_id = db.session.scalar(select(Message.id))
    lying = [SmsStatus("somebody-else", MessageState.FAILED), SmsStatus(message_id, "nonsense")]
    monkeypatch.setattr("plugins.sms_lox24.client.Gateway.poll", lambda *_: lying)
    clock.move(11 * MINUTE)
    listen(app, clock)
    assert state() == "accepted"
    monkeypatch.setattr("plugins.sms_lox24.client.Gateway.poll", lambda *_: lying[:1])
    clock.move(timedelta(hours=1))
    listen(app, clock)
    assert state() == "accepted"


def test_a_provider_that_was_switched_off_is_not_asked(app, lox, clock):
    from portal.tenants.service import get_switch

    send(app, clock)
    get_switch("sms_lox24").is_on = False
    db.session.commit()
    clock.move(11 * MINUTE)
    listen(app, clock)
    assert len(lox.seen) == 1
    assert current_tenant()
