"""Colours of organisations: the ratio is WCAG's, and what is shown is always legible."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import branding

colours = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#0000ff", "#ffffff", 8.59)],
)
def test_the_ratio_is_that_of_wcag(one, other, ratio):
    assert branding.contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert branding.contrast(other, one) == branding.contrast(one, other)


@pytest.mark.requirement("UX-2")
@given(accent=colours, accent_2=colours)
def test_each_colour_has_a_legible_twin_on_dark_screens(accent, accent_2):
    made = branding.shades(accent, accent_2)
    for surface in branding.DARK:
        assert branding.contrast(made.dark_accent, surface) >= branding.TEXT
        assert branding.contrast(made.dark_accent_2, surface) >= branding.PARTS
    assert branding.contrast(made.dark_accent, branding.DARK_INK) >= branding.TEXT
