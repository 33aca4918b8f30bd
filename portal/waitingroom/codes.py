"""Access codes: what they are made of, and why nobody guesses one.

A code is eleven random characters and a check character, ``XXXX-XXXX-XXXX``, from 31 characters
that cannot be mistaken for one another (no 0/O, no 1/I/L).

Bound (COD-2). There are 31**11 = 2.5e16 codes (54.5 bit). One network (IPv4 address, IPv6 /64) has
10 wrong codes in five minutes, and all together have 1,000 (``GUESSES_GLOBAL``). With 100,000 codes
kept at once, the expected time to the first hit is 31**11 / 100,000 / 200 a minute: more than 2,000
years. Once all together have had theirs, a neighbourhood (IPv4 /24, IPv6 /48) has a single wrong
code in five minutes, so that somebody who guesses from many places shuts no guest out: a guest's
first code is still looked up. From 10,000 neighbourhoods that is 2,200 a minute: more than 200
years. A hit opens the waiting room, where a doctor sees the name and admits, the technical check,
and the page of what is kept under the code, on which its guest corrects and deletes
(``portal/rights/guests.py``); all of them count wrong codes. Whoever holds a code therefore learns
the name that the practice wrote beside it.

The check character is the sum of position x value modulo 31. As 31 is a prime and the weights
differ, every single wrong character and every swap of two characters is told before any look-up.
"""

from __future__ import annotations

import secrets

from flask_babel import lazy_gettext as _l

from portal.errors import PortalError
from portal.ratelimit import Limit

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
RANDOM_CHARACTERS = 11
GROUP = 4
GUESSES_NETWORK = Limit("code.network", attempts=10, seconds=300)
GUESSES_GLOBAL = Limit("code.global", attempts=1000, seconds=300)
GUESSES_NEIGHBOURHOOD = Limit("code.neighbourhood", attempts=1, seconds=300)
# Longer input is no code, whatever it holds.
MAX_TYPED = 60


class CodeSlipError(PortalError):
    """The code was mistyped: wrong length, wrong character, or the check character does not fit."""

    code = "code_slip"
    status = 422
    sentence = _l("In diesem Code ist ein Tippfehler.")
    cure = _l("Bitte vergleichen Sie ihn Zeichen für Zeichen. Er hat zwölf Zeichen.")


def check_character(characters: str) -> str:
    """Return the check character of the random part."""
    total = sum(place * ALPHABET.index(each) for place, each in enumerate(characters, start=1))
    return ALPHABET[total % len(ALPHABET)]


def make() -> str:
    """Return a fresh code as it is stored: twelve characters, no dashes."""
    characters = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_CHARACTERS))
    return characters + check_character(characters)


def written(code: str) -> str:
    """Return a code as people read it: XXXX-XXXX-XXXX."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def read(typed: str) -> str:
    """Return the stored form of what somebody typed; spaces, dashes and case do not matter.

    :raise CodeSlipError: it cannot be a code.
    """
    if len(typed) > MAX_TYPED:
        raise CodeSlipError
    code = "".join(each for each in typed.upper() if each.isalnum())
    if len(code) != RANDOM_CHARACTERS + 1 or not set(code) <= set(ALPHABET):
        raise CodeSlipError
    if check_character(code[:-1]) != code[-1]:
        raise CodeSlipError
    return code
