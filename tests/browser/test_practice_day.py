"""A practice and its day: who is expected, words to those who wait, a colleague's waiting room."""

from __future__ import annotations

import io
from base64 import b64decode
from datetime import datetime

import pytest
from PIL import Image

from portal.language import ZONE
from tests.browser.people import Doctor
from tests.browser.practice import Practice

SECRET = "Geheim-4711"
# Whether a picture of the page is shown, and not only asked for.
PICTURE = """
const image = document.querySelector(arguments[0]);
return image?.complete && image.naturalWidth > 0 ? image.src : null;
"""

FILL = """
const [field, value] = [document.querySelector(arguments[0]), arguments[1]];
field.value = value;
field.dispatchEvent(new Event("change", { bubbles: true }));
"""
LAST = 24 * 60


def now():
    """Return the time in the practices."""
    return datetime.now(ZONE)


@pytest.fixture
def colleague(running):
    return Practice(running, "dr.beispiel")


def says(doctor, guest, state):
    """Wait until the list of the day says how far a guest is."""

    def row():
        lines = doctor.browser.all("#today li")
        return next((line for line in lines if guest in line.text and state in line.text), None)

    return doctor.browser.wait(row, f"the day's list says of {guest}: {state}")


def writes_to(doctor, name, text):
    """Write to one guest who waits."""
    doctor.opens_the_menu_of(name)
    doctor.browser.type(f"[data-name='{name}'] [data-message] input", text)
    doctor.browser.click(f"[data-name='{name}'] [data-testid=message]")


@pytest.mark.requirement("WR-1", "WR-4", "WR-5")
def test_those_who_wait_are_written_to_and_one_goes_on_to_a_colleague(
    doctor, guest, practice, colleague
):
    # Given a colleague at their own desk, and two guests in two rooms of this doctor
    doctor.is_signed_in_as(colleague)
    theirs = doctor.browser.driver.current_window_handle
    mine = doctor.browser.new_tab()
    doctor.is_signed_in_as(practice)
    guest.waits_as("Erika Muster", practice.code_for("Erika Muster"))
    guest.browser.wait_for_words("Dr. Mara Probe")
    erika = guest.browser.driver.current_window_handle
    otto = guest.browser.new_tab()
    guest.waits_as("Otto Anders", practice.code_for("Otto Anders", room="Sprechstunde"))
    arrived = doctor.row_of("Erika Muster").get_attribute("data-arrived")
    doctor.row_of("Otto Anders")
    # When the doctor writes to one, the other does not read it
    writes_to(doctor, "Erika Muster", "Es dauert noch. <b>Bald</b>")
    guest.browser.go_to_tab(erika)
    guest.is_told("Es dauert noch. <b>Bald</b>")
    guest.browser.go_to_tab(otto)
    # And when the doctor writes to all, both do, in place of the words before
    doctor.browser.click("#queue-foot details:has([data-message-all]) summary")
    doctor.browser.type("#message-all", "Wir beginnen gleich.")
    doctor.browser.click("message-all")
    doctor.browser.wait_for_words("2 Gäste lesen es jetzt.")
    guest.is_told("Wir beginnen gleich.")
    assert "Es dauert noch" not in guest.browser.driver.page_source
    guest.browser.go_to_tab(erika)
    guest.is_told("Wir beginnen gleich.")
    assert "Es dauert noch" not in guest.browser.text("waiting-status")
    # What has gone to a room that is not theirs, a desk cannot fetch any more
    doctor.browser.watch.expect("404")
    # When the doctor sends one on, that one waits with the colleague, who is named, since before
    doctor.moves("Erika Muster", "Wartezimmer Dr. Beispiel")
    doctor.sees_nobody_called("Erika Muster")
    guest.browser.wait_for_words("Dr. Jan Beispiel")
    guest.is_told("Die Praxis weiß, dass Sie da sind")
    doctor.browser.go_to_tab(theirs)
    row = doctor.row_of("Erika Muster")
    assert row.get_attribute("data-arrived") == arrived
    # And the colleague lets in whom nobody but the colleague can let in now
    doctor.is_ready_for("Erika Muster")
    doctor.admits("Erika Muster")
    guest.is_in_a_call()
    doctor.browser.driver.close()
    doctor.browser.go_to_tab(mine)
    doctor.row_of("Otto Anders")


@pytest.fixture
def picture(tmp_path):
    """Return a photograph that names a secret beside the picture."""
    exif = Image.Exif()
    exif[0x010E] = SECRET
    path = tmp_path / "praxis.jpg"
    Image.new("RGB", (640, 480), (10, 120, 60)).save(path, exif=exif)
    return path


@pytest.mark.requirement("WR-2", "WR-4", "WR-8")
def test_who_is_expected_sees_the_room_and_the_day_knows_what_became_of_it(
    here, guest, running, picture
):
    # Given a room with a picture and an address, of a doctor whom no other story looks at
    lonely = Practice(running, "dr.alm")
    doctor = Doctor(here)
    doctor.is_signed_in_as(lonely)
    here.click("#queue-foot a[href^='/rooms/']")
    here.type("#address", "Seeweg 7, 8010 Graz")
    here.click("form[novalidate] .btn-primary")
    here.wait_for_words("Das Wartezimmer ist gespeichert.")
    here.driver.find_element("css selector", "#file-portrait").send_keys(str(picture))
    here.click("form[action$='/portrait'] button")
    here.wait_for_words("Das Bild ist gespeichert.")
    here.open("/desk")
    here.find("guest-name")
    # When an appointment is made, the day's list names it
    running.wait(lambda: now().hour * 60 + now().minute < LAST - 3, "a day is left", 200)
    for name, value in (("valid_on", f"{now():%Y-%m-%d}"), ("at", "23:59")):
        here.run(FILL, f"#{name}", value)
    code = doctor.makes_a_code("Frida Termin")
    assert "23:59" in says(doctor, "Frida Termin", "erwartet").text
    # And the guest, when waiting, sees whose room that is, without what the file said besides
    guest.waits_as("Frida Termin", code)
    shown = guest.browser.wait(
        lambda: guest.browser.run(PICTURE, ".room-portrait"), "the room's picture is shown"
    )
    assert SECRET.encode() in picture.read_bytes()
    received = b64decode(shown.partition("base64,")[2])
    assert SECRET.encode() not in received
    assert Image.open(io.BytesIO(received)).size == (320, 240)
    assert "Seeweg 7, 8010 Graz" in guest.browser.text("#practice")
    says(doctor, "Frida Termin", "wartet")
    # When the doctor declines, both read it, and a refusal that is taken back is taken back there
    doctor.declines("Frida Termin", "Bitte rufen Sie morgen an.")
    guest.is_told("Bitte rufen Sie morgen an.")
    says(doctor, "Frida Termin", "abgesagt")
    here.click("[data-undo]")
    says(doctor, "Frida Termin", "wartet")
    doctor.is_ready_for("Frida Termin")
    doctor.admits("Frida Termin")
    guest.is_in_a_call()
    doctor.hangs_up()
    says(doctor, "Frida Termin", "war da")
