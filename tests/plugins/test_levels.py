"""Settings of a provider company and of one account, and being switched on by oneself."""

from __future__ import annotations

import pytest
from sqlalchemy import Text, select, type_coerce

from plugins.vinteos import inbox
from portal.accounts.models import Account
from portal.api import Level, SendState, Settings
from portal.audit import AuditEntry
from portal.extensions import db
from portal.pluginhost import grants, levels
from portal.pluginhost import service as pluginhost
from portal.pluginhost.models import PluginCompany, PluginOwn
from portal.rights import export
from portal.tenants.scope import across_tenants, tenant_scope
from tests.plugins.broken import levels as trial
from tests.plugins.broken import slots
from tests.plugins.fixtures import counted, plugins, switch_on
from tests.plugins.test_sms_lox24 import MESSAGE, base, lox

__all__ = ["lox"]

SALES, OWN = "/sales/plugins/levels", "/account/plugins/levels"
TYPED = {"name": "Hier", "key": "geheim-7"}


@pytest.fixture
def on(app, world):
    """Run with the plugin ``levels``, on at Ash; yield the world."""
    with plugins(app, "levels"):
        with tenant_scope(world.ash.id):
            switch_on("levels")
        db.session.remove()
        yield world
    trial.fails.clear()
    trial.asked.clear()
    trial.forms.clear()


def codes() -> list[tuple[str, str]]:
    query = select(AuditEntry.code, AuditEntry.fields).where(AuditEntry.code.like("plugins.%"))
    return [
        tuple(row) for row in db.session.execute(query.order_by(AuditEntry.at, AuditEntry.number))
    ]


@pytest.mark.requirement("PLG-4")
@pytest.mark.parametrize(
    ("role", "path", "code"),
    [
        ("sales", SALES, "plugins.company_settings.changed"),
        ("doctor", OWN, "plugins.own_settings.changed"),
    ],
)
def test_what_is_set_is_kept_encrypted_shown_without_secrets_and_forgotten(on, role, path, code):
    caller = on.caller(role)
    page = caller.post(path, **TYPED).text
    assert "Die Einstellungen sind gespeichert." in page
    assert 'value="Hier"' in page
    assert "geheim-7" not in page
    assert "geheim-7" not in caller.get(path).text
    # A secret that is left blank stays what it was.
    caller.post(path, name="Dort")
    caller.post(f"{path}/check")
    assert trial.asked[-1][3:] == ({"name": "Dort"}, {"key": "geheim-7"})
    with across_tenants("The test looks at what is stored."):
        for table in (PluginCompany.__table__, PluginOwn.__table__):
            columns = (type_coerce(table.c[name], Text) for name in ("settings", "secrets"))
            stored = str(db.session.execute(select(*columns)).all())
            assert "geheim-7" not in stored
            assert "Dort" not in stored
    db.session.remove()
    assert [each for each, _fields in codes()] == [code, code]
    assert codes()[0][1].split() == ["levels", "name", "key"]
    db.session.remove()
    assert "Einstellungen löschen" not in caller.post(path, forget="1").text
    assert "Dort" not in caller.get(path).text
    caller.post(f"{path}/check")
    assert trial.asked[-1][3:] == ({}, {})
    # A second press forgets nothing, and the trace does not say that it did.
    assert caller.post(path, forget="1").status_code == 200
    assert [each for each, _fields in codes()] == [code, code, code]


@pytest.mark.requirement("PLG-4")
def test_a_companys_settings_hold_for_its_organisations_and_no_others(on):
    on.caller("sales").post(SALES, **TYPED)
    with tenant_scope(on.ash.id):
        ctx = pluginhost.context("levels")
        assert ctx.company_settings() == Settings({"name": "Hier"}, {"key": "geheim-7"})
        assert dict(ctx.settings) == {}
    db.session.remove()
    with tenant_scope(on.birch.id):
        switch_on("levels")
        assert pluginhost.context("levels").company_settings() == Settings()
    db.session.remove()
    assert ">eingestellt<" in on.caller("sales").get("/sales/plugins").text
    for role in ("projectadmin", "doctor", "support", "operator"):
        assert on.caller(role).get(SALES).status_code == 404


