"""How the connection carries, who is in the room, and what is known of a call when it is over."""

from __future__ import annotations

import pytest

SENDING = """
const active = storyPeers.filter(({ connectionState }) => connectionState === "connected")
  .flatMap((peer) => peer.getSenders()).filter(({ track }) => track?.kind === "video")
  .flatMap((sender) => sender.getParameters().encodings.map(({ active }) => active));
return active;
"""


@pytest.fixture
def talk(doctor, guest, practice):
    """Bring doctor and guest into a call."""
    doctor.is_in_a_call_with(guest, practice, "Erika Muster")


@pytest.mark.requirement("CALL-12")
@pytest.mark.usefixtures("talk")
def test_one_click_leaves_the_sound_only_and_the_call_goes_on(doctor, guest):
    guest.browser.find("call-quality")
    assert "Verbindung" in guest.browser.text("call-quality")
    guest.opens("sound-only")
    guest.browser.wait_for_words("Nur noch Ton")
    # Neither side sends a picture any more, so that all of the line is there for the sound.
    doctor.browser.find(".call-tile.is-dark")
    doctor.browser.wait(lambda: doctor.browser.run(SENDING) == [False], "no picture goes out")
    assert guest.browser.find("mute-video").get_attribute("aria-pressed") == "true"
    guest.hears_the_other()
    doctor.hears_the_other()
    guest.browser.click("mute-video")
    guest.browser.wait(
        lambda: guest.browser.find("sound-only").get_attribute("aria-pressed") == "false",
        "the pictures are back",
    )
    doctor.sees_the_other_move()
    guest.sees_the_other_move()


@pytest.mark.requirement("CALL-15")
@pytest.mark.usefixtures("talk")
def test_both_say_at_the_start_who_is_in_the_room(doctor, guest):
    doctor.browser.wait_for_words("Erika Muster hat noch nicht gesagt, wer im Raum ist.")
    doctor.browser.click("presence-alone")
    guest.browser.wait_for_words("Dr. Mara Probe ist allein im Raum.")
    guest.browser.click("presence-send")
    guest.browser.wait_for_words("Schreiben Sie, wer bei Ihnen ist")
    guest.browser.type("presence-who", "meine <b>Tochter</b>")
    guest.browser.click("presence-send")
    doctor.browser.wait_for_words("Bei Erika Muster im Raum: meine <b>Tochter</b>.")
    # Whoever comes back hears it again, and says it again.
    doctor.browser.reload()
    doctor.is_in_a_call()
    doctor.browser.wait_for_words("Bei Erika Muster im Raum: meine <b>Tochter</b>.")
    guest.browser.wait_for_words("Dr. Mara Probe hat noch nicht gesagt, wer im Raum ist.")
    guest.browser.click("presence-change")
    guest.browser.click("presence-alone")
    doctor.browser.wait_for_words("Erika Muster ist allein im Raum.")


@pytest.mark.requirement("CALL-17")
@pytest.mark.usefixtures("talk")
def test_the_summary_says_which_way_the_call_took_and_how_it_was_encrypted(doctor, guest):
    for one in (doctor, guest):
        one.browser.find("call-quality")
        one.is_checked("open")
    guest.opens_panel("security-toggle")
    guest.browser.click("security-right")
    guest.is_checked("checked")
    doctor.hangs_up()
    for one in (doctor, guest):
        one.browser.find("summary-way")
        assert one.browser.text("summary-way") == "Direkt von Gerät zu Gerät"
        assert "von Gerät zu Gerät verschlüsselt" in one.browser.text("summary-ciphers")
        one.browser.click("[data-testid=summary-ciphers] summary")
        assert "DTLS 1" in one.browser.text("summary-ciphers")
        assert "Nichts von dem, was gesagt" in one.browser.text("call-summary")
    assert guest.browser.text("summary-checked") == "Mit den Sicherheitswörtern geprüft"
    assert doctor.browser.text("summary-checked") == "Nicht mit den Sicherheitswörtern geprüft"
    # Only the page that was in the call knew it.
    guest.browser.reload()
    guest.browser.find("call-summary")
    assert not guest.browser.sees("summary-way")


@pytest.mark.requirement("CALL-11")
@pytest.mark.usefixtures("talk")
def test_who_hung_up_by_mistake_goes_on_with_the_same_guest(doctor, guest):
    doctor.hangs_up()
    doctor.browser.click("resume")
    for one in (doctor, guest):
        one.is_in_a_call()
        one.hears_the_other()
    assert not doctor.browser.sees("resume")
