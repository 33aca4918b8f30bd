"""PDF files say what the data said, as text, tagged, and nothing in the data is read as code."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from portal import pdf

DATA = {
    "title": "Nachweis für Dr. Mara Probe",
    "lang": "de",
    "author": ["Nordlicht GmbH"],
    "sender": ["Nordlicht GmbH", "Musterkai 1"],
    "date": "27.11.2026",
    "foot": "Praxisfenster",
    "sections": [
        {"heading": "Angaben", "paragraphs": ["Ein Satz."], "facts": [["LANR", "838382202"]]},
        {"head": ["Art", "Gültig bis"], "rows": [["IT-Sicherheit", "01.02.2027"]]},
    ],
}


def read(made: bytes) -> tuple[PdfReader, str]:
    reader = PdfReader(io.BytesIO(made))
    return reader, "\n".join(page.extract_text() for page in reader.pages)


@pytest.fixture(scope="module")
def made() -> bytes:
    return pdf.render("document", DATA)


def test_all_that_was_given_can_be_read_again(made):
    _reader, text = read(made)
    for words in ("Nachweis für Dr. Mara Probe", "LANR", "838382202", "IT-Sicherheit", "Ein Satz."):
        assert words in text


def test_a_screen_reader_finds_tags_a_title_and_a_language(made):
    reader, _text = read(made)
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "de"
    assert reader.metadata.title == "Nachweis für Dr. Mara Probe"
    assert "pdfuaid" in root["/Metadata"].get_object().get_data().decode()


@pytest.mark.parametrize(
    "hostile",
    ['#read("/etc/passwd")', '"; panic("x")', "*fett* = Kopf @ref <label>", "\\u{41} $x^2$"],
)
def test_a_hostile_text_stays_a_text(hostile):
    sections = [{"paragraphs": [hostile]}]
    _reader, text = read(pdf.render("document", {**DATA, "sections": sections}))
    shown = "".join(text.split())
    assert "".join(hostile.split())[:12] in shown
    assert "root:" not in text


def test_a_character_without_a_font_costs_the_mark_and_not_the_file():
    reader, text = read(pdf.render("document", {**DATA, "foot": "\U0001f9ea\U000e0041"}))
    assert "Ein Satz." in text
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


@pytest.mark.parametrize("name", ["nothing", "../base", "/etc/passwd", "", "Document", "x" * 60])
def test_an_unknown_template_is_refused(name):
    with pytest.raises(pdf.PdfError, match="no template"):
        pdf.render(name, DATA)


def test_data_that_do_not_fit_are_refused_without_naming_a_value():
    with pytest.raises(pdf.PdfError) as refused:
        pdf.render("document", {"title": "Geheimer Name"})
    assert "Geheimer Name" not in str(refused.value)


def test_too_much_is_refused_before_anything_is_set():
    with pytest.raises(pdf.PdfError, match="2 MiB"):
        pdf.render("document", {**DATA, "foot": "x" * pdf.MAX_BYTES})


def test_a_template_that_does_not_end_is_stopped(monkeypatch, tmp_path):
    monkeypatch.setattr(pdf, "SECONDS", 0.001)
    with pytest.raises(pdf.PdfError, match="took more"):
        pdf.render("document", DATA)
