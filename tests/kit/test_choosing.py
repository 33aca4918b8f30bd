"""Which plugins are checked: those that somebody named, and no others."""

from __future__ import annotations

import os

import pytest
from click.testing import CliRunner

from portal.cli import main
from portal.kit import checking

PROJECT = '[project]\nname = "x"\n\n[project.entry-points."portal.plugins"]\nvinteos = "x"\n'


def names(*wanted, allowed=(), folder):
    return [point.name for point in checking.chosen(wanted, allowed, folder)]


def test_those_that_are_named_come_first(tmp_path):
    (tmp_path / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    assert names("sms_dicomsys", allowed=["vinteos"], folder=tmp_path) == ["sms_dicomsys"]


def test_then_those_of_the_folder(tmp_path):
    (tmp_path / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    assert names(allowed=["sms_dicomsys"], folder=tmp_path) == ["vinteos"]


@pytest.mark.parametrize("text", ["", "[project]\n", "project = 7\n", "[broken"])
def test_then_those_that_the_operator_allows(tmp_path, text):
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    assert names(allowed=["sms_dicomsys"], folder=tmp_path) == ["sms_dicomsys"]


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Stand in an empty folder, with no setting but the one that the command needs."""
    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return CliRunner(env={"PORTAL_DATA": str(tmp_path)})


def test_without_any_name_nothing_is_imported_and_the_answer_says_what_to_do(elsewhere):
    done = elsewhere.invoke(main, ["plugins", "check"])
    assert done.exit_code == 2
    assert "Name a plugin" in done.output


def test_a_plugin_that_is_not_installed_is_named(elsewhere):
    done = elsewhere.invoke(main, ["plugins", "check", "nosuch"])
    assert done.exit_code == 2
    assert "nosuch is not installed" in done.output
