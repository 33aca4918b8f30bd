"""The forms of project administration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, Regexp

from portal.accounts.physicians import MAX_LENGTH, plain
from portal.forms import PortalForm, at_most, needed, one_line, visible
from portal.permissions import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

ROLE_WORDS = {
    Role.DOCTOR: _l("Ärztin oder Arzt"),
    Role.ASSISTANT: _l("Assistenz"),
    Role.PROJECTADMIN: _l("Projektadministration"),
}
GENDERS = {
    "": _l("keine Angabe"),
    "female": _l("weiblich"),
    "male": _l("männlich"),
    "diverse": _l("divers"),
}
TAKEN = {
    "email": _l("Diese E-Mail-Adresse hat in Ihrer Organisation schon ein anderes Konto."),
    "physician_number": _l("Diese Nummer hat in Ihrer Organisation schon ein anderes Konto."),
}
MAX_CHOSEN = 200


def _choices(words: Mapping[Any, Any]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in words.items()]


def email_address(_form: object, field: Any) -> None:  # noqa: ANN401  WTForms' own
    """Refuse what cannot be an e-mail address; nobody is asked whether it exists."""
    try:
        validate_email(field.data, check_deliverability=False)
    except EmailNotValidError as error:
        raise ValidationError(str(_l("Das ist keine E-Mail-Adresse."))) from error


def _line(label: Any, most: int, *more: Any) -> StringField:  # noqa: ANN401
    return StringField(label, filters=[one_line], validators=[*more, at_most(most)])


class AccountForm(PortalForm):
    """One account, as its project administrator writes it."""

    role = SelectField(_l("Rolle"), choices=_choices(ROLE_WORDS), validators=[needed()])
    title = _line(_l("Titel"), 40)
    first_name = _line(_l("Vorname"), 100, needed(), visible)
    last_name = _line(_l("Nachname"), 100, needed(), visible)
    gender = SelectField(_l("Geschlecht"), choices=_choices(GENDERS), default="")
    email = _line(_l("E-Mail"), 200, needed(), visible, email_address)
    physician_number = StringField(
        _l("LANR, EFN oder österreichische Nummer"),
        filters=[lambda text: plain(one_line(text) or "")],
        validators=[at_most(MAX_LENGTH)],
    )
    phone = _line(_l("Telefon"), 40)
    mobile = _line(_l("Mobil"), 40)
    fax = _line(_l("Fax"), 40)
    address = _line(_l("Anschrift"), 300)
    website = _line(
        _l("Website"),
        200,
        Optional(),
        Regexp(r"^https?://[^\s\"'<>]+\Z", message=_l("Eine Adresse beginnt mit https://.")),
    )
    department_id = SelectField(_l("Abteilung"), default="")

    def values(self) -> dict[str, Any]:
        """Return what the form holds, as columns of an account."""
        found = {name: self.value(name) for name in self._fields}
        return {**found, "department_id": found["department_id"] or None}


class ActionForm(PortalForm):
    """An action on several accounts: which, on whom, and what confirms it."""

    action = SelectField(choices=[], validators=[needed()])
    ids = SelectMultipleField(choices=[], validate_choice=False)
    department = StringField(validators=[at_most(32)])
    word = StringField(filters=[one_line], validators=[at_most(40)])

    def chosen(self) -> list[str]:
        """Return the ids, each once."""
        return list(dict.fromkeys(self.ids.data or []))[: MAX_CHOSEN + 1]


class DepartmentForm(PortalForm):
    """The name of a department."""

    name = StringField(
        _l("Name der Abteilung"),
        filters=[one_line],
        validators=[needed(), visible, at_most(120)],
    )


class ReasonForm(PortalForm):
    """Why something is refused, for the one whom it concerns."""

    reason = TextAreaField(
        _l("Grund"), filters=[one_line], validators=[needed(), visible, at_most(300)]
    )
