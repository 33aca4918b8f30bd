"""What the measurements of calls share: browsers with our scripts, and bare connections of theirs.

The bare connections are the floor: the same browsers on the same pages of the same portal, with the
same invented cameras, joined by nothing but descriptions that the measurement itself hands over.
"""

from __future__ import annotations

import itertools
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.browser import PEERS, PICTURES, Browser
from tests.browser.people import Doctor, Guest
from tests.browser.practice import Practice
from tests.browser.running import RunningPortal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SIZE = "640x480"
NAME = "Erika Muster"
# A page of ours without a sign-in that may use the camera.
ENTRY = "/"


def script(name: str, size: str = SIZE) -> str:
    """Return one of our scripts."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8").replace("SIZE", size)


@contextmanager
def portal(**settings: str) -> Iterator[RunningPortal]:
    """Run a portal as `make run` does, in a folder that goes with it."""
    with tempfile.TemporaryDirectory() as folder:
        running = RunningPortal(Path(folder), **settings)
        try:
            yield running.start()
        finally:
            running.stop()


@contextmanager
def browsers(
    running: RunningPortal,
    count: int = 2,
    *,
    size: str = SIZE,
    pictures: int = PICTURES,
    last: Path | None = None,
) -> Iterator[list[Browser]]:
    """Open so many browsers.

    :param size: of the pictures that their cameras give.
    :param pictures: how many these give a second.
    :param last: what to start as the last one, where that is not Chromium itself.
    """
    with ExitStack() as stack:
        opened = []
        for number in range(count):
            binary = last if number == count - 1 else None
            browser = Browser(running.url, binary=binary, pictures=pictures)
            stack.callback(browser.quit)
            # The bare ones first, so that they are not counted as the page's own.
            ours = (script(name, size) for name in ("frames.js", "floor.js", "pictures.js"))
            for source in (script("bare.js"), PEERS, *ours):
                browser.cdp("Page.addScriptToEvaluateOnNewDocument", source=source)
            browser.resize(1280, 900)
            opened.append(browser)
        yield opened


@contextmanager
def talking(running: RunningPortal, opened: Sequence[Browser]) -> Iterator[tuple[Doctor, Guest]]:
    """Bring a doctor and a guest into a call, and end it."""
    doctor, guest = Doctor(opened[0]), Guest(opened[1])
    doctor.is_in_a_call_with(guest, Practice(running), NAME)
    yield doctor, guest
    doctor.hangs_up()
    guest.browser.open(ENTRY)
    running.end_all_visits()


def connect(opened: Sequence[Browser], *, sends: bool = True) -> None:
    """Join each browser's page with each other's by a bare connection.

    :param sends: picture and sound as well, besides a channel for data.
    """
    for (number, one), (other, two) in itertools.combinations(enumerate(opened), 2):
        mine, theirs = f"to {other}", f"to {number}"
        offer = one.run_async("return bare.offer(...values)", mine, sends)
        answer = two.run_async("return bare.answer(...values)", theirs, sends, offer)
        one.run_async("return bare.take(...values)", mine, answer)
    for each in opened:
        each.wait(lambda each=each: each.run("return bare.areUp()"), "the bare connections are up")


def disconnect(opened: Sequence[Browser]) -> None:
    """End the bare connections."""
    for each in opened:
        each.run("bare.close()")
