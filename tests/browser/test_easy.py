"""Somebody who needs help points a phone at the sheet and presses one button."""

from __future__ import annotations

import pytest

from tests.browser.test_accessibility import look


@pytest.mark.requirement("WR-9")
def test_one_button_leads_from_the_sheet_into_the_waiting_room(doctor, guest, practice):
    doctor.is_signed_in_as(practice)
    browser = guest.browser
    browser.resize(360, 740)
    browser.open(f"/easy#{practice.code_for('Erika Muster')}")
    browser.find("easy-enter")
    assert "Erika Muster" in browser.text("#consent-step")
    buttons = [each for each in browser.all("#main button") if each.is_displayed()]
    assert len(buttons) == 1
    size = float(browser.run("return getComputedStyle(document.documentElement).fontSize")[:-2])
    assert size >= 22
    # Another language: the same step, and the button still opens the door.
    browser.click("[data-wake=language]")
    browser.wait_for_words("Yes, to the call")
    assert look(browser, "en") == []
    browser.resize(360, 740)
    browser.tab_to("easy-enter")
    browser.press("\ue007")
    browser.find("waiting-status")
    doctor.row_of("Erika Muster")
    # The type stays large, and nothing is cut off.
    assert browser.run("return document.documentElement.dataset.size") == "large"
    assert look(browser, "en") == []
