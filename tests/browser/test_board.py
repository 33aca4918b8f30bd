"""Two people draw and write on one board, by mouse and by keyboard, and see the same."""

from __future__ import annotations

import pytest
from PIL import Image
from selenium.webdriver import Keys
from selenium.webdriver.common.action_chains import ActionChains

from tests.browser.test_accessibility import look

SCRIPTS = """
return performance.getEntriesByType("resource").map(({ name }) => name)
  .filter((name) => name.includes("/call/board/") || name.includes("perfect-freehand"));
"""
# It says what stands on it once it hears the buttons.
AWAKE = "return document.querySelector('[data-testid=board-summary]').textContent"
SHEET = "[data-testid=board-sheet]"
DRAWN = f"return document.querySelectorAll('{SHEET} > g:first-child > *').length"
WORDS = f"""
return [...document.querySelectorAll('{SHEET} text')]
  .map((text) => [...text.children].map((line) => line.textContent).join(" "));
"""
# Whatever is open, who wants to hang up need not look for it.
IN_REACH = """
const button = document.querySelector("[data-testid=hang-up]");
const { x, y, width, height } = button.getBoundingClientRect();
const met = document.elementFromPoint(x + width / 2, y + height / 2);
return button.contains(met);
"""
HOSTILE = "<svg onload=alert(1)><script>alert(2)</script>"


@pytest.fixture
def talk(doctor, guest, practice):
    """Bring doctor and guest into a call, with the board open at the doctor's."""
    guest.waits_as("Erika Muster", practice.code_for("Erika Muster"))
    assert guest.browser.run(SCRIPTS) == []
    doctor.is_signed_in_as(practice)
    doctor.is_ready_for("Erika Muster")
    doctor.admits("Erika Muster")
    doctor.is_in_a_call()
    guest.is_in_a_call()
    for one in (doctor, guest):
        one.browser.wait(lambda one=one: one.browser.run(AWAKE), "the board has come")
    doctor.opens("board-toggle")
    doctor.browser.find("board-sheet")


def has(person, number):
    person.browser.wait(
        lambda: person.browser.run(DRAWN) == number, f"{number} things stand on the board"
    )


@pytest.mark.requirement("CALL-6")
@pytest.mark.usefixtures("talk")
def test_both_draw_and_write_and_whoever_comes_back_finds_it_all(doctor, guest):
    doctor.draws("ink", (60, 10), (20, 30), (-50, 20))
    # The guest's board opens by itself, with the notice that stands there all the time.
    guest.browser.find("board-sheet")
    assert "nicht zur Befundung bestimmt" in guest.browser.text("board-notice")
    has(guest, 1)
    assert not guest.browser.sees("board-clear")
    doctor.draws("box", (80, 40))
    has(guest, 2)
    # By keyboard alone: the tool, the place, the words; what looks like code is words as well.
    page = guest.browser
    page.tab_to("board-text", 90)
    page.press(Keys.ENTER)
    page.tab_to("board-sheet", 90)
    page.press(Keys.LEFT, Keys.UP, Keys.ENTER, HOSTILE, Keys.ENTER)
    has(doctor, 3)
    # A line that is too long is broken, within a long word as well.
    (written,) = doctor.browser.run(WORDS)
    assert "".join(written.split()) == "".join(HOSTILE.split())
    # Each takes back their own last step.
    ActionChains(doctor.browser.driver).key_down(Keys.CONTROL).send_keys("z").perform()
    ActionChains(doctor.browser.driver).key_up(Keys.CONTROL).perform()
    has(guest, 2)
    doctor.browser.click("board-redo")
    has(guest, 3)
    # The eraser takes all that lies under it, whoever drew it.
    guest.draws("eraser", (10, 2), (50, 8))
    has(doctor, 0)
    page.click("board-undo")
    has(doctor, 3)
    # Another sheet for all; who loads the page anew finds all as it is.
    doctor.browser.click("board-add")
    page.wait_for_words("Blatt 2 von 2.")
    has(guest, 0)
    doctor.browser.click("board-previous")
    has(guest, 3)
    guest.browser.reload()
    guest.is_in_a_call()
    guest.browser.find("board-sheet")
    has(guest, 3)
    assert "Erika Muster" in doctor.browser.text("board-summary")
    doctor.browser.click("board-clear")
    has(guest, 0)


