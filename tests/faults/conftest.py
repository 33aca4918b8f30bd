"""One running portal for all faults of this folder; it keeps its data on SQLite."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.browser.running import RunningPortal

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = "tests/faults/"
ONCE = pytest.mark.skip(reason="The process and its SQLite file are the same in both runs.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run once: on the database that the running portal uses."""
    if os.environ.get("PORTAL_TEST_DATABASE", "sqlite") == "sqlite":
        return
    for item in items:
        if FOLDER in item.nodeid:
            item.add_marker(ONCE)


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    running = RunningPortal(tmp_path_factory.mktemp("running"))
    try:
        yield running.start()
    finally:
        running.stop()
