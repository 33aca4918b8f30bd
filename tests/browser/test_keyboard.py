"""By keyboard alone: the guest's way, and the doctor's desk."""

from __future__ import annotations

import pytest
from selenium.webdriver import Keys

from tests.browser.browser import css


@pytest.mark.requirement("UX-2")
def test_a_guest_comes_in_and_hangs_up_by_keyboard_alone(doctor, guest, practice):
    doctor.is_signed_in_as(practice)
    page = guest.browser
    page.open("/")
    page.find("code-input")
    page.tab_to("code-input")
    page.press(practice.code_for("Erika Muster"), Keys.ENTER)
    page.find("name-input")
    page.tab_to("name-input")
    page.press("Erika Muster")
    page.tab_to("consent")
    page.press(Keys.SPACE)
    page.tab_to("enter")
    page.press(Keys.ENTER)
    guest.is_told("Die Praxis weiß, dass Sie da sind")
    doctor.admits("Erika Muster")
    guest.is_in_a_call()
    page.tab_to("chat-input")
    page.press("Guten Tag")
    page.tab_to("chat-send")
    page.press(Keys.ENTER)
    doctor.reads("Guten Tag")
    page.tab_to("hang-up")
    page.press(Keys.ENTER)
    guest.is_told("Vielen Dank für Ihren Besuch")


@pytest.mark.requirement("UX-2")
def test_the_desk_is_worked_by_keys(doctor, guest, practice):
    doctor.is_signed_in_as(practice)
    page = doctor.browser
    # n leads to a new code; the desk hears keys as soon as its scripts are there.
    focus = "return document.activeElement.matches(arguments[0])"
    page.wait(
        lambda: page.run(focus, css("guest-name")) or page.press("n"),
        "n puts the cursor where the name goes",
    )
    # A letter in a field is a letter.
    page.press("hm")
    assert page.find("guest-name").get_attribute("value") == "hm"
    page.press(Keys.ENTER)
    page.find("code-value")
    # h lets the first guest in
    guest.waits_as("Erika Muster", practice.code_for("Erika Muster"))
    doctor.is_ready_for("Erika Muster")
    page.run("document.activeElement.blur()")
    page.press("h")
    doctor.is_in_a_call()
    guest.is_in_a_call()
    page.run("document.activeElement.blur()")
    # m and v: sound and picture off and on
    for key, button in (("m", "mute-audio"), ("v", "mute-video")):
        for pressed in ("true", "false"):
            page.press(key)
            page.wait(
                lambda button=button, pressed=pressed: (
                    page.find(button).get_attribute("aria-pressed") == pressed
                ),
                f"{key} switches",
            )
    # Escape closes a panel, never the call
    page.tab_to("chat-input")
    page.press(Keys.ESCAPE)
    page.wait(lambda: not page.sees("chat-input"), "Escape closes the chat")
    page.press(Keys.ESCAPE)
    doctor.sees_the_other_move()
    assert page.sees("hang-up")
