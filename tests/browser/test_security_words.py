"""Two people find out by a few words whether somebody stands between them."""

from __future__ import annotations

import pytest


@pytest.fixture
def talk(doctor, guest, practice):
    """Bring doctor and guest into a call whose words are there."""
    doctor.is_in_a_call_with(guest, practice, "Erika Muster")
    for one in (doctor, guest):
        one.is_checked("open")


def types(doctor, *heard):
    doctor.opens_panel("security-toggle")
    for number, word in enumerate(heard, 1):
        doctor.browser.type(f"security-word-{number}", word)
    doctor.browser.click("security-check")


@pytest.mark.requirement("CALL-10")
@pytest.mark.usefixtures("talk")
def test_the_guest_reads_out_and_the_doctor_types_and_both_are_sure(doctor, guest):
    words = guest.security_words()
    assert len(words) == 4
    assert "noch nicht geprüft" in doctor.browser.text("security-state")
    # Four letters are enough, and case does not matter.
    types(doctor, words[0].upper(), words[1][:4])
    doctor.is_checked("checked")
    assert "geprüft mit Erika Muster um " in doctor.browser.text("security-state")
    assert doctor.security_words() == words
    guest.browser.click("security-right")
    guest.is_checked("checked")
    assert "Dr. Mara Probe" in guest.browser.text("security-state")


@pytest.mark.requirement("CALL-10")
@pytest.mark.usefixtures("talk")
def test_both_can_look_at_all_the_words_instead(doctor, guest):
    doctor.opens_panel("security-toggle")
    doctor.browser.click("security-all")
    assert doctor.security_words() == guest.security_words()


@pytest.mark.requirement("CALL-10")
@pytest.mark.usefixtures("talk")
def test_a_word_that_no_list_has_is_asked_for_again_and_a_wrong_one_ends_all(doctor, guest):
    words = guest.security_words()
    types(doctor, "Xylofon", words[1])
    doctor.browser.wait_for_words("Dieses Wort steht in keiner Liste.")
    assert doctor.security_state() == "open"
    types(doctor, words[2] if words[2] != words[0] else words[3], words[1])
    doctor.is_checked("alarm")
    guest.is_checked("alarm")
    for one in (doctor, guest):
        assert one.browser.find("mute-audio").get_attribute("aria-pressed") == "true"
        assert one.browser.find("mute-video").get_attribute("aria-pressed") == "true"
        one.browser.wait_for_words("Legen Sie auf, und rufen Sie an.")
    # It was a slip of the tongue: the same words can be compared once more.
    guest.browser.click("security-again")
    assert guest.security_words() == words
    guest.browser.click("security-right")
    guest.is_checked("checked")


@pytest.mark.requirement("CALL-10")
@pytest.mark.usefixtures("talk")
def test_another_connection_has_other_words_and_is_to_be_checked_again(doctor, guest):
    before = guest.security_words()
    guest.browser.click("security-right")
    guest.is_checked("checked")
    doctor.browser.reload()
    doctor.is_in_a_call()
    for one in (doctor, guest):
        one.is_checked("open")
    after = guest.security_words()
    assert after != before
    types(doctor, *after[:2])
    doctor.is_checked("checked")


@pytest.mark.requirement("CALL-10", "UX-1")
@pytest.mark.usefixtures("talk")
def test_both_read_from_the_list_of_the_doctors_language(doctor, guest):
    guest.browser.click("a[hreflang=en]")
    guest.browser.wait_for_words("Encrypted, not checked yet.")
    words = guest.security_words()
    types(doctor, *words[:2])
    doctor.is_checked("checked")
    assert doctor.security_words() == words
