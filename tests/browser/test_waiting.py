"""Waiting: the place is kept, and the page says at every moment what is going on."""

from __future__ import annotations

import pytest

from tests.browser.people import Guest
from tests.browser.practice import Practice

# A silent socket is given up after 25 seconds.
MISSED_WITHIN = 60


@pytest.fixture
def erika(doctor, guest, practice):
    """Return a guest who waits, with a doctor at the desk."""
    doctor.is_signed_in_as(practice)
    guest.waits_as("Erika Muster", practice.code_for("Erika Muster"))
    doctor.row_of("Erika Muster")
    return guest


@pytest.mark.requirement("WR-7")
def test_nobody_there_yet_is_told_and_so_is_the_doctor_who_comes(doctor, guest, running):
    # A practice whose desk no other story opens: presence is kept for a while.
    lonely = Practice(running, "dr.alm")
    guest.waits_as("Erika Muster", lonely.code_for("Erika Muster"))
    guest.is_told("In der Praxis ist gerade noch niemand am Platz")
    doctor.is_signed_in_as(lonely)
    guest.is_told("Die Praxis weiß, dass Sie da sind")


@pytest.mark.requirement("WR-5", "WR-7")
def test_who_reloads_keeps_the_place(doctor, erika):
    arrived = doctor.row_of("Erika Muster").get_attribute("data-arrived")
    visit = doctor.row_of("Erika Muster").get_attribute("data-visit")
    erika.browser.reload()
    erika.is_told("Die Praxis weiß, dass Sie da sind")
    row = doctor.row_of("Erika Muster")
    assert (row.get_attribute("data-visit"), row.get_attribute("data-arrived")) == (visit, arrived)
    # Reloading has not let anybody in.
    assert not erika.browser.sees("hang-up")
    doctor.admits("Erika Muster")
    erika.is_in_a_call()


@pytest.mark.requirement("UX-4", "WR-7")
def test_a_lost_network_is_told_and_the_place_is_kept(doctor, erika):
    erika.browser.watch.expect("net::ERR_", "WebSocket")
    # Without it the page could lose the network before its scripts have arrived.
    doctor.browser.wait(
        lambda: "bereit" in doctor.row_of("Erika Muster").text, "the guest's page is awake"
    )
    visit = doctor.row_of("Erika Muster").get_attribute("data-visit")
    erika.browser.network(there=False)
    erika.is_told("Die Verbindung ist unterbrochen")
    erika.is_told("Ihr Platz bleibt erhalten")
    # The server has missed the page, and still keeps its place.
    doctor.browser.wait(
        lambda: "Verbindung unterbrochen" in doctor.row_of("Erika Muster").text,
        "the desk knows that the page is away",
        MISSED_WITHIN,
    )
    assert doctor.row_of("Erika Muster").get_attribute("data-visit") == visit
    erika.browser.network(there=True)
    erika.is_told("Die Praxis weiß, dass Sie da sind")
    doctor.browser.wait(
        lambda: "bereit" in doctor.row_of("Erika Muster").text, "the guest is back on the desk"
    )
    doctor.admits("Erika Muster")
    erika.is_in_a_call()


@pytest.mark.requirement("UX-4", "WR-7")
def test_a_tab_that_crashes_comes_back_to_its_place(doctor, yonder, practice):
    guest = Guest(yonder)
    doctor.is_signed_in_as(practice)
    guest.waits_as("Erika Muster", practice.code_for("Erika Muster"))
    doctor.knows_ready("Erika Muster")
    row = doctor.row_of("Erika Muster")
    place = row.get_attribute("data-visit"), row.get_attribute("data-arrived")
    with guest.browser.crashed():
        doctor.browser.wait(
            lambda: "Verbindung unterbrochen" in doctor.row_of("Erika Muster").text,
            "the desk knows that the page is away",
        )
    # Nobody types a code or a name again: the tab kept them, and the server the place.
    guest.is_told("Die Praxis weiß, dass Sie da sind")
    doctor.knows_ready("Erika Muster")
    row = doctor.row_of("Erika Muster")
    assert (row.get_attribute("data-visit"), row.get_attribute("data-arrived")) == place
    doctor.admits("Erika Muster")
    guest.is_in_a_call()


