"""The technical check: before the appointment, while waiting, and from the desk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.browser.test_accessibility import look

# What a check takes: it looks for some seconds, and then measures for some more.
CHECKED_WITHIN = 60
LINES = ("picture", "sound", "speed", "way")


def is_checked(browser):
    """Wait for the end of a check; return what the page concludes."""
    browser.find("[data-result]", CHECKED_WITHIN)
    return browser.find("[data-result]").get_attribute("data-result")


def grades(browser):
    return {line: browser.find(f"[data-verdict={line}] [data-grade]").text for line in LINES}


@pytest.mark.requirement("CALL-14")
def test_who_waits_checks_the_line_and_keeps_the_place(doctor, guest, practice, running):
    doctor.is_signed_in_as(practice)
    guest.waits_as("Erika Muster", practice.code_for("Erika Muster"))
    doctor.knows_ready("Erika Muster")
    guest.browser.click("check-open")
    guest.browser.wait_for_words("Sie warten dabei weiter.")
    assert is_checked(guest.browser) in {"good", "fair"}, guest.browser.text_of_page()
    shown = grades(guest.browser)
    assert shown["way"] == shown["sound"] == "gut"
    assert "Man hört Sie." in guest.browser.text("check-verdicts")
    # The figures are there for those who want them.
    assert not guest.browser.sees("check-rate")
    guest.browser.click("#check-dialog summary")
    assert "640 \u00d7 480" in guest.browser.text("check-picture")
    assert "kbit/s" in guest.browser.text("check-rate")
    assert "direkt" in guest.browser.text("check-way")
    assert look(guest.browser, "de") == []
    # Whoever is called in leaves the check at once.
    guest.browser.click("check-again")
    guest.browser.find("#check-dialog[open]")
    doctor.admits("Erika Muster")
    guest.is_in_a_call()
    guest.hears_the_other()
    assert not guest.browser.sees("#check-dialog[open]")
    assert not doctor.browser.sees("check-open")
    doctor.hangs_up()
    doctor.browser.find("call-summary")
    # Without an echo peer that is said, and nothing else changes.
    doctor.browser.watch.expect("503")
    with running.away("media"):
        doctor.browser.click("check-open")
        assert is_checked(doctor.browser) == "refused"
        doctor.browser.wait_for_words("Der Technik-Check ist gerade nicht möglich")
        doctor.browser.click("check-close")
        doctor.browser.wait(
            lambda: not doctor.browser.sees("#check-dialog[open]"), "the check is closed"
        )


@pytest.mark.requirement("CALL-14")
def test_a_code_for_another_day_is_enough_to_check_from_home(guest, practice):
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    code = practice.code_for("Jan Beispiel", valid_on=tomorrow)
    guest.browser.open("/")
    guest.browser.click("a[href^='/check']")
    guest.browser.type("check-code", code)
    guest.browser.click("check-begin")
    assert is_checked(guest.browser) in {"good", "fair"}, guest.browser.text_of_page()
    guest.browser.click("check-close")
    guest.browser.find("check-code")
    guest.browser.open("/check/network")
    guest.browser.find("check-print")
    assert "localhost" in guest.browser.text("#main table")
