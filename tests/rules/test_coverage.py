"""The table of what the privacy policy promises names what exists, and claims no more than that."""

from __future__ import annotations

import re

import pytest

from portal import ROOT
from portal.operations.requirements import listed
from portal.personaldata import DataUse
from portal.privacy import coverage, registry
from tests.conftest import PLUGINS

SECTIONS = [str(n) for n in (1, 2, 3, 4, *(f"4.{n}" for n in range(1, 8)), *range(5, 16))]
TABLE = coverage.rows()
IDS = listed((ROOT / "docs" / "requirements.md").read_text(encoding="utf-8"))
TESTS = "".join(
    path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests").rglob("test_*.py"))
)


def test_every_section_of_the_policy_is_gone_through_in_order():
    numbers = [row.section.split(" ")[0] for row in TABLE]
    assert list(dict.fromkeys(numbers)) == SECTIONS


@pytest.fixture
def declared(portal):
    """Return the ids of all uses; outside of the application another's plugins would count."""
    with portal.app_context():
        return {use.id for use in registry.everything() if isinstance(use, DataUse)}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.section} {row.promise[:40]}")
def test_a_row_names_requirements_files_and_declarations_that_exist(row, declared):
    assert row.state in coverage.STATES
    assert row.requirements
    assert set(row.requirements) <= IDS.keys()
    for name in re.findall(r"`([^`]+)`", row.place):
        assert name in declared or (ROOT / name).exists(), name


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.section} {row.promise[:40]}")
def test_what_is_said_to_be_kept_has_a_test_and_what_is_open_claims_nothing(row):
    marked = [f'"{each}"' in TESTS for each in row.requirements]
    if row.state == "kept":
        assert all(marked), row.requirements
        assert "nothing yet" not in row.place
    if row.state == "open":
        assert row.place.startswith("nothing yet")


def test_no_use_of_personal_data_is_left_out(portal, declared):
    named = set(re.findall(r"`([a-z_0-9]+\.[a-z_0-9]+)`", " ".join(row.place for row in TABLE)))
    assert declared - named == set()
    with portal.app_context():
        assert set(registry.of_plugins()) == set(PLUGINS)
