"""The list of requirements, the marks on tests, and the command that joins them."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING

import pytest

from portal import ROOT
from portal.operations.requirements import LIST, RESULTS, digest, gather, listed

if TYPE_CHECKING:
    from pathlib import Path

ORIGINAL = ROOT.parent / "shared" / "REQUIREMENTS.md"
NODE = "tests/test_trial.py::test_it"


def ids() -> set[str]:
    return set(listed((ROOT / LIST).read_text(encoding="utf-8")))


def marks() -> list[tuple[str, str]]:
    """Return file and id of each mark, read from the source, so that no test is left out."""
    found = []
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("mark.requirement"):
                found += [(path.name, ast.literal_eval(each)) for each in node.args]
    return found


def test_every_requirement_stands_once():
    text = (ROOT / LIST).read_text(encoding="utf-8")
    assert len(ids()) == text.count("\n| ") - 2 * text.count("\n| id |")


@pytest.mark.skipif(not ORIGINAL.exists(), reason="the agreed list is not beside this checkout")
def test_the_ids_are_those_of_the_agreed_list():
    assert ids() == set(listed(ORIGINAL.read_text(encoding="utf-8")))


def test_every_mark_names_a_requirement():
    assert marks()
    assert [(path, number) for path, number in marks() if number not in ids()] == []


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("docs", "tests", "build"):
        (tmp_path / folder).mkdir()
    (tmp_path / LIST).write_text(
        "# List\n\n| id | what holds |\n| --- | --- |\n| ABC-1 | It holds. |\n"
    )
    (tmp_path / "tests" / "test_trial.py").write_text("def test_it(): ...\n")
    return tmp_path


def ran(root: Path, **passed: bool) -> None:
    runs = {name: {"passed": end, "digest": digest(root, NODE)} for name, end in passed.items()}
    (root / RESULTS).write_text(json.dumps({NODE: runs}))


def end(root: Path) -> bool | None:
    (row,) = gather(root, {NODE: ["ABC-1"]})
    assert (row.id, row.text, row.tests) == ("ABC-1", "It holds.", [NODE])
    return row.passed


def test_a_requirement_whose_test_never_ran_is_open(root):
    assert end(root) is None


def test_a_requirement_whose_test_passed_is_proven(root):
    ran(root, sqlite=True, postgresql=True)
    assert end(root) is True


def test_one_database_on_which_the_test_failed_is_enough(root):
    ran(root, sqlite=True, postgresql=False)
    assert end(root) is False


def test_a_result_from_before_the_test_changed_does_not_count(root):
    ran(root, sqlite=True)
    (root / "tests" / "test_trial.py").write_text("def test_it(): assert False\n")
    assert end(root) is None


def test_a_requirement_without_a_test_is_open(root):
    (row,) = gather(root, {})
    assert row.tests == []
    assert row.passed is None
