"""What the pages for authors name is there, and what is there is named."""

from __future__ import annotations

import re

import pytest

from portal import ROOT, api, testing
from portal.kit import reference
from portal.kit.checking import CHECKS, LOADS
from portal.kit.practice import Practice
from portal.kit.trial import Trial
from portal.pluginhost.exam import HOOKS

FOLDER = ROOT / "docs" / "plugins"
INDEX = (FOLDER / "index.md").read_text(encoding="utf-8")


@pytest.mark.requirement("PLG-2")
def test_the_reference_says_what_the_code_says():
    assert (FOLDER / "reference.md").read_text(encoding="utf-8") == reference.whole()
    named = re.findall(r"^### (\w+)$", reference.whole(), re.MULTILINE)
    assert set(named) == {*HOOKS, *api.__all__}


@pytest.mark.parametrize("page", sorted(path.name for path in FOLDER.glob("*.md")))
def test_every_page_that_is_linked_to_exists(page):
    links = re.findall(r"\]\(([\w./-]+)(?:#[\w-]*)?\)", (FOLDER / page).read_text(encoding="utf-8"))
    assert [link for link in links if not (FOLDER / link).exists()] == []


def test_every_fixture_is_described_and_no_other():
    there = {
        name
        for name, each in vars(testing).items()
        if type(each).__name__ == "FixtureFunctionDefinition"
    }
    table = INDEX.partition("| fixture |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == there - {"portal_trial"}


def test_what_a_practice_is_said_to_do_it_can():
    for name in re.findall(
        r"`(?:practice)?\.(\w+)", INDEX.partition("| call |")[2].partition("\n\n")[0]
    ):
        assert hasattr(Practice, name) or name in {"post", "send"}, name
    for name in re.findall(r"`portal\.(?!api|testing|plugins)(\w+)", INDEX):
        assert name == "failures" or hasattr(Trial, name), name


def test_every_check_is_described_and_no_other():
    table = INDEX.partition("| check |")[2].partition("\n\n")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert set(named) == {LOADS, *CHECKS}
