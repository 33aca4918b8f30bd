"""Colours of organisations: the ratio is WCAG's, and what is shown is always legible."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from portal import branding
from tests.world import Caller

PAGES = {"Accept": "text/html", "X-Portal-Request": "content"}

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


@pytest.mark.requirement("TEN-2")
def test_doctors_and_guests_see_the_colours_and_the_logo(world):
    url = f"/sales/organisations/{world.ash.id}/look"
    upload = (io.BytesIO(), "logo.png")
    Image.new("RGB", (40, 20), (1, 90, 80)).save(upload[0], "PNG")
    upload[0].seek(0)
    assert world.caller("sales").post(url, accent="#7a1f1f", logo=upload).status_code == 200
    pages = (
        world.caller("doctor").get("/desk", headers=PAGES),
        world.caller("guest").get("/visit", headers=PAGES),
        Caller().post("/entry/code", code=world.ash.code),
    )
    for page in pages:
        assert 'data-accent="#7a1f1f"' in page.text
        assert 'src="data:image/webp;base64,' in page.text
    other = Caller(world.birch.tokens["doctor"]).get("/desk", headers=PAGES)
    assert "data-accent" not in other.text
