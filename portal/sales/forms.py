"""The forms of the operator's and of sales' pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    FileField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from portal import branding
from portal.forms import PortalForm, at_most, needed, one_line, visible
from portal.messages import words
from portal.permissions import Role

if TYPE_CHECKING:
    from wtforms import Field, Form

COUNTRIES = [SelectChoice("DE", _l("Deutschland")), SelectChoice("AT", _l("Österreich"))]
# Countries of the European Economic Area: from them no data go to a third country.
# fmt: off
EEA = (
    "DE", "AT", "BE", "BG", "CY", "CZ", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
    "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
)
# fmt: on
LAST_SEATS = 100_000
_MAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]+\.[^@\s,;<>\"]{2,}\Z")
_PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{3,38}\Z")


def _words(label: Any, length: int, **more: Any) -> StringField:  # noqa: ANN401  a lazy text
    """Return a field of one line that must not stay empty."""
    return StringField(
        label, filters=[one_line], validators=[needed(), at_most(length), visible], **more
    )


def _perhaps(label: Any, length: int, *checks: Any, **more: Any) -> StringField:  # noqa: ANN401
    return StringField(
        label, filters=[one_line], validators=[Optional(), at_most(length), *checks], **more
    )


def mail(_form: Form, field: Field) -> None:
    """Refuse what cannot be an e-mail address."""
    if field.data and not _MAIL.match(field.data):
        raise ValidationError(_("Das ist keine E-Mail-Adresse, wie name@praxis.example."))


def phone(_form: Form, field: Field) -> None:
    """Refuse what cannot be a telephone number."""
    if field.data and not _PHONE.match(field.data):
        raise ValidationError(_("Das ist keine Telefonnummer, wie +49 40 1234567."))


def _date(label: Any, **more: Any) -> DateField:  # noqa: ANN401
    return DateField(
        label, validators=[needed(), sensible_date], render_kw={"type": "date"}, **more
    )


def sensible_date(_form: Form, field: Field) -> None:
    """Refuse a day that is a slip of the keyboard."""
    if field.data and not 2000 <= field.data.year <= 2100:  # noqa: PLR2004
        raise ValidationError(_("Dieses Jahr kann nicht stimmen."))


class ContrastField(StringField):  # type: ignore[misc]
    """A colour such as ``#0e5c55`` that stands out enough from our surfaces; may stay empty."""

    def __init__(self, label: Any, wanted: float, **more: Any) -> None:  # noqa: ANN401
        super().__init__(label, filters=[_small], **more)
        self.wanted = wanted

    def pre_validate(self, form: Form) -> None:
        """Say which ratio is missed."""
        del form
        if not self.data:
            return
        if not branding.is_colour(self.data):
            raise ValidationError(_("Eine Farbe schreibt sich wie #0e5c55."))
        reached = branding.missed(self.data, self.wanted)
        if reached is not None:
            raise ValidationError(
                _(
                    "Diese Farbe erreicht nur einen Kontrast von %(reached)s : 1, nötig sind "
                    "%(wanted)s : 1. Nehmen Sie eine dunklere.",
                    reached=_ratio(reached),
                    wanted=_ratio(self.wanted),
                )
            )


def _small(text: str | None) -> str:
    return (text or "").strip().lower()


def _ratio(value: float) -> str:
    # Cut off, not rounded: 4.49 must not be shown as the 4.5 that it misses.
    return f"{int(value * 10) / 10:.1f}".replace(".", _(","))


class CompanyForm(PortalForm):
    """What a provider company says of itself (§1, §15)."""

    name = _words(_l("Name"), 200)
    country = SelectField(_l("Land"), choices=COUNTRIES, validators=[needed()])
    address = _words(_l("Anschrift"), 300)
    phone = StringField(
        _l("Telefon"), filters=[one_line], validators=[needed(), at_most(40), phone]
    )
    email = StringField(_l("E-Mail"), filters=[one_line], validators=[needed(), at_most(200), mail])
    managing_directors = _words(_l("Geschäftsführung"), 300)
    privacy_officer = _words(_l("Datenschutzbeauftragte Person"), 200)
    privacy_officer_contact = _words(_l("Kontakt der datenschutzbeauftragten Person"), 300)
    authority = _words(_l("Aufsichtsbehörde"), 200)
    authority_contact = _words(_l("Kontakt der Aufsichtsbehörde"), 300)
    undertaking_version = StringField(
        _l("Gültige Fassung der Verpflichtung auf die Verschwiegenheit"),
        filters=[one_line],
        validators=[needed(), at_most(20), visible],
        description=_l(
            "Wird sie geändert, müssen alle Mitarbeitenden die neue Fassung unterschreiben, bevor "
            "sie wieder Daten von Kunden öffnen."
        ),
    )


class StaffForm(PortalForm):
    """Somebody new among the staff."""

    first_name = _words(_l("Vorname"), 100)
    last_name = _words(_l("Nachname"), 100)
    email = StringField(_l("E-Mail"), filters=[one_line], validators=[needed(), at_most(200), mail])
    role = SelectField(
        _l("Aufgabe"),
        validators=[needed()],
        choices=[
            SelectChoice(Role.SALES.value, _l("Vertrieb")),
            SelectChoice(Role.SUPPORT.value, _l("Betreuung")),
        ],
    )


