"""Each hook is tried once as a plugin's author would meet it, through a plugin that we ship."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from plugins.consent_form.models import Month
from plugins.sms_dicomsys.settings import GatewayForm
from plugins.vinteos.count_models import Participation
from plugins.vinteos.models import OpenForm
from portal import clock as the_clock
from portal.api import (
    CallEvent,
    DeliveryReport,
    MessageState,
    Price,
    SendState,
    SmsStatus,
    TextMessage,
)
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.outbox import Outbox
from portal.personaldata import DataUse
from portal.pluginhost import jobs, settings, switches
from portal.pluginhost import service as pluginhost
from portal.tenants.scope import new_id, tenant_scope
from tests.plugins.fixtures import NUMBER, set_up, switch_on, work


@pytest.fixture
def call(ash, world) -> CallEvent:
    now = the_clock.now()
    return CallEvent("ended", new_id(), new_id(), world.ash.ids["doctor"], now, now, now)


def test_hook_plugin_manifest(app):
    assert {"name": "vinteos", "label": "Vinteos"} in pluginhost.known()


def test_hook_register_privacy(app):
    declared = pluginhost.declarations()
    assert {"vinteos.filled", "vinteos.open"} <= {
        each.id for each in declared["vinteos"] if isinstance(each, DataUse)
    }


@pytest.mark.usefixtures("sms")
def test_hook_register_settings(app):
    form = settings.form("sms_dicomsys")
    assert isinstance(form, GatewayForm)
    assert form.sender.data == "Praxis"
    assert not form.password.data


def test_hook_register_blueprints(app):
    pages = {str(rule) for rule in app.url_map.iter_rules() if rule.endpoint.startswith("vinteos.")}
    assert {"/p/vinteos/", "/p/vinteos/calls/<call_id>"} <= pages
    assert all(each.startswith("/p/vinteos/") for each in pages)


def test_hook_register_slots(app, world):
    with tenant_scope(world.ash.id):
        switch_on("consent_form")
        pluginhost.store_settings("consent_form", {"heading": "Bogen", "text": "Ja?"})
        db.session.commit()
    db.session.remove()
    assert "Ja?" in world.caller("guest").get("/slots/waiting/consent_form/form").text


def test_hook_register_navigation(app, world):
    assert "/p/consent_form/" not in world.caller("projectadmin").get("/admin").text
    with tenant_scope(world.ash.id):
        switch_on("consent_form")
    db.session.remove()
    menu = world.caller("projectadmin").get("/admin").text
    assert 'href="/p/consent_form/"' in menu
    assert "Einwilligungsbogen" in menu
    assert "/p/consent_form/" not in world.caller("doctor").get("/desk").text


def test_hook_register_jobs(app, ash, clock):
    switch_on("consent_form")
    (turn,) = jobs.due(clock.now())
    assert (turn.organisation_id, turn.plugin, turn.job) == (ash, "consent_form", "count")
    assert jobs.run(turn, now=clock.now())
    assert db.session.scalar(select(Month.number)) == 0
    assert jobs.due(clock.now()) == []
    assert jobs.due(clock.now() + timedelta(days=1)) == [turn]


def test_hook_register_texts(app, ash, world):
    switch_on("consent_form")
    admin = world.ash.ids["projectadmin"]
    ctx = pluginhost.context("consent_form")
    ctx.notify(admin, "monthly", month="10/2026", number=7)
    mail = json.loads(db.session.scalar(select(Outbox.payload)))
    assert mail["subject"] == "Einwilligungen im Monat 10/2026"
    assert "haben 7 Gäste" in mail["text"]
    for account, occasion in (("x", "monthly"), (admin, "other")):
        with pytest.raises(NotFoundHereError):
            ctx.notify(account, occasion)


def test_hook_register_statistics(app, world):
    with tenant_scope(world.ash.id):
        switch_on("consent_form")
        pluginhost.store_settings("consent_form", {"heading": "Bogen", "text": "Ja?"})
        db.session.commit()
    db.session.remove()
    world.caller("guest").post("/p/consent_form/agreement", agreed="1")
    page = world.caller("projectadmin").get("/admin/plugins/consent_form").text
    assert '<td data-label="Einwilligungen im Wartezimmer">1</td>' in page
    assert page.count('<td data-label="Einwilligungen im Wartezimmer">0</td>') == 2


def test_hook_register_commands(app, ash):
    switch_on("consent_form")
    (command,) = [
        each
        for each in app.extensions["portal_plugins"].plugins.loaded["consent_form"].commands
        if each.name == "months"
    ]
    lines = command.run(pluginhost.context("consent_form"), ()).splitlines()
    assert lines == [f"{the_clock.now():%Y-%m}      0"]


def test_hook_check_health(app, world, gateway):
    with tenant_scope(world.ash.id):
        set_up(gateway)
        db.session.commit()
    db.session.remove()
    admin = world.caller("projectadmin")
    assert "Verbindung prüfen" in admin.get("/admin/plugins/sms_dicomsys").text
    assert "ist zu erreichen" in admin.post("/admin/plugins/sms_dicomsys/check").text
    assert gateway.seen == []
    with tenant_scope(world.ash.id):
        pluginhost.store_settings("sms_dicomsys", {"url": "http://127.0.0.1:9/", "sender": "x"})
        db.session.commit()
    db.session.remove()
    assert "nicht zu erreichen" in admin.post("/admin/plugins/sms_dicomsys/check").text


def test_hook_demo_settings(app, ash):
    for name in ("consent_form", "sms_dicomsys"):
        pluginhost.set_up_demo(name, "http://localhost:8000")
    db.session.commit()
    url = pluginhost.context("sms_dicomsys").settings["url"]
    assert url == "http://localhost:8000/demo/sms-gateway"
    assert "Video" in pluginhost.context("consent_form").settings["text"]


def test_hook_send_sms(app, sms):
    message = TextMessage(NUMBER, "Ihr Code", "access_code", "r-1")
    plugin, receipt = pluginhost.provider("send_sms", message=message)
    assert (plugin, receipt.state) == ("sms_dicomsys", SendState.SENT)
    assert sms.seen[0].body["text"] == "Ihr Code"


@pytest.mark.usefixtures("sms")
def test_hook_sms_quote(app):
    assert pluginhost.first("sms_quote", country="DE", parts=2) is None
    pluginhost.store_settings("sms_dicomsys", {"url": "https://x.example", "prices": "DE = 0,075"})
    assert pluginhost.first("sms_quote", country="DE", parts=2) == Price(Decimal("0.150"))
    assert pluginhost.first("sms_quote", country="AT", parts=2) is None


@pytest.mark.usefixtures("sms")
def test_hook_sms_delivery_report(app):
    report = DeliveryReport("GET", {"reference": "r-1", "state": "DELIVRD"}, {})
    found = pluginhost.ask_one("sms_delivery_report", "sms_dicomsys", report=report)
    assert found == [SmsStatus("r-1", MessageState.DELIVERED)]


def test_hook_sms_poll(app, ash, gateway):
    pluginhost.switch_on("sms_lox24")
    lox = {"url": gateway.url.removesuffix("/sms"), "token": "1:geheim", "sender": "Praxis"}
    pluginhost.store_settings("sms_lox24", lox)
    gateway.answer = (200, b'{"dlr_code": 8}')
    found = pluginhost.ask_one("sms_poll", "sms_lox24", references=["0" * 32])
    assert found == [SmsStatus("0" * 32, MessageState.EXPIRED)]


def test_hook_after_call_steps(app, call, here):
    switch_on("vinteos")
    with app.test_request_context():
        (step,) = pluginhost.collect("after_call_steps", call=call, account_id=call.account_id)
    assert step.plugin == "vinteos"
    assert step.url.startswith(f"/p/vinteos/calls/{call.call_id}")


def test_hook_call_event(app, call, here):
    pluginhost.announce("call_event", call)
    work(app)
    assert db.session.scalar(select(OpenForm.call_id)) == call.call_id


def test_hook_forget(app, call, here):
    pluginhost.announce("call_event", call)
    work(app)
    pluginhost.forget("vinteos", the_clock.now() + timedelta(days=89))
    assert db.session.scalar(select(OpenForm.id))
    pluginhost.forget("vinteos", the_clock.now() + timedelta(days=91))
    assert db.session.scalar(select(OpenForm.id)) is None


def test_hook_fill_demo(app, call):
    switch_on("vinteos")
    switches.set_account("vinteos", call.account_id, on=True, now=the_clock.now())
    pluginhost.fill_demo("vinteos", the_clock.now())
    assert db.session.scalar(select(Participation.account_id)) == call.account_id
    assert db.session.scalar(select(OpenForm.id))
