"""The numbers of doctors, checked by their digits: a typing aid, never a proof of identity.

LANR (KBV, guideline on section 75 paragraph 7 SGB V): six digits, a check digit, two of the
specialty. Its check misses one in nine slips of a single digit and four in nine neighbours that
were swapped, and fits substitute numbers such as 999999900. EFN: 15 digits, Luhn. Austria: the
number of a provider of the social insurance (8 digits) has a check digit, the common number of a
contract partner (6 digits) has none that is public. So somebody looks at every doctor (TEN-4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from stdnum import luhn
from stdnum.exceptions import ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_LENGTH = 20
_LANR_WEIGHTS = (4, 9, 4, 9, 4, 9)
_AT_WEIGHTS = (3, 7, 9, 6, 4, 2, 1)


@dataclass(frozen=True)
class Finding:
    """What the digits of a number say.

    :param kind: ``LANR``, ``EFN``, ``AT-SV``, ``AT-VP``, or empty for a number of no known form.
    :param slip: what seems mistyped, in the language in force; empty when nothing does.
    :param doubt: what staff should look at, though the digits fit.
    """

    kind: str
    slip: str = ""
    doubt: str = ""


def plain(number: str) -> str:
    """Return a number without blanks, hyphens and slashes."""
    return "".join(each for each in number if each not in " -/.\u00a0").upper()


def lanr_fits(number: str) -> bool:
    """Tell whether the seventh digit of a LANR fits the six before it."""
    total = sum(int(digit) * weight for digit, weight in zip(number, _LANR_WEIGHTS, strict=False))
    return (10 - total % 10) % 10 == int(number[6])


def _lanr(number: str) -> Finding:
    if not lanr_fits(number):
        return Finding("LANR", slip=_("Die Prüfziffer der LANR passt nicht. Ist sie vertippt?"))
    if len(set(number[:6])) == 1:
        return Finding("LANR", doubt=_("Das ist eine Ersatznummer, keine persönliche LANR."))
    return Finding("LANR")


def _efn(number: str) -> Finding:
    if not number.startswith("80"):
        return Finding("EFN", slip=_("Eine EFN beginnt mit 80."))
    try:
        luhn.validate(number)
    except ValidationError:
        return Finding("EFN", slip=_("Die Prüfziffer der EFN passt nicht. Ist sie vertippt?"))
    return Finding("EFN")


def _at_provider(number: str) -> Finding:
    pairs = zip(number[1:], _AT_WEIGHTS, strict=True)
    if sum(int(digit) * weight for digit, weight in pairs) % 11 != int(number[0]):
        return Finding("AT-SV", slip=_("Die Prüfziffer passt nicht. Ist die Nummer vertippt?"))
    return Finding("AT-SV")


def _at_partner(_number: str) -> Finding:
    return Finding("AT-VP", doubt=_("Diese Nummer hat keine Prüfziffer."))


_FORMS: dict[tuple[str, int], Callable[[str], Finding]] = {
    ("DE", 9): _lanr,
    ("DE", 15): _efn,
    ("AT", 8): _at_provider,
    ("AT", 6): _at_partner,
}


def look(number: str, country: str) -> Finding:
    """Return what the digits of a number say in a country (ISO 3166, two letters).

    An empty number has no slip. One of an unknown form is a slip, and may be kept all the same:
    not every profession has a number of these forms.
    """
    digits = plain(number)
    if not digits:
        return Finding("")
    form = _FORMS.get((country, len(digits)))
    if form is None or not (digits.isascii() and digits.isdecimal()):
        if country == "AT":
            return Finding("", slip=_("Erwartet werden 6 oder 8 Ziffern."))
        return Finding("", slip=_("Eine LANR hat 9 Ziffern, eine EFN 15."))
    return form(digits)
