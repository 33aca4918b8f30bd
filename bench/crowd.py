"""How well a mesh of browsers carries pictures, and what it costs, against bare connections.

Subject: browsers in one call of the portal, each with picture and sound. Floor: the same browsers,
joined each with each by bare connections from an empty page of the portal. Counted over ten
seconds, once the connections have come to rest: the pictures that a browser decodes a second of one
other side, at the worst-off browser; and the time of the processor that all browsers together use
for a second, all of their processes included. A call shows its pictures and the floor does not, so
that drawing them by software counts as well. Both take turns.

Two send 640x480, twenty pictures a second. Four on two cores would measure the machine so: they
send 320x240, five a second, which the bare connections of the floor carry.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench import stage
from bench.figures import Figure, middle
from tests.browser.people import Guest
from tests.browser.practice import Practice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.browser.browser import Browser
    from tests.browser.running import RunningPortal


class Mesh(NamedTuple):
    """So many browsers, and what their cameras give."""

    people: int
    size: str
    pictures: int


MESHES = (Mesh(2, "640x480", 20), Mesh(4, "320x240", 5))
RUNS, SECONDS = 3, 10.0
SETTLES = 5.0
TICKS = os.sysconf("SC_CLK_TCK")


def measure(
    meshes: Sequence[Mesh] = MESHES, runs: int = RUNS, seconds: float = SECONDS
) -> list[Figure]:
    """Return pictures a second and processor time for each mesh."""
    found = []
    with stage.portal() as running:
        for people, size, pictures in meshes:
            with stage.browsers(running, people, size=size, pictures=pictures) as opened:
                pairs = [_both(running, opened, seconds) for _run in range(runs)]
            floors, calls = zip(*pairs, strict=True)
            for place, (what, unit, wanted) in enumerate(
                (
                    ("pictures a second at the worst-off", "1/s", "ratio >= 0.9"),
                    ("processor of all browsers", "cores", "ratio <= 1.25"),
                )
            ):
                mine, floor = (middle(each[place] for each in side) for side in (calls, floors))
                name = f"mesh of {people} browsers ({size}, {pictures} a second), {what}"
                found.append(Figure(name, mine, unit, floor, wanted, runs))
    return found


def _both(
    running: RunningPortal, opened: list[Browser], seconds: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return pictures and processor of bare connections, then of a call."""
    for browser in opened:
        browser.open(stage.ENTRY)
    stage.connect(opened)
    floor = _counted(opened, "bare", seconds)
    stage.disconnect(opened)
    with _call(running, opened):
        return floor, _counted(opened, "call", seconds)


@contextmanager
def _call(running: RunningPortal, opened: Sequence[Browser]) -> Iterator[None]:
    """Bring a doctor and a guest into a call, and the others in after them."""
    with stage.talking(running, opened) as (doctor, _guest):
        practice = Practice(running)
        for number, browser in enumerate(opened[2:], 2):
            name = f"{stage.NAME} {number}"
            Guest(browser).waits_as(name, practice.code_for(name))
            doctor.brings_in(name)
        for each in opened:
            each.wait(
                lambda each=each: _pictures_of(each) == len(opened) - 1, "everybody sees all others"
            )
        yield


def _pictures_of(browser: Browser) -> int:
    """Return of how many others pictures have come."""
    return sum(count > 0 for count in _decoded(browser, "call"))


def _counted(opened: Sequence[Browser], which: str, seconds: float) -> tuple[float, float]:
    time.sleep(SETTLES)
    used, begun = _used(opened), time.perf_counter()
    before = [_decoded(each, which) for each in opened]
    time.sleep(seconds)
    after = [_decoded(each, which) for each in opened]
    taken = time.perf_counter() - begun
    pictures = min(
        (late - early) / taken
        for first, last in zip(before, after, strict=True)
        # A connection that goes, or comes, while they are counted is an error of this measurement.
        for early, late in zip(first, last, strict=True)
    )
    return pictures, (_used(opened) - used) / taken


def _decoded(browser: Browser, which: str) -> list[int]:
    return list(browser.run_async("return pictures.decoded(...values)", which))


def _used(opened: Sequence[Browser]) -> float:
    """Return the seconds of the processor that the browsers have used so far."""
    return sum(_of(browser.driver.service.process.pid) for browser in opened)


def _of(pid: int) -> float:
    """Return what a process, and all that it started, have used."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        tasks = [*Path(f"/proc/{pid}/task").glob("*/children")]
        children = {int(child) for task in tasks for child in task.read_text().split()}
    except FileNotFoundError:
        return 0.0
    return (int(stat[11]) + int(stat[12])) / TICKS + sum(_of(child) for child in children)
