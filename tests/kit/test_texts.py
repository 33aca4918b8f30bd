"""A plugin's texts are read from its catalogue at the start, and change none of the portal's."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import Babel, gettext

from portal import ROOT
from portal.pluginhost import texts

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
OWN = 'msgid "Ein Satz der Erweiterung"\nmsgstr "A sentence of the plugin"\n\n'
THE_PORTALS = 'msgid "Abmelden"\nmsgstr "changed"\n'


@pytest.fixture
def app():
    app = Flask("texts")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "translations")
    Babel().init_app(app, locale_selector=lambda: "en")
    return app


@pytest.fixture
def english(app):
    """Return the English of a text."""

    def look(text):
        with app.test_request_context():
            return gettext(text)

    return look


def catalogue(folder, text):
    path = folder / "translations" / "en" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return folder


@pytest.mark.requirement("PLG-4")
def test_a_text_of_a_plugin_is_translated_without_a_build(app, english, tmp_path):
    folder = catalogue(tmp_path / "one", HEAD + OWN)
    texts.install(app, {"one": folder}, tmp_path / "made")
    assert english("Ein Satz der Erweiterung") == "A sentence of the plugin"
    assert list((tmp_path / "made").rglob("*.mo"))


def test_a_text_of_the_portal_stays_what_it_is(app, english, tmp_path):
    before = english("Abmelden")
    assert before not in {"Abmelden", "changed"}
    folder = catalogue(tmp_path / "one", HEAD + OWN + THE_PORTALS)
    texts.install(app, {"one": folder}, tmp_path / "made")
    assert english("Abmelden") == before


@pytest.mark.parametrize("text", ['msgid "broken', HEAD + 'msgid "x"\nnonsense "y"\n', "\x00"])
def test_a_catalogue_that_cannot_be_read_is_named_and_harms_no_other(
    app, english, tmp_path, caplog, text
):
    folders = {
        "bad": catalogue(tmp_path / "bad", text),
        "good": catalogue(tmp_path / "good", HEAD + OWN),
    }
    texts.install(app, folders, tmp_path / "made")
    assert english("Ein Satz der Erweiterung") == "A sentence of the plugin"
    assert "the texts of plugin bad in en" in caplog.text


def test_a_folder_that_cannot_be_written_costs_only_the_english(app, english, tmp_path):
    (tmp_path / "made").write_text("", encoding="utf-8")
    folder = catalogue(tmp_path / "one", HEAD + OWN)
    texts.install(app, {"one": folder}, tmp_path / "made")
    assert english("Ein Satz der Erweiterung") == "Ein Satz der Erweiterung"
