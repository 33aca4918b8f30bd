"""The words of messages: an organisation's own, checked, previewed and filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.messages import texts
from portal.messages.texts import Words

if TYPE_CHECKING:
    from tests.world import Caller

CODE = "K7MR-4TXP-9WQ2"
GIVEN = {"code": CODE, "link": "http://localhost/j#K7MR4TXP9WQ2", "until": "27.12.2026"}
FINE = "Hallo, Ihr Code: {code}. {link}"


def wrong(text: str, channel: str = "sms", subject: str = "") -> set[str]:
    return set(texts.problems(Words(text, subject), channel, {**GIVEN, "phone": ""}))


@pytest.mark.requirement("COD-5")
@pytest.mark.parametrize(
    "text",
    [
        "Ihr Code {code} für die Psychotherapie: {link}",
        "Ihr Termin beim Hautarzt: {code} {link}",
        "{code} {link} wegen Ihrer Schwangerschaft",
        "Krebsnachsorge {code}",
        "Cardiology {link}",
    ],
)
def test_words_that_name_specialty_or_reason_are_refused(app, text):
    assert wrong(text) == {"text"}
    assert wrong(FINE, "mail", text) >= {"subject"}


@pytest.mark.requirement("COD-5")
@pytest.mark.parametrize(
    "text",
    [
        "{code} https://track.example/x",
        "{code} www.example.org",
        "{code} bit.ly/abc",
        "{code} praxis-hein.de",
        "{code} mail an info@example",
        "{link} HTTP://X",
    ],
)
def test_no_address_but_the_portals_own_gets_into_a_message(app, text):
    assert wrong(text) == {"text"}


@pytest.mark.parametrize(
    "text",
    ["", "Hallo", "{code} {name}", "{code", "code}", "{}", "{code} {{link}}", "{code}" + "ł" * 200],
)
def test_what_cannot_be_filled_or_helps_nobody_is_refused(app, text):
    assert wrong(text) == {"text"}


@pytest.mark.parametrize(
    "text", [FINE, "{code}", "{link}", "überhaupt {code}", "Bis {until}: {link}. Ruf an: {phone}"]
)
def test_an_ordinary_text_is_fine(app, text):
    assert wrong(text) == set()


def test_a_code_in_the_subject_would_stand_on_locked_screens(app):
    assert wrong(FINE, "mail", "Ihr Code {code}") == {"subject"}


def test_a_line_whose_gap_stays_empty_is_left_out():
    words = Words("A {code}\n\nRufen Sie an: {phone}\n\nEnde {until}", "S {until}")
    filled = texts.filled(words, {**GIVEN, "phone": ""})
    assert filled == Words("A K7MR-4TXP-9WQ2\n\nEnde 27.12.2026", "S 27.12.2026")


@given(text=st.text(max_size=80))
def test_what_fills_a_gap_is_not_looked_at_again(text):
    assert texts.filled(Words("{code}"), {"code": text}).text == text.strip() or "\n\n\n" in text


# The page.


@pytest.fixture
def admin(world) -> Caller:
    return world.caller("projectadmin")


@pytest.mark.requirement("MSG-2")
def test_own_words_are_kept_shown_and_given_up_again(app, admin):
    page = admin.post("/admin/messages/texts/sms/de", text="Moin, {code} und {link}")
    assert "ist gespeichert" in page.text
    assert "Moin, K7MR-4TXP-9WQ2 und http://localhost/j#K7MR4TXP9WQ2" in page.text
    assert "eigener Text" in page.text
    page = admin.post("/admin/messages/texts/sms/de", reset="1", text="x")
    assert "Moin" not in page.text
    assert "eigener Text" not in page.text


@pytest.mark.requirement("COD-5")
def test_wrong_words_are_told_and_what_was_typed_stays(app, admin):
    page = admin.post("/admin/messages/texts/mail/en", subject="Hi", text="Psychologist {code}")
    assert "noch nicht gespeichert" in page.text
    assert "Psychologist {code}" in page.text
    assert "verrät das Fachgebiet" in page.text
    assert "Nennen Sie weder Fachgebiet noch Anlass" in page.text
    assert "Psychologist" not in admin.get("/admin/messages/texts").text


def test_the_preview_counts_while_somebody_types(app, admin):
    shown = admin.post("/admin/messages/texts/sms/de/preview", text="{code} ł").text
    assert "Unicode" in shown
    assert "1 SMS" in shown
    shown = admin.post("/admin/messages/texts/sms/de/preview", text="{code} " + "a" * 200).text
    assert "2 SMS-Teile" in shown


@pytest.mark.parametrize("path", ["fax/de", "sms/fr", "sms/de/preview/x"])
def test_there_are_no_other_texts(app, admin, path):
    assert admin.post(f"/admin/messages/texts/{path}", text="{code}").status_code == 404


@pytest.mark.requirement("TEN-1")
def test_the_words_of_one_organisation_are_not_anothers(app, world, admin):
    from portal.tenants.scope import tenant_scope

    admin.post("/admin/messages/texts/sms/de", text="Moin {code}")
    with app.app_context(), tenant_scope(world.birch.id):
        assert texts.stored("sms", "de") is None
    with app.app_context(), tenant_scope(world.ash.id):
        assert texts.stored("sms", "de") == Words("Moin {code}")
