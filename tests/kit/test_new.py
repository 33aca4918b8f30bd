"""`portal plugins new` writes what works at once, and never over something."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from portal.cli import main
from portal.kit import new

CREATED = "praxisfenster-monthly-count"


def invoke(*words):
    return CliRunner().invoke(main, ["plugins", "new", *words])


@pytest.mark.requirement("PLG-6")
def test_a_new_plugin_has_every_part_of_one(tmp_path):
    done = invoke("monthly_count", "--into", str(tmp_path))
    assert done.exit_code == 0, done.output
    made = {
        str(each.relative_to(tmp_path / CREATED))
        for each in (tmp_path / CREATED).rglob("*")
        if each.is_file()
    }
    package = "praxisfenster_monthly_count"
    assert {
        "pyproject.toml",
        "README.md",
        ".github/workflows/test.yml",
        "tests/test_monthly_count.py",
        f"{package}/declarations.py",
        f"{package}/settings.py",
        f"{package}/migrations/0001_first.py",
        f"{package}/templates/monthly_count/_desk.html",
        f"{package}/translations/en/LC_MESSAGES/messages.po",
    } <= made
    for path in made:
        assert path in done.output
        assert "[[" not in (tmp_path / CREATED / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["abc", "monthly_count", "a23456789012345678901234"])
def test_a_new_plugin_of_any_name_is_tidy(tmp_path, name):
    new.write(name, tmp_path)
    for check in (["check"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *check, "--no-cache", "."]
        where = tmp_path / new.Names(name).distribution
        done = subprocess.run(ruff, cwd=where, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "name",
    ["", "ab", "A", "x" * 25, "Count", "1st", "my-plugin", "a__b", "_ab", "ab_", "zähler", "../x"],
)
def test_what_is_no_name_is_refused_with_the_rule(tmp_path, name):
    done = invoke("--into", str(tmp_path), "--", name)
    assert done.exit_code == 2
    assert "lower-case letters" in done.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["portal", "messages", "api", "vinteos"])
def test_a_name_that_is_taken_is_refused(tmp_path, name):
    done = invoke(name, "--into", str(tmp_path))
    assert done.exit_code == 2
    assert "take another" in done.output


def test_nothing_is_ever_overwritten(tmp_path):
    (tmp_path / CREATED).mkdir()
    mine = tmp_path / CREATED / "README.md"
    mine.write_text("mine", encoding="utf-8")
    done = invoke("monthly_count", "--into", str(tmp_path))
    assert done.exit_code == 2
    assert "nothing was written" in done.output
    assert mine.read_text(encoding="utf-8") == "mine"
    assert list((tmp_path / CREATED).iterdir()) == [mine]


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = invoke("monthly_count", "--into", str(tmp_path / "file" / "below"))
    assert done.exit_code == 2
    assert "Traceback" not in done.output
