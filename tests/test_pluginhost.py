"""A plugin that raises, hangs, answers nonsense or is misspelt harms nothing, and is named."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from portal import clock as the_clock
from portal import pluginguard, pluginhost, pluginloader
from portal.api import CallEvent, Receipt, SendState, TextMessage
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.outbox import Outbox
from portal.pluginguard import FAILURES, OPEN_FOR
from portal.pluginloader import PluginNotReadyError
from portal.tenants.models import PluginSwitch
from portal.tenants.scope import tenant_scope
from tests.plugins.broken import good, hangs, nonsense, refuses, sends_elsewhere, writes
from tests.plugins.fixtures import NUMBER, plugins, switch_on, work
from tests.world import Caller

if TYPE_CHECKING:
    from collections.abc import Iterator

MESSAGE = TextMessage(NUMBER, "Grüße", "access_code", "r-1")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ash(world) -> Iterator[str]:
    with tenant_scope(world.ash.id):
        yield world.ash.id
        db.session.rollback()


@pytest.fixture(autouse=True)
def calm(monkeypatch):
    """Measure with a watch that only a hanging plugin moves, however busy this machine is."""
    passed = [0.0]
    watch = SimpleNamespace(
        perf_counter=lambda: passed[0], monotonic=time.monotonic, time=time.time
    )
    monkeypatch.setattr(pluginguard, "time", watch)
    monkeypatch.setattr(hangs, "pause", lambda seconds: passed.append(passed.pop() + seconds))
    yield
    good.heard.clear()
    writes.fails.clear()
    sends_elsewhere.said.clear()
    hangs.SECONDS = 0.06
    nonsense.answers.update(after_call_steps=7, send_sms="sent")
    refuses.states[:] = [SendState.REFUSED]


def event() -> CallEvent:
    now = the_clock.now()
    return CallEvent("ended", "c" * 32, "r" * 32, "a" * 32, now, now, now)


def steps() -> list[str]:
    found = pluginhost.collect("after_call_steps", call=event(), account_id="a" * 32)
    return [step.plugin for step in found]


def reported(plugin: str) -> dict:
    return {each["name"]: each for each in pluginhost.report()}[plugin]


def counted(plugin: str, hook: str) -> tuple[int, int]:
    row = {each["hook"]: each for each in reported(plugin)["hooks"]}[hook]
    return row["calls"], row["failures"]


# Start: found is not loaded, loaded is not switched on, broken is left out.


@pytest.mark.requirement("PLG-1")
def test_a_plugin_that_the_operator_did_not_name_is_not_even_imported(app):
    allowed = pluginloader.load((), [_Trap()])
    assert allowed.loaded == {}
    assert allowed.refused == {}


class _Trap:
    name = "trap"

    def load(self):
        pytest.fail("It was imported.")


@pytest.mark.requirement("PLG-1")
def test_only_an_organisation_that_switched_it_on_is_served(app, world):
    with plugins(app, "good"):
        with tenant_scope(world.birch.id):
            assert steps() == []
        db.session.remove()
        with tenant_scope(world.ash.id):
            switch_on("good")
            assert steps() == ["good"]
        db.session.remove()
        with tenant_scope(world.birch.id):
            assert steps() == []


@pytest.mark.requirement("PLG-3")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("at_import", "at_import fails at import: ImportError: no such vendor library"),
        ("misspelt", "misspelt has a hook after_call_step, which does not exist; after_call_steps"),
        ("wrong_argument", "patient"),
        ("wraps", "wraps wraps after_call_steps"),
        ("public_page", "public_page has pages without a policy"),
        ("wrong_name", "has no manifest that bears its name"),
        ("no_manifest", "has no manifest"),
        ("no_privacy", "does not declare the personal data"),
        ("gone", "gone fails at import"),
    ],
)
def test_a_broken_plugin_is_left_out_with_one_line_and_the_others_work(
    app, ash, caplog, name, said
):
    with caplog.at_level(logging.ERROR), plugins(app, name, "good"):
        switch_on("good", name)
        assert steps() == ["good"]
        shown = reported(name)
        assert said in shown["error"]
        assert "\n" not in shown["error"]
        assert shown["state"] == "nicht geladen"
        assert [each["name"] for each in pluginhost.known()] == ["good"]
        assert pluginhost.declarations().keys() == {"good"}
    lines = [each.getMessage() for each in caplog.records if each.name == "portal.pluginloader"]
    assert len(lines) == 1
    assert said in lines[0]


def test_a_plugin_that_is_not_installed_is_named(app):
    assert "nobody is not installed" in pluginloader.load(("nobody",), []).refused["nobody"]


@pytest.mark.requirement("PLG-3")
def test_where_the_settings_are_strict_a_broken_plugin_stops_the_start(app):
    with (
        pytest.raises(PluginNotReadyError, match="misspelt"),
        plugins(app, "misspelt", plugins_strict=True),
    ):
        pass


def test_in_safe_mode_no_plugin_is_loaded(app, ash):
    with plugins(app, "good", safe_mode=True):
        switch_on("good")
        assert steps() == []
        assert reported("good")["state"] == "nicht geladen"


# Calls: what a hook throws, answers and takes.


@pytest.mark.requirement("PLG-3")
@pytest.mark.parametrize("name", ["raises", "quits", "nonsense"])
def test_a_hook_that_fails_is_left_out_of_the_answer_and_counted(app, ash, name):
    with plugins(app, name, "good"):
        switch_on(name, "good")
        assert steps() == ["good"]
        assert counted(name, "after_call_steps") == (1, 1)
        assert counted("good", "after_call_steps") == (1, 0)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "x",
        [1],
        {"url": "/p/nonsense/"},
        [pluginhost.Step("a", "b", "https://evil.example", "c")],
    ],
)
def test_nonsense_of_every_kind_is_no_answer(app, ash, answer):
    nonsense.answers["after_call_steps"] = answer
    with plugins(app, "nonsense", "good"):
        switch_on("nonsense", "good")
        assert steps() == ["good"]
        assert counted("nonsense", "after_call_steps") == (1, 1)


def test_the_log_names_plugin_hook_and_organisation_and_nobody_else(app, ash, caplog):
    with plugins(app, "raises"):
        switch_on("raises")
        steps()
    assert "plugin raises failed in hook after_call_steps" in caplog.text
    assert ash in caplog.text
    assert "raises.py" in caplog.text
    assert "Erika" not in caplog.text
    assert NUMBER not in caplog.text


@pytest.mark.requirement("PLG-3")
def test_a_slow_hook_is_counted_and_in_the_end_not_asked(app, ash):
    with plugins(app, "hangs", "good"):
        switch_on("hangs", "good")
        for _ in range(FAILURES + 2):
            assert steps() == ["good"]
        assert counted("hangs", "after_call_steps") == (FAILURES, FAILURES)


def test_a_hook_that_is_slow_now_and_then_is_asked_on(app, ash):
    with plugins(app, "hangs"):
        switch_on("hangs")
        for seconds in (0.06, 0.06, 0.06, 0.06, 0) * 3:
            hangs.SECONDS = seconds
            steps()
        assert counted("hangs", "after_call_steps") == (15, 12)


@pytest.mark.requirement("PLG-3")
def test_five_failures_open_the_breaker_for_a_quarter_of_an_hour(app, ash, clock):
    with plugins(app, "raises"):
        switch_on("raises")
        for _ in range(FAILURES + 3):
            steps()
        assert counted("raises", "after_call_steps") == (FAILURES, FAILURES)
        assert reported("raises")["state"] == "gestört"
        assert "after_call_steps" in reported("raises")["error"]
        clock.move(OPEN_FOR)
        steps()
        assert counted("raises", "after_call_steps") == (FAILURES + 1, FAILURES + 1)
        assert reported("raises")["state"] == "geladen"


def test_failures_far_apart_open_no_breaker(app, ash, clock):
    with plugins(app, "raises"):
        switch_on("raises")
        for _ in range(FAILURES + 3):
            steps()
            clock.move(3 * MINUTE)
        assert counted("raises", "after_call_steps")[0] == FAILURES + 3


def test_the_breaker_of_one_organisation_is_not_anothers(app, world):
    with plugins(app, "raises"):
        for organisation_id, calls in ((world.ash.id, FAILURES), (world.birch.id, FAILURES + 1)):
            with tenant_scope(organisation_id):
                switch_on("raises")
                for _ in range(calls):
                    steps()
            db.session.remove()
        assert counted("raises", "after_call_steps")[0] == 2 * FAILURES


def test_a_hook_that_hangs_is_cut_off_in_the_web_process():
    """In the web process, which gevent runs; its answer is waited for a quarter of a second."""
    script = """
