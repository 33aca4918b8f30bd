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


# What stands in the page counts: a picture may be decoded and nobody be shown it.
SHOWN = """
const [video] = document.querySelectorAll("[data-testid=remote-video]");
return video?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
"""


def everybody_sees_and_hears(*people):
    for one in people:
        before = one.browser.run(SHOWN)
        one.browser.wait(
            lambda one=one, before=before: one.browser.run(SHOWN) > before + 3,
            "pictures of the other side are shown",
        )
        one.hears_the_other()
        one.browser.wait_for_words("Verbunden mit")


@pytest.mark.requirement("CALL-11")
@pytest.mark.requirement("CALL-10")
def test_a_call_goes_on_when_the_network_is_back_and_over_another_one(
    doctor, guest, practice, home
):
    doctor.is_in_a_call_with(guest, practice, "Erika Muster")
    guest.is_checked("open")
    words = guest.security_words()
    guest.browser.click("security-right")
    with home.away():
        for one in (doctor, guest):
            one.browser.wait_for_words("unterbrochen. Sie wird von selbst wiederhergestellt.")
    everybody_sees_and_hears(doctor, guest)
    home.changes_networks()
    for one in (doctor, guest):
        one.browser.wait_for_words("unterbrochen. Sie wird von selbst wiederhergestellt.")
    everybody_sees_and_hears(doctor, guest)
    # A new path keeps the keys, so that nobody need compare the words again.
    assert guest.security_state() == "checked"
    assert guest.security_words() == words