@pytest.mark.requirement("WR-4")
def test_a_guest_who_is_declined_reads_why(doctor, erika):
    doctor.declines("Erika Muster", "Bitte rufen Sie morgen ab 8 Uhr an. <b>Danke</b>")
    erika.is_told("Heute ist leider kein Gespräch möglich")
    # The doctor's words are text, whatever they contain.
    erika.is_told("Bitte rufen Sie morgen ab 8 Uhr an. <b>Danke</b>")
    doctor.sees_nobody_called("Erika Muster")
    # It can be taken back.
    doctor.browser.click("[data-undo]")
    doctor.row_of("Erika Muster")


@pytest.mark.requirement("WR-7")
def test_a_guest_who_leaves_can_come_back(doctor, erika):
    erika.browser.click("#leave > button")
    erika.browser.click("#leave-dialog .btn-outline-danger")
    erika.is_told("Sie sind nicht mehr im Wartezimmer")
    doctor.sees_nobody_called("Erika Muster")
    erika.browser.click("form[action='/visit/return'] button")
    erika.is_told("Die Praxis weiß, dass Sie da sind")
    doctor.row_of("Erika Muster")


@pytest.mark.requirement("WR-7")
def test_who_changes_the_window_keeps_the_place_and_the_old_one_says_so(doctor, guest, practice):
    guest.browser.watch.expect("401")
    code = practice.code_for("Erika Muster")
    doctor.is_signed_in_as(practice)
    guest.waits_as("Erika Muster", code)
    visit = doctor.row_of("Erika Muster").get_attribute("data-visit")
    old = guest.browser.driver.current_window_handle
    new = guest.browser.new_tab()
    guest.waits_as("Erika Muster", code)
    guest.is_told("Die Praxis weiß, dass Sie da sind")
    assert doctor.row_of("Erika Muster").get_attribute("data-visit") == visit
    guest.browser.go_to_tab(old)
    guest.is_told("Dieses Fenster wartet nicht mehr")
    guest.browser.driver.close()
    guest.browser.go_to_tab(new)


@pytest.mark.requirement("CALL-13", "WR-3")
def test_a_guest_chooses_the_camera_before_the_call(erika):
    chosen = erika.chooses_the_last("#devices-camera")
    erika.browser.wait(
        lambda: (
            erika.browser.run(
                "return document.querySelector('#devices video').srcObject"
                "?.getVideoTracks()[0]?.getSettings().deviceId"
            )
            == chosen
        ),
        "the other camera is in use",
    )


@pytest.mark.requirement("CALL-13", "UX-4", "WR-4")
def test_a_guest_without_permission_is_helped_and_the_desk_sees_it(doctor, guest, practice):
    guest.browser.cdp(
        "Page.addScriptToEvaluateOnNewDocument",
        source="navigator.mediaDevices.getUserMedia = async () => {"
        " throw new DOMException('no', 'NotAllowedError'); };",
    )
    doctor.is_signed_in_as(practice)
    guest.waits_as("Erika Muster", practice.code_for("Erika Muster"))
    guest.browser.wait_for_words("Ihr Browser darf die Kamera nicht benutzen.")
    assert guest.browser.find("[data-help]").get_attribute("open")
    doctor.browser.wait(
        lambda: "Kamera nicht erlaubt" in doctor.row_of("Erika Muster").text,
        "the desk shows what is missing",
    )


@pytest.mark.requirement("WR-7")
def test_while_the_doctor_talks_the_next_guest_is_told(doctor, guest, practice):
    doctor.is_in_a_call_with(guest, practice, "Otto Anders")
    first = guest.browser.driver.current_window_handle
    guest.browser.new_tab()
    guest.waits_as("Erika Muster", practice.code_for("Erika Muster"))
    guest.is_told("Gerade läuft ein anderes Gespräch")
    # Nothing of the one who talks reaches the one who waits.
    assert "Otto" not in guest.browser.driver.page_source
    second = guest.browser.driver.current_window_handle
    doctor.hangs_up()
    guest.is_told("Die Praxis weiß, dass Sie da sind")
    guest.browser.go_to_tab(first)
    guest.browser.driver.close()
    guest.browser.go_to_tab(second)
