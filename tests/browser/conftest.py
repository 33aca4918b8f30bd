"""One running portal and two browsers for all stories, three for one; each gets new tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.browser import Browser
from tests.browser.people import Doctor, Guest
from tests.browser.practice import Practice
from tests.browser.running import RunningPortal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = "tests/browser/"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each story, so that nobody can forget it."""
    for item in items:
        if FOLDER in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    folder: Path = tmp_path_factory.mktemp("running")
    running = RunningPortal(folder)
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture(scope="session")
def first_browser(running: RunningPortal) -> Iterator[Browser]:
    browser = Browser(running.url)
    yield browser
    browser.quit()


@pytest.fixture(scope="session")
def second_browser(running: RunningPortal) -> Iterator[Browser]:
    browser = Browser(running.url)
    yield browser
    browser.quit()


@pytest.fixture
def yonder(running: RunningPortal) -> Iterator[Browser]:
    """Return a third browser, which is there for its story alone: each takes much of the memory."""
    browser = Browser(running.url)
    try:
        yield from _watched(browser)
    finally:
        browser.quit()


@pytest.fixture
def here(first_browser: Browser) -> Iterator[Browser]:
    """Return a browser with a new tab; afterwards it must have done nothing it should not."""
    yield from _watched(first_browser)


@pytest.fixture
def there(second_browser: Browser) -> Iterator[Browser]:
    """Return another browser with a new tab, watched in the same way."""
    yield from _watched(second_browser)


def _watched(browser: Browser) -> Iterator[Browser]:
    browser.fresh()
    yield browser
    faults = browser.watch.faults()
    browser.leave()
    assert faults == []


@pytest.fixture
def doctor(here: Browser) -> Doctor:
    """Return somebody of the practice at the first browser."""
    return Doctor(here)


@pytest.fixture
def guest(there: Browser) -> Guest:
    """Return a guest at the second browser."""
    return Guest(there)


@pytest.fixture(scope="session")
def practice(running: RunningPortal) -> Practice:
    """Return the practice of the stories, for what a story is not about."""
    return Practice(running)


@pytest.fixture(autouse=True)
def _a_story_of_its_own(running: RunningPortal) -> Iterator[None]:
    """No story goes on in the next, and none may make the server stumble."""
    before = len(running.written())
    yield
    running.end_all_visits()
    written = running.written()[before:]
    assert "Traceback" not in written
    assert '"errors": ' not in written
