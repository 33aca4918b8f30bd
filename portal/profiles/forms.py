"""The forms of a profile: what is stated, checked, and shown or not."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import phonenumbers
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, Optional

from portal.forms import PortalForm, at_most, needed, one_line
from portal.profiles.service import WAYS

if TYPE_CHECKING:
    from wtforms import Field

NEAR = ("DE", "AT", "CH")


def countries() -> list[SelectChoice]:
    """Return all countries by their names, the nearest first."""
    names = get_locale().territories  # type: ignore[union-attr]
    known = {code: names[code] for code in phonenumbers.SUPPORTED_REGIONS if code in names}
    others = sorted((name, code) for code, name in known.items() if code not in NEAR)
    near = [(known[code], code) for code in NEAR]
    return [
        SelectChoice("", _l("nicht angegeben")),
        *(SelectChoice(c, n) for n, c in near + others),
    ]


def country_name(code: str) -> str:
    """Return what a country is called in the language in force."""
    locale = get_locale()
    return str(locale.territories.get(code, code)) if locale else code


def _number(label: str) -> StringField:
    return StringField(label, filters=[one_line], validators=[Optional(), at_most(40)])


def _text(label: str, longest: int) -> StringField:
    return StringField(label, filters=[one_line], validators=[Optional(), at_most(longest)])


def _switch() -> BooleanField:
    return BooleanField(_l("sichtbar für andere Kunden"))


class ProfileForm(PortalForm):
    """What a doctor may state, each with its switch; the mobile number has none (PRO-1)."""

    specialty = _text(_l("Fachbereich"), 120)
    practice_name = _text(_l("Name der Praxis"), 200)
    practice_address = _text(_l("Anschrift der Praxis"), 300)
    country = SelectField(_l("Land"), validate_choice=True)
    phone = _number(_l("Telefon"))
    fax = _number(_l("Fax"))
    website = _text(_l("Website"), 200)
    mobile = _number(_l("Mobilnummer"))
    show_specialty = _switch()
    show_practice_name = _switch()
    show_practice_address = _switch()
    show_country = _switch()
    show_phone = _switch()
    show_fax = _switch()
    show_website = _switch()

    # The organisation's country, for numbers that are typed without one.
    region = "DE"

    def validate_phone(self, field: Field) -> None:
        """Refuse what is no telephone number, and write it in the international form."""
        self._dial(field)

    def validate_fax(self, field: Field) -> None:
        """Refuse what is no telephone number, and write it in the international form."""
        self._dial(field)

    def validate_mobile(self, field: Field) -> None:
        """Refuse what is no telephone number, and write it in the international form."""
        self._dial(field)

    def _dial(self, field: Field) -> None:
        try:
            parsed = phonenumbers.parse(str(field.data), self.region)
        except phonenumbers.NumberParseException:
            parsed = None
        if parsed is None or not phonenumbers.is_valid_number(parsed):
            words = _l("Diese Telefonnummer gibt es nicht. Bitte prüfen Sie die Ziffern.")
            raise ValidationError(str(words))
        form = phonenumbers.PhoneNumberFormat.INTERNATIONAL
        field.data = phonenumbers.format_number(parsed, form)

    def validate_website(self, field: Field) -> None:
        """Accept an address of the web and no other: ``javascript:`` would be a link as well."""
        address = str(field.data)
        if "://" not in address:
            address = f"https://{address}"
        if not _is_web(address):
            words = _l("Bitte geben Sie eine Adresse wie https://praxis.example an.")
            raise ValidationError(str(words))
        field.data = address


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    named = "." in host.strip(".") and not any(each.isspace() for each in address)
    return parts.scheme in {"http", "https"} and named and "@" not in parts.netloc


class FindableForm(PortalForm):
    """Whether others may find a doctor, and where the doctor said so.

    The first question also asks whether news is welcome; it is agreed to on its own.
    """

    findable = BooleanField()
    news = BooleanField()
    way = HiddenField(default="profile", validators=[AnyOf(WAYS)])


class CardForm(PortalForm):
    """Whom a request is for."""

    card = HiddenField(validators=[needed(), at_most(32)])
