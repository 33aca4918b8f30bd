"""What people do about their data: a copy, figures, and remote support that they watch."""

from __future__ import annotations

import json

import pytest
from selenium.webdriver import Keys

from tests.browser.people import Doctor
from tests.browser.practice import Practice
from tests.browser.test_accessibility import look


@pytest.mark.requirement("PRIV-5", "UX-2")
def test_a_doctor_asks_for_a_copy_by_keyboard_and_gets_it(here, running, tmp_path):
    Doctor(here).is_signed_in_with(Practice.token_of(running, "dr.beispiel"), "/rights")
    here.cdp("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    here.tab_to("ask-access")
    here.press(Keys.ENTER)
    here.wait_for_words("Als JSON laden")
    assert look(here, "de") == []
    here.tab_to("[data-path='/rights/data.json']")
    here.press(Keys.ENTER)
    (path,) = here.wait(lambda: [*tmp_path.glob("*.json")], "the file is there")
    copy = json.loads(path.read_text(encoding="utf-8"))
    rows = [row for use in copy["uses"] for row in use["tables"].get("account", ())]
    assert "Beispiel" in {row.get("last_name") for row in rows}


@pytest.mark.requirement("PRIV-6", "UX-2")
def test_a_guest_sees_the_data_by_code_and_takes_them_back(here, running, practice):
    code = practice.code_for("Ina Rückruf")
    here.open("/my-data")
    here.tab_to("my-code")
    here.press(code, Keys.ENTER)
    here.wait(lambda: here.text("my-name") == "Ina Rückruf", "the name is shown")
    assert look(here, "de") == []
    here.tab_to("withdraw")
    here.press(Keys.ENTER)
    here.wait_for_words("Ihre Daten sind gelöscht")
    assert "Ina Rückruf" not in practice.get("/desk/codes")


@pytest.mark.requirement("STA-2", "UX-2")
@pytest.mark.parametrize("name", ["dr.probe", "verwaltung.markt"])
def test_figures_are_looked_at_for_a_period_and_taken_along(here, running, name, tmp_path):
    Doctor(here).is_signed_in_with(Practice.token_of(running, name), "/statistics")
    here.cdp("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    here.find("[data-chart=calls] tbody tr")
    before = here.text("[data-chart=calls]")
    here.tab_to("nav[aria-label=Zeitraum] a:last-child")
    here.press(Keys.ENTER)
    here.wait(lambda: here.text("[data-chart=calls]") != before, "a longer period is shown")
    # Words of any length, as a browser's name or a number that is not shown, stay within a phone.
    here.run(
        """for (const cell of document.querySelectorAll(".chart th, .chart h2, td.chart-number")) {
          cell.firstChild.textContent += "Datenschutzgrundverordnungskonform";
        }"""
    )
    assert look(here, "de") == []
    here.tab_to("[data-path='/statistics.csv']")
    here.press(Keys.ENTER)
    (path,) = here.wait(lambda: [*tmp_path.glob("*.csv")], "the file is there")
    assert "Gespräche" in path.read_text(encoding="utf-8-sig")
    here.wait(
        lambda: running.rows("SELECT 1 FROM statistic_event WHERE kind = 'export'"),
        "taking figures along is counted",
    )


@pytest.mark.requirement("SUP-1", "SUP-2", "SUP-3", "UX-2")
def test_remote_support_is_opened_watched_and_ended_at_once(here, there, running):
    # Given an administrator who opens remote support for accounts, by keyboard
    admin, support = Doctor(here), Doctor(there)
    admin.is_signed_in_with(Practice.token_of(running, "verwaltung.markt"), "/admin/support")
    for box in ("#accounts", "#consent"):
        here.tab_to(box)
        here.press(Keys.SPACE)
    here.tab_to("support-open")
    here.press(Keys.ENTER)
    password = here.find("support-password").text
    assert look(here, "de") == []
    # When somebody of support comes in with the password that was read out
    support.is_signed_in_with(Practice.token_of(running, "hilfe.nordlicht"), "/support")
    there.type("#password", password)
    there.type("#description", "Konto prüfen")
    there.click("support-enter")
    there.wait_for_words("Konten ansehen")
    # Then the administrator sees who is there, and each step as it happens
    here.wait_for_words("Ida Hilfe ist gerade in Ihren Daten.")
    there.click("form[action$='open_accounts'] button")
    here.wait_for_words("Konten angesehen")
    assert look(there, "de") == []
    # And ends it: the supporter is out without doing anything
    here.tab_to("support-end")
    here.press(Keys.ENTER)
    here.wait_for_words("Der Zugang ist geschlossen")
    there.wait_for_words("beendet")
    there.wait(lambda: not there.sees("form[action$='open_accounts']"), "nothing can be done")
