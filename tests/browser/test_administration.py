"""From an invitation to the first code: administrator, new doctor, support, each in a browser."""

from __future__ import annotations

import re

import pytest

from portal.operations.demo_data import PASSWORD as DEMO_PASSWORD
from tests.browser.people import Doctor
from tests.browser.practice import Practice

LINK = re.compile(r"/link#[A-Za-z0-9_-]{20,}")
PASSWORD = "vier zufällige Wörter mit Umlaut"


def links_of(running):
    """Return the links that the demo has mailed so far, the newest first."""
    return LINK.findall(running.page("/demo/messages"))


@pytest.mark.requirement("ADM-2", "TEN-4", "WR-1")
def test_an_invited_doctor_is_verified_gets_a_room_and_makes_a_code(here, there, running):
    # Given an administrator who creates and invites a doctor from the side sheet
    admin, doctor = Doctor(here), Doctor(there)
    admin.is_signed_in_with(Practice.token_of(running, "verwaltung.markt"), "/admin")
    here.click("new-account")
    here.find("dialog[open] #last_name")
    here.type("#first_name", "Frieda")
    here.type("#last_name", "Frisch")
    here.type("account-email", "frieda.frisch@example.org")
    here.type("#physician_number", "754236701")
    before = links_of(running)
    here.click("create-and-invite")
    here.wait_for_words("Frieda Frisch ist angelegt und eingeladen.")
    # When the doctor opens the link of the mail and chooses a password
    running.wait(lambda: links_of(running) != before, "the invitation is in the box", 70)
    there.open(links_of(running)[0])
    there.type("new-password", PASSWORD)
    there.click("set-password")
    there.wait(
        lambda: (
            running.rows("SELECT state FROM account WHERE last_name = 'Frisch'") == [("confirmed",)]
        ),
        "the address is confirmed",
    )
    # And support verifies them
    admin.is_signed_in_with(Practice.token_of(running, "hilfe.nordlicht"), "/verification")
    here.wait_for_words("Frieda Frisch")
    here.click("verify")
    here.wait_for_words("Frieda Frisch ist freigeschaltet.")
    # And the administrator gives them a waiting room
    admin.is_signed_in_with(Practice.token_of(running, "verwaltung.markt"), "/admin?q=frisch")
    here.click("tbody th a[data-sheet]")
    here.click("room-for")
    here.click("create-room")
    here.wait_for_words("Das Wartezimmer ist angelegt.")
    # Then the doctor signs in and makes a code for a guest
    doctor.signs_in("frieda.frisch@example.org", PASSWORD)
    there.find("#desk")
    code = doctor.makes_a_code("Erika Muster")
    assert len(code) == 14
    # Whoever looks for it later finds it among those made last.
    assert code in doctor.browser.text("#recent-codes")


@pytest.mark.requirement("ADM-2", "ADM-4")
def test_several_accounts_are_chosen_suspended_and_put_back(here, running):
    admin = Doctor(here)
    admin.is_signed_in_with(Practice.token_of(running, "verwaltung.klinikum"), "/admin")
    here.wait_for_words("Plätzen belegt")
    for box in here.all("tbody tr:has(th) input[name=ids]"):
        if "Ordnung" not in box.get_attribute("aria-label"):
            box.click()
    here.wait_for_words("2 Konten ausgewählt")
    here.click("[data-bar] [data-ask=suspend]")
    here.wait_for_words("2 Konten werden gesperrt")
    here.click("confirm-action")
    here.wait_for_words("2 Konten gesperrt.")
    here.click("dialog[open] form[action='/admin/actions'] button")
    here.wait_for_words("2 Konten freigegeben.")
    here.press("\ue00c")  # Escape closes the sheet, and the list is fresh
    here.wait(lambda: not here.sees("dialog[open]"), "the sheet is closed")
    here.wait(lambda: "gesperrt" not in here.text("table > tbody"), "the list is fresh")


@pytest.mark.requirement("ADM-3")
def test_a_file_is_uploaded_looked_at_written_and_taken_back(here, running, tmp_path):
    path = tmp_path / "konten.csv"
    path.write_text(
        "Vorname;Nachname;E-Mail\nAnna;Import;a@import.example\nBert;Import;b@import.example\n",
        encoding="cp1252",
    )
    admin = Doctor(here)
    admin.is_signed_in_with(Practice.token_of(running, "verwaltung.klinikum"), "/admin/imports")
    here.find("import-file").send_keys(str(path))
    here.click("import-upload")
    here.find("import-confirm", 70)
    here.wait_for_words("Neue Konten")
    here.click("import-confirm")
    here.find("import-undo", 70)
    count = "SELECT count(*) FROM account WHERE last_name = 'Import'"
    assert running.rows(count) == [(2,)]
    here.click("import-undo")
    here.wait(lambda: running.rows(count) == [(0,)], "the import is undone", 70)


@pytest.mark.requirement("ADM-2")
def test_resetting_second_factors_asks_who_sits_there_over_the_sheet(here, running):
    here.watch.expect("403")
    admin = Doctor(here)
    token = Practice.token_of(running, "verwaltung.markt")
    admin.is_signed_in_with(token, "/admin?q=beispiel")
    running.change("UPDATE token SET factor_at = '2026-01-01 00:00:00.000000'")
    here.click("tbody th a[data-sheet]")
    here.click("dialog[open] button[value=reset_factors]")
    here.wait_for_words("1 Konto verliert alle zweiten Faktoren")
    here.click("confirm-action")
    # Who cancels the question finds the sheet as it was
    here.find("proof")
    here.click("[data-testid=proof] [data-cancel]")
    here.wait(lambda: not here.sees("proof"), "the question is gone")
    here.wait_for_words("1 Konto verliert alle zweiten Faktoren")
    # And who answers it need not confirm again
    here.click("confirm-action")
    here.type("proof-password", DEMO_PASSWORD)
    here.click("proof-submit")
    here.wait_for_words("Zweite Faktoren von 1 Konto zurückgesetzt.")
