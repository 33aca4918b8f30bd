"""Which numbers get a text message, and what is kept of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.messages.numbers import BadNumberError, read


@pytest.mark.parametrize(
    ("typed", "country", "e164", "region"),
    [
        ("0171 3920012", "DE", "+491713920012", "DE"),
        ("+49 (0) 171 / 392 00-12", "DE", "+491713920012", "DE"),
        ("0049 171 3920012", "AT", "+491713920012", "DE"),
        ("0664 1234567", "AT", "+436641234567", "AT"),
        ("+43 664 1234567", "DE", "+436641234567", "AT"),
        ("tel:+41-78-123-45-67", "DE", "+41781234567", "CH"),
    ],
)
def test_a_mobile_number_is_read_as_people_write_it(typed, country, e164, region):
    number = read(typed, country)
    assert (number.e164, number.country) == (e164, region)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "Erika Muster",
        "12",
        "040 5550100",
        "+49 30 901820",
        "0900 1234567",
        "0137 7123456",
        "0180 5123456",
        "0800 1234567",
        "0700 12345678",
        "110",
        "+1 555 0100",
        "0171 392001",
        "0171 3920012 3920012 3920012",
        "+49 171 39200\r\n12; drop",
        "\u0660\u0661\u0667\u0661",
        "+999 171 3920012",
    ],
)
def test_what_cannot_get_a_text_message_is_refused_at_its_field(app, typed):
    with pytest.raises(BadNumberError) as refused:
        read(typed, "DE")
    assert refused.value.status == 422
    assert refused.value.details["fields"]["phone"]


@pytest.mark.requirement("COD-3")
def test_country_and_two_digits_are_all_that_is_kept():
    assert read("0171 3920012", "DE").traceable == "+49 … 12"


@given(typed=st.text(max_size=60), country=st.sampled_from(["DE", "AT"]))
def test_whatever_is_typed_is_a_number_or_refused(typed, country):
    try:
        number = read(typed, country)
    except BadNumberError:
        return
    assert number.e164[0] == "+"
    assert number.e164[1:].isascii()
    assert number.e164[1:].isdigit()
