"""The operator approves, sees, resets and retries; files and versions decide what is loaded."""

from __future__ import annotations

from datetime import timedelta
from importlib.metadata import EntryPoint

import pytest
from sqlalchemy import select

from portal import clock as the_clock
from portal import hookspecs
from portal.accounts import tokens
from portal.accounts.models import Staff
from portal.accounts.tokens import Owner
from portal.api import REDACTED, SendState, TextMessage
from portal.audit import AuditEntry
from portal.extensions import db
from portal.outbox import Outbox
from portal.permissions import Role
from portal.pluginhost import files, grants
from portal.pluginhost import service as pluginhost
from portal.pluginhost.guard import FAILURES, Guard
from portal.pluginhost.loader import PluginNotReadyError
from portal.pluginhost.manifest import Scope
from portal.pluginhost.service import Host
from portal.tenants.scope import tenant_scope
from tests.plugins.broken import good, wishes
from tests.plugins.fixtures import ended, plugins, reported, steps, switch_on, work
from tests.world import Caller

MESSAGE = TextMessage("+491713920012", "Ihr Code", "access_code", "r-1")
HTML = {"Accept": "text/html"}
DAY = timedelta(days=1)


@pytest.fixture
def wishing(app, world):
    with plugins(app, "wishes"):
        with tenant_scope(world.ash.id):
            switch_on("wishes")
        db.session.remove()
        yield world
    wishes.seen.clear()


def codes() -> list[str]:
    query = select(AuditEntry.code).where(AuditEntry.kind == "plugin")
    return list(db.session.scalars(query.order_by(AuditEntry.number)))


def see(world) -> list[str]:
    wishes.seen.clear()
    assert world.caller("guest").get("/slots/waiting/wishes/one").status_code == 200
    return list(wishes.seen)


# Approval: nothing personal and no host before the operator has said yes.


@pytest.mark.requirement("PLG-1")
def test_names_are_given_only_after_the_operator_has_approved(wishing):
    operator = wishing.caller("operator")
    page = operator.get("/operator/plugins/wishes").text
    assert "Namen von Gästen" in page
    assert "Verbindung zu 127.0.0.1" in page
    assert reported("wishes")["state"] == "wartet auf Freigabe"
    db.session.remove()
    assert set(see(wishing)) == {REDACTED}
    page = operator.post("/operator/plugins/wishes/approve").text
    assert "Die Freigabe ist erteilt." in page
    assert "plugin-missing" not in page
    names = see(wishing)
    assert REDACTED not in names
    assert len(set(names)) > 1
    operator.post("/operator/plugins/wishes/approve", withdraw="1")
    assert set(see(wishing)) == {REDACTED}
    assert codes() == ["plugins.plugin.approved", "plugins.plugin.approval_withdrawn"]


@pytest.mark.requirement("PLG-1")
def test_a_provider_that_waits_for_approval_is_not_asked(app, ash, clock):
    with plugins(app, "wishes"):
        switch_on("wishes")
        plugin, receipt = pluginhost.provider("send_sms", message=MESSAGE)
        assert (plugin, receipt.state) == ("wishes", SendState.NOT_SENT)
        assert wishes.seen == []
        grants.approve(pluginhost.manifest("wishes"), now=clock.now())
        db.session.commit()
        pluginhost.provider("send_sms", message=MESSAGE)
        assert wishes.seen[0] == (MESSAGE.to, MESSAGE.text)
        assert wishes.seen[1] != "forbidden"
    wishes.seen.clear()


def test_a_new_version_that_wants_more_waits_for_it_and_keeps_the_rest(app, ash, clock):
    wishes.manifest["scopes"] = (Scope.GUEST_NAME,)
    with plugins(app, "wishes"):
        grants.approve(pluginhost.manifest("wishes"), now=clock.now())
        db.session.commit()
    wishes.manifest["scopes"] = (*Scope,)
    with plugins(app, "wishes"):
        has = grants.granted(pluginhost.manifest("wishes"))
        assert has.scopes == {"guest.name"}
        assert "message.text" in grants.missing(pluginhost.manifest("wishes")).scopes


def test_a_host_that_is_not_approved_is_not_asked(app, ash):
    with plugins(app, "wishes"):
        switch_on("wishes")
        assert pluginhost.context("wishes").http.hosts == frozenset()


@pytest.mark.requirement("TEN-8")
@pytest.mark.parametrize("role", ["sales", "support", "projectadmin", "doctor"])
def test_nobody_but_the_operator_sees_or_does_any_of_it(wishing, role):
    caller = wishing.caller(role)
    assert caller.get("/operator/plugins/wishes").status_code == 404
    for what in ("approve", "reset", "retry"):
        assert caller.post(f"/operator/plugins/wishes/{what}").status_code == 404
    assert codes() == []


def test_a_plugin_that_nobody_listed_has_no_page(wishing):
    operator = wishing.caller("operator")
    assert operator.get("/operator/plugins/nothing").status_code == 404
    assert operator.post("/operator/plugins/nothing/approve").status_code == 404


# Breakers and dead letters.


@pytest.mark.requirement("PLG-3")
def test_the_operator_resets_a_breaker(app, world):
    with plugins(app, "raises", "good"):
        with tenant_scope(world.ash.id):
            switch_on("raises", "good")
            for _ in range(FAILURES):
                steps()
        db.session.remove()
        operator = world.caller("operator")
        page = operator.get("/operator/plugins/raises").text
        assert "after_call_steps bei Praxis Ash" in page
        assert "ValueError" in page
        assert "plugin-breakers" not in operator.post("/operator/plugins/raises/reset").text
        with tenant_scope(world.ash.id):
            before = reported("raises")["calls"]
            assert steps() == ["good"]
            assert reported("raises")["calls"] == before + 1
        assert codes() == ["plugins.plugin.reset"]


