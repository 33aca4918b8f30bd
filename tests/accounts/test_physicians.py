"""Numbers of doctors: the vectors that are public, and the weaknesses that are known."""

from __future__ import annotations

import pytest
from flask_babel import force_locale

from portal.accounts import physicians


@pytest.fixture(autouse=True)
def _german(app):
    with app.test_request_context(), force_locale("de"):
        yield


@pytest.mark.requirement("TEN-4")
@pytest.mark.parametrize(
    ("number", "country", "kind", "slip", "doubt"),
    [
        ("838382202", "DE", "LANR", False, False),
        ("838 382-202", "DE", "LANR", False, False),
        ("123456601", "DE", "LANR", False, False),
        ("838382302", "DE", "LANR", True, False),
        ("999999900", "DE", "LANR", False, True),
        ("555555500", "DE", "LANR", False, True),
        ("000000000", "DE", "LANR", False, True),
        ("802760901234566", "DE", "EFN", False, False),
        ("802760901234567", "DE", "EFN", True, False),
        ("702760901234566", "DE", "EFN", True, False),
        ("", "DE", "", False, False),
        ("12345", "DE", "", True, False),
        ("83838220x", "DE", "", True, False),
        ("838382202", "AT", "", True, False),
        ("123456", "AT", "AT-VP", False, True),
        ("٣٣٣٣٣٣٣٣٣", "DE", "", True, False),
    ],
)
def test_the_digits_of_a_number_say_what_is_mistyped(number, country, kind, slip, doubt):
    found = physicians.look(number, country)
    assert (found.kind, bool(found.slip), bool(found.doubt)) == (kind, slip, doubt)


def test_an_austrian_number_fits_its_first_digit():
    run = "1234567"
    digit = sum(int(a) * b for a, b in zip(run, (3, 7, 9, 6, 4, 2, 1), strict=True)) % 11
    assert digit < 10
    assert not physicians.look(f"{digit}{run}", "AT").slip
    assert physicians.look(f"{(digit + 1) % 10}{run}", "AT").slip


def test_the_check_of_a_lanr_is_weak_and_so_never_decides():
    # On the positions of weight four a slip by five fits.
    slips = [
        f"{'838382202'[:at]}{digit}{'838382202'[at + 1 :]}"
        for at in range(6)
        for digit in "0123456789"
        if digit != "838382202"[at]
    ]
    passed = [each for each in slips if physicians.lanr_fits(each)]
    assert 0 < len(passed) < len(slips) / 5
