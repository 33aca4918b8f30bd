"""Signing in and out: other windows hear of it at once, and nothing stays."""

from __future__ import annotations

import time

import pytest

from tests.browser.browser import PATIENCE
from tests.browser.people import Doctor
from tests.browser.practice import Practice

AT_ONCE = 2.0
# In no other story, so that nothing else can show the name.
GUEST = "Ada Beispielhaft"


@pytest.fixture
def doctor(here):
    return Doctor(here)


def shows_the_way_in(browser, words, seconds=PATIENCE):
    """Wait for the sign-in page, which says why it is there and nothing of any guest."""
    browser.wait(lambda: browser.path == "/sign-in", "the page shows the way in", seconds)
    browser.find("signin-name")
    browser.wait_for_words(words)
    assert GUEST not in browser.driver.page_source
    assert browser.storage()["sessionStorage"] in ([], ["portal.language"])


def goes_back(browser):
    browser.driver.back()
    browser.wait(lambda: browser.path == "/sign-in", "back leads to the way in")
    browser.find("signin-name")
    assert GUEST not in browser.driver.page_source


@pytest.mark.requirement("ACC-2")
def test_on_a_shared_computer_signing_out_leaves_nothing_in_any_window(doctor, running):
    browser = doctor.browser
    browser.watch.expect("401")
    practice = Practice(running)
    practice.code_for(GUEST)
    doctor.is_signed_in_as(practice, "/desk/codes")
    browser.wait_for_words(GUEST)
    first = browser.driver.current_window_handle
    # A duplicated tab carries a copy of the storage.
    second = browser.duplicate_tab()
    browser.wait_for_words(GUEST)
    token = browser.run("return sessionStorage.getItem('portal.token')")
    browser.click("#menu a[href='/desk']")
    browser.find("new-code")
    browser.go_to_tab(first)
    browser.open("/privacy")
    browser.go_to_tab(second)
    browser.click("#menu [data-wake='accounts/sign_out']")
    shows_the_way_in(browser, "Sie sind abgemeldet.")
    # The other window hears of it, although it shows a public page by now.
    browser.go_to_tab(first)
    shows_the_way_in(browser, "Sie sind abgemeldet.", AT_ONCE)
    # Going back shows nothing of what was there, in the one document and in the other.
    goes_back(browser)
    browser.go_to_tab(second)
    goes_back(browser)
    # A tab that the browser restores has the old token still, which opens nothing.
    browser.run("sessionStorage.setItem('portal.token', arguments[0])", token)
    browser.open("/desk/codes")
    shows_the_way_in(browser, "Melden Sie sich bitte wieder an")
    browser.driver.close()
    browser.go_to_tab(first)


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
