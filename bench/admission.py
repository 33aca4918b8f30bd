"""From the click on *Admit* to the first decoded remote picture, at the slower of both sides.

Subject: a doctor's desk and a guest's waiting page in two Chromium with invented cameras, on a
portal that runs as `make run` does; the guest is ready, the doctor clicks. Floor: two connections
in one page of the same browser, camera and microphone ready, descriptions and candidates handed
over in the page itself. In both, both sides send picture and sound, and a picture counts when the
decoder gives it out. Floor and subject take turns.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from bench.figures import Figure, middle
from tests.browser.browser import Browser
from tests.browser.people import Doctor, Guest
from tests.browser.practice import Practice
from tests.browser.running import RunningPortal

SIZES = ("640x480", "1280x720")
RUNS = 7
NAME = "Erika Muster"
# After the guest is ready the doctor still reads the name.
READS = 1.0
SCRIPTS = [Path(__file__).with_name(name) for name in ("frames.js", "floor.js")]
# A page of ours without a sign-in that may use the camera.
ENTRY = "/"


def measure(runs: int = RUNS) -> list[Figure]:
    """Return a figure for each size of the picture."""
    with tempfile.TemporaryDirectory() as folder:
        running = RunningPortal(Path(folder))
        try:
            running.start()
            return [_at(running, size, runs) for size in SIZES]
        finally:
            running.stop()


def _at(running: RunningPortal, size: str, runs: int) -> Figure:
    practice = Practice(running)
    browsers = [Browser(running.url), Browser(running.url)]
    floors, times = [], []
    try:
        for browser in browsers:
            for script in SCRIPTS:
                source = script.read_text(encoding="utf-8").replace("SIZE", size)
                browser.cdp("Page.addScriptToEvaluateOnNewDocument", source=source)
            browser.resize(1280, 900)
        for _ in range(runs + 1):
            floors.append(_floor(browsers[0]))
            times.append(_admission(Doctor(browsers[0]), Guest(browsers[1]), practice))
    finally:
        for browser in browsers:
            browser.quit()
    name = f"Admit to first picture on both sides, {size}"
    # The first one of each warms the browsers up.
    return Figure(name, middle(times[1:]), "ms", middle(floors[1:]), "ratio <= 1.15", runs)


def _floor(browser: Browser) -> float:
    browser.open(ENTRY)
    return float(browser.run_async("return benchFloor()"))


def _admission(doctor: Doctor, guest: Guest, practice: Practice) -> float:
    doctor.is_signed_in_as(practice)
    guest.waits_as(NAME, practice.code_for(NAME))
    doctor.is_ready_for(NAME)
    time.sleep(READS)
    doctor.admits(NAME)
    seen = [_seen(person.browser) for person in (doctor, guest)]
    admitted = float(doctor.browser.run("return benchTimes.admit"))
    doctor.hangs_up()
    guest.browser.open(ENTRY)
    return max(seen) - admitted


def _seen(browser: Browser) -> float:
    """Wait for the first picture; return when it was decoded."""
    first = "return globalThis.benchTimes?.frame ?? 0"
    return float(browser.wait(lambda: browser.run(first), "a remote picture is decoded"))
