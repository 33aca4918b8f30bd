"""Words as the search compares them: no capitals, no accents, and umlauts in both spellings."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 40
_WORD = re.compile(r"[^\W_]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return "".join(each for each in apart if not unicodedata.combining(each))


def typed(text: str) -> list[str]:
    """Return the words that somebody typed, each once, in their order."""
    found = _WORD.findall(_plain(text.casefold()))
    return list(dict.fromkeys(word[:LONGEST] for word in found))


def kept(*texts: str) -> set[str]:
    """Return the words under which texts are found: "Müller" under "muller" and "mueller"."""
    lowered = unicodedata.normalize("NFC", " ".join(texts)).lower()
    both = (lowered, lowered.translate(_UMLAUTS))
    return {word for text in both for word in typed(text)}