@pytest.mark.requirement("PLG-4")
def test_ones_own_settings_are_nobody_elses(on):
    doctor, colleague = on.caller("doctor"), on.caller("colleague")
    doctor.post(OWN, **TYPED)
    assert "Hier" not in colleague.get(OWN).text
    for role in ("projectadmin", "sales", "guest"):
        assert on.caller(role).get(OWN).status_code == 404
    with tenant_scope(on.ash.id):
        mine = pluginhost.context("levels").account_settings(on.ash.ids["doctor"])
        assert mine == Settings({"name": "Hier"}, {"key": "geheim-7"})
    db.session.remove()
    with tenant_scope(on.birch.id):
        assert levels.of_account("levels", on.ash.ids["doctor"]) == Settings()


def test_a_copy_of_ones_data_holds_what_one_has_set_and_no_secret(on, clock):
    on.caller("doctor").post(OWN, **TYPED)
    with tenant_scope(on.ash.id):
        account = db.session.get(Account, (on.ash.id, on.ash.ids["doctor"]))
        copy = export.as_json(account, now=clock.now())
        assert "Hier" in copy
        assert "geheim-7" not in copy


@pytest.mark.parametrize(("role", "path"), [("sales", SALES), ("doctor", OWN)])
def test_the_connection_is_tested_with_the_settings_of_its_level(on, role, path):
    caller = on.caller(role)
    level = Level.COMPANY if role == "sales" else Level.ACCOUNT
    assert f"{level} geht." in caller.post(f"{path}/check").text
    here, who = ("", "") if role == "sales" else (on.ash.id, on.ash.ids["doctor"])
    assert trial.asked == [(level, here, who, {}, {})]
    trial.fails.append("check")
    assert "hat nicht geantwortet" in caller.post(f"{path}/check").text


@pytest.mark.requirement("PLG-3")
@pytest.mark.parametrize("fails", ["form", "validation"])
@pytest.mark.parametrize(
    ("role", "path"), [("sales", SALES), ("doctor", OWN), ("projectadmin", "/admin/plugins/levels")]
)
def test_a_form_that_raises_says_so_on_its_page_and_to_the_operator(on, role, path, fails):
    trial.fails.append(fails)
    caller = on.caller(role)
    answer = caller.post(path, **TYPED)
    assert (answer.status_code, "settings_failed" in answer.text) == (503, True)
    assert "Erika" not in answer.text
    assert counted("levels", "settings form")[1] == 1
    assert db.session.scalar(select(PluginCompany.plugin)) is None


def test_a_wrong_value_is_told_beside_its_field_and_nothing_is_kept(on):
    page = on.caller("doctor").post(OWN, name="wrong").text
    assert "Nicht so." in page
    assert 'value="wrong"' in page
    with tenant_scope(on.ash.id):
        assert db.session.scalar(select(PluginOwn.id)) is None


def test_of_two_who_save_first_in_the_same_moment_the_later_counts(on, monkeypatch):
    doctor = on.ash.ids["doctor"]
    with tenant_scope(on.ash.id):
        levels.keep_account("levels", doctor, Settings({"name": "a"}))
        db.session.commit()
        find, found = levels._own, [None]  # noqa: SLF001  the moment between look and write
        monkeypatch.setattr(levels, "_own", lambda *who: found.pop() if found else find(*who))
        levels.keep_account("levels", doctor, Settings({"name": "b"}))
        assert levels.of_account("levels", doctor).values == {"name": "b"}
        assert len(list(db.session.scalars(select(PluginOwn.id)))) == 1


def test_where_it_is_off_nobody_sets_it_up_for_themself(app, world):
    with plugins(app, "levels"):
        doctor = world.caller("doctor")
        assert doctor.get(OWN).status_code == 404
        assert doctor.post(OWN, **TYPED).status_code == 404
        assert "own-plugins-title" not in doctor.get("/account/plugins").text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"levels": ("planet",)}, "names levels of settings that do not exist: planet"),
        ({"self_service": True, "per_account": False}, "say both"),
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused(app, monkeypatch, changes, said):
    monkeypatch.setattr(trial, "manifest", {**trial.manifest, **changes})
    with plugins(app, "levels") as host:
        assert said in host.plugins.refused["levels"]


@pytest.mark.parametrize(("form", "said"), [(None, "has no form"), (dict, "no PortalForm")])
def test_a_level_without_a_form_is_refused(app, monkeypatch, form, said):
    monkeypatch.setattr(trial, "forms", {Level.ACCOUNT: form})
    with plugins(app, "levels") as host:
        assert said in host.plugins.refused["levels"]


# Switched on by oneself.


@pytest.fixture
def choosing(app, world, monkeypatch):
    """Run with the plugin ``slots``, per account and by everybody's own choice, on at Ash."""
    monkeypatch.setattr(slots, "manifest", {"per_account": True, "self_service": True})
    with plugins(app, "slots"):
        with tenant_scope(world.ash.id):
            switch_on("slots")
        db.session.remove()
        yield world
    slots.seen.clear()


