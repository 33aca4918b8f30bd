"""One person shares a screen; the other points and draws on it, by mouse and by keyboard."""

from __future__ import annotations

import pytest
from selenium.webdriver import Keys
from selenium.webdriver.common.action_chains import ActionChains

from tests.browser.test_accessibility import look

SHEET = ".marks-sheet"
DRAWN = f"return document.querySelectorAll('{SHEET} > g:first-child > *').length"
POINTERS = f"return document.querySelectorAll('{SHEET} .board-pointer').length"
# Where the first thing that was drawn lies, in parts of the picture itself, without its black bars.
PLACE = f"""
const sheet = document.querySelector("{SHEET}");
const video = sheet.parentElement.querySelector("video");
const frame = video.getBoundingClientRect();
const {{ videoWidth, videoHeight }} = video;
const scale = Math.min(frame.width / videoWidth, frame.height / videoHeight);
const left = frame.left + (frame.width - videoWidth * scale) / 2;
const top = frame.top + (frame.height - videoHeight * scale) / 2;
const {{ x, y }} = sheet.querySelector("g:first-child > *").getBoundingClientRect();
return [(x - left) / (videoWidth * scale), (y - top) / (videoHeight * scale)];
"""


def has(person, number):
    person.browser.wait(
        lambda: person.browser.run(DRAWN) == number, f"{number} things are drawn on the screen"
    )


def draws(person, tool, *steps):
    person.browser.click(f"marks-{tool}")
    hand = ActionChains(person.browser.driver, duration=20)
    hand = hand.move_to_element(person.browser.brought_up(SHEET)).click_and_hold()
    for step in steps:
        hand = hand.move_by_offset(*step)
    hand.release().perform()


@pytest.mark.requirement("CALL-5", "UX-2")
def test_the_other_side_points_and_draws_on_a_shared_screen(doctor, guest, practice):
    doctor.is_in_a_call_with(guest, practice, "Erika Muster")
    guest.opens("share-screen")
    guest.browser.wait_for_words("Auf Ihren Bildschirm selbst kann der Browser nicht zeichnen")
    doctor.browser.find(SHEET)
    # What is drawn lies at the same place of the picture, whatever shape each page gives it.
    draws(doctor, "box", (60, 40))
    has(guest, 1)
    ours, theirs = doctor.browser.run(PLACE), guest.browser.run(PLACE)
    assert ours == pytest.approx(theirs, abs=0.02)
    assert "Dr. Mara Probe" in guest.browser.text("marks-summary")
    assert look(doctor.browser, "de") == []
    # By keyboard alone: the tool, the place, and Escape to put it away.
    page = doctor.browser
    page.tab_to("marks-pointer", 90)
    page.press(Keys.ENTER)
    page.press(*(Keys.UP,) * 8, Keys.LEFT)
    guest.browser.wait(lambda: guest.browser.run(POINTERS) == 1, "the guest sees where")
    guest.browser.wait_for_words("Dr. Mara Probe zeigt auf den Bildschirm: oben in der Mitte.")
    page.press(Keys.ESCAPE)
    guest.browser.wait(lambda: guest.browser.run(POINTERS) == 0, "nobody points any more")
    assert page.find("marks-look").get_attribute("aria-pressed") == "true"
    # Each takes back their own steps; the one who shares wipes all, and may forbid it.
    draws(guest, "ink", (30, 10), (10, 20))
    has(doctor, 2)
    assert not page.sees("marks-clear")
    page.click("marks-undo")
    has(guest, 1)
    guest.browser.click("marks-clear")
    has(doctor, 0)
    guest.browser.click("marks-allow")
    page.wait(lambda: not page.sees("marks-ink"), "the doctor may not draw any more")
    assert page.sees("remote-screen")
    guest.browser.click("marks-allow")
    draws(doctor, "arrow", (40, 30))
    has(guest, 1)
    # With the sharing all of it is gone.
    guest.opens("share-screen")
    for one in (doctor, guest):
        one.browser.wait(lambda one=one: not one.browser.sees("marks-look"), "the tools are gone")
        assert one.browser.run(DRAWN) == 0
