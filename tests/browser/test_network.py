"""The network of one side goes away and comes back; the router is real, and so is the loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.browser import Browser
from tests.browser.network import Home, hindrance
from tests.browser.people import Guest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def home(running, tmp_path) -> Iterator[Home]:
    """Return the network of a guest, with the portal beyond its router."""
    why = hindrance()
    if why:
        pytest.skip(why)
    with Home(tmp_path, running.port) as home:
        yield home


@pytest.fixture
def guest(running, home) -> Iterator[Guest]:
    browser = Browser(running.url, binary=home.chromium)
    try:
        browser.fresh()
        browser.watch.expect("net::ERR_", "WebSocket")
        yield Guest(browser)
        assert browser.watch.faults() == []
    finally:
        browser.quit()


@pytest.mark.requirement("CALL-11")
def test_the_picture_comes_back_with_the_network(doctor, guest, practice, home):
    doctor.is_in_a_call_with(guest, practice, "Erika Muster")
    with home.away():
        for one in (doctor, guest):
            one.browser.wait_for_words("unterbrochen. Sie wird von selbst wiederhergestellt.")
    for one in (doctor, guest):
        one.sees_the_other_move()
        one.hears_the_other()
        one.browser.wait_for_words("Verbunden mit")
