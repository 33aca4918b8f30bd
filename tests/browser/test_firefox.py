"""A guest with Firefox and a doctor with Chromium: two engines that must understand each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.firefox import PROGRAM, Firefox
from tests.browser.people import Guest

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(
    not PROGRAM.exists(), reason="Firefox is not installed: apt-get install firefox-esr."
)


@pytest.fixture
def fox(running, tmp_path) -> Iterator[Firefox]:
    browser = Firefox(running.url, tmp_path)
    try:
        yield browser
    finally:
        browser.quit()


@pytest.mark.requirement("UX-3")
def test_a_guest_with_firefox_talks_with_a_doctor_with_chromium(doctor, fox, practice):
    # Given a guest who comes in with Firefox
    guest = Guest(fox)
    fox.open("/")
    guest.enters_code(practice.code_for("Erika Muster"))
    guest.gives_name_and_consent("Erika Muster")
    fox.find("waiting-status")
    # When a doctor with Chromium lets them in
    doctor.is_signed_in_with(practice.token, "/desk")
    doctor.is_ready_for_anybody()
    doctor.admits("Erika Muster")
    # Then both see, hear and read each other
    doctor.is_in_a_call()
    doctor.hears_the_other()
    before = fox.wait(fox.seconds_shown, "the doctor's picture runs")
    fox.wait(lambda: fox.seconds_shown() > before + 0.5, "it goes on")
    guest.writes("Guten Tag")
    doctor.reads("Guten Tag")
    doctor.hangs_up()
    fox.find("call-summary")
