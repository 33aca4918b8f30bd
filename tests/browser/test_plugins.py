"""Plugins in pages: a form in the waiting room, the operator's approval, a place that fails."""

from __future__ import annotations

import pytest

from tests.browser.people import Doctor
from tests.browser.practice import Practice

WATCH_THE_SLOTS = """
window.leastShown = 1;
const look = () => {
  for (const slot of document.querySelectorAll("#queue [data-wake=slot]")) {
    window.leastShown = Math.min(window.leastShown, slot.childElementCount);
  }
};
new MutationObserver(look).observe(document.querySelector("#queue"), {
  childList: true,
  subtree: true,
});
"""


@pytest.mark.requirement("PLG-4")
def test_a_guest_agrees_in_the_waiting_room_and_keeps_the_place(doctor, guest, practice):
    doctor.is_signed_in_as(practice)
    guest.waits_as("Erika Muster", practice.code_for("Erika Muster"))
    browser = guest.browser
    browser.find("consent-form-agree")
    doctor.browser.wait_for_words("Einwilligung fehlt noch")
    doctor.browser.run(WATCH_THE_SLOTS)
    browser.watch.expect("status of 422")
    browser.click("consent-form-agree")
    browser.wait_for_words("Bitte setzen Sie den Haken")
    browser.click("#consent-form-agreed")
    browser.click("consent-form-agree")
    browser.find("consent-form-given")
    doctor.browser.wait_for_words("Einwilligung liegt vor")
    # An empty place would let the buttons below it jump up, under a finger that is on its way.
    assert doctor.browser.run("return window.leastShown") == 1
    guest.is_told("Die Praxis weiß, dass Sie da sind")
    browser.reload()
    browser.find("consent-form-given")
    doctor.admits("Erika Muster")
    guest.is_in_a_call()


@pytest.mark.requirement("PLG-4")
def test_the_administrator_reads_numbers_and_tests_a_connection(here, running):
    admin = Practice.token_of(running, "verwaltung.markt")
    Doctor(here).is_signed_in_with(admin, "/admin")
    here.click("[data-plugin=consent_form]")
    here.find("consent-form-number")
    Doctor(here).is_signed_in_with(admin, "/admin/plugins/sms_dicomsys")
    here.click("plugin-check")
    here.find("plugin-health")
    here.wait_for_words("Das Gateway ist")


@pytest.mark.requirement("PLG-1")
def test_the_operator_withdraws_and_approves(here, running):
    Doctor(here).is_signed_in_with(Practice.token_of(running, "betrieb"), "/operator/plugins")
    here.click("a[href='/operator/plugins/sms_dicomsys']")
    here.wait_for_words("Mobilnummern in SMS")
    here.click("[name=withdraw]")
    here.wait_for_words("Die Freigabe ist zurückgenommen.")
    here.click("plugin-approve")
    here.wait_for_words("Die Freigabe ist erteilt.")


@pytest.mark.requirement("PLG-3")
def test_a_place_that_cannot_be_filled_says_so_and_can_be_asked_again(doctor, guest, practice):
    doctor.is_signed_in_as(practice)
    guest.waits_as("Jan Beispiel", practice.code_for("Jan Beispiel"))
    browser = guest.browser
    browser.find("consent-form-agree")
    browser.watch.expect("net::ERR_")
    browser.cdp("Network.enable")
    browser.cdp("Network.setBlockedURLs", urls=["*/slots/*"])
    browser.run("document.dispatchEvent(new CustomEvent('language:changed'))")
    browser.find("plugin-slot-failed")
    assert "„Einwilligungsbogen“ kann gerade nicht angezeigt werden." in browser.text_of_page()
    browser.cdp("Network.setBlockedURLs", urls=[])
    browser.click("[data-testid=plugin-slot-failed] button")
    browser.find("consent-form-agree")


@pytest.mark.requirement("PLG-4")
def test_a_doctor_sets_up_an_extension_and_switches_it_off_for_themself(here, running):
    doctor = Practice.token_of(running, "dr.probe")
    Doctor(here).is_signed_in_with(doctor, "/account")
    here.click("a[href='/account/plugins/vinteos']")
    here.click("[name=quiet]")
    here.click("#plugin-settings .btn-primary")
    here.wait_for_words("Die Einstellungen sind gespeichert.")
    here.click("[name=forget]")
    here.wait(lambda: not here.sees("[name=forget]"), "the settings are forgotten")
    Doctor(here).is_signed_in_with(doctor, "/account")
    here.click("#own-plugin-vinteos[aria-checked=true]")
    here.click("#own-plugin-vinteos[aria-checked=false]")
    here.find("#own-plugin-vinteos[aria-checked=true]")


@pytest.mark.requirement("PLG-4")
def test_sales_sets_an_extension_up_for_the_whole_provider(here, running):
    Doctor(here).is_signed_in_with(Practice.token_of(running, "vertrieb.nordlicht"), "/sales")
    here.click("a[href='/sales/plugins']")
    here.click("a[href='/sales/plugins/sms_lox24']")
    here.click("plugin-check")
    here.wait_for_words("Es ist kein API-Key eingetragen.")
    here.type("#token", "1:geheim-9")
    here.click("#plugin-settings .btn-primary")
    here.wait_for_words("Die Einstellungen sind gespeichert.")
    here.click("[name=forget]")
    here.wait(lambda: not here.sees("[name=forget]"), "the settings are forgotten")


@pytest.mark.requirement("PLG-4")
def test_the_administrator_sees_a_mail_as_it_would_arrive_while_writing_it(here, running):
    admin = Practice.token_of(running, "verwaltung.markt")
    Doctor(here).is_signed_in_with(admin, "/admin/messages/texts")
    here.find("#text-consent_form-monthly-mail-de")
    here.type("#text-consent_form-monthly-mail-de", " Danke {month}!")
    here.wait_for_words("Danke 10/2026!")
