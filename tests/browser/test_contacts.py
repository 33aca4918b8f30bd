"""Two doctors of different organisations find each other, become contacts, and call."""

from __future__ import annotations

import pytest

from tests.browser.browser import css
from tests.browser.people import Doctor


@pytest.fixture
def alm(there):
    """Return a doctor of another provider company, who wants to be found."""
    doctor = Doctor(there)
    doctor.signs_in("dr.alm")
    return doctor


@pytest.fixture
def beispiel(here):
    doctor = Doctor(here)
    doctor.signs_in("dr.beispiel")
    return doctor


def card_of(doctor, name, kind="contact"):
    """Return the row of somebody in a list of contacts or of search results."""

    def row():
        rows = doctor.browser.all(kind)
        return next((each for each in rows if name in each.get_attribute("data-name")), None)

    return doctor.browser.wait(row, f"{name} stands in the list")


def press(doctor, name, testid, kind="contact"):
    def pressed():
        button = card_of(doctor, name, kind).find_element("css selector", css(testid))
        if button.get_attribute("aria-disabled") == "true":
            return False
        button.click()
        return True

    doctor.browser.wait(pressed, f"{testid} of {name} can be pressed", 40)


def finds(doctor, words):
    doctor.browser.open("/contacts/search")
    doctor.browser.type("#search", words)
    doctor.browser.click(".search button")


def become_contacts(one, other):
    """Let one ask and the other accept, unless an earlier story did."""
    finds(one, "alm")
    row = card_of(one, "Alm", "found")
    if row.find_elements("css selector", css("ask-contact")):
        press(one, "Alm", "ask-contact", "found")
        one.browser.wait(lambda: "Angefragt" in card_of(one, "Alm", "found").text, "it was asked")
        # The open page of the other counts the request by itself.
        other.browser.find("#contact-badge.badge")
        other.browser.open("/contacts")
        press(other, "Beispiel", "accept-contact")
        other.browser.find("contact-told")
    one.browser.open("/contacts")
    other.browser.open("/contacts")
    card_of(one, "Alm")
    card_of(other, "Beispiel")


@pytest.mark.requirement("PRO-3", "CALL-1")
def test_two_doctors_find_each_other_call_and_hang_up(beispiel, alm):
    become_contacts(beispiel, alm)
    # When one calls the other
    press(beispiel, "Alm", "call-contact")
    beispiel.browser.wait_for_words("wird angerufen")
    alm.browser.wait_for_words("Dr. Jan Beispiel ruft Sie an.")
    alm.browser.click("answer-call")
    # Then each sees and hears the other, on the desk
    for doctor in (beispiel, alm):
        doctor.is_in_a_call(40)
    for doctor in (beispiel, alm):
        doctor.hears_the_other()
        assert doctor.browser.path == "/desk"
    alm.writes("Guten Tag, Herr Kollege.")
    beispiel.reads("Guten Tag, Herr Kollege.")
    # When one hangs up
    alm.hangs_up()
    # Then both are back on the desk, with a summary
    for doctor in (beispiel, alm):
        doctor.browser.find("call-summary")
        doctor.is_in_no_call()
        summary = doctor.browser.text("call-summary")
        assert "Dr. Jan Beispiel" in summary
        assert "Dr. Resi Alm" in summary
        doctor.browser.find("new-code")


@pytest.mark.requirement("PRO-3")
def test_a_call_is_declined_and_the_caller_reads_it(beispiel, alm):
    become_contacts(beispiel, alm)
    press(alm, "Beispiel", "call-contact")
    beispiel.browser.wait_for_words("Dr. Resi Alm ruft Sie an.")
    beispiel.browser.click("decline-call")
    alm.browser.wait_for_words("Dr. Jan Beispiel hat abgelehnt.")
    alm.browser.click("dismiss-call")
    alm.browser.wait(lambda: not alm.browser.sees("ring"), "the line is gone")
    assert not beispiel.browser.sees("ring")


@pytest.mark.requirement("PRO-3")
def test_a_caller_who_gives_up_leaves_a_line_behind(beispiel, alm):
    become_contacts(beispiel, alm)
    press(alm, "Beispiel", "call-contact")
    beispiel.browser.wait_for_words("ruft Sie an.")
    alm.browser.click("cancel-call")
    beispiel.browser.wait_for_words("Verpasster Anruf von Dr. Resi Alm")
    assert not alm.browser.sees("ring")


@pytest.mark.requirement("PRO-2", "PRO-3")
def test_a_hidden_doctor_is_not_found(beispiel):
    finds(beispiel, "muster")
    beispiel.browser.wait_for_words("Niemand gefunden zu „muster“")
    assert beispiel.browser.all("found") == []


@pytest.mark.requirement("PRO-2")
def test_the_first_sign_in_asks_whether_one_wants_to_be_found(there):
    doctor = Doctor(there)
    doctor.signs_in("dr.muster")
    doctor.browser.wait_for_words("Möchten Sie von anderen Ärztinnen und Ärzten gefunden werden?")
    doctor.browser.click("stay-hidden")
    doctor.browser.wait_for_words("Es bleibt dabei: Niemand findet Sie.")
    doctor.browser.reload()
    doctor.browser.find("new-code")
    assert not doctor.browser.sees("be-findable")


@pytest.mark.requirement("PRO-1")
def test_a_profile_is_filled_in_and_the_preview_shows_what_was_released(there):
    doctor = Doctor(there)
    doctor.signs_in("dr.muster")
    doctor.browser.open("/profile")
    doctor.browser.watch.expect("422")
    doctor.browser.type("#specialty", "Chirurgie")
    doctor.browser.type("#website", "javascript:alert(1)")
    doctor.browser.click("save-profile")
    doctor.browser.wait_for_words("Bitte geben Sie eine Adresse wie")
    assert doctor.browser.find("#specialty").get_attribute("value") == "Chirurgie"
    doctor.browser.type("#website", "https://chirurgie.example")
    doctor.browser.click("#show_specialty")
    doctor.browser.click("save-profile")
    doctor.browser.wait_for_words("Ihr Profil ist gespeichert.")
    preview = doctor.browser.text("preview")
    assert "Chirurgie" in preview
    assert "chirurgie.example" not in preview
