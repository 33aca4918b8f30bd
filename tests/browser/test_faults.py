"""Faults: processes are killed, and nothing is lost that people notice."""

from __future__ import annotations

import pytest

MEMBERS = """
SELECT member.subject_id FROM call_member AS member JOIN call ON call.id = member.call_id
WHERE call.ended_at IS NULL AND member.left_at IS NULL
"""


@pytest.mark.requirement("CALL-11")
def test_the_media_survive_a_killed_web_process(doctor, guest, practice, running):
    for one in (doctor, guest):
        one.browser.watch.expect("net::ERR_", "WebSocket")
    doctor.is_in_a_call_with(guest, practice, "Erika Muster")
    with running.away():
        # The pictures go on while the server is away.
        for one in (doctor, guest):
            one.sees_the_other_move()
        guest.writes("Hören Sie mich noch?")
        doctor.reads("Hören Sie mich noch?")
    for one in (doctor, guest):
        one.browser.wait(
            lambda one=one: one.is_heard_by_the_server(), "the page is connected to the server", 15
        )
        one.sees_the_other_move()
    # Whoever comes back is who was there: nobody has joined twice.
    there = [subject for (subject,) in running.rows(MEMBERS)]
    assert len(there) == len(set(there)) == 2
    doctor.hangs_up()
    assert "Erika Muster" in doctor.browser.text("call-summary")
    guest.is_told("Vielen Dank für Ihren Besuch")


@pytest.mark.requirement("CALL-11")
def test_a_call_whose_part_did_not_arrive_offers_to_load_the_page_anew(doctor, guest, practice):
    guest.browser.watch.expect("net::ERR_")
    guest.waits_as("Erika Muster", practice.code_for("Erika Muster"))
    with guest.browser.without("*/call/people/view*.js"):
        doctor.is_signed_in_as(practice)
        doctor.admits("Erika Muster")
        guest.is_in_a_call()
        guest.browser.wait_for_words("Ein Teil dieser Seite ist nicht angekommen.")
    guest.browser.click("[data-call=reload]")
    guest.is_in_a_call()
    doctor.is_in_a_call()
    guest.browser.click("people-toggle")
    assert "Dr. Mara Probe" in guest.browser.text("[data-panel=people], #call-people")
    assert not guest.browser.sees("call-partial")


@pytest.mark.requirement("WR-7")
def test_the_place_survives_a_killed_web_process(doctor, guest, practice, running):
    for one in (doctor, guest):
        one.browser.watch.expect("net::ERR_", "WebSocket", "Failed to fetch")
    doctor.is_signed_in_as(practice)
    guest.waits_as("Erika Muster", practice.code_for("Erika Muster"))
    doctor.knows_ready("Erika Muster")
    row = doctor.row_of("Erika Muster")
    place = row.get_attribute("data-visit"), row.get_attribute("data-arrived")
    with running.away():
        guest.is_told("Die Verbindung ist unterbrochen")
        doctor.browser.wait_for_words("Die Verbindung zum Server ist unterbrochen.")
    guest.is_told("Die Praxis weiß, dass Sie da sind", 20)
    doctor.browser.wait(
        lambda: not doctor.browser.sees("#queue-away"), "the desk is connected again", 15
    )
    row = doctor.row_of("Erika Muster")
    # The time of arrival is what those who wait are ordered by.
    assert (row.get_attribute("data-visit"), row.get_attribute("data-arrived")) == place
    doctor.admits("Erika Muster")
    guest.is_in_a_call()


@pytest.mark.requirement("UX-4")
def test_a_page_whose_part_did_not_arrive_mends_itself(guest, practice):
    guest.browser.watch.expect("visit.js", "net::ERR_")
    code = practice.code_for("Erika Muster")
    guest.opens_the_link(code)
    with guest.browser.without("*/waitingroom/visit.js", "*/healthz"):
        guest.gives_name_and_consent("Erika Muster")
        guest.browser.find("waiting-status")
    guest.browser.wait(
        lambda: guest.browser.run(
            "return performance.getEntriesByType('navigation')[0].type === 'reload'"
        ),
        "the page loads itself anew",
    )
    guest.is_told("angemeldet seit")


@pytest.mark.requirement("MSG-1")
def test_a_killed_worker_loses_no_message(practice, running):
    running.kill("worker")
    codes = [
        practice.code_for("Erika Muster", phone=f"+49 151 2345670{digit}") for digit in range(3)
    ]
    running.kill_when_there("worker")
    running.wait(
        lambda: all(running.page("/demo/messages").count(code) == 1 for code in codes),
        "each message arrives once",
        40,
    )
