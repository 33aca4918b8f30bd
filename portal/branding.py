"""An organisation's two colours: read, checked for contrast, and given a twin for dark screens."""

from __future__ import annotations

import re
from dataclasses import dataclass

# The surfaces of static/tokens.css on which the colours stand.
LIGHT = ("#ffffff", "#f5f3ee")
DARK = ("#18201e", "#101614")
DARK_INK = "#07201c"
# WCAG 2.2, 1.4.3 and 1.4.11.
TEXT, PARTS = 4.5, 3.0
_COLOUR = re.compile(r"#[0-9a-f]{6}\Z")
_STEPS = 40


@dataclass(frozen=True)
class Shades:
    """The values that a page sets: for light screens, for dark ones."""

    accent: str
    accent_hover: str
    accent_soft: str
    accent_2: str
    dark_accent: str
    dark_hover: str
    dark_soft: str
    dark_accent_2: str


@dataclass(frozen=True)
class Brand:
    """What an organisation's pages show of it: a logo, and shades where it chose colours."""

    logo: str
    shades: Shades | None


# The portal's own colours, for the one that an organisation left out (static/tokens.css).
OWN, OWN_2 = "#0e5c55", "#a86a24"


def brand(logo: str, accent: str, accent_2: str) -> Brand | None:
    """Return an organisation's brand, or None when it has none."""
    if not (logo or accent or accent_2):
        return None
    chosen = shades(accent or OWN, accent_2 or OWN_2) if accent or accent_2 else None
    return Brand(logo, chosen)


def is_colour(text: str) -> bool:
    """Tell whether a text is a colour as we keep it: ``#0e5c55``."""
    return _COLOUR.match(text) is not None


def _channels(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    linear = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004
        for value in (channel / 255 for channel in _channels(colour))
    )
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mix(colour: str, other: str, share: float) -> str:
    """Return a colour with a share (0 to 1) of another one in it."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def missed(colour: str, wanted: float) -> float | None:
    """Return the contrast that a colour reaches on our surfaces, if that is less than wanted."""
    reached = min(contrast(colour, surface) for surface in LIGHT)
    return reached if reached < wanted else None


def _lighter(colour: str, wanted: float) -> str:
    """Return the first mix with white that stands out from the dark surfaces."""
    for step in range(_STEPS + 1):
        mixed = mix(colour, "#ffffff", step / _STEPS)
        if min(contrast(mixed, surface) for surface in (*DARK, DARK_INK)) >= wanted:
            return mixed
    return "#ffffff"


def shades(accent: str, accent_2: str) -> Shades:
    """Return all values for two colours that were checked before they were stored."""
    dark, dark_2 = _lighter(accent, TEXT), _lighter(accent_2, PARTS)
    return Shades(
        accent=accent,
        accent_hover=mix(accent, "#000000", 0.25),
        accent_soft=mix(accent, "#ffffff", 0.88),
        accent_2=accent_2,
        dark_accent=dark,
        dark_hover=mix(dark, "#ffffff", 0.3),
        dark_soft=mix(dark, DARK[0], 0.82),
        dark_accent_2=dark_2,
    )
