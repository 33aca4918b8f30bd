"""Counts what a text message costs: how it is encoded, how long it is, in how many parts it goes.

A telephone takes 160 characters of the GSM alphabet (3GPP TS 23.038, 7 bits each; characters of
the extension table count twice) or 70 of UCS-2 (16 bits; an emoji counts twice). A longer text is
sent in parts of 153 or 67, because each carries a header that puts them together again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import gsm0338

ESCAPE = 0x1B
_CODEC = gsm0338.Codec()


class Encoding(StrEnum):
    """The two alphabets of text messages."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"


# Alphabet -> what fits into a message of one part, and into each part of a longer one.
ROOM = {Encoding.GSM7: (160, 153), Encoding.UCS2: (70, 67)}


@dataclass(frozen=True)
class Length:
    """The length of a text message.

    :param units: what it counts, in characters of its alphabet.
    :param left: how many more fit into the last part.
    """

    encoding: Encoding
    units: int
    parts: int
    left: int


def measure(text: str) -> Length:
    """Return encoding, length and number of parts of a text; an empty one takes no part."""
    sizes = _gsm_sizes(text)
    encoding = Encoding.UCS2 if sizes is None else Encoding.GSM7
    if sizes is None:
        sizes = [len(each.encode("utf-16-be", "surrogatepass")) // 2 for each in text]
    whole, part = ROOM[encoding]
    units = sum(sizes)
    if units <= whole:
        return Length(encoding, units, int(units > 0), whole - units)
    parts, used = _split(sizes, part)
    return Length(encoding, units, parts, part - used)


def _gsm_sizes(text: str) -> list[int] | None:
    """Return how much each character takes, or None when one is not in the GSM alphabet."""
    sizes = []
    for character in text:
        try:
            sizes.append(len(_CODEC.encode(character)[0]))
        except UnicodeError:
            return None
    return sizes


def _split(sizes: list[int], room: int) -> tuple[int, int]:
    """Return how many parts are needed, and how full the last is; no character is torn in two."""
    parts, used = 1, 0
    for size in sizes:
        if used + size > room:
            parts, used = parts + 1, 0
        used += size
    return parts, used
