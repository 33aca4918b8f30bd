"""One picture of the other side, only when that side said yes to this one."""

from __future__ import annotations

import pytest

SIZE = """
const picture = document.querySelector("[data-testid=photo-taken]");
return picture.complete ? [picture.naturalWidth, picture.naturalHeight] : null;
"""
REQUESTS = """
return performance.getEntriesByType("resource").map(({ name }) => name)
  .filter((name) => !name.includes("/static/") && !name.startsWith("blob:"))
  .filter((name) => !name.endsWith("/desk/today")); // the desk looks there whenever a guest comes
"""


@pytest.fixture
def talk(doctor, guest, practice):
    """Bring doctor and guest into a call, with the panel for pictures open at the doctor's."""
    doctor.is_in_a_call_with(guest, practice, "Erika Muster")
    for one in (doctor, guest):
        one.is_checked("open")
    doctor.opens_panel("photo-toggle")


@pytest.mark.requirement("CALL-8")
@pytest.mark.usefixtures("talk")
def test_a_picture_is_taken_when_the_guest_allows_it_and_stays_in_the_doctors_page(doctor, guest):
    doctor.browser.click("photo-ask")
    guest.browser.wait_for_words("Dr. Mara Probe möchte ein einziges Bild von Ihnen")
    assert not doctor.browser.sees("photo-taken")
    before = doctor.browser.run(REQUESTS)
    guest.browser.click("photo-yes")
    doctor.browser.find("photo-taken")
    doctor.browser.wait(lambda: doctor.browser.run(SIZE), "the picture is shown")
    assert doctor.browser.run(SIZE)[0] >= 320
    assert doctor.browser.find("photo-save").get_attribute("href").startswith("blob:")
    assert doctor.browser.run(REQUESTS) == before
    guest.browser.wait_for_words("Für ein weiteres werden Sie wieder gefragt.")
    doctor.browser.click("photo-discard")
    doctor.browser.wait_for_words("Das Bild ist gelöscht.")
    # The next one is a question of its own.
    doctor.browser.click("photo-ask")
    guest.browser.click("photo-no")
    doctor.browser.wait_for_words("Erika Muster möchte kein Bild.")
    assert not doctor.browser.sees("photo-taken")


@pytest.mark.requirement("CALL-8")
@pytest.mark.usefixtures("talk")
def test_the_guest_is_led_through_showing_the_insurance_card(doctor, guest):
    doctor.browser.click("photo-card")
    guest.browser.wait_for_words("Halten Sie die Karte in den Rahmen")
    assert guest.browser.sees(".call-card video")
    assert not guest.browser.sees("photo-card")
    guest.browser.click("photo-yes")
    doctor.browser.find("photo-taken")
    doctor.hangs_up()
    doctor.browser.find("call-summary")
    assert not doctor.browser.sees("photo-taken")
    assert doctor.browser.run("return document.querySelector('#call-photo img').src") == ""
