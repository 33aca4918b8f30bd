"""Three in a call: a companion or a colleague comes in, one is taken out, another takes over."""

from __future__ import annotations

import pytest

from tests.browser.browser import css
from tests.browser.people import Doctor, Guest
from tests.browser.practice import Practice

PICTURES = """
return [...document.querySelectorAll(arguments[0])]
  .filter((video) => video.videoWidth > 0 && !video.paused).length;
"""


@pytest.fixture
def companion(yonder):
    return Guest(yonder)


@pytest.fixture
def colleague(yonder):
    return Doctor(yonder)


def sees_others(person, number=2):
    videos = css("remote-video")
    person.browser.wait(
        lambda: person.browser.run(PICTURES, videos) == number, f"pictures of {number} others run"
    )


def counts(person, number):
    words = f"{number} Personen in diesem Gespräch"
    person.browser.wait(lambda: person.browser.text("call-count") == words, words)


def all_read_the_same(people, before):
    """Compare the words of a group, which are others than those of two, until all are sure."""
    for one in people:
        one.is_checked("open")
    words = people[0].security_words()
    assert words != before
    for one in people[1:]:
        assert one.security_words() == words
    for one in people:
        one.browser.click("security-right")
        one.is_checked("checked")
    for one in people:
        one.browser.wait_for_words("3 von 3 Personen haben verglichen")
        assert len(one.browser.all(".call-tile.is-sure")) == 2


@pytest.mark.requirement("CALL-3", "CALL-4", "CALL-10", "CALL-15", "CALL-17")
def test_a_companion_comes_into_the_call_and_is_taken_out_again(doctor, guest, companion, practice):
    doctor.is_in_a_call_with(guest, practice, "Erika Muster")
    words = guest.security_words()
    assert len(words) == 4
    # The companion has a code of the same doctor, and waits like everybody.
    companion.waits_as("Jan Beispiel", practice.code_for("Jan Beispiel"))
    doctor.brings_in("Jan Beispiel")
    people = (doctor, guest, companion)
    for one in people:
        sees_others(one)
        counts(one, 3)
    guest.browser.wait_for_words("Begleitung")
    all_read_the_same(people, words)
    companion.writes("Guten Tag zusammen.")
    for one in people:
        one.reads("Guten Tag zusammen.")
    companion.browser.wait_for_words("zugestellt")
    companion.browser.click("mute-audio")
    doctor.browser.find(".call-tile .call-mark:not([hidden])")
    guest.browser.type("presence-who", "meine Schwester")
    guest.browser.click("presence-send")
    for one in (doctor, companion):
        one.browser.wait_for_words("Bei Erika Muster im Raum: meine Schwester.")
    # A page that is loaded anew is back with both others, and says what it does not show.
    assert not guest.browser.sees("chat-earlier")
    guest.browser.reload()
    for one in people:
        sees_others(one)
        one.is_checked("open")
    guest.opens_panel("chat-toggle")
    guest.browser.wait_for_words("Was schon geschrieben wurde, sehen Sie nicht")
    # Whoever is taken out is out at once, and the others go on.
    doctor.takes_out("Jan Beispiel")
    companion.is_in_no_call()
    companion.is_told("Vielen Dank für Ihren Besuch")
    for one in (doctor, guest):
        one.is_in_a_call()
        one.browser.wait(
            lambda one=one: len(one.browser.all("remote-video")) == 1, "two are in the call"
        )
    doctor.hangs_up()
    guest.is_told("Vielen Dank für Ihren Besuch")
    doctor.browser.wait(
        lambda: "3 Personen" in doctor.browser.text("summary-people"), "the summary names three"
    )


