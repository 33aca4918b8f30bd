"""Keeps which test proves which requirement, and how it ended, for ``portal requirements``.

A pytest plugin; ``tests/conftest.py`` names it. Results are merged into
``build/requirements.json``, so that runs on both databases and in browsers add up.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal.operations.requirements import RESULTS, digest

if TYPE_CHECKING:
    import pytest

MARK = "requirement"
_marks: dict[str, list[str]] = {}
_failed: dict[str, bool] = defaultdict(bool)
_passed: set[str] = set()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--requirements-to", help="write which test proves what, as JSON")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARK}(*ids): the requirements that a test proves")


def pytest_itemcollected(item: pytest.Item) -> None:
    # Here, before a selection by mark or keyword takes items away.
    ids = {str(each) for mark in item.iter_markers(MARK) for each in mark.args}
    if ids:
        _marks[item.nodeid] = sorted(ids)
        item.user_properties.append((MARK, item.nodeid))


def pytest_collection_finish(session: pytest.Session) -> None:
    target = session.config.getoption("--requirements-to")
    if target:
        Path(target).write_text(json.dumps(_marks), encoding="utf-8")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if not any(name == MARK for name, _value in report.user_properties):
        return
    _failed[report.nodeid] |= report.failed
    if report.when == "call" and report.passed:
        _passed.add(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workerinput") or not (_failed or _passed):
        return
    root = session.config.rootpath
    fresh = {
        node: {"passed": not _failed[node], "digest": digest(root, node)}
        for node in {*_passed, *(node for node, failed in _failed.items() if failed)}
    }
    _merge(root, fresh)


def _file(node: str) -> str:
    return node.partition("::")[0]


def _merge(root: Path, fresh: dict[str, Any]) -> None:
    other = any(name.startswith("PORTAL_TEST_DATABASE") for name in os.environ)
    variant = "postgresql" if other else "sqlite"
    path = root / RESULTS
    path.parent.mkdir(exist_ok=True)
    with path.open("a+", encoding="utf-8") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        stream.seek(0)
        kept = json.loads(stream.read() or "{}")
        for node, result in fresh.items():
            kept.setdefault(node, {})[variant] = result
        kept = {node: runs for node, runs in kept.items() if (root / _file(node)).is_file()}
        stream.seek(0)
        stream.truncate()
        json.dump(kept, stream, indent=1, sort_keys=True)