def test_another_process_hears_of_the_reset(app, ash, tmp_path):
    with plugins(app, "raises") as host:
        switch_on("raises")
        host.guard = Guard(tmp_path)
        for _ in range(FAILURES):
            steps()
        assert host.guard.breakers("raises")
        Guard(tmp_path).reset("raises")
        assert host.guard.breakers("raises") == []


@pytest.mark.requirement("PLG-3")
def test_a_dead_letter_is_kept_seen_and_tried_again(app, world, clock):
    with plugins(app, "raises"):
        with tenant_scope(world.ash.id):
            switch_on("raises")
            pluginhost.announce("call_event", ended())
            db.session.commit()
        db.session.remove()
        for _ in range(8):
            work(app)
            db.session.remove()
            clock.move(DAY)
        operator = operator_now()
        page = operator.get("/operator/plugins/raises").text
        assert "1 von call_event bei Praxis Ash" in page
        answer = operator.post("/operator/plugins/raises/retry").text
        assert "1 Nachricht wird wieder versucht." in answer
        assert "plugin-dead" not in answer
        with tenant_scope(world.ash.id):
            row = db.session.scalar(select(Outbox))
            assert (row.state, row.tries) == ("queued", 0)


# What is loaded: the files, the version of the API, renamed arguments.


def host_of(app, entry: str, module: str = "tests.plugins.broken.good") -> Host:
    config = app.extensions["portal_config"]
    point = EntryPoint(entry.partition("@")[0], module, "portal.plugins")
    return Host(type(config)(**{**config.__dict__, "plugins": (entry,)}), [point])


@pytest.mark.requirement("PLG-1")
def test_files_that_changed_are_not_loaded(app, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    source = folder / "__init__.py"
    text = (good.__loader__.get_source(good.__name__)).replace('"good", Text', '"elsewhere", Text')
    source.write_text(text)
    point = EntryPoint("elsewhere", "elsewhere", "portal.plugins")
    digest = files.fingerprint(point)
    assert len(digest) == 64
    assert "elsewhere" in host_of(app, f"elsewhere@sha256:{digest}", "elsewhere").plugins.loaded
    source.write_text(f"{text}\nraise SystemExit\n")
    host = host_of(app, f"elsewhere@sha256:{digest}", "elsewhere")
    assert "another fingerprint" in host.plugins.refused["elsewhere"]
    source.write_text(text)
    (folder / "more.py").write_text("")
    host = host_of(app, f"elsewhere@sha256:{digest}", "elsewhere")
    assert "another fingerprint" in host.plugins.refused["elsewhere"]


def test_our_own_plugins_have_a_fingerprint_each():
    points = [EntryPoint(name, f"plugins.{name}", "x") for name in ("vinteos", "sms_dicomsys")]
    digests = [files.fingerprint(point) for point in points]
    assert len(set(digests)) == 2
    assert all(len(each) == 64 for each in digests)
    assert files.fingerprint(EntryPoint("x", "no.such.module", "x")) == ""


@pytest.mark.requirement("PLG-2")
@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("1.0", ""),
        ("1.99", "Update the portal"),
        ("2.0", "Update the portal"),
        ("0.9", "Update the plugin"),
        ("new", "names no version"),
        (None, "names no version"),
    ],
)
def test_a_plugin_for_an_older_api_runs_and_one_for_a_newer_says_so(app, version, said):
    wishes.manifest["api_version"] = version
    host = host_of(app, "wishes", "tests.plugins.broken.wishes")
    del wishes.manifest["api_version"]
    assert ("wishes" in host.plugins.loaded) == (not said)
    assert said in host.plugins.refused.get("wishes", "")


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"scopes": ("guest.diagnosis",)}, "scopes that do not exist"),
        ({"hosts": ("https://example.org",)}, "without scheme"),
    ],
)
def test_a_wish_that_nobody_can_grant_is_refused(app, monkeypatch, wish, said):
    monkeypatch.setattr(wishes, "manifest", wish)
    host = host_of(app, "wishes", "tests.plugins.broken.wishes")
    assert said in host.plugins.refused["wishes"]


@pytest.mark.requirement("PLG-2")
def test_a_plugin_that_asks_for_a_renamed_argument_runs_and_is_named(app, ash, monkeypatch):
    words = {"account_id": DeprecationWarning("account_id is called by_account now")}
    spec = {**hookspecs.after_call_steps.portal_spec, "warn_on_impl_args": words}
    monkeypatch.setattr(hookspecs.after_call_steps, "portal_spec", spec)
    with plugins(app, "good") as host:
        switch_on("good")
        assert steps() == ["good"]
        (warning,) = host.plugins.loaded["good"].warnings
        assert "account_id is called by_account now" in warning


def test_strict_stops_the_start_at_a_wrong_fingerprint(app):
    config = app.extensions["portal_config"]
    values = {**config.__dict__, "plugins": ("good@sha256:00",), "plugins_strict": True}
    point = EntryPoint("good", "tests.plugins.broken.good", "portal.plugins")
    with pytest.raises(PluginNotReadyError, match="fingerprint"):
        Host(type(config)(**values), [point])


def operator_now() -> Caller:
    """Return an operator who has signed in at this moment."""
    staff_id = db.session.scalar(select(Staff.id).where(Staff.role == Role.OPERATOR))
    token = tokens.issue(Owner(Role.OPERATOR, staff_id), now=the_clock.now())
    db.session.commit()
    return Caller(token)
