"""The operator's commands: what is listed, traced, measured, purged, and what plugins bring."""

from __future__ import annotations

from datetime import timedelta
from importlib.metadata import EntryPoint

import pytest
from click.testing import CliRunner
from sqlalchemy import select

import portal as the_portal
from plugins.consent_form.models import Agreement, Month
from portal import clock, erasures
from portal.cli import main
from portal.extensions import db
from portal.operations import plugin_commands
from portal.pluginhost import files, loader
from portal.pluginhost import service as pluginhost
from portal.pluginhost.guard import FAILURES
from portal.tenants.models import PluginSwitch
from portal.tenants.scope import tenant_scope
from portal.tenants.service import get_switch
from tests.plugins.fixtures import plugins, steps, switch_on


@pytest.fixture
def command(app, monkeypatch):
    """Return what runs ``portal`` with arguments over the application of the tests."""
    monkeypatch.setattr(the_portal, "create_app", lambda _config: app)
    monkeypatch.setattr("portal.cli._config", lambda **_: None)

    def run(*words: str, answer: str = ""):
        db.session.remove()
        return CliRunner().invoke(main, words, input=answer)

    return run


@pytest.fixture
def on(world):
    with tenant_scope(world.ash.id):
        switch_on("consent_form")
        pluginhost.store_settings("consent_form", {"heading": "Bogen", "text": "Ja?"})
        db.session.add(Month(month="2026-01", number=3))
        db.session.add(Agreement(visit_id="v", version="x", agreed_at=the_now()))
        db.session.commit()
    db.session.remove()
    return world


def the_now():
    from portal import clock

    return clock.now()


@pytest.mark.requirement("PLG-1")
def test_list_prints_what_the_allow_list_can_say(command, world):
    answer = command("plugins", "list")
    (point,) = [each for each in loader.find() if each.name == "vinteos"]
    assert f"vinteos@sha256:{files.fingerprint(point)}  " in answer.output
    assert "loaded" in answer.output
    assert answer.exit_code == 0


def test_list_says_what_is_left_out_and_what_was_never_allowed(app, world, monkeypatch):
    stray = EntryPoint("stray", "no.such", "portal.plugins")
    monkeypatch.setattr(loader, "find", lambda: [stray])
    with plugins(app, "misspelt"):
        lines = list(plugin_commands.listed(app))
    assert any("misspelt" in line and "was probably meant" in line for line in lines)
    assert "stray  -  installed, not in PORTAL_PLUGINS" in lines


def test_list_asks_each_whether_it_can_work(command, world, gateway):
    from tests.plugins.fixtures import set_up

    with tenant_scope(world.ash.id):
        set_up(gateway, url="")
        db.session.commit()
    answer = command("plugins", "list", "--check")
    assert f"sms_dicomsys {world.ash.id} NOT OK: Bitte tragen Sie" in answer.output


@pytest.mark.requirement("PLG-3")
def test_trace_says_who_is_asked_and_why_not_the_others(app, world):
    with plugins(app, "good", "raises", "refuses", "hangs"):
        with tenant_scope(world.ash.id):
            switch_on("good", "raises", "refuses")
            for _ in range(FAILURES):
                steps()
        db.session.remove()
        lines = list(plugin_commands.traced(app, "after_call_steps", world.ash.id))
        assert lines == [
            "good: is asked; 5 calls since yesterday",
            "raises: is left alone after many failures",
            "refuses: does not have this hook",
            "hangs: is switched off here",
        ]
        with pytest.raises(plugin_commands.PluginCommandError, match="no hook"):
            list(plugin_commands.traced(app, "after_call", world.ash.id))


def test_bench_measures_the_hooks_of_pages(command, on):
    answer = command("plugins", "bench", "consent_form", "--organisation", on.ash.id)
    assert answer.output.startswith("statistic agreements")
    assert answer.exit_code in {0, 1}
    elsewhere = command("plugins", "bench", "consent_form", "--organisation", on.birch.id)
    assert elsewhere.exit_code == 1
    assert "is not switched on" in elsewhere.output


def test_a_plugin_that_fails_cannot_be_measured(app, world):
    with plugins(app, "raises"):
        with tenant_scope(world.ash.id):
            switch_on("raises")
        db.session.remove()
        with pytest.raises(plugin_commands.PluginCommandError, match="fails in after_call_steps"):
            plugin_commands.measured(app, "raises", world.ash.id)


def left(org) -> list[int]:
    with tenant_scope(org.id):
        found = [len(list(db.session.scalars(select(m)))) for m in (Agreement, Month, PluginSwitch)]
    db.session.remove()
    return found


@pytest.mark.requirement("PLG-4")
def test_purge_deletes_all_of_one_organisation_and_only_when_it_is_off(app, command, on):
    with tenant_scope(on.birch.id):
        switch_on("consent_form")
        db.session.add(Month(month="2026-01", number=9))
        db.session.commit()
    db.session.remove()
    words = ("plugins", "purge", "consent_form", "--organisation", on.ash.id)
    refused = command(*words, "--yes")
    assert "still switched on" in refused.output
    assert left(on.ash) == [1, 1, 1]
    with tenant_scope(on.ash.id):
        get_switch("consent_form").is_on = False
        db.session.commit()
    assert command(*words, answer="n\n").exit_code == 1
    assert left(on.ash) == [1, 1, 1]
    assert "3 rows deleted." in command(*words, "--yes").output
    assert left(on.ash) == [0, 0, 0]
    assert left(on.birch) == [0, 1, 1]
    # A backup that is restored later forgets them as well.
    data = app.extensions["portal_config"].data
    told = {row["table"] for row in erasures.since(data, clock.now() - timedelta(minutes=5))}
    assert {Agreement.__tablename__, Month.__tablename__} <= told


@pytest.mark.requirement("PLG-4")
def test_a_plugins_command_runs_wherever_it_is_on(command, on):
    answer = command("plugin", "consent_form", "months")
    assert f"{on.ash.id}: " in answer.output
    assert "2026-01      3" in answer.output
    assert on.birch.id not in answer.output
    one = command("plugin", "consent_form", "months", "--organisation", on.birch.id)
    assert (one.exit_code, "is not switched on" in one.output) == (1, True)
    wrong = command("plugin", "consent_form", "weeks")
    assert "It has:\n  months" in wrong.output
    assert "is not loaded" in command("plugin", "nothing", "months").output


def test_a_command_that_raises_is_named_and_the_next_organisation_goes_on(app, on, monkeypatch):
    from dataclasses import replace

    def fails(ctx, _words):
        ctx.session.add(Month(month="2026-02", number=1))
        ctx.session.flush()
        if ctx.organisation_id == on.ash.id:
            raise ValueError
        return "fine"

    with tenant_scope(on.birch.id):
        switch_on("consent_form")
    db.session.remove()
    found = replace(plugin_commands.find_command(app, "consent_form", "months"), run=fails)
    answers = dict(plugin_commands.carried_out(app, "consent_form", found, (), None))
    assert answers == {on.ash.id: None, on.birch.id: "fine"}
    assert (left(on.ash)[1], left(on.birch)[1]) == (1, 1)
