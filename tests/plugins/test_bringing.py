"""What a plugin brings: places on pages, the menu, jobs, and being on for single accounts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.outbox import Outbox
from portal.pluginhost import jobs as plugin_jobs
from portal.pluginhost import service as pluginhost
from portal.pluginhost import switches
from portal.pluginhost.models import PluginJob
from portal.tenants.models import PluginSwitch
from portal.tenants.scope import tenant_scope
from tests.plugins.broken import slots
from tests.plugins.fixtures import counted, ended, plugins, switch_on, work

HOUR = timedelta(hours=1)


@pytest.fixture
def on(app, world):
    """Run with the plugin ``slots``, on at Ash; yield the world."""
    with plugins(app, "slots"):
        with tenant_scope(world.ash.id):
            switch_on("slots")
        db.session.remove()
        yield world
    slots.answers.clear()
    slots.seen.clear()
    slots.manifest["per_account"] = False


def slot(place: str) -> str:
    return f"/slots/{place}/slots/in_{place}"


# Slots: a place in a page, filled by a request of its own.


@pytest.mark.requirement("PLG-4")
@pytest.mark.parametrize(
    ("role", "page", "places"),
    [
        ("doctor", "/desk", {"desk", "call"}),
        ("assistant", "/desk", {"desk"}),
        ("guest", "/visit", {"waiting"}),
        ("projectadmin", "/admin", {"admin"}),
    ],
)
def test_a_page_has_its_places_and_a_place_only_its_viewers(on, role, page, places):
    caller = on.caller(role)
    html = caller.get(page).text
    assert {name for name in ("desk", "call", "waiting", "admin") if slot(name) in html} == places
    for place in ("desk", "waiting", "admin"):
        answer = caller.get(slot(place))
        assert answer.status_code == (200 if place in places else 404), place
        assert (answer.text == place.upper()) == (place in places)


def test_a_slot_is_told_who_looks_at_what(on):
    on.caller("guest").get(slot("waiting"))
    on.caller("doctor").get(slot("desk"))
    guest, doctor = slots.seen
    assert (guest.visit.visit_id, guest.visit.state) == (on.ash.ids["visit"], "waiting")
    assert guest.account_id == ""
    assert (doctor.account_id, doctor.visit) == (on.ash.ids["doctor"], None)


@pytest.mark.parametrize(
    "path", ["nowhere/slots/in_desk", "desk/slots/in_call", "desk/vinteos/in_desk"]
)
def test_what_nobody_brought_does_not_exist(on, path):
    assert on.caller("doctor").get(f"/slots/{path}").status_code == 404


def test_a_slot_after_a_call_is_for_those_who_were_in_it(on):
    for call in ("", "0" * 32, "x"):
        path = f"{slot('after_call')}?call={call}"
        assert on.caller("doctor").get(path).status_code == 404
    assert on.caller("doctor").get(slot("call")).status_code == 404


def boom(_ctx):
    raise ValueError


@pytest.mark.requirement("PLG-3")
@pytest.mark.parametrize("answer", [boom, None, 7, b"x", "x" * 70_000])
def test_a_slot_that_fails_says_so_in_its_place_and_nowhere_else(on, answer):
    slots.answers["desk"] = answer
    doctor = on.caller("doctor")
    assert doctor.get(slot("desk")).status_code == 503
    assert doctor.get("/desk").status_code == 200
    assert counted("slots", "slot in_desk") == (1, 1)


def test_a_plain_text_is_escaped(on):
    slots.answers["desk"] = "<script>alert(1)</script>"
    assert on.caller("doctor").get(slot("desk")).text == "&lt;script&gt;alert(1)&lt;/script&gt;"


def test_a_slot_only_reads(on):
    slots.answers["desk"] = lambda ctx: ctx.session.add(PluginSwitch(plugin="x")) or ""
    assert on.caller("doctor").get(slot("desk")).status_code == 503


def test_where_it_is_off_there_is_no_place(app, world):
    with plugins(app, "slots"):
        doctor = world.caller("doctor")
        assert "plugin-slot" not in doctor.get("/desk").text
        assert doctor.get(slot("desk")).status_code == 404


# The menu.


def test_an_entry_stands_in_the_menu_of_its_role(on):
    assert 'href="/p/slots/"' in on.caller("doctor").get("/desk").text
    assert 'href="/p/slots/"' not in on.caller("assistant").get("/desk").text
    assert 'href="/p/slots/"' not in on.caller("sales").get("/sales").text


# Single accounts.


@pytest.mark.requirement("PLG-4")
def test_where_it_is_per_account_the_administrator_says_for_whom(app, world):
    slots.manifest["per_account"] = True
    with plugins(app, "slots"):
        with tenant_scope(world.ash.id):
            switch_on("slots")
        db.session.remove()
        admin, doctor = world.caller("projectadmin"), world.caller("doctor")
        colleague, ids = world.caller("colleague"), world.ash.ids
        assert "Wer teilnimmt" in admin.get("/admin/plugins/slots").text
        assert 'aria-checked="true"' not in admin.get("/admin/plugins/slots/accounts").text
        assert doctor.get(slot("desk")).status_code == 404
        switch = f"/admin/plugins/slots/accounts/{ids['doctor']}"
        for _ in range(2):
            assert 'aria-checked="true"' in admin.post(switch, on="1").text
        assert doctor.get(slot("desk")).status_code == 200
        assert 'href="/p/slots/"' in doctor.get("/desk").text
        assert colleague.get(slot("desk")).status_code == 404
        assert "/p/slots/" not in colleague.get("/desk").text
        assert 'aria-checked="true"' not in admin.post(switch, on="0").text
        assert doctor.get(slot("desk")).status_code == 404
    slots.manifest["per_account"] = False
    slots.seen.clear()


def test_only_doctors_and_assistants_of_this_organisation_take_part(app, world):
    slots.manifest["per_account"] = True
    with plugins(app, "slots"):
        with tenant_scope(world.ash.id):
            switch_on("slots")
        db.session.remove()
        admin = world.caller("projectadmin")
        for stranger in (world.birch.ids["doctor"], world.ash.ids["projectadmin"], "x"):
            path = f"/admin/plugins/slots/accounts/{stranger}"
            assert admin.post(path, on="1").status_code == 404
    slots.manifest["per_account"] = False


def test_a_plugin_that_is_for_everybody_has_no_list_of_accounts(on):
    assert on.caller("projectadmin").get("/admin/plugins/slots/accounts").status_code == 404


def test_of_an_account_without_it_nothing_is_announced(app, ash, world, clock):
    slots.manifest["per_account"] = True
    with plugins(app, "slots"):
        switch_on("slots")
        told = ended()
        pluginhost.announce("call_event", told)
        assert db.session.scalar(select(Outbox.id)) is None
        doctor = world.ash.ids["doctor"]
        switches.set_account("slots", doctor, on=True, now=clock.now())
        pluginhost.announce("call_event", type(told)(**{**told.__dict__, "account_id": doctor}))
        work(app)
        assert [each.account_id for each in slots.seen] == [doctor]
    slots.manifest["per_account"] = False
    slots.seen.clear()


# Jobs.


def run_due(clock) -> int:
    ran = 0
    for turn in plugin_jobs.due(clock.now()):
        ran += plugin_jobs.run(turn, now=clock.now())
        db.session.remove()
    return ran


@pytest.mark.requirement("PLG-4")
def test_a_job_comes_round_where_the_plugin_is_on_and_nowhere_else(on, clock):
    places = []
    slots.answers["job"] = lambda ctx: places.append(ctx.organisation_id)
    assert run_due(clock) == 1
    assert run_due(clock) == 0
    clock.move(3 * HOUR)
    assert run_due(clock) == 1
    assert run_due(clock) == 0
    assert places == [on.ash.id, on.ash.id]


@pytest.mark.requirement("PLG-3")
def test_a_job_that_fails_takes_back_what_it_wrote_and_comes_round_again(on, clock):
    def fails(ctx):
        ctx.session.add(PluginSwitch(plugin="x"))
        ctx.session.flush()
        raise ValueError

    slots.answers["job"] = fails
    run_due(clock)
    with tenant_scope(on.ash.id):
        assert db.session.scalar(select(PluginSwitch.id).where(PluginSwitch.plugin == "x")) is None
        assert db.session.scalar(select(PluginJob.state)) == "failed"
    db.session.remove()
    assert counted("slots", "job work") == (1, 1)
    slots.answers["job"] = str
    clock.move(HOUR)
    assert run_due(clock) == 1
    with tenant_scope(on.ash.id):
        assert db.session.scalar(select(PluginJob.state)) == "done"


def test_two_workers_run_a_job_once(on, clock):
    slots.answers["job"] = str
    (turn,) = plugin_jobs.due(clock.now())
    assert plugin_jobs.run(turn, now=clock.now())
    db.session.remove()
    assert not plugin_jobs.run(turn, now=clock.now())


def test_the_worker_runs_what_is_due(app, on):
    from portal import jobs

    slots.answers["job"] = str
    jobs.work_for_plugins(app)
    jobs.work_for_plugins(app)
    assert len(slots.seen) == 1
