"""Announcements reach each plugin in the end; of providers one sends, and only one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.api import Receipt, SendState, TextMessage
from portal.extensions import db
from portal.outbox import Outbox
from portal.pluginhost import service as pluginhost
from portal.pluginhost.guard import FAILURES
from portal.tenants.service import get_switch
from tests.plugins.broken import good, refuses, sends_elsewhere
from tests.plugins.fixtures import NUMBER, counted, ended, plugins, rank, switch_on, work

MESSAGE = TextMessage(NUMBER, "Grüße", "access_code", "r-1")
MINUTE = timedelta(minutes=1)


# Announcements: one row for each plugin, retried, and never lost.


@pytest.mark.requirement("PLG-2")
def test_an_announcement_reaches_each_plugin_that_is_on_and_listens(app, ash):
    with plugins(app, "good", "raises", "refuses"):
        switch_on("good", "raises", "refuses")
        told = ended()
        pluginhost.announce("call_event", told)
        db.session.commit()
        rows = db.session.scalars(select(Outbox)).all()
        assert {row.provider for row in rows} == {"good", "raises"}
        work(app)
        assert len(good.heard) == 1
        assert good.heard[0].event_id
        assert {**told.__dict__, "event_id": good.heard[0].event_id} == good.heard[0].__dict__
        assert [row.provider for row in db.session.scalars(select(Outbox))] == ["raises"]


@pytest.mark.requirement("PLG-3")
def test_an_announcement_that_fails_is_told_again_and_kept_when_it_was_in_vain(app, ash, clock):
    with plugins(app, "raises"):
        switch_on("raises")
        pluginhost.announce("call_event", ended())
        tried = []
        for pause in (0, 1, 5, 30, 120, 720, 720):
            clock.move(pause * MINUTE)
            work(app)
            tried.append(counted("raises", "call_event")[0])
        assert tried == [1, 2, 3, 4, 5, 6, 6]
        assert db.session.scalar(select(Outbox)).state == "dead"


def test_an_announcement_waits_while_the_breaker_is_open_or_the_plugin_is_not_loaded(
    app, ash, clock
):
    with plugins(app, "good"):
        switch_on("good")
        pluginhost.announce("call_event", ended())
        db.session.commit()
    with plugins(app):
        for _ in range(9):
            work(app)
            clock.move(15 * MINUTE)
    with plugins(app, "good"):
        work(app)
    assert len(good.heard) == 1


def test_an_announcement_for_a_plugin_that_was_switched_off_is_dropped(app, ash):
    with plugins(app, "good"):
        switch_on("good")
        pluginhost.announce("call_event", ended())
        get_switch("good").is_on = False
        work(app)
        assert good.heard == []
        assert db.session.scalar(select(Outbox)) is None


# Providers: a certain refusal lets the next one try, and nothing else does.


def provided() -> tuple[str, Receipt]:
    return pluginhost.provider("send_sms", message=MESSAGE)


@pytest.mark.requirement("SMS-2")
@pytest.mark.parametrize("state", [SendState.REFUSED, SendState.NOT_SENT])
def test_after_a_certain_refusal_the_next_provider_sends(app, ash, state):
    refuses.states[:] = [state]
    with plugins(app, "refuses", "good"):
        switch_on("refuses", "good")
        rank("refuses", -1)
        assert provided() == ("good", Receipt(SendState.SENT, reference="good-1"))


@pytest.mark.requirement("MSG-1")
@pytest.mark.parametrize("name", ["raises", "nonsense"])
def test_after_a_failure_nobody_else_sends(app, ash, name):
    with plugins(app, name, "good"):
        switch_on(name, "good")
        rank(name, -1)
        plugin, receipt = provided()
        assert (plugin, receipt.state) == (name, SendState.UNCLEAR)


def test_a_provider_whose_breaker_is_open_has_sent_nothing(app, ash):
    with plugins(app, "raises"):
        switch_on("raises")
        for _ in range(FAILURES):
            assert provided()[1].state is SendState.UNCLEAR
        assert provided()[1].state is SendState.NOT_SENT


def test_a_refusal_that_may_pass_counts_for_more_than_one_for_good(app, ash):
    with plugins(app, "refuses"):
        switch_on("refuses")
        assert provided()[1].state is SendState.REFUSED
        refuses.states[:] = [SendState.NOT_SENT]
        assert provided()[1].state is SendState.NOT_SENT


def test_without_a_provider_it_is_refused(app, ash):
    with plugins(app):
        assert provided() == ("", Receipt(SendState.REFUSED, reason="no provider"))


def test_a_plugin_speaks_with_no_host_that_nobody_named(app, ash):
    with plugins(app, "sends_elsewhere"):
        switch_on("sends_elsewhere")
        provided()
    assert sends_elsewhere.said == ["forbidden"]
