"""Hostile and broken plugins against every hook: calls, pages and others notice nothing (T14, F13).

What the fence between a plugin and the portal does not hold (T13) is tried at the end, because
``docs/plugins/trust.md`` says so.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from importlib.metadata import EntryPoint

import pytest
from sqlalchemy import select

from portal import clock as the_clock
from portal import jobs
from portal.api import SendState, TextMessage
from portal.extensions import db
from portal.operations import plugin_commands
from portal.outbox import Outbox
from portal.pluginhost import exam, showing
from portal.pluginhost import jobs as plugin_jobs
from portal.pluginhost import service as pluginhost
from portal.pluginhost.guard import PluginFailedError
from portal.pluginhost.service import Host
from portal.pluginhost.values import Place
from portal.tenants.models import Organisation, PluginSwitch
from portal.tenants.scope import tenant_scope
from tests.plugins.broken import good, hostile, wishes
from tests.plugins.fixtures import ended, plugins, rank, reported, steps, switch_on, work

AT_START = {hook for hook in exam.HOOKS if hook.startswith(("plugin_", "register_"))}
# These answer nothing that could be wrong, so that nonsense is no failure there.
SILENT = {"call_event", "forget", "job work", "command go"}
# A job commits before it waits for somebody outside.
MAY = {("commits", "job work")}
MESSAGE = TextMessage("+491713920012", "Ihr Code", "access_code", "r-1")


@pytest.fixture(params=sorted(hostile.WAYS))
def way(request, monkeypatch):
    """Misbehave in one way; a hook that hangs moves the watch and is cut off."""
    monkeypatch.setattr(hostile, "way", [hostile.WAYS[request.param]])

    def cut(_seconds):
        raise TimeoutError

    monkeypatch.setattr(hostile, "pause", cut)
    yield request.param
    hostile.leaked.clear()
    good.heard.clear()


@pytest.fixture
def both(app, world, way):
    """Run with the hostile plugin and a good one, both on at Ash, the hostile one first."""
    with plugins(app, "good", "hostile"):
        hostile.other["organisation"] = world.birch.id
        with tenant_scope(world.ash.id):
            switch_on("good", "hostile")
            rank("hostile", -1)
        db.session.remove()
        yield world


def failed() -> dict[str, tuple[int, int]]:
    rows = reported("hostile")["hooks"]
    return {row["hook"]: (row["calls"], row["failures"]) for row in rows}


def ask_everything(app, world) -> dict[str, object]:
    """Ask every hook once, as the portal does, and return what came of it."""
    doctor, admin = world.caller("doctor"), world.caller("projectadmin")
    found: dict[str, object] = {}
    for page, caller in (("/desk", doctor), ("/admin", admin), ("/visit", world.caller("guest"))):
        found[page] = caller.get(page).status_code
    for place, caller in (
        (Place.DESK, doctor),
        (Place.WAITING, world.caller("guest")),
        (Place.ADMIN, admin),
    ):
        answer = caller.get(f"/slots/{place}/hostile/in_{place}")
        found[f"slot {place}"] = (answer.status_code, answer.headers.get("Set-Cookie"))
    answer = admin.get("/admin/plugins/hostile")
    found["settings"] = (answer.status_code, answer.headers.get("Set-Cookie"))
    answer = admin.post("/admin/plugins/hostile/check")
    found["check"] = (answer.status_code, "hat nicht geantwortet" in answer.text)
    with tenant_scope(world.ash.id):
        found["steps"] = steps()
        found["sms"] = pluginhost.provider("send_sms", message=MESSAGE)[1].state
        pluginhost.announce("call_event", ended())
        db.session.commit()
        work(app)
        found["heard"] = len(good.heard)
        found["letters"] = sorted(db.session.scalars(select(Outbox.provider)))
        db.session.rollback()
        pluginhost.forget("hostile", the_clock.now())
        pluginhost.set_up_demo("hostile", "http://localhost")
        db.session.commit()
        for hook in hostile.ALSO:
            ask_plainly(app, hook)
    db.session.remove()
    for turn in plugin_jobs.due(the_clock.now()):
        plugin_jobs.run(turn, now=the_clock.now())
    db.session.remove()
    command = plugin_commands.find_command(app, "hostile", "go")
    found["command"] = dict(plugin_commands.carried_out(app, "hostile", command, (), None))
    return found


def ask_plainly(app, hook: str) -> None:
    """Ask a hook through the guard, without what belongs to it in the portal."""
    host = app.extensions["portal_plugins"]
    with suppress(PluginFailedError):
        host.ask(hook, pluginhost.context("hostile"), pluginhost.COLLECT, {})
    db.session.commit()


@pytest.mark.requirement("PLG-3")
def test_whatever_a_plugin_does_in_whichever_hook_nobody_else_notices(app, both, way):
    found = ask_everything(app, both)
    silent = way == "nonsense"
    assert [found[page] for page in ("/desk", "/admin", "/visit")] == [200, 200, 200]
    for place in (Place.DESK, Place.WAITING, Place.ADMIN):
        assert found[f"slot {place}"] == (503, None)
    assert found["settings"] == (200, None)
    assert found["check"] == (200, True)
    assert found["steps"] == ["good"]
    assert found["sms"] is SendState.UNCLEAR
    assert found["heard"] == 1
    assert found["letters"] == ([] if silent else ["hostile"])
    assert (found["command"][both.ash.id] is None) is not silent
    # The operator sees each of them, and the good one is what it was.
    counts = failed()
    for hook, (calls, failures) in counts.items():
        if silent and hook in hostile.ALSO:
            continue
        allowed = (silent and hook in SILENT) or (way, hook) in MAY
        assert failures == (0 if allowed else calls), hook
    hooks = {name for name in counts if not name.startswith(("slot", "statistic", "job", "comm"))}
    assert hooks == set(exam.HOOKS) - AT_START
    assert {"slot in_desk", "statistic number", "job work", "command go"} <= set(counts)
    assert reported("good")["failures"] == 0


@pytest.mark.requirement("PLG-3")
def test_no_row_of_anybody_changed(app, both, way):
    def rows() -> dict[str, int]:
        found = {}
        for org in (both.ash, both.birch):
            with tenant_scope(org.id):
                found[org.id] = len(list(db.session.scalars(select(PluginSwitch))))
            db.session.remove()
        found["organisations"] = len(list(db.session.scalars(select(Organisation))))
        db.session.remove()
        return found

    before = rows()
    ask_everything(app, both)
    assert rows() == before


# At the start.


@pytest.mark.requirement("PLG-3")
def test_those_that_fail_at_the_start_leave_the_others_running(app, ash):
    names = (
        "at_import",
        "misspelt",
        "no_manifest",
        "no_privacy",
        "public_page",
        "wraps",
        "wrong_argument",
        "wrong_name",
        "good",
    )
    with plugins(app, *names) as host:
        assert set(host.plugins.loaded) == {"good"}
        assert set(host.plugins.refused) == set(names) - {"good"}
        switch_on("good")
        assert steps() == ["good"]
        for name in host.plugins.refused:
            assert reported(name)["state"] == "nicht geladen"
            assert "\n" not in reported(name)["error"]


@pytest.mark.requirement("PLG-3")
def test_of_two_that_bear_one_name_neither_is_loaded_and_the_operator_reads_why(app, world):
    module = "tests.plugins.broken"
    points = [("good", "good"), ("hostile", "hostile"), ("hostile", "raises")]
    found = [EntryPoint(name, f"{module}.{each}", "portal.plugins") for name, each in points]
    before = app.extensions["portal_plugins"]
    config = replace(before.config, plugins=("good", "hostile"))
    host = Host(config, found)
    pluginhost.run_with(app, host)
    try:
        assert set(host.plugins.loaded) == {"good"}
        assert "is installed more than once" in reported("hostile")["error"]
        page = world.caller("operator").get("/operator/plugins").text
        assert "hostile is installed more than once" in page
        assert world.caller("doctor").get("/desk").status_code == 200
    finally:
        pluginhost.run_with(app, before)


@pytest.mark.requirement("PLG-3")
@pytest.mark.parametrize(
    ("version", "said"), [("0.9", "Update the plugin"), ("9.0", "Update the portal")]
)
def test_one_for_another_api_is_left_out_and_the_others_run(app, ash, monkeypatch, version, said):
    monkeypatch.setattr(wishes, "manifest", {"api_version": version})
    with plugins(app, "wishes", "good"):
        switch_on("wishes", "good")
        assert steps() == ["good"]
        assert said in reported("wishes")["error"]


def test_every_answer_of_the_start_is_examined(app, monkeypatch):
    """Each hook of the start, answered with something else, leaves the plugin out in one line."""
    for hook in sorted(AT_START):
        for answer in (object(), [object()], 7):
            with monkeypatch.context() as patch:
                give = pluginexam_marker(lambda answer=answer: answer)
                patch.setattr(hostile, hook, give, raising=False)
                with plugins(app, "hostile", "good") as host:
                    assert set(host.plugins.loaded) == {"good"}, (hook, answer)
                    assert "hostile" in host.plugins.refused["hostile"]


def pluginexam_marker(function):
    from portal.api import hookimpl

    return hookimpl(function)


@pytest.mark.requirement("PLG-3")
def test_safe_mode_starts_without_any(app, world):
    with plugins(app, "good", "hostile", safe_mode=True):
        assert reported("hostile")["state"] == "nicht geladen"
        db.session.remove()
        assert world.caller("doctor").get("/desk").status_code == 200


# What is switched on changes the notice and the deletion job at once.


@pytest.mark.requirement("PLG-4")
@pytest.mark.requirement("PRIV-2")
def test_switching_on_changes_the_notice_and_the_deletion_job_at_once(app, world, clock):
    from plugins.consent_form.models import Agreement
    from portal.privacy.service import publish

    with app.app_context():
        publish(clock.now())
        db.session.commit()
    page = f"/privacy?organisation={world.ash.id}"
    nobody = world.caller("nobody")
    before = nobody.get(page).text
    assert "Einwilligungsbogen der Praxis" not in before
    url = f"/sales/organisations/{world.ash.id}/plugins/consent_form"
    assert world.caller("sales").post(url, on="1").status_code == 200
    after = nobody.get(page).text
    assert "Einwilligungsbogen der Praxis" in after
    assert (
        "Einwilligungsbogen der Praxis"
        not in nobody.get(f"/privacy?organisation={world.birch.id}").text
    )
    with tenant_scope(world.ash.id):
        old = clock.now() - timedelta(days=91)
        for at in (old, clock.now()):
            db.session.add(Agreement(visit_id=f"{at:%Y%m%d}", version="x", agreed_at=at))
        db.session.commit()
    db.session.remove()
    with app.app_context():
        jobs.clean(clock.now())
    with tenant_scope(world.ash.id):
        assert len(list(db.session.scalars(select(Agreement)))) == 1
    db.session.remove()
    world.caller("sales").post(url, on="0")
    assert "Einwilligungsbogen der Praxis" not in nobody.get(page).text


# T13: what code in the same process can do all the same; the document says so.


def test_code_in_the_process_can_do_what_the_document_says_it_can(
    app, world, tmp_path, monkeypatch
):
    monkeypatch.setenv("PORTAL_SECRET_OF_THE_TEST", "x")
    found = {}

    def tries(_ctx, _view):
        found["environment"] = os.environ["PORTAL_SECRET_OF_THE_TEST"]
        (tmp_path / "written").write_text("x")
        with db.engine.connect() as connection:
            query = "SELECT name FROM organisation"
            found["rows"] = len(connection.exec_driver_sql(query).all())
        monkeypatch.setattr(showing, "LONGEST_SLOT", 1_000_000)
        return ""

    with plugins(app, "hostile") as host:
        slots = host.plugins.loaded["hostile"].slots
        object.__setattr__(slots[0], "render", tries)
        with tenant_scope(world.ash.id):
            switch_on("hostile")
        db.session.remove()
        assert world.caller("doctor").get("/slots/desk/hostile/in_desk").status_code == 200
    assert found == {"environment": "x", "rows": 2}
    assert (tmp_path / "written").exists()
    assert showing.LONGEST_SLOT == 1_000_000
