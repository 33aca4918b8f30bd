"""A guest's first steps: the code, what is told about it, the notice, the name."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from portal.waitingroom import codes
from tests.browser.people import Guest

if TYPE_CHECKING:
    from tests.browser.browser import Browser


@pytest.fixture
def guest(here: Browser) -> Guest:
    return Guest(here)


@pytest.mark.requirement("COD-2", "UX-4")
def test_a_slip_in_the_code_is_told_in_the_page(guest):
    guest.types_the_code("K7MR-4TXP-9WQB")
    guest.browser.wait_for_words("Tippfehler")
    # Nothing typed is lost, and the server was not asked.
    assert guest.browser.find("code-input").get_attribute("value") == "K7MR-4TXP-9WQB"
    guest.browser.watch.collect()
    assert not any("/entry/code" in url for url in guest.browser.watch.requests)


@pytest.mark.requirement("WR-3")
def test_the_notice_comes_before_the_name_and_nothing_is_ticked(guest, practice):
    code = practice.code_for("Erika Muster")
    guest.opens_the_link(code)
    field = guest.browser.find("name-input")
    # The code has left the address, so that it stays in no history and no log.
    assert code not in guest.browser.driver.current_url
    assert not guest.browser.find("consent").is_selected()
    points = guest.browser.all("#consent-step .points li")
    assert len(points) == 5
    assert all(point.location["y"] < field.location["y"] for point in points)


@pytest.mark.requirement("WR-3", "UX-4")
def test_without_consent_and_name_nobody_waits_and_nothing_typed_is_lost(guest, practice):
    guest.browser.watch.expect("422")
    guest.opens_the_link(practice.code_for("Erika Muster"))
    guest.browser.type("name-input", "Erika Muster")
    guest.browser.click("enter")
    guest.browser.wait_for_words("Ohne Ihre Einwilligung ist kein Gespräch möglich.")
    assert guest.browser.find("name-input").get_attribute("value") == "Erika Muster"
    guest.browser.click("consent")
    guest.browser.click("enter")
    guest.browser.find("waiting-status")


@pytest.mark.requirement("COD-2", "UX-4")
def test_an_unknown_code_is_told_in_words(guest):
    guest.browser.watch.expect("404")
    guest.types_the_code(codes.written(codes.make()))
    guest.browser.wait_for_words("Diesen Code gibt es nicht oder nicht mehr.")
    guest.browser.wait_for_words("rufen Sie in der Praxis an")


@pytest.mark.requirement("COD-1", "UX-4")
def test_a_code_for_another_day_names_the_day(guest, practice):
    guest.browser.watch.expect("409")
    day = (datetime.now(UTC) + timedelta(days=3)).date()
    guest.opens_the_link(practice.code_for("Erika Muster", valid_on=day.isoformat()))
    guest.browser.wait_for_words("Dieser Code gilt an einem anderen Tag.")
    guest.browser.wait_for_words(f"{day:%d.%m.%Y}")


TOO_MANY = "Das waren zu viele Versuche."


def answer_to_a_wrong_code(guest):
    """Type a code that nobody has, and return what the page says."""
    guest.browser.run("document.getElementById('code-error').textContent = ''")
    guest.enters_code(codes.written(codes.make()))

    def answered():
        page = guest.browser.text_of_page()
        return page if "Diesen Code gibt es nicht" in page or TOO_MANY in page else None

    return guest.browser.wait(answered, "the page answers")


@pytest.mark.requirement("COD-2")
def test_after_ten_wrong_codes_the_page_says_when_to_come_back(guest, running):
    guest.browser.watch.expect("404", "429")
    running.forget_attempts()
    guest.browser.open("/")
    try:
        tried = 0
        while TOO_MANY not in answer_to_a_wrong_code(guest):
            tried += 1
            # A window of ten minutes may end while this goes on.
            assert tried <= 2 * 10
        assert tried >= 10
        assert re.search(r"in \d+ (Sekunden?|Minuten?) wieder", guest.browser.text_of_page())
    finally:
        # The other stories come from the same address.
        running.forget_attempts()
