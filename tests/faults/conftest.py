"""One running portal for all faults of this folder; it keeps its data on SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.running import RunningPortal

if TYPE_CHECKING:
    from collections.abc import Iterator


FOLDER = "tests/faults/"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one process run them all, so that one portal is started."""
    for item in items:
        if item.nodeid.startswith(FOLDER):
            item.add_marker(pytest.mark.xdist_group("faults"))


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    running = RunningPortal(tmp_path_factory.mktemp("running"))
    try:
        yield running.start()
    finally:
        running.stop()
