"""How long a text message is, and in how many parts it goes (3GPP TS 23.038)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.messages.lengths import ROOM, Encoding, measure

GSM, UCS = Encoding.GSM7, Encoding.UCS2
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = "\f^{}\\[~]|€"


@pytest.mark.requirement("SMS-1")
@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts", "left"),
    [
        ("", GSM, 0, 0, 160),
        ("a" * 160, GSM, 160, 1, 0),
        ("a" * 161, GSM, 161, 2, 145),
        ("a" * 306, GSM, 306, 2, 0),
        ("a" * 307, GSM, 307, 3, 152),
        ("äöüÄÖÜß" * 10, GSM, 70, 1, 90),
        ("€" * 80, GSM, 160, 1, 0),
        ("€" * 81, GSM, 162, 2, 143),
        # A character of two units is never torn in two: 152 + 2 do not fit into 153.
        ("a" * 152 + "€" + "a" * 152, GSM, 306, 3, 152),
        ("ç", UCS, 1, 1, 69),
        ("ł" * 70, UCS, 70, 1, 0),
        ("ł" * 71, UCS, 71, 2, 63),
        ("😀", UCS, 2, 1, 68),
        ("😀" * 35, UCS, 70, 1, 0),
        # 66 + 2 do not fit into 67.
        ("ł" * 66 + "😀" * 3, UCS, 72, 2, 61),
        ("„Praxis“", UCS, 8, 1, 62),
    ],
)
def test_a_text_is_counted_as_networks_count_it(text, encoding, units, parts, left):
    found = measure(text)
    assert (found.encoding, found.units, found.parts, found.left) == (encoding, units, parts, left)


def test_the_alphabet_is_that_of_the_standard():
    assert len(set(BASIC)) == 127  # and the escape
    assert (measure(BASIC).encoding, measure(BASIC).units) == (GSM, 127)
    assert (measure(EXTENDED).encoding, measure(EXTENDED).units) == (GSM, 20)


@given(text=st.text(min_size=1, max_size=700))
def test_every_text_fits_into_its_parts_and_not_into_one_less(text):
    found = measure(text)
    whole, part = ROOM[found.encoding]
    if found.parts == 1:
        assert found.units <= whole
    else:
        # Of each part at most one unit stays empty, because no character is torn in two.
        assert (found.parts - 1) * (part - 1) < found.units <= found.parts * part
    assert 0 <= found.left < whole
