"""Vinteos in a real browser: a questionnaire after the call, a draft that stays, the inbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.people import Doctor


def after_a_call(doctor: Doctor, guest, practice) -> None:
    """Come as far as the questionnaire of a call that has ended."""
    doctor.is_in_a_call_with(guest, practice, "Erika Muster")
    doctor.hangs_up()
    doctor.browser.click("[data-testid=after-call-step] a")
    doctor.browser.find("vinteos-submit")


def picks(doctor: Doctor, question: str, value: str) -> None:
    doctor.browser.click(f"#vinteos [name={question}][value='{value}']")


def waits_for_the_draft(doctor: Doctor) -> None:
    status = doctor.browser.find("vinteos-draft")
    doctor.browser.wait(lambda: "Entwurf gespeichert" in status.text, "the draft is saved")


@pytest.mark.requirement("VIN-1")
@pytest.mark.requirement("UX-4")
def test_a_questionnaire_asks_what_the_answers_bring_up_and_loses_nothing(doctor, guest, practice):
    browser = doctor.browser
    browser.watch.expect("ERR_INTERNET_DISCONNECTED", "422")
    after_a_call(doctor, guest, practice)
    # A question appears with the answer that brings it up, and goes with it.
    browser.wait(lambda: not browser.sees("#missing"), "the question is not there yet")
    picks(doctor, "settled", "partly")
    browser.find("#missing")
    assert "Was hat gefehlt?" in browser.run(
        "return document.getElementById('announcer').textContent"
    )
    picks(doctor, "settled", "yes")
    browser.wait(lambda: not browser.sees("#missing"), "the question is gone")
    picks(doctor, "settled", "no")
    picks(doctor, "missing", "time")
    browser.type("#remarks", "Das bleibt")
    waits_for_the_draft(doctor)
    # What was typed is there after a reload.
    browser.reload()
    browser.find("vinteos-submit")
    assert browser.find("#remarks").get_attribute("value") == "Das bleibt"
    assert browser.find("#vinteos [name=missing][value=time]").is_selected()
    # Without a network it stays on the page, and is saved when the network is back.
    browser.network(there=False)
    browser.type("#remarks", "Das bleibt und das auch")
    status = browser.find("vinteos-draft")
    browser.wait(lambda: "Noch nicht gespeichert" in status.text, "the page says so")
    browser.network(there=True)
    waits_for_the_draft(doctor)
    # Later, from the list of questionnaires that wait.
    browser.open("/p/vinteos/")
    browser.click("[data-testid=vinteos-open] a")
    browser.find("vinteos-submit")
    assert browser.find("#remarks").get_attribute("value").endswith("und das auch")
    browser.click("vinteos-submit")
    browser.find(".error-summary")
    assert browser.run("return document.activeElement.className") == "error-summary"
    picks(doctor, "quality", "4")
    picks(doctor, "spared", "no")
    browser.click("vinteos-submit")
    browser.find("vinteos-filled")
    assert "Zeit" in browser.find("#vinteos").text


@pytest.mark.requirement("VIN-2")
def test_an_administrator_previews_and_releases_a_month(here, running):
    from tests.browser.people import Doctor
    from tests.browser.practice import Practice

    admin = Doctor(here)
    admin.is_signed_in_with(
        Practice.token_of(running, "verwaltung.markt"), "/p/vinteos/participants"
    )
    assert "Mara Probe" in here.find("#vinteos").text
    here.open("/p/vinteos/reports")
    # The demo's first participant has been at it for weeks, so last month holds something.
    here.click("[data-testid=vinteos-month][data-standing=fresh] a")
    standing = here.find("vinteos-standing")
    assert standing.get_attribute("data-standing") == "fresh"
    assert "Zusammen" in here.find("#vinteos").text
    here.click("vinteos-release")
    here.find("[data-testid=vinteos-version][data-state=kept]")
    assert here.find("vinteos-standing").get_attribute("data-standing") == "same"
    assert not here.sees("vinteos-release")