import gevent.monkey; gevent.monkey.patch_all()
import pathlib, tempfile, time
from portal.pluginguard import Guard, Limit, PluginFailedError, Spot
def hangs():
    try:
        time.sleep(30)
    except Exception:
        time.sleep(30)
guard = Guard(pathlib.Path(tempfile.mkdtemp()))
begun = time.monotonic()
try:
    guard.call(Spot("p", "h", "o"), hangs, Limit(slow=0.05, stop=0.25))
except PluginFailedError:
    print(time.monotonic() - begun < 5, guard.counts["p", "h"].failures)
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.split() == ["True", "1"], done.stderr


def test_the_order_is_the_organisations_and_else_that_of_the_names(app, ash):
    with plugins(app, "refuses", "good", "raises"):
        switch_on("refuses", "raises", "good")
        assert pluginhost.answering("send_sms") == ["good", "raises", "refuses"]
        _rank("refuses", -1)
        assert pluginhost.answering("send_sms") == ["refuses", "good", "raises"]


def _rank(plugin: str, rank: int) -> None:
    db.session.scalar(select(PluginSwitch).where(PluginSwitch.plugin == plugin)).rank = rank
    db.session.commit()


# The transaction: a failing hook takes back what it did, and nothing else.


@pytest.mark.requirement("PLG-3")
def test_a_hook_whose_statement_fails_leaves_the_pages_transaction_alone(app, ash):
    with plugins(app, "writes", "good"):
        switch_on("writes", "good")
        writes.fails.append("statement")
        assert steps() == ["good"]
        assert counted("writes", "after_call_steps") == (1, 1)
        assert db.session.scalar(select(PluginSwitch.id).limit(1))


