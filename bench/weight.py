"""What a page of a call loads before the first picture, and how soon it paints.

Size: all scripts that a guest's page, from the link to the call, and a doctor's desk have loaded
until the first picture of the other side is decoded, each compressed as a web server would (gzip,
level 6). A size has no floor. First paint: the guest's page, nothing cached, against a page of the
same portal that says one word (``/healthz``), taking turns.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING
from urllib.request import urlopen

from bench import stage
from bench.figures import Figure, middle

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.browser.browser import Browser

RUNS = 7
LEVEL = 6
# Compressed, and in KB of 1,024 bytes.
MOST_KB = 120
GUEST, EMPTY = "/j", "/healthz"
# Until a moment, or until now.
LOADED = """
const until = (arguments[0] || Infinity) - performance.timeOrigin;
return performance.getEntriesByType("resource")
  .filter(({ name, responseEnd }) => name.endsWith(".js") && responseEnd <= until)
  .map(({ name }) => name);
"""
FRAME = "return globalThis.benchTimes?.frame ?? 0"
PAINTED = """
return performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
"""


def measure(runs: int = RUNS) -> list[Figure]:
    """Return the size of both pages' scripts, and the first paint."""
    with stage.portal() as running, stage.browsers(running) as opened:
        with stage.talking(running, opened):
            sizes = [compressed(before_the_picture(each, FRAME)) for each in opened]
        opened[0].cdp("Network.enable")
        opened[0].cdp("Network.setCacheDisabled", cacheDisabled=True)
        paints = [[_painted(opened[0], path) for path in (EMPTY, GUEST)] for _ in range(runs + 1)]
    floors, mine = zip(*paints[1:], strict=True)
    name = "scripts until the first picture, compressed"
    return [
        *(
            Figure(f"{name}, {whose}", size, "KB", None, f"value <= {MOST_KB}")
            for whose, size in zip(("doctor", "guest"), sizes, strict=True)
        ),
        Figure("first paint of the guest's page", middle(mine), "ms", middle(floors), "", runs),
    ]


def compressed(addresses: Iterable[str]) -> float:
    """Return how many KB these scripts are on their way."""
    size = 0
    for address in addresses:
        with urlopen(address, timeout=10) as answer:  # noqa: S310  our own
            size += len(gzip.compress(answer.read(), LEVEL))
    return size / 1024


def before_the_picture(browser: Browser, frame: str) -> list[str]:
    """Return the addresses of the scripts that a page in a call loaded before the first picture.

    :param frame: a script that returns when the picture was there, in milliseconds; 0 before.
    """
    moment = browser.wait(lambda: browser.run(frame), "a remote picture is decoded")
    return list(browser.run(LOADED, moment))


def _painted(browser: Browser, path: str) -> float:
    browser.open(path)
    return float(browser.wait(lambda: browser.run(PAINTED), f"{path} is painted"))
