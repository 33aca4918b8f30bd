"""Signing in and out: other windows hear of it at once, and nothing stays."""

from __future__ import annotations

import time

import pytest

from tests.browser.people import Doctor
from tests.browser.practice import Practice

AT_ONCE = 2.0


@pytest.fixture
def doctor(here):
    return Doctor(here)


@pytest.mark.requirement("ACC-2")
def test_sign_out_in_one_window_ends_the_other_within_two_seconds(doctor, running):
    doctor.browser.watch.expect("401")
    doctor.is_signed_in_as(Practice(running))
    first = doctor.browser.driver.current_window_handle
    token = doctor.browser.run("return sessionStorage.getItem('portal.token')")
    # A duplicated tab carries a copy of the storage.
    second = doctor.browser.new_tab()
    doctor.is_signed_in_with(token)
    doctor.browser.click("#menu [data-wake='accounts/sign_out']")
    doctor.browser.wait(lambda: doctor.browser.path == "/sign-in", "the window is signed out")
    doctor.browser.wait_for_words("Sie sind abgemeldet.")
    doctor.browser.go_to_tab(first)
    doctor.browser.wait(
        lambda: doctor.browser.path == "/sign-in", "the other is signed out too", AT_ONCE
    )
    assert doctor.browser.storage()["sessionStorage"] in ([], ["portal.language"])
    # Going back shows nothing of what was there.
    doctor.browser.driver.back()
    doctor.browser.wait(lambda: doctor.browser.path == "/sign-in", "back leads to the way in")
    assert "Wartezimmer" not in doctor.browser.text_of_page().replace("Zum Wartezimmer", "")
    doctor.browser.go_to_tab(second)
    doctor.browser.driver.close()
    doctor.browser.go_to_tab(first)


@pytest.mark.requirement("ACC-2")
def test_a_session_ended_from_the_list_closes_the_other_window_within_two_seconds(doctor, running):
    doctor.browser.watch.expect("401")
    other, own = Practice(running, "dr.beispiel"), Practice(running, "dr.beispiel")
    doctor.is_signed_in_as(other)
    first = doctor.browser.driver.current_window_handle
    doctor.browser.find("#desk[data-socket=open]")
    second = doctor.browser.new_tab()
    doctor.is_signed_in_as(own, "/sessions")
    button = "[hx-post*='/sessions/']"

    def gone() -> bool:
        """Press again and again: a press before the page's scripts are there does nothing."""
        for each in doctor.browser.all(button):
            each.click()
        return not doctor.browser.sees(button)

    doctor.browser.wait(gone, "the other session is gone from the list")
    ended = time.monotonic()
    doctor.browser.go_to_tab(first)
    doctor.browser.wait(
        lambda: doctor.browser.path == "/sign-in", "the ended window shows the way in", AT_ONCE
    )
    assert time.monotonic() - ended < AT_ONCE + 0.5
    doctor.browser.wait_for_words("Melden Sie sich bitte wieder an")
    doctor.browser.go_to_tab(second)
    doctor.browser.driver.close()
    doctor.browser.go_to_tab(first)


@pytest.mark.requirement("ACC-2", "UX-4")
def test_a_wrong_password_is_told_and_what_was_typed_stays(doctor):
    doctor.browser.watch.expect("401", "403", "422")
    doctor.browser.open("/sign-in")
    doctor.browser.type("signin-name", "dr.probe")
    doctor.browser.type("signin-password", "falsch")
    doctor.browser.click("signin-submit")
    doctor.browser.find("[data-error]")
    assert doctor.browser.find("signin-name").get_attribute("value") == "dr.probe"
    assert doctor.browser.path == "/sign-in"


@pytest.mark.requirement("ACC-1")
def test_a_page_that_needs_sign_in_leads_there_and_back(doctor):
    doctor.browser.open("/desk/codes")
    doctor.browser.find("signin-name")
    assert "Codes" not in doctor.browser.title
    doctor.browser.type("signin-name", "dr.probe")
    doctor.browser.type("signin-password", "Sprechstunde-2026")
    doctor.browser.click("signin-submit")
    doctor.browser.wait(lambda: doctor.browser.path == "/desk/codes", "the page asked for is shown")