def heard() -> list[str]:
    db.session.expire_all()
    return [name for name in db.session.scalars(select(PluginSwitch.plugin)) if "heard" in name]


@pytest.mark.parametrize("fails", ["raise", "commit"])
def test_what_a_failing_hook_wrote_is_taken_back(app, ash, clock, fails):
    with plugins(app, "writes"):
        switch_on("writes")
        writes.fails.append(fails)
        pluginhost.announce("call_event", event())
        work(app)
        assert heard() == []
        assert db.session.scalar(select(Outbox)).state == "queued"
        writes.fails.clear()
        clock.move(MINUTE)
        work(app)
        assert len(heard()) == 1
        assert db.session.scalar(select(Outbox)) is None


# Announcements: one row for each plugin, retried, and never lost.


@pytest.mark.requirement("PLG-2")
def test_an_announcement_reaches_each_plugin_that_is_on_and_listens(app, ash):
    with plugins(app, "good", "raises", "refuses"):
        switch_on("good", "raises", "refuses")
        told = event()
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
        pluginhost.announce("call_event", event())
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
        pluginhost.announce("call_event", event())
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
        pluginhost.announce("call_event", event())
        pluginhost.pluginswitches.get_switch("good").is_on = False
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
        _rank("refuses", -1)
        assert provided() == ("good", Receipt(SendState.SENT, reference="good-1"))


@pytest.mark.requirement("MSG-1")
@pytest.mark.parametrize("name", ["raises", "nonsense"])
def test_after_a_failure_nobody_else_sends(app, ash, name):
    with plugins(app, name, "good"):
        switch_on(name, "good")
        _rank(name, -1)
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


# What the operator and the pages see.


@pytest.mark.requirement("PLG-3")
def test_the_operators_page_names_plugin_hook_and_number(app, world):
    with plugins(app, "raises", "misspelt"):
        with tenant_scope(world.ash.id):
            switch_on("raises")
            steps()
        db.session.remove()
        page = world.caller("operator").get("/operator/plugins").text
    assert "after_call_steps" in page
    assert "Praxis Ash" in page
    assert "misspelt has a hook after_call_step" in page


def test_the_counts_of_other_processes_are_in_the_report(app, ash):
    with plugins(app, "good") as host:
        switch_on("good")
        steps()
        host.guard.save()
        (own,) = host.guard.folder.glob("*.json")
        other = own.rename(own.with_name("1.json"))
        assert counted("good", "after_call_steps") == (2, 0)
        other.unlink()
        assert counted("good", "after_call_steps") == (1, 0)


def test_a_page_of_a_plugin_is_not_there_where_it_is_off(app, world):
    doctor = world.caller("doctor")
    assert doctor.get("/p/vinteos/").status_code == 404
    with tenant_scope(world.ash.id):
        switch_on("vinteos")
    db.session.remove()
    assert doctor.get("/p/vinteos/").status_code == 200
    assert world.caller("assistant").get("/p/vinteos/").status_code == 404
    assert Caller(world.birch.tokens["doctor"]).get("/p/vinteos/").status_code == 404


def test_a_plugin_that_is_off_has_no_context(app, ash):
    with pytest.raises(NotFoundHereError):
        pluginhost.context("vinteos")
