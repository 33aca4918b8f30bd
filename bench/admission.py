"""From the click on *Admit* to the first decoded remote picture, at the slower of both sides.

Subject: a doctor's desk and a guest's waiting page in two Chromium with invented cameras, on a
portal that runs as `make run` does; the guest is ready, the doctor clicks. Floor: two connections
in one page of the same browser, camera and microphone ready, descriptions and candidates handed
over in the page itself. In both, both sides send picture and sound, and a picture counts when the
decoder gives it out. Floor and subject take turns.

Once more with a relay: coturn on this machine, the practice asks for relay only, and so does the
floor. And once after the path was lost: from the moment in which the doctor's page hears that the
device is online again, which makes it look for another path (ICE restart), to the next picture that
the decoder gives out when a new pair of addresses is in use, at the slower side. At least one
address of the pair is new: Chromium may keep an old one at one end.
"""

from __future__ import annotations

import tempfile
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import stage
from bench.figures import Figure, middle
from media.ice import turn_credentials
from portal import clock
from tests.browser.browser import PATIENCE
from tests.browser.people import Doctor, Guest
from tests.browser.practice import Practice
from tests.browser.relay import SECRET, Relay

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.browser.browser import Browser
    from tests.browser.running import RunningPortal

SIZES = ("640x480", "1280x720")
RUNS = 7
# After the guest is ready the doctor still reads the name.
READS = 1.0
# A running call, in which the connection has come to rest; the floor rests as long.
SETTLES = 2.0
# A side that shows nothing new for so long has kept its old path; a slower restart is not counted.
RENEWS = 5.0
WANTED = "ratio <= 1.15"
WATCH = """
const live = storyPeers.find(({ connectionState }) => connectionState === "connected");
benchTimes.renewed = 0;
benchRenewed(live).then((at) => { benchTimes.renewed = at; });
"""
LOSE = """
dispatchEvent(new Event("online"));
return performance.timeOrigin + performance.now();
"""


def measure(runs: int = RUNS, sizes: Sequence[str] = SIZES) -> list[Figure]:
    """Return a figure for each size of the picture, one with a relay and one of a new path."""
    with stage.portal() as running:
        direct = [_admitted(running, size, runs, {}, f", {size}") for size in sizes]
        restarted = _restarted(running, runs)
    return [*direct, _relayed(runs), restarted]


def _relayed(runs: int) -> Figure:
    with (
        tempfile.TemporaryDirectory() as folder,
        Relay(Path(folder)) as relay,
        stage.portal(PORTAL_ICE_URLS=relay.url, PORTAL_TURN_SECRET=SECRET) as running,
    ):
        running.change("UPDATE organisation SET relay_only = 1")
        until = clock.now() + timedelta(hours=1)
        username, credential = turn_credentials(SECRET.encode(), "bench", until)
        server = {"urls": [relay.url], "username": username, "credential": credential}
        settings = {"iceServers": [server], "iceTransportPolicy": "relay"}
        return _admitted(running, stage.SIZE, runs, settings, ", over a relay")


def _admitted(
    running: RunningPortal, size: str, runs: int, settings: dict[str, Any], how: str
) -> Figure:
    practice = Practice(running)
    with stage.browsers(running, size=size) as opened:
        floor, times = _in_turn(
            runs,
            lambda: _floor(opened[0], "benchFloor", settings),
            lambda: _admission(Doctor(opened[0]), Guest(opened[1]), practice),
        )
    name = f"Admit to first picture on both sides{how}"
    return Figure(name, times, "ms", floor, WANTED, runs)


def _restarted(running: RunningPortal, runs: int) -> Figure:
    with stage.browsers(running) as opened:
        floor, times = _in_turn(
            runs,
            lambda: _floor(opened[0], "benchRestartFloor", SETTLES * 1000),
            lambda: _restart(running, opened),
        )
    name = "ICE restart to first picture over the new path on both sides"
    return Figure(name, times, "ms", floor, WANTED, runs)


def _in_turn(
    runs: int, floor: Callable[[], float], subject: Callable[[], float]
) -> tuple[float, float]:
    """Return the medians of both; the first one of each warms the browsers up."""
    pairs = [(floor(), subject()) for _ in range(runs + 1)][1:]
    floors, times = zip(*pairs, strict=True)
    return middle(floors), middle(times)


def _floor(browser: Browser, function: str, given: object) -> float:
    browser.open(stage.ENTRY)
    return float(browser.run_async(f"return {function}(...values)", given))


def _admission(doctor: Doctor, guest: Guest, practice: Practice) -> float:
    name = stage.NAME
    doctor.is_signed_in_as(practice)
    guest.waits_as(name, practice.code_for(name))
    doctor.is_ready_for(name)
    time.sleep(READS)
    doctor.admits(name)
    seen = [_seen(person.browser, "frame") for person in (doctor, guest)]
    admitted = float(doctor.browser.run("return benchTimes.admit"))
    doctor.hangs_up()
    guest.browser.open(stage.ENTRY)
    return max(seen) - admitted


def _restart(running: RunningPortal, opened: Sequence[Browser]) -> float:
    """Return how long a restart took; one after which a browser keeps its old path tells nothing.

    Chromium now and then does so where the old path still carries; pictures go on meanwhile.
    """
    for _try in range(RUNS):
        with stage.talking(running, opened), suppress(AssertionError):
            time.sleep(SETTLES)
            for browser in opened:
                browser.run(WATCH)
            begun = float(opened[0].run(LOSE))
            return max(_seen(browser, "renewed", RENEWS) for browser in opened) - begun
    message = "No browser takes the new path."
    raise AssertionError(message)


def _seen(browser: Browser, which: str, seconds: float = PATIENCE) -> float:
    """Wait for the first picture; return when it was decoded."""
    first = f"return globalThis.benchTimes?.{which} ?? 0"
    seen = browser.wait(
        lambda: browser.run(first), f"a remote picture is decoded: {which}", seconds
    )
    return float(seen)
