"""Two people draw and write on one board, by mouse and by keyboard, and see the same."""

from __future__ import annotations

import pytest
from selenium.webdriver import Keys
from selenium.webdriver.common.action_chains import ActionChains

from tests.browser.test_accessibility import look

SCRIPTS = """
return performance.getEntriesByType("resource").map(({ name }) => name)
  .filter((name) => name.includes("/call/board/") || name.includes("perfect-freehand"));
"""
SHEET = "[data-testid=board-sheet]"
DRAWN = f"return document.querySelectorAll('{SHEET} > g:first-child > *').length"
WORDS = f"return [...document.querySelectorAll('{SHEET} text')].map((text) => text.textContent)"
HOSTILE = "<svg onload=alert(1)><script>alert(2)</script>"


@pytest.fixture
def talk(doctor, guest, practice):
    """Bring doctor and guest into a call, with the board open at the doctor's."""
    guest.waits_as("Erika Muster", practice.code_for("Erika Muster"))
    assert guest.browser.run(SCRIPTS) == []
    doctor.is_signed_in_as(practice)
    doctor.is_ready_for("Erika Muster")
    doctor.admits("Erika Muster")
    doctor.is_in_a_call()
    guest.is_in_a_call()
    for one in (doctor, guest):
        one.browser.wait(lambda one=one: one.browser.run(SCRIPTS), "the board has come")
    doctor.opens("board-toggle")
    doctor.browser.find("board-sheet")


def draws(person, tool, *steps):
    """Draw with the mouse, from the middle of the sheet on."""
    person.browser.click(f"board-{tool}")
    sheet = person.browser.find("board-sheet")
    hand = ActionChains(person.browser.driver, duration=20).move_to_element(sheet).click_and_hold()
    for step in steps:
        hand = hand.move_by_offset(*step)
    hand.release().perform()


def has(person, number):
    person.browser.wait(
        lambda: person.browser.run(DRAWN) == number, f"{number} things stand on the board"
    )


@pytest.mark.requirement("CALL-6")
@pytest.mark.usefixtures("talk")
def test_both_draw_and_write_and_whoever_comes_back_finds_it_all(doctor, guest):
    draws(doctor, "ink", (60, 10), (20, 30), (-50, 20))
    # The guest's board opens by itself, with the notice that stands there all the time.
    guest.browser.find("board-sheet")
    assert "nicht zur Befundung bestimmt" in guest.browser.text("board-notice")
    has(guest, 1)
    assert not guest.browser.sees("board-clear")
    draws(doctor, "box", (80, 40))
    has(guest, 2)
    # By keyboard alone: the tool, the place, the words; what looks like code is words as well.
    page = guest.browser
    page.tab_to("board-text", 90)
    page.press(Keys.ENTER)
    page.tab_to("board-sheet", 90)
    page.press(Keys.LEFT, Keys.UP, Keys.ENTER, HOSTILE, Keys.ENTER)
    has(doctor, 3)
    assert doctor.browser.run(WORDS) == [HOSTILE]
    # Each takes back their own last step.
    ActionChains(doctor.browser.driver).key_down(Keys.CONTROL).send_keys("z").perform()
    ActionChains(doctor.browser.driver).key_up(Keys.CONTROL).perform()
    has(guest, 2)
    doctor.browser.click("board-redo")
    has(guest, 3)
    draws(guest, "eraser", (10, 2), (50, 8))
    has(doctor, 2)
    page.click("board-undo")
    has(doctor, 3)
    # Another sheet for all; who loads the page anew finds all as it is.
    doctor.browser.click("board-add")
    page.wait_for_words("Blatt 2 von 2.")
    has(guest, 0)
    doctor.browser.click("board-previous")
    has(guest, 3)
    guest.browser.reload()
    guest.is_in_a_call()
    guest.browser.find("board-sheet")
    has(guest, 3)
    assert "Erika Muster" in doctor.browser.text("board-summary")
    doctor.browser.click("board-clear")
    has(guest, 0)


@pytest.mark.requirement("CALL-6", "UX-2")
@pytest.mark.usefixtures("talk")
def test_the_board_is_accessible_and_fits_a_phone(doctor, guest):
    draws(doctor, "arrow", (60, 10))
    has(guest, 1)
    assert look(doctor.browser, "de") == []
    guest.browser.resize(360, 800)
    draws(guest, "ink", (40, 10), (10, 10))
    has(doctor, 2)
    guest.browser.press(Keys.ESCAPE)
    guest.browser.wait(lambda: not guest.browser.sees("board"), "Escape closes the board")
    # Who has put it away is told, and not disturbed.
    draws(doctor, "oval", (50, 30))
    guest.browser.wait_for_words("Dr. Mara Probe zeigt etwas auf der Tafel.")
    assert not guest.browser.sees("board")
    doctor.hangs_up()
    doctor.browser.find("call-summary")
    assert doctor.browser.run(DRAWN) == 0
