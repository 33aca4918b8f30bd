"""Arrivals: an idle doctor hears them, a doctor in a call only sees a number (WR-6)."""

from __future__ import annotations

import re
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

# The machine of the tests may have no loudspeaker, so the browser is told that it has one.
COUNT_SOUNDS = """
window.sounds = 0;
Object.defineProperty(BaseAudioContext.prototype, "state", { get: () => "running" });
const start = AudioScheduledSourceNode.prototype.start;
AudioScheduledSourceNode.prototype.start = function (...when) {
  window.sounds += 1;
  return start.apply(this, when);
};
"""


@pytest.fixture
def listening(doctor):
    """Return the doctor in a tab that counts the sounds it makes."""
    doctor.browser.cdp("Page.addScriptToEvaluateOnNewDocument", source=COUNT_SOUNDS)
    return doctor


def arrives(running, code: str, name: str) -> None:
    """Let a guest come in without a browser of their own."""

    def post(path: str, **values: str) -> str:
        headers = {"X-Portal-Request": "fetch", "Accept-Language": "de"}
        data = urlencode(values).encode()
        request = Request(f"{running.url}{path}", data, headers)  # noqa: S310  our own portal
        with urlopen(request, timeout=20) as answer:  # noqa: S310
            return str(answer.read().decode())

    field = re.search(r'<input[^>]*name="consent_version"[^>]*>', post("/entry/code", code=code))
    version = re.search(r'value="([^"]+)"', field[0])[1]
    post("/entry/visits", code=code, name=name, consent="1", consent_version=version)


def sounds(doctor) -> int:
    return int(doctor.browser.run("return window.sounds"))


def heard(doctor, more_than: int) -> None:
    doctor.browser.wait(lambda: sounds(doctor) > more_than, "the chime is heard")


@pytest.mark.requirement("WR-6")
def test_an_idle_doctor_hears_an_arrival_unless_the_chime_is_off(listening, practice, running):
    listening.is_signed_in_as(practice)
    # Browsers allow sound only after somebody has touched the page: off, and on again.
    listening.browser.click("[data-wake='waitingroom/chime']")
    listening.browser.click("[data-wake='waitingroom/chime']")
    heard(listening, 0)
    before = sounds(listening)
    arrives(running, practice.code_for("Klara Klang"), "Klara Klang")
    listening.row_of("Klara Klang")
    heard(listening, before)
    listening.browser.click("[data-wake='waitingroom/chime']")
    before = sounds(listening)
    arrives(running, practice.code_for("Stella Still"), "Stella Still")
    listening.row_of("Stella Still")
    assert sounds(listening) == before
    listening.browser.click("[data-wake='waitingroom/chime']")


@pytest.mark.requirement("WR-6")
def test_in_a_call_an_arrival_makes_no_sound_only_a_number(listening, guest, practice, running):
    listening.is_in_a_call_with(guest, practice, "Erika Muster")
    before = sounds(listening)
    title = listening.browser.title
    arrives(running, practice.code_for("Nora Neu"), "Nora Neu")
    listening.browser.wait(lambda: listening.browser.title != title, "the number is there")
    assert listening.browser.title.startswith("(")
    assert sounds(listening) == before
