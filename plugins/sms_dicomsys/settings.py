"""What an organisation says about its account at the gateway, and about the gateway's format."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, Regexp

from plugins.sms_dicomsys import mapping
from portal.api import PortalForm, at_most, https_address, needed, one_line

if TYPE_CHECKING:
    from collections.abc import Callable

# Eleven letters and digits, or a number of up to sixteen: what networks show as a sender.
SENDER = re.compile(r"^(?=.*\S)([A-Za-z0-9 ]{1,11}|\+?[0-9]{4,16})$")
HEADER = re.compile(r"^[A-Za-z0-9-]{1,60}:[ -~]{1,300}$")
BASIC = mapping.DEFAULTS


def _path(label: str, default: str) -> StringField:
    return StringField(
        label,
        default=default,
        filters=[one_line],
        validators=[Optional(), at_most(100)],
    )


class GatewayForm(PortalForm):
    """Address, account and sender; below them the format, which is an assumption at first."""

    url = StringField(
        _l("Adresse des Gateways"),
        description=_l(
            "Das Portal spricht mit dieser Adresse und mit keiner anderen. dicomsys hat keine "
            "öffentliche Beschreibung: Das Format unten ist eine Annahme. Fragen Sie dicomsys, ob "
            "es passt, und ändern Sie es, wo es abweicht."
        ),
        filters=[one_line],
        validators=[needed(), at_most(300), https_address],
    )
    user = StringField(
        _l("Benutzername"), filters=[one_line], validators=[Optional(), at_most(100)]
    )
    password = PasswordField(
        _l("Passwort"),
        description=_l("Wird nicht angezeigt. Leer lassen, um das gespeicherte zu behalten."),
        render_kw={"autocomplete": "new-password"},
        validators=[Optional(), at_most(200)],
    )
    sender = StringField(
        _l("Absender"),
        description=_l(
            "Höchstens 11 Buchstaben und Ziffern, oder eine Telefonnummer. Leer gilt der Absender, "
            "den die Anbieterin in Ihrem Vertrag eingetragen hat."
        ),
        filters=[one_line],
        validators=[
            Optional(),
            Regexp(SENDER, message=_l("Höchstens 11 Buchstaben und Ziffern, oder eine Nummer.")),
        ],
    )
    method = SelectField(
        _l("Methode"),
        choices=[SelectChoice(each, each) for each in ("POST", "PUT", "GET")],
        default=BASIC["method"],
    )
    format = SelectField(
        _l("Form der Anfrage"),
        choices=[SelectChoice("json", "JSON"), SelectChoice("form", _l("Formular"))],
        default=BASIC["format"],
    )
    template = TextAreaField(
        _l("Felder der Anfrage"),
        default=BASIC["template"],
        description=_l(
            "Ein JSON-Objekt. Platzhalter: {to}, {from}, {text}, {reference}, {report_url}, "
            "{user}, {password}. Mit {report_url} erfährt das Gateway, wohin es den Zustellbericht "
            "schickt."
        ),
        validators=[Optional(), at_most(2000)],
    )
    headers = TextAreaField(
        _l("Kopfzeilen"),
        description=_l("Eine je Zeile, zum Beispiel: X-Api-Key: {password}"),
        validators=[Optional(), at_most(2000)],
    )
    id_path = _path(_l("Kennung in der Antwort"), BASIC["id_path"])
    success = _path(_l("Angenommen, wenn"), "")
    refusal = _path(_l("Sicher abgelehnt, wenn"), "")
    report_reference = _path(_l("Kennung im Zustellbericht"), BASIC["report_reference"])
    report_state = _path(_l("Stand im Zustellbericht"), BASIC["report_state"])
    report_states = TextAreaField(
        _l("Wörter für den Stand"),
        default=BASIC["report_states"],
        description=_l("Eine Zeile je Stand, zum Beispiel: delivered = DELIVRD, OK"),
        validators=[Optional(), at_most(2000)],
    )
    prices = TextAreaField(
        _l("Preis je SMS-Teil in Euro"),
        description=_l("Eine Zeile je Land, zum Beispiel: DE = 0,075"),
        validators=[Optional(), at_most(2000)],
    )

    def validate_template(self, field: TextAreaField) -> None:
        """Refuse what is no JSON object, and gaps that nothing fills."""
        _readable(
            mapping.template, field, _l("Kein JSON-Objekt mit den Platzhaltern {to} und {text}.")
        )
        if self.format.data == "form" or self.method.data == "GET":
            values = mapping.template(field.data or "").values()
            if any(isinstance(each, dict | list) for each in values):
                raise ValidationError(
                    str(_l("In einem Formular kann kein Feld weitere enthalten."))
                )

    def validate_headers(self, field: TextAreaField) -> None:
        """Refuse what could become another header, or two."""
        for line in filter(str.strip, (field.data or "").splitlines()):
            if not HEADER.match(line.strip()):
                raise ValidationError(str(_l("Keine Kopfzeile: %(line)s", line=line[:60])))

    def validate_report_states(self, field: TextAreaField) -> None:
        """Refuse states that a message cannot have."""
        _readable(
            mapping.states,
            field,
            _l("Stände sind accepted, sent, delivered, failed, expired, rejected, unknown."),
        )

    def validate_prices(self, field: TextAreaField) -> None:
        """Refuse what is no country and price."""
        _readable(mapping.prices, field, _l("Je Zeile ein Land mit zwei Buchstaben und ein Preis."))


def _readable(read: Callable[[str], object], field: TextAreaField, otherwise: str) -> None:
    try:
        read(field.data or "")
    except ValueError as error:
        raise ValidationError(str(otherwise)) from error