@pytest.mark.requirement("PLG-4")
def test_a_doctor_switches_it_on_and_off_for_themself_alone(choosing):
    doctor, colleague = choosing.caller("doctor"), choosing.caller("colleague")
    place, switch = "/slots/desk/slots/in_desk", "/account/plugins/slots/switch"
    assert 'hx-get="/account/plugins"' in doctor.get("/account").text
    assert 'aria-checked="false"' in doctor.get("/account/plugins").text
    assert doctor.get(place).status_code == 404
    for _ in range(2):
        assert 'aria-checked="true"' in doctor.post(switch, on="1").text
    assert doctor.get(place).status_code == 200
    assert colleague.get(place).status_code == 404
    admin = choosing.caller("projectadmin").get("/admin/plugins/slots/accounts").text
    assert admin.count('aria-checked="true"') == 1
    assert 'aria-checked="false"' in doctor.post(switch, on="0").text
    assert doctor.get(place).status_code == 404
    assert [code for code, _fields in codes()] == [
        "plugins.account.switched_on",
        "plugins.account.switched_on",
        "plugins.account.switched_off",
    ]


@pytest.mark.requirement("PLG-4")
def test_only_within_the_organisations_switch_and_where_the_manifest_allows_it(app, choosing):
    switch = "/account/plugins/slots/switch"
    birch = type(choosing.caller("doctor"))(choosing.birch.tokens["doctor"])
    assert birch.post(switch, on="1").status_code == 404
    slots.manifest["self_service"] = False
    with plugins(app, "slots"):
        doctor = choosing.caller("doctor")
        assert doctor.post(switch, on="1").status_code == 404
        assert "slots" not in doctor.get("/account/plugins").text
    with plugins(app, "levels"):  # for everybody who works where it is on
        with tenant_scope(choosing.ash.id):
            switch_on("levels")
        db.session.remove()
        page = choosing.caller("doctor").get("/account/plugins").text
        assert 'role="switch"' not in page
        assert 'href="/account/plugins/levels"' in page


# By plugins that we ship.


@pytest.mark.requirement("PLG-4")
@pytest.mark.requirement("SMS-2")
def test_an_organisation_without_a_key_sends_by_its_companys_contract(app, world, lox, clock):
    typed = {"url": base(lox), "token": "1:der-firma", "sender": "Firma"}
    page = world.caller("sales").post("/sales/plugins/sms_lox24", **typed)
    assert "gespeichert" in page.text
    with app.app_context():
        grants.approve(pluginhost.manifest("sms_lox24"), now=clock.now())
        db.session.commit()
    with tenant_scope(world.ash.id):
        switch_on("sms_lox24")
        assert pluginhost.provider("send_sms", message=MESSAGE)[1].state is SendState.SENT
        assert lox.seen[-1].headers["X-LOX24-AUTH-TOKEN"] == "1:der-firma"
        assert lox.seen[-1].body["sender_id"] == "Firma"
        own = {"url": base(lox), "token": "1:die-eigene", "sender": "Praxis"}
        pluginhost.store_settings("sms_lox24", own)
        pluginhost.provider("send_sms", message=MESSAGE)
        assert lox.seen[-1].headers["X-LOX24-AUTH-TOKEN"] == "1:die-eigene"
        # An address of the organisation's does not get the company's key.
        pluginhost.store_settings("sms_lox24", {**own, "url": "http://127.0.0.1:9", "token": ""})
        pluginhost.provider("send_sms", message=MESSAGE)
        assert lox.seen[-1].headers["X-LOX24-AUTH-TOKEN"] == "1:der-firma"
        assert len(lox.seen) == 3
        db.session.rollback()
    db.session.remove()
    assert "ist zu erreichen" in world.caller("sales").post("/sales/plugins/sms_lox24/check").text


@pytest.mark.requirement("PLG-4")
def test_a_doctor_chooses_not_to_be_reminded(here, world, monkeypatch):
    monkeypatch.setattr(inbox, "waiting", lambda _ctx, _account: ["one"])
    db.session.remove()
    doctor = world.caller("doctor")
    assert "Fragebogen" in doctor.get("/slots/desk/vinteos/waiting").text
    assert "gespeichert" in doctor.post("/account/plugins/vinteos", quiet="y").text
    assert doctor.get("/slots/desk/vinteos/waiting").text.strip() == ""