@pytest.mark.requirement("CALL-6", "UX-2")
@pytest.mark.usefixtures("talk")
def test_the_board_is_accessible_and_fits_a_phone(doctor, guest):
    doctor.draws("arrow", (60, 10))
    has(guest, 1)
    assert look(doctor.browser, "de") == []
    assert doctor.browser.run(IN_REACH)
    guest.browser.resize(360, 800)
    guest.draws("ink", (40, 10), (10, 10))
    has(doctor, 2)
    assert guest.browser.run(IN_REACH)
    guest.browser.press(Keys.ESCAPE)
    guest.browser.wait(lambda: not guest.browser.sees("board"), "Escape closes the board")
    # Who has put it away is told, and not disturbed.
    doctor.draws("oval", (50, 30))
    guest.browser.wait_for_words("Dr. Mara Probe zeigt etwas auf der Tafel.")
    assert not guest.browser.sees("board")
    doctor.hangs_up()
    doctor.browser.find("call-summary")
    assert doctor.browser.run(DRAWN) == 0


PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2/MediaBox[0 0 200 300]>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/Contents 5 0 R/Resources<</Font<</F 6 0 R>>>>>>endobj
4 0 obj<</Type/Page/Parent 2 0 R/Contents 5 0 R/Resources<</Font<</F 6 0 R>>>>>>endobj
5 0 obj<</Length 62>>stream
BT /F 24 Tf 20 260 Td (Seite) Tj ET 0 0 1 rg 0 0 200 200 re f
endstream endobj
6 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""
# The middle of the picture on the sheet, as the browser shows it.
COLOUR = """
const image = document.querySelector("[data-testid=board-sheet] image");
if (!image) return null;
const picture = new Image();
picture.src = image.getAttribute("href");
await picture.decode();
const canvas = document.createElement("canvas");
[canvas.width, canvas.height] = [picture.naturalWidth, picture.naturalHeight];
const pencil = canvas.getContext("2d");
pencil.drawImage(picture, 0, 0);
const [red, green, blue] = pencil.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data;
return red > 200 && blue < 60 ? "red" : blue > 200 && red < 60 ? "blue" : `${red} ${green} ${blue}`;
"""
SECRET = "Geheim-4711"


def shows(person, colour):
    person.browser.wait(
        lambda: person.browser.run_async(COLOUR) == colour, f"the picture on the sheet is {colour}"
    )


def chooses(person, path):
    field = person.browser.driver.find_element("css selector", "[data-testid=board-file-input]")
    field.send_keys(str(path))


@pytest.fixture
def papers(tmp_path):
    """Return a folder with a photograph that names a secret, a PDF file and a fraud."""
    exif = Image.Exif()
    exif[0x010E] = SECRET
    Image.new("RGB", (640, 480), (255, 0, 0)).save(tmp_path / "knie.jpg", exif=exif)
    (tmp_path / "befund.pdf").write_bytes(PDF)
    (tmp_path / "fraud.png").write_text(f"<svg xmlns='http://www.w3.org/2000/svg'>{HOSTILE}</svg>")
    return tmp_path


@pytest.mark.requirement("CALL-6", "CALL-7")
@pytest.mark.usefixtures("talk")
def test_a_picture_and_a_pdf_file_are_shown_to_both_and_the_server_sees_neither(
    doctor, guest, running, papers
):
    chooses(doctor, papers / "fraud.png")
    doctor.browser.wait_for_words("Das ist kein Bild und keine PDF-Datei.")
    chooses(doctor, papers / "knie.jpg")
    for one in (doctor, guest):
        shows(one, "red")
    chooses(guest, papers / "befund.pdf")
    for one in (doctor, guest):
        shows(one, "blue")
        one.browser.wait_for_words("Blatt 2 von 3.")
    assert "befund.pdf, Seite 1" in doctor.browser.text("board-summary")
    # What lies with the server: sealed bytes that say nothing, and no key.
    kept = running.rows("SELECT sealed FROM board_file")
    assert len(kept) == 3
    for (sealed,) in kept:
        assert sealed[:4] == b"VSF1"
        assert len(sealed) % 65_536 == 4 + 12 + 16
        assert not any(word in sealed for word in (b"WEBP", b"JFIF", SECRET.encode()))
    # Whoever loads the page anew gets it from the server, and the key from the other page.
    guest.browser.reload()
    guest.is_in_a_call()
    shows(guest, "blue")
    doctor.draws("arrow", (60, 10))
    has(guest, 2)
    doctor.hangs_up()
    doctor.browser.find("call-summary")
    running.wait(
        lambda: running.rows("SELECT id FROM board_file") == [], "the files go with the call", 5
    )
