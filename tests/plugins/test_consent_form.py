"""The consent form: shown to who waits, agreed to and taken back, counted by month, deleted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from plugins.consent_form.models import Agreement, Month
from portal.extensions import db
from portal.pluginhost import jobs
from portal.pluginhost import service as pluginhost
from portal.pluginhost import views as plugin_views
from portal.tenants.scope import tenant_scope
from portal.waitingroom.models import Visit
from tests.deleting import deleted

if TYPE_CHECKING:
    from tests.world import World

SLOT = "/slots/waiting/consent_form/form"
TEXT = "Ich bin mit der <b>Behandlung</b> per Video einverstanden."
DAY = timedelta(days=1)


@pytest.fixture
def here(app, world) -> World:
    """Return the world, with a form at Ash."""
    with tenant_scope(world.ash.id):
        pluginhost.switch_on("consent_form")
        settings = {"heading": "Einwilligung", "text": TEXT, "text_en": ""}
        pluginhost.store_settings("consent_form", settings)
        db.session.commit()
    db.session.remove()
    return world


def rows(world: World, model: type) -> list:
    with tenant_scope(world.ash.id):
        found = list(db.session.scalars(select(model)))
        db.session.remove()
    return found


@pytest.mark.requirement("PLG-4")
def test_a_guest_agrees_while_waiting_and_takes_it_back(here):
    guest = here.caller("guest")
    page = guest.get("/visit").text
    # What the guest still has to do stands before what is only to be read.
    order = ('id="status"', 'data-plugin="consent_form"', 'id="phone"', 'id="companion"')
    assert (places := [page.index(each) for each in order]) == sorted(places)
    form = guest.get(SLOT).text
    assert "&lt;b&gt;Behandlung" in form
    assert "consent-form-agree" in form
    given = guest.post("/p/consent_form/agreement", agreed="1")
    assert "Sie haben um" in given.text
    assert "consent-form-given" in guest.get(SLOT).text
    assert [row.visit_id for row in rows(here, Agreement)] == [here.ash.ids["visit"]]
    assert "consent-form-agree" in guest.post("/p/consent_form/agreement", withdraw="1").text
    assert rows(here, Agreement) == []


@pytest.mark.requirement("PLG-4")
def test_the_desk_says_whether_the_guest_has_agreed(here, monkeypatch):
    told = []
    monkeypatch.setattr(plugin_views, "tell_visit", lambda visit: told.append(visit.id))
    doctor, visit = here.caller("doctor"), here.ash.ids["visit"]
    row = f"/slots/visit/consent_form/state?visit={visit}"
    assert row in doctor.get("/desk").text
    assert "fehlt noch" in doctor.get(row).text
    here.caller("guest").post("/p/consent_form/agreement", agreed="1")
    assert "liegt vor" in doctor.get(row).text
    assert told == [visit]
    foreign = f"/slots/visit/consent_form/state?visit={here.birch.ids['visit']}"
    assert doctor.get(foreign).status_code == 404
    assert here.caller("guest").get(row).status_code == 404


def test_without_the_tick_nothing_is_agreed(here):
    answer = here.caller("guest").post("/p/consent_form/agreement")
    assert answer.status_code == 422
    assert 'role="alert" >' in answer.text
    assert rows(here, Agreement) == []


def test_twice_is_once(here):
    guest = here.caller("guest")
    for _ in range(2):
        assert guest.post("/p/consent_form/agreement", agreed="1").status_code == 200
    assert len(rows(here, Agreement)) == 1


def test_who_does_not_wait_any_more_is_not_asked(here):
    with tenant_scope(here.ash.id):
        db.session.get(Visit, (here.ash.id, here.ash.ids["visit"])).state = "ended"
        db.session.commit()
    db.session.remove()
    assert here.caller("guest").get(SLOT).text == ""


def test_an_organisation_without_a_text_asks_nothing(here):
    with tenant_scope(here.ash.id):
        pluginhost.store_settings("consent_form", {})
        db.session.commit()
    db.session.remove()
    guest = here.caller("guest")
    assert guest.get(SLOT).text == ""
    assert guest.post("/p/consent_form/agreement", agreed="1").status_code == 404


@pytest.mark.requirement("PLG-4")
def test_months_are_counted_once_they_are_over_and_outlive_the_records(app, here, clock):
    here.caller("guest").post("/p/consent_form/agreement", agreed="1")
    admin = here.caller("projectadmin")
    assert 'data-testid="consent-form-number">1<' in admin.get("/p/consent_form/").text
    month = f"{clock.now():%Y-%m}"
    clock.move(32 * DAY)
    for _ in range(2):
        (turn,) = [each for each in jobs.due(clock.now()) if each.plugin == "consent_form"]
        assert jobs.run(turn, now=clock.now())
        db.session.remove()
        clock.move(DAY)
    assert [(row.month, row.number) for row in rows(here, Month)] == [(month, 1)]
    clock.move(90 * DAY)
    assert deleted("p_consent_form_agreement", clock.now()) == 1
    assert rows(here, Agreement) == []
    assert f"{month}" in admin_page(here)


def admin_page(world: World) -> str:
    from portal import clock as the_clock
    from portal.accounts import tokens
    from portal.accounts.tokens import Owner
    from portal.permissions import Role
    from tests.world import Caller

    owner = Owner(Role.PROJECTADMIN, world.ash.ids["projectadmin"], organisation_id=world.ash.id)
    token = tokens.issue(owner, now=the_clock.now())
    db.session.commit()
    db.session.remove()
    return Caller(token).get("/p/consent_form/").text
