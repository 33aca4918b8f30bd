"""The forms of messages: what is allowed, the organisation's words, and a test."""

from __future__ import annotations

import re

from flask_babel import lazy_gettext as _l
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE
from wtforms import IntegerField, StringField, TextAreaField, ValidationError
from wtforms.validators import NumberRange

from portal.forms import PortalForm, at_most, needed, one_line

REGIONS = frozenset(
    region for regions in COUNTRY_CODE_TO_REGION_CODE.values() for region in regions
)
MAX_PARTS_A_DAY, MAX_PER_NUMBER = 100_000, 50


class RulesForm(PortalForm):
    """Where text messages may go, and how many."""

    countries = StringField(
        _l("Länder, in die SMS gehen dürfen"),
        description=_l("Kürzel mit zwei Buchstaben, durch Leerzeichen getrennt: DE AT CH"),
        filters=[one_line],
        validators=[needed(), at_most(600)],
    )
    daily_parts = IntegerField(
        _l("SMS-Teile am Tag, höchstens"),
        description=_l("Für alle Versanddienste zusammen. Schützt vor hohen Kosten."),
        validators=[NumberRange(0, MAX_PARTS_A_DAY, _l("Eine Zahl von 0 bis 100.000."))],
    )
    per_number = IntegerField(
        _l("SMS am Tag an dieselbe Nummer, höchstens"),
        validators=[NumberRange(1, MAX_PER_NUMBER, _l("Eine Zahl von 1 bis 50."))],
    )

    def validate_countries(self, _field: StringField) -> None:
        """Refuse what is no country with telephones."""
        asked = self.country_list()
        wrong = [each for each in asked if each not in REGIONS]
        if wrong or not asked:
            raise ValidationError(str(_l("Kein Land: %(what)s", what=" ".join(wrong)[:60])))

    def country_list(self) -> list[str]:
        """Return the countries in capitals, each once."""
        found = re.split(r"[\s,;]+", (self.countries.data or "").strip().upper())
        return [each for each in dict.fromkeys(found) if each]


class TextForm(PortalForm):
    """An organisation's own words for one way and language."""

    subject = StringField(_l("Betreff"), filters=[one_line], validators=[at_most(200)])
    text = TextAreaField(_l("Text"), validators=[needed(), at_most(4000)])


class TrialForm(PortalForm):
    """The number that a test message goes to."""

    phone = StringField(
        _l("Mobilnummer für die Test-SMS"), filters=[one_line], validators=[needed(), at_most(40)]
    )
