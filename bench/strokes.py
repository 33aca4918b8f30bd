"""How soon a stroke of one side stands on the board of the other.

Subject: a doctor draws a short stroke with the mouse on the board of a call; counted is from the
moment that the mouse lets go until the stroke stands in the other page's board. Floor: a text as
long as such a stroke, over a bare data channel between the same two pages, from its sending until
the other page hears it. Strokes and texts take turns. Both clocks are those of one machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench import stage
from bench.figures import Figure, percentile

if TYPE_CHECKING:
    from tests.browser.browser import Browser
    from tests.browser.people import Doctor

STROKES = 60
STEPS = 8
LONG = "x" * 400
PARTS = (0.5, 0.95)
SHEET = "[data-testid=board-sheet]"
PLACE = """
const { x, y, width, height } = document.querySelector(arguments[0]).getBoundingClientRect();
return [x + width * 0.2, y + height * 0.2, width * 0.02];
"""
WATCH = "strokes.watch(document.querySelector(arguments[0]))"
HEARD = "return [...bare.peers.values()][0].heard"


def measure(strokes: int = STROKES) -> list[Figure]:
    """Return the percentiles of a stroke's way."""
    times: list[float] = []
    floors: list[float] = []
    with stage.portal() as running, stage.browsers(running) as opened:
        for each in opened:
            source = stage.script("strokes.js")
            each.cdp("Page.addScriptToEvaluateOnNewDocument", source=source)
        with stage.talking(running, opened) as (doctor, _guest):
            here, there = opened
            _open_boards(doctor, there)
            stage.connect(opened, sends=False)
            for number in range(strokes + 1):
                times.append(_stroke(here, there, number))
                floors.append(_text(here, there, number))
            stage.disconnect(opened)
    return [
        Figure(
            f"stroke to the other side's board, p{part * 100:.0f}",
            percentile(times[1:], part),
            "ms",
            percentile(floors[1:], part),
            "",
            strokes,
        )
        for part in PARTS
    ]


def _open_boards(doctor: Doctor, there: Browser) -> None:
    """Open both boards: the other side's opens with the first stroke."""
    doctor.opens("board-toggle")
    doctor.browser.find("board-sheet")
    doctor.draws("ink", (20, 10))
    there.find("board-sheet")
    drawn = f"return document.querySelectorAll('{SHEET} > g:first-child > *').length"
    there.wait(lambda: there.run(drawn), "the first stroke stands on the other side")
    there.run(WATCH, SHEET)
    doctor.browser.run("strokes.ended.length = 0")


def _stroke(here: Browser, there: Browser, number: int) -> float:
    """Draw a stroke and return the milliseconds of its way."""
    left, top, step = here.run(PLACE, SHEET)
    _mouse(here, "mousePressed", left, top + number)
    for place in range(STEPS):
        _mouse(here, "mouseMoved", left + step * place, top + number)
    _mouse(here, "mouseReleased", left + step * STEPS, top + number)
    drawn = there.wait(
        lambda: there.run("return strokes.drawn[arguments[0]]", number), "the stroke arrives"
    )
    return float(drawn - here.run("return strokes.ended[arguments[0]]", number))


def _mouse(browser: Browser, kind: str, x: float, y: float) -> None:
    browser.cdp("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)


def _text(here: Browser, there: Browser, number: int) -> float:
    """Send a text and return the milliseconds of its way."""
    sent = here.run("return strokes.say(arguments[0])", LONG)
    heard = there.wait(lambda: there.run(HEARD)[number:], "the text arrives")
    return float(heard[0] - sent)
