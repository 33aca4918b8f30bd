"""What people see of a loss: the web process is killed, or one side's network is away for a while.

Counted are pictures in the page's own place for the other side, each when it is shown: a connection
that is made anew brings tracks of its own, and a picture can be decoded that nobody is shown.

Killed: from ``kill -9`` on the web process is away for five seconds; counted is the longest pause
between two pictures at either side until three seconds after it serves again. Floor: the longest
pause of the same call just before.

Network: the guest's browser stands behind a router of its own (network namespaces of Linux, see
``tests/browser/network.py``), which passes nothing on for five and for twenty seconds. Counted is
from the router's passing on again until the next picture, at the slower side. Floor: a bare
connection between the same two pages, with picture and sound, which nobody mends; none where it
did not come back by itself. Then the guest's network is another one, from one moment to the next:
counted is from that moment until both sides have pictures again; a bare connection never has.
Where no namespaces can be made, these figures are left out, and the reason is said.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench import stage
from bench.figures import Figure, middle
from tests.browser.network import Home, hindrance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.browser.browser import Browser
    from tests.browser.running import RunningPortal

RUNS, KILLED, AWAY = 3, 5.0, (5.0, 20.0)
PICTURES = 10
AFTERWARDS = 3.0
# A connection that has come to rest, after the first seconds of guessing the bitrate.
SETTLES = 3.0
PATIENCE = 25.0
GONE = 1.0


def measure(runs: int = RUNS, killed: float = KILLED, away: Sequence[float] = AWAY) -> list[Figure]:
    """Return the pause of a killed web process, and the ways back from a lost network."""
    with stage.portal() as running:
        return [_killed(running, runs, killed), *_networks(running, runs, away)]


def _killed(running: RunningPortal, runs: int, seconds: float) -> Figure:
    pauses, floors = [], []
    with stage.browsers(running, pictures=PICTURES) as opened:
        for _run in range(runs):
            with stage.talking(running, opened):
                _follow(opened)
                time.sleep(SETTLES)
                begun = _now()
                time.sleep(seconds + AFTERWARDS)
                killed = _now()
                with running.away():
                    time.sleep(seconds)
                time.sleep(AFTERWARDS)
                floors.append(max(_longest(each, begun, killed) for each in opened))
                pauses.append(max(_longest(each, killed, _now()) for each in opened))
    name = f"longest pause of the picture, web process killed and away for {seconds:g} s"
    return Figure(name, middle(pauses), "ms", middle(floors), "ratio <= 1.5", runs)


def _longest(browser: Browser, begun: float, ended: float) -> float:
    """Return the longest pause in ms; a picture that never came counts up to the end."""
    times = browser.run("return pictures.between('call', ...arguments)", begun, ended)
    steps = [begun, *times, ended]
    return max(later - earlier for earlier, later in itertools.pairwise(steps))


def _networks(running: RunningPortal, runs: int, away: Sequence[float]) -> list[Figure]:
    why = hindrance()
    if why:
        click.echo(f"bench: losses: no network is cut. {why}", err=True)
        return []
    found = []
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        home = stack.enter_context(Home(Path(folder), running.port))
        opened = stack.enter_context(stage.browsers(running, last=home.chromium, pictures=PICTURES))
        for seconds in away:
            pairs = [_cut(running, opened, home, seconds) for _run in range(runs)]
            bare = [floor for _mine, floor in pairs if floor]
            name = f"picture again after a network that was away for {seconds:g} s"
            mine = middle(subject for subject, _floor in pairs)
            floor = middle(bare) if bare else None
            found.append(Figure(name, mine, "s", floor, "value <= 3", runs))
        changed = middle(_changed(running, opened, home) for _run in range(runs))
        found.append(Figure("picture again over another network", changed, "s", n=runs))
    return found


def _cut(
    running: RunningPortal, opened: list[Browser], home: Home, seconds: float
) -> tuple[float, float]:
    """Return how many seconds the call, and a bare connection, need after the return; 0: never."""
    with stage.talking(running, opened):
        stage.connect(opened)
        _follow(opened)
        time.sleep(SETTLES)
        with home.away():
            time.sleep(seconds)
            back = _now()
        call = [_again(each, "call", back) for each in opened]
        bare = [_again(each, "bare", back) for each in opened]
        stage.disconnect(opened)
    if not all(call):
        message = f"no picture came back within {PATIENCE:g} s"
        raise RuntimeError(message)
    return max(call), max(bare) if all(bare) else 0.0


def _changed(running: RunningPortal, opened: list[Browser], home: Home) -> float:
    """Return how many seconds both sides are without pictures when the network changes."""
    with stage.talking(running, opened):
        _follow(opened)
        time.sleep(SETTLES)
        home.changes_networks()
        changed = _now()
        # What was under way has arrived by then.
        gone = changed + GONE * 1000
        again = [_again(each, "call", gone) for each in opened]
    if not all(again):
        message = f"no picture came over another network within {PATIENCE:g} s"
        raise RuntimeError(message)
    return GONE + max(again)


def _again(browser: Browser, which: str, back: float) -> float:
    """Return the seconds from then until the next picture; 0 when none comes."""
    while not (seen := browser.run("return pictures.after(...arguments)", which, back)):
        if _now() - back > PATIENCE * 1000:
            return 0.0
        time.sleep(0.05)
    return (float(seen) - back) / 1000


def _follow(opened: Sequence[Browser]) -> None:
    for browser in opened:
        browser.run("pictures.follow()")


def _now() -> float:
    """Return the time as pages tell it."""
    return time.time() * 1000
