"""A practice that shows nobody its address: all media go through the relay."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.people import Doctor, Guest
from tests.browser.practice import Practice
from tests.browser.relay import SECRET, Relay
from tests.browser.running import RunningPortal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.browser import Browser

KIND = re.compile(r" typ (\w+)")

# As after a lost network: the socket comes back, and the greeting brings new credentials.
GREET_AGAIN = """
const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
const { signalling } = await import(loaded.find((name) => name.endsWith("/signalling.js")));
signalling().disconnect();
signalling().connect();
"""
USERS = """
return storyPeers.filter((peer) => peer.connectionState === "connected")
  .flatMap((peer) => peer.getConfiguration().iceServers).map(({ username }) => username);
"""


@pytest.fixture(scope="module")
def relay(tmp_path_factory) -> Iterator[Relay]:
    """Run a real TURN server on this machine's own address."""
    with Relay(tmp_path_factory.mktemp("relay")) as server:
        yield server


@pytest.fixture(scope="module")
def hidden(relay, tmp_path_factory) -> Iterator[RunningPortal]:
    """Run a portal of its own, in which one practice asks for relay only."""
    portal = RunningPortal(
        tmp_path_factory.mktemp("hidden"), PORTAL_ICE_URLS=relay.url, PORTAL_TURN_SECRET=SECRET
    )
    try:
        portal.start()
        portal.change("UPDATE organisation SET relay_only = 1 WHERE name = 'Praxis am Markt'")
        yield portal
    finally:
        portal.stop()


@pytest.fixture
def pair(hidden, here, there) -> Iterator[tuple[Doctor, Guest]]:
    browsers: tuple[Browser, Browser] = (here, there)
    before = here.url
    for browser in browsers:
        browser.move_to(hidden.url)
    yield Doctor(here), Guest(there)
    hidden.end_all_visits()
    for browser in browsers:
        browser.move_to(before)


@pytest.mark.requirement("CALL-2")
def test_a_practice_that_hides_its_address_talks_through_the_relay_only(pair, hidden, relay):
    doctor, guest = pair
    doctor.is_in_a_call_with(guest, Practice(hidden), "Erika Muster")
    for one in pair:
        one.hears_the_other()
        pairs = one.media()["pairs"]
        assert pairs
        assert all("relay" in each[0] for each in pairs), pairs
        # No other address ever went over the server.
        one.browser.watch.collect()
        kinds = {
            kind for frame in one.browser.watch.frames for kind in KIND.findall(unquoted(frame))
        }
        assert kinds == {"relay"}
    # When the relay is silent for a while, both are told, and it mends itself.
    relay.hush()
    for one in pair:
        one.browser.wait_for_words("unterbrochen. Sie wird von selbst wiederhergestellt.", 20)
    relay.speak()
    for one in pair:
        one.sees_the_other_move(15)
        one.browser.wait_for_words("Verbunden mit")
    takes_new_credentials(doctor, relay)


def takes_new_credentials(person, relay):
    """Renew what a relay asks for while the call runs: the next path is asked for with it."""
    page = person.browser
    users = page.run(USERS)
    assert users
    page.run_async(GREET_AGAIN)
    renewed = page.wait(
        lambda: (now := page.run(USERS)) and not {*now} & {*users} and now,
        "the connection has the new credentials",
    )
    # The device comes into another network, and the page looks for a new path.
    page.run('dispatchEvent(new Event("online"))')
    page.wait(lambda: {*renewed} <= {*relay.users()}, "the relay allots with the new credentials")
    person.sees_the_other_move()


@pytest.mark.requirement("CALL-2", "UX-4")
def test_without_the_relay_direct_calls_go_on_and_the_others_say_what_is_wrong(pair, hidden, relay):
    doctor, guest = pair
    relay.hush()
    try:
        doctor.is_in_a_call_with(guest, Practice(hidden, "dr.muster"), "Paul Probe")
        doctor.hangs_up()
        guest.is_told("Vielen Dank für Ihren Besuch")
        practice = Practice(hidden)
        doctor.is_signed_in_as(practice)
        guest.waits_as("Erika Muster", practice.code_for("Erika Muster"))
        doctor.is_ready_for("Erika Muster")
        doctor.admits("Erika Muster")
        for one in pair:
            one.browser.wait_for_words("Der Vermittlungsserver antwortet nicht")
            one.browser.wait_for_words("Wenn es eilt, telefonieren Sie.")
    finally:
        relay.speak()


def unquoted(frame):
    """Return the text of a socket's frame without JSON's own escapes."""
    return frame.replace("\\\\r\\\\n", "\n").replace("\\r\\n", "\n")
