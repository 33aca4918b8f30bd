"""Telephone numbers: what may get a text message, and what may be kept of it afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import phonenumbers
from flask_babel import lazy_gettext as _l
from phonenumbers import PhoneNumberType

from portal.errors import PortalError

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

# A landline reads messages out at best, and the others cost the caller or the called.
MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


class BadNumberError(PortalError):
    """No text message can go to this number; nothing was sent and nothing was charged."""

    code = "bad_number"
    status = 422
    sentence = _l("An diese Nummer kann keine SMS gehen.")
    cure = _l("Bitte geben Sie eine Mobilnummer an, zum Beispiel 0171 3920012.")

    def __init__(self, reason: str | LazyString) -> None:
        super().__init__(fields={"phone": [str(reason)]})


@dataclass(frozen=True)
class Number:
    """A number that a text message can go to."""

    e164: str
    country: str
    traceable: str


def read(typed: str, country: str) -> Number:
    """Return the mobile number that somebody typed, in the country of the organisation by default.

    :raise BadNumberError: it is no number, or not one of a mobile telephone.
    """
    try:
        parsed = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException as error:
        raise BadNumberError(_l("Das ist keine Telefonnummer.")) from error
    if not phonenumbers.is_valid_number(parsed):
        raise BadNumberError(_l("Diese Telefonnummer gibt es nicht. Bitte prüfen Sie die Ziffern."))
    if phonenumbers.number_type(parsed) not in MOBILE:
        raise BadNumberError(_l("Das ist keine Mobilnummer."))
    region = phonenumbers.region_code_for_number(parsed) or ""
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return Number(e164, region, f"+{parsed.country_code} … {e164[-2:]}")
