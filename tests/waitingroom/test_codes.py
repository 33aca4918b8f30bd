"""Codes: unguessable at the allowed rate, speakable, and a slip is told before any look-up."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.waitingroom import codes
from portal.waitingroom.codes import ALPHABET, CodeSlipError

PARTS = st.text(ALPHABET, min_size=11, max_size=11)
YEAR_MINUTES = 525_600


@pytest.mark.requirement("COD-2")
def test_the_bound_in_the_docstring_holds():
    codes_possible = len(ALPHABET) ** codes.RANDOM_CHARACTERS
    windows = codes_possible / 100_000 / (YEAR_MINUTES * 60 / codes.GUESSES_GLOBAL.seconds)
    assert windows / codes.GUESSES_GLOBAL.attempts > 2_000
    from_many_places = 10_000 * codes.GUESSES_NEIGHBOURHOOD.attempts
    assert windows / (codes.GUESSES_GLOBAL.attempts + from_many_places) > 200


@pytest.mark.requirement("COD-2")
def test_no_character_can_be_mistaken():
    assert not set("01OIL") & set(ALPHABET)
    assert len(set(ALPHABET)) == 31


@pytest.mark.requirement("COD-2")
def test_made_codes_use_every_character_evenly():
    counted = Counter("".join(codes.make()[:-1] for _ in range(3000)))
    expected = 3000 * codes.RANDOM_CHARACTERS / len(ALPHABET)
    chi_squared = sum((counted[each] - expected) ** 2 / expected for each in ALPHABET)
    # 30 degrees of freedom: 70 is passed by chance once in twenty thousand runs.
    assert chi_squared < 70


@given(PARTS, st.integers(0, 11), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_told(part, place, wrong):
    code = part + codes.check_character(part)
    slipped = code[:place] + wrong + code[place + 1 :]
    if slipped == code:
        assert codes.read(slipped) == code
    else:
        with pytest.raises(CodeSlipError):
            codes.read(slipped)


@given(PARTS, st.integers(0, 10))
def test_two_swapped_neighbours_are_told(part, place):
    code = part + codes.check_character(part)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code:
        with pytest.raises(CodeSlipError):
            codes.read(swapped)


@given(PARTS)
def test_what_is_written_can_be_read_again(part):
    code = part + codes.check_character(part)
    assert codes.read(codes.written(code)) == code
    assert codes.read(f"  {codes.written(code).lower().replace('-', ' ')} ") == code


@given(st.text(max_size=200))
def test_any_other_text_is_a_slip(text):
    try:
        code = codes.read(text)
    except CodeSlipError:
        return
    assert codes.check_character(code[:-1]) == code[-1]
