"""Found is not loaded, loaded is not switched on, broken is left out; and the operator sees it."""

from __future__ import annotations

import logging
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING

import pytest

from portal import create_app, sockets
from portal.config import Config
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.pluginhost import loader
from portal.pluginhost import service as pluginhost
from portal.pluginhost.loader import PluginNotReadyError
from portal.tenants.scope import tenant_scope
from tests.plugins.fixtures import counted, plugins, reported, steps, switch_on
from tests.world import Caller

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask


@pytest.fixture
def ash(world) -> Iterator[str]:
    with tenant_scope(world.ash.id):
        yield world.ash.id
        db.session.rollback()


@pytest.mark.requirement("PLG-1")
def test_a_plugin_that_the_operator_did_not_name_is_not_even_imported(app):
    allowed = loader.load((), [_Trap()])
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
    lines = [
        each.getMessage() for each in caplog.records if each.name == "portal.pluginhost.loader"
    ]
    assert len(lines) == 1
    assert said in lines[0]


def test_a_plugin_that_is_not_installed_is_named(app):
    assert "nobody is not installed" in loader.load(("nobody",), []).refused["nobody"]


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


def test_the_counts_of_other_processes_are_in_the_report(app, ash, tmp_path):
    with plugins(app, "good") as host:
        host.guard.folder = tmp_path
        switch_on("good")
        steps()
        host.guard.save()
        (own,) = host.guard.folder.glob("*.json")
        other = own.rename(own.with_name("1.json"))
        assert counted("good", "after_call_steps")[0] == 2
        other.unlink()
        assert counted("good", "after_call_steps")[0] == 1


@pytest.fixture
def with_pages(app, monkeypatch) -> Iterator[Flask]:
    """Return a second application over the same database, with a plugin that has pages."""
    point = EntryPoint("pages", "tests.plugins.broken.pages", "portal.plugins")
    monkeypatch.setattr(loader, "find", lambda: [point])
    # The socket belongs to the process, and stays the first application's.
    monkeypatch.setattr(sockets, "install", lambda _app: None)
    before = app.extensions["portal_plugins"]
    made = create_app(Config(**{**before.config.__dict__, "plugins": ("pages",)}))
    yield made
    pluginhost.run_with(app, before)
    with made.app_context():
        db.engine.dispose()


@pytest.mark.requirement("PLG-1")
def test_a_page_of_a_plugin_is_not_there_where_it_is_off(with_pages, world):
    with tenant_scope(world.ash.id):
        switch_on("pages")
    db.session.remove()
    with with_pages.app_context():
        assert world.caller("doctor").get("/p/pages/").text == "a page"
        assert world.caller("assistant").get("/p/pages/").status_code == 404
        assert world.caller("sales").get("/p/pages/").status_code == 404
        assert Caller(world.birch.tokens["doctor"]).get("/p/pages/").status_code == 404
        assert Caller().get("/p/pages/open").status_code == 404


@pytest.mark.requirement("PLG-3")
def test_a_page_that_raises_is_a_sentence_to_the_doctor_and_a_count_to_the_operator(
    with_pages, world
):
    with tenant_scope(world.ash.id):
        switch_on("pages")
    db.session.remove()
    with with_pages.app_context():
        doctor = world.caller("doctor")
        answer = doctor.get("/p/pages/broken")
        assert (answer.status_code, "Erika" in answer.text) == (500, False)
        assert doctor.get("/p/pages/").text == "a page"
        assert counted("pages", "page broken") == (1, 1)
        assert "Erika" not in str(reported("pages"))


def test_a_plugin_that_is_off_has_no_context(app, ash):
    with pytest.raises(NotFoundHereError):
        pluginhost.context("vinteos")