@pytest.mark.requirement("CALL-3", "PRO-3")
def test_a_colleague_is_rung_into_the_call_takes_it_over_and_ends_it(
    doctor, guest, colleague, practice, running
):
    theirs = Practice(running, "dr.beispiel")
    practice.becomes_a_contact_of(theirs, "beispiel")
    colleague.is_signed_in_as(theirs)
    colleague.browser.find("#desk[data-socket=open]")
    doctor.is_in_a_call_with(guest, practice, "Erika Muster")
    # When the host calls the colleague into the running call
    doctor.rings_into_the_call("Dr. Jan Beispiel")
    colleague.browser.wait_for_words("Dr. Mara Probe ruft Sie an.")
    colleague.browser.click("answer-call")
    # Then each of the three sees both others, and the guest reads who has come
    people = (doctor, guest, colleague)
    for one in people:
        sees_others(one)
        counts(one, 3)
    guest.browser.wait_for_words("ärztlich dabei")
    assert not doctor.browser.sees("ring")
    # When the host hands the call over, all three are told who leads it
    doctor.hands_over_to("Dr. Jan Beispiel")
    colleague.browser.wait_for_words("Sie leiten jetzt das Gespräch.")
    for one in (doctor, guest):
        one.browser.wait_for_words("Dr. Jan Beispiel leitet jetzt das Gespräch.")
    assert not doctor.browser.sees("remove-person")
    # Then who led it may go: the others go on, and the first desk is free.
    doctor.hangs_up()
    doctor.browser.find("call-summary")
    for one in (guest, colleague):
        sees_others(one, 1)
        one.sees_the_other_move()
        one.hears_the_other()
    # Who leads it now ends it for the guest.
    colleague.opens_panel("people-toggle")
    assert colleague.browser.sees("remove-person")
    colleague.hangs_up()
    guest.is_told("Vielen Dank für Ihren Besuch")
    summary = colleague.browser.text("call-summary")
    assert all(name in summary for name in ("Erika Muster", "Mara Probe", "Jan Beispiel"))


@pytest.fixture
def group(practice):
    """Let the doctor's room be that of a group for one story; return a way to make codes for it."""
    *_others, (name, room) = practice.rooms.items()
    practice.post(f"/rooms/{room}", name=name, kind="group", doctor_name="Dr. Mara Probe")
    yield practice.code_for
    practice.post(f"/rooms/{room}", name=name, kind="personal", doctor_name="Dr. Mara Probe")


@pytest.mark.requirement("WR-1", "WR-4", "CALL-3")
def test_a_group_comes_into_one_call_with_one_press(doctor, guest, companion, practice, group):
    doctor.is_signed_in_as(practice)
    names = ("Erika Muster", "Jan Beispiel")
    for person, name in zip((guest, companion), names, strict=True):
        person.opens_the_link(group(name))
        # Before agreeing each reads who else will see and hear them; nobody's name is told.
        person.browser.wait_for_words("Die anderen sehen und hören Sie und lesen Ihren Namen.")
        person.gives_name_and_consent(name)
        person.is_told(f"lesen Ihren Namen: {name}.")
        doctor.is_ready_for(name)
    doctor.browser.wait(
        lambda: doctor.browser.text("admit-group") == "Alle hereinbitten (2)", "both are counted"
    )
    doctor.browser.click("admit-group")
    for one in (doctor, guest, companion):
        sees_others(one)
        counts(one, 3)
    assert not doctor.browser.sees("group")
    # Who left comes back late, and is brought into the call in which the others are.
    companion.hangs_up()
    companion.waits_as("Jan Beispiel", group("Jan Beispiel"))
    companion.is_told("Die Gruppe hat schon begonnen")
    doctor.browser.click("[data-fold]")
    doctor.is_ready_for("Jan Beispiel")
    doctor.row_of("Jan Beispiel").find_element("css selector", css("pick")).click()
    assert doctor.browser.text("admit-group") == "Ausgewählte dazuholen (1)"
    doctor.browser.click("admit-group")
    for one in (doctor, guest, companion):
        sees_others(one)


@pytest.mark.requirement("CALL-3")
def test_a_guest_brings_a_companion_who_comes_into_the_call(doctor, guest, companion, practice):
    doctor.is_signed_in_as(practice)
    guest.waits_as("Erika Muster", practice.code_for("Erika Muster"))
    guest.browser.click("companion-waiting")
    guest.browser.click("companion-code")
    code = guest.browser.text("companion-value")
    companion.waits_as("Jan Beispiel", code)
    assert "Begleitung von Erika Muster" in doctor.row_of("Jan Beispiel").text
    # Alone they come in only by the menu: the guest waits as well, and comes first.
    assert "hereinbitten" not in doctor.row_of("Jan Beispiel").text
    doctor.opens_the_menu_of("Jan Beispiel")
    assert "ohne Erika Muster:\nAllein hereinbitten" in doctor.row_of("Jan Beispiel").text
    doctor.is_ready_for("Erika Muster")
    doctor.browser.press("h")
    doctor.is_in_a_call()
    doctor.brings_in("Jan Beispiel")
    counts(companion, 3)
    guest.browser.wait_for_words("Begleitung")
    # In the call the guest finds the same button, and gets a further code: the first is used.
    guest.opens_panel("people-toggle")
    guest.browser.click("companion-call")
    guest.browser.click(f"{css('companion-call')} {css('companion-code')}")
    assert guest.browser.text("companion-value") != code