class UndertakingForm(PortalForm):
    """Which version somebody signed, and when."""

    version = _words(_l("Fassung"), 20)
    signed_on = _date(_l("Unterschrieben am"))


class CertificateForm(PortalForm):
    """One certificate of the provider company."""

    kind = SelectField(
        _l("Nachweis über"),
        validators=[needed()],
        choices=[
            SelectChoice("security", _l("Informationssicherheit")),
            SelectChoice("privacy", _l("Datenschutz")),
        ],
    )
    number = _words(_l("Nummer"), 100)
    issuer = _words(_l("Ausgestellt von"), 200)
    valid_from = _date(_l("Gültig ab"))
    valid_until = _date(_l("Gültig bis"))

    def validate_valid_until(self, field: Field) -> None:
        """Refuse an end before the beginning."""
        if field.data and self.valid_from.data and field.data < self.valid_from.data:
            raise ValidationError(_("Das Ende liegt vor dem Anfang."))


class ProcessorForm(PortalForm):
    """A company that works for the provider company on its behalf."""

    name = _words(_l("Firma"), 200)
    address = _words(_l("Anschrift"), 300)
    # The notice promises that no data leave the EU and the EEA.
    country = SelectField(
        _l("Land"),
        choices=lambda: [SelectChoice(code, words.country(code)) for code in EEA],
        default="DE",
        validators=[needed()],
    )
    service_de = _words(
        _l("Leistung auf Deutsch"), 200, description=_l("Zum Beispiel: Betrieb der Server")
    )
    service_en = _words(
        _l("Leistung auf Englisch"), 200, description=_l("Zum Beispiel: running the servers")
    )


class ContractForm(PortalForm):
    """The contract of an organisation."""

    name = _words(_l("Name der Praxis oder Einrichtung"), 200)
    country = SelectField(
        _l("Land"),
        choices=COUNTRIES,
        validators=[needed()],
        description=_l("Danach richten sich Arztnummern, Rechtstexte und Aufbewahrungsfristen."),
    )
    contract_start = _date(_l("Vertragsbeginn"))
    seats = IntegerField(
        _l("Plätze"),
        validators=[
            needed(),
            NumberRange(1, LAST_SEATS, _l("Eine Zahl von %(min)s bis %(max)s.")),
        ],
        description=_l("So viele Konten kann die Einrichtung gleichzeitig haben."),
    )


class LookForm(PortalForm):
    """What guests and doctors see of their organisation, and whom they can turn to."""

    phone = _perhaps(_l("Telefon der Praxis"), 40, phone)
    support_contact = _perhaps(
        _l("Ansprechperson für Fragen"),
        300,
        description=_l(
            "Name und Telefon oder E-Mail bei uns; steht für Angemeldete unten auf jeder Seite."
        ),
    )
    sms_sender = _perhaps(
        _l("Absender von SMS"),
        11,
        Regexp(r"^[A-Za-z0-9 ]*\Z", message=_l("Nur Buchstaben ohne Umlaute und Ziffern.")),
        description=_l(
            "Höchstens 11 Zeichen, ohne Hinweis auf ein Fachgebiet. Gilt für jeden SMS-Anbieter, "
            "in dessen Einstellungen die Praxis keinen anderen einträgt."
        ),
    )
    accent = ContrastField(
        _l("Hauptfarbe"),
        branding.TEXT,
        description=_l("Für Knöpfe und Links, zum Beispiel #0e5c55. Leer lassen für unsere Farbe."),
    )
    accent_2 = ContrastField(
        _l("Zweite Farbe"),
        branding.PARTS,
        description=_l("Für Linien und Zeichen, zum Beispiel #a86a24."),
    )
    logo = FileField(
        _l("Logo"),
        description=_l(
            "PNG, JPEG oder WebP, höchstens 2 MB; wird auf 360 x 96 Punkte verkleinert."
        ),
    )

    # Why the upload was refused; only whoever reads the file knows.
    refused_logo: str = ""

    def validate_logo(self, _field: Field) -> None:
        """Say what was wrong with the upload."""
        if self.refused_logo:
            raise ValidationError(self.refused_logo)


class ProjectsForm(PortalForm):
    """Which special projects and providers an organisation gets."""

    plugins = SelectMultipleField(
        _l("Erweiterungen"),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )


class AdminForm(PortalForm):
    """The project administrator who gets a link for the first password."""

    first_name = _words(_l("Vorname"), 100)
    last_name = _words(_l("Nachname"), 100)
    email = StringField(_l("E-Mail"), filters=[one_line], validators=[needed(), at_most(200), mail])


class WordForm(PortalForm):
    """The word that confirms something dangerous."""

    wanted: Any = ""
    word = StringField(_l("Zur Bestätigung"), validators=[needed(), at_most(40)])

    def validate_word(self, field: Field) -> None:
        """Ask for the word itself."""
        if (field.data or "").strip().upper() != str(self.wanted):
            raise ValidationError(_("Bitte schreiben Sie %(word)s.", word=self.wanted))


class TerminateForm(WordForm):
    """Confirms a termination."""

    wanted = _l("KÜNDIGEN")


class RealForm(WordForm):
    """Confirms that a demo becomes a real organisation."""

    wanted = _l("UMWANDELN")
