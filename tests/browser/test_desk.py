"""The desk: two doctors at once, strangers, and what an assistant may."""

from __future__ import annotations

import pytest

from tests.browser.people import Doctor
from tests.browser.practice import Practice

# What asks to let a guest in is kept until ``storyAsk`` is called.
KEEP_THE_QUESTION = """
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
  if (!String(data).includes("visit.admit")) return send.call(this, data);
  globalThis.storyAsk = () => send.call(this, data);
};
"""


@pytest.fixture
def colleague(running):
    return Practice(running, "dr.beispiel")


@pytest.mark.requirement("WR-4", "WR-5")
def test_two_doctors_admit_at_once_and_one_is_told_who_was_faster(
    doctor, guest, practice, colleague
):
    shared = practice.code_for("Erika Muster", room="Sprechstunde")
    doctor.is_signed_in_as(practice)
    first = doctor.browser.driver.current_window_handle
    second = doctor.browser.new_tab()
    doctor.is_signed_in_as(colleague)
    guest.waits_as("Erika Muster", shared)
    doctor.row_of("Erika Muster")
    # Both press before either has heard of the other; the colleague's question is long on its way.
    doctor.browser.go_to_tab(first)
    doctor.row_of("Erika Muster")
    doctor.browser.go_to_tab(second)
    doctor.browser.run(KEEP_THE_QUESTION)
    doctor.browser.click("[data-admit]")
    doctor.browser.go_to_tab(first)
    doctor.browser.click("[data-admit]")
    doctor.browser.go_to_tab(second)
    doctor.browser.find(".visit-gone [data-dismiss]")
    doctor.browser.run("storyAsk()")
    doctor.browser.wait_for_words("Dr. Mara Probe hat diesen Gast schon hereingebeten.")
    assert not doctor.browser.sees("hang-up")
    doctor.browser.driver.close()
    doctor.browser.go_to_tab(first)
    assert doctor.browser.sees("hang-up")
    guest.is_in_a_call()


@pytest.mark.requirement("ADM-1", "WR-5")
def test_a_doctor_of_another_practice_never_hears_of_the_guest(doctor, guest, practice, running):
    stranger = Practice(running, "dr.muster")
    doctor.is_signed_in_as(stranger)
    doctor.browser.watch.collect()
    guest.waits_as("Erika Muster", practice.code_for("Erika Muster"))
    guest.is_told("angemeldet seit")
    doctor.browser.reload()
    doctor.browser.find("new-code")
    assert "Niemand wartet" in doctor.browser.text_of_page()
    doctor.browser.watch.collect()
    visit = running.rows("SELECT id FROM visit WHERE state = 'waiting'")[0][0]
    # Neither its page nor its socket ever carried the guest.
    assert "Erika" not in doctor.browser.driver.page_source
    assert not any(visit in frame for frame in doctor.browser.watch.frames)


@pytest.mark.requirement("WR-4")
def test_a_guest_is_put_back_and_keeps_the_place(doctor, guest, practice):
    doctor.is_in_a_call_with(guest, practice, "Erika Muster")
    doctor.puts_back("Erika Muster")
    guest.is_in_no_call()
    guest.is_told("Die Praxis weiß, dass Sie da sind")
    doctor.is_in_no_call()
    doctor.browser.find("[data-name='Erika Muster'][data-state=waiting]")
    # And is let in again.
    doctor.admits("Erika Muster")
    guest.is_in_a_call()
    doctor.is_in_a_call()


@pytest.mark.requirement("ADM-5", "WR-4")
def test_an_assistant_sees_the_queue_and_cannot_let_anybody_in(doctor, guest, practice, running):
    reception = Practice(running, "empfang.markt")
    doctor.is_signed_in_as(reception)
    guest.waits_as("Erika Muster", practice.code_for("Erika Muster"))
    doctor.row_of("Erika Muster")
    assert not doctor.browser.sees("admit")
    assert "Hereinbitten kann nur eine Ärztin oder ein Arzt." in doctor.browser.text_of_page()


@pytest.mark.requirement("TEN-4")
def test_a_doctor_who_is_not_verified_is_told_why_nobody_can_be_let_in(here, running):
    doctor = Doctor(here)
    doctor.is_signed_in_as(Practice(running, "dr.neu"))
    assert not doctor.browser.sees("admit")
    doctor.browser.wait_for_words("Ihre Angaben werden noch geprüft.")


@pytest.mark.requirement("UX-4")
def test_a_desk_without_a_network_says_so_at_once(doctor, practice):
    doctor.browser.watch.expect("net::ERR_INTERNET_DISCONNECTED", "WebSocket")
    doctor.is_signed_in_as(practice)
    doctor.browser.wait(lambda: not doctor.browser.sees("#queue-away"), "the desk is connected")
    # Long before the socket's own silence tells, which takes 25 seconds.
    doctor.browser.network(there=False)
    doctor.browser.wait(lambda: doctor.browser.sees("#queue-away"), "the desk says so", 10)
    doctor.browser.network(there=True)
    doctor.browser.wait(lambda: not doctor.browser.sees("#queue-away"), "the network is back")
