"""The main job: a doctor lets a guest in, they talk, and what follows is done."""

from __future__ import annotations

import pytest

from portal.accounts.storage import INVENTORY, Place

PHONE = "+49 151 23456789"


@pytest.mark.requirement(
    "ACC-1",
    "ACC-7",
    "CALL-1",
    "CALL-4",
    "CALL-5",
    "CALL-9",
    "COD-1",
    "PRIV-8",
    "WR-3",
    "WR-4",
    "WR-5",
)
def test_a_guest_is_let_in_and_they_talk(doctor, guest):
    # Given a doctor at the desk, who makes a code for a guest
    doctor.opens_the_desk()
    code = doctor.makes_a_code("Erika Muster")
    # When the guest comes by the link
    guest.opens_the_link(code)
    guest.gives_name_and_consent("Erika Muster")
    # Then the desk shows who waits and that picture and sound are ready, and the guest is told so
    doctor.knows_ready("Erika Muster")
    guest.is_told("Die Praxis weiß, dass Sie da sind")
    assert not guest.browser.sees("remote-video")
    assert doctor.browser.sees("no-recording")
    assert guest.browser.sees("no-recording")
    # When the doctor lets the guest in, each sees and hears the other
    doctor.admits("Erika Muster")
    for one in (doctor, guest):
        one.is_in_a_call()
        one.hears_the_other()
        assert one.browser.find("local-video").is_displayed()
    # And they write to each other
    doctor.writes("Guten Tag, hören Sie mich?")
    guest.reads("Guten Tag, hören Sie mich?")
    guest.writes("Ja, sehr gut.")
    doctor.reads("Ja, sehr gut.")
    # And the guest shows a screen
    pictures = doctor.media()["lines"]
    guest.opens("share-screen")
    doctor.browser.find("remote-screen")
    doctor.browser.wait(lambda: doctor.media()["lines"] > pictures, "the screen's picture comes")
    guest.opens("share-screen")
    doctor.browser.wait(lambda: not doctor.browser.sees("remote-screen"), "the screen is gone")
    # When the doctor hangs up, both read how long it was, and that nothing was kept
    doctor.hangs_up()
    for one in (doctor, guest):
        assert "Das Gespräch ist beendet" in one.browser.text("call-summary")
        one.is_in_no_call()
        kept_as_listed(one.browser.storage())
    assert "Erika Muster" in doctor.browser.text("call-summary")
    guest.is_told("Vielen Dank für Ihren Besuch")
    assert "Was gespeichert bleibt" in guest.browser.text_of_page()


def kept_as_listed(storage):
    """Compare what the browser keeps with the inventory that the notice shows."""
    for place in Place:
        listed = {entry.key for entry in INVENTORY if entry.place == place}
        assert set(storage[place]) <= listed
    assert "portal.token" in storage[Place.SESSION]
    others = {place: kept for place, kept in storage.items() if place not in set(Place)}
    assert not any(others.values()), others


@pytest.mark.requirement("COD-2", "WR-3")
def test_a_guest_types_the_code_that_was_read_out(doctor, guest):
    doctor.opens_the_desk()
    code = doctor.makes_a_code("Jan Beispiel")
    # Small letters and no lines are the same code.
    guest.types_the_code(code.replace("-", "").lower())
    guest.gives_name_and_consent("Jan Beispiel")
    guest.is_told("angemeldet seit")
    assert doctor.row_of("Jan Beispiel").get_attribute("data-state") == "waiting"


@pytest.mark.requirement("MSG-1", "SMS-1")
def test_the_code_goes_out_by_text_message_and_the_number_is_forgotten(doctor, running):
    doctor.opens_the_desk()
    code = doctor.makes_a_code("Erika Muster", phone=PHONE)
    # The worker hands it to the provider, which the demo shows on a page.
    running.wait(lambda: code in running.page("/demo/messages"), "the message arrives", 20)
    doctor.browser.open("/demo/messages")
    assert code in doctor.browser.text_of_page()
    assert "Erika" not in doctor.browser.text_of_page()
    # Then the row that held the number is gone.
    running.wait(lambda: not running.rows("SELECT 1 FROM outbox"), "the outbox is empty", 20)


@pytest.mark.requirement("CALL-17", "VIN-1", "VIN-2")
def test_a_questionnaire_after_the_call_is_counted(doctor, guest, practice, running):
    count = "SELECT count(*) FROM p_vinteos_filled"
    before = running.rows(count)
    doctor.is_in_a_call_with(guest, practice, "Erika Muster")
    doctor.hangs_up()
    doctor.browser.click("[data-testid=after-call-step] a")
    doctor.browser.find("vinteos-submit")
    doctor.browser.run(
        """
        for (const group of document.querySelectorAll("#vinteos fieldset"))
          group.querySelector("input").click();
        """
    )
    doctor.browser.click("vinteos-submit")
    doctor.browser.find("vinteos-filled")
    assert running.rows(count) == [(before[0][0] + 1,)]
    number = doctor.browser.find("vinteos-number").get_attribute("data-number")
    # A second time for the same call counts nothing.
    doctor.browser.reload()
    doctor.browser.find("vinteos-filled")
    assert doctor.browser.find("vinteos-number").get_attribute("data-number") == number
    # The guest is not asked.
    assert not guest.browser.sees("after-call-step")
