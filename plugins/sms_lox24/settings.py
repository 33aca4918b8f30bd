"""What an organisation says about its account at LOX24."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField, ValidationError
from wtforms.validators import Optional, Regexp

from portal.api import PortalForm, at_most, needed, one_line

# As LOX24 says: eleven characters, or fifteen digits.
SENDER = re.compile(r"^(?=.*\S)([A-Za-z0-9 ]{1,11}|\+?[0-9]{4,15})$")
OWN_MACHINE = {"localhost", "127.0.0.1"}


class LoxForm(PortalForm):
    """Key, sender and price."""

    url = StringField(
        _l("Adresse"),
        default="https://api.lox24.eu",
        description=_l("Nur zu ändern, wenn LOX24 Ihnen eine andere nennt."),
        filters=[one_line],
        validators=[needed(), at_most(300)],
    )
    token = PasswordField(
        _l("API-Key"),
        description=_l("Wird nicht angezeigt. Leer lassen, um den gespeicherten zu behalten."),
        render_kw={"autocomplete": "new-password"},
        validators=[
            Optional(),
            Regexp(r"^[!-~]{8,200}$", message=_l("So sieht kein API-Key aus.")),
        ],
    )
    sender = StringField(
        _l("Absender"),
        description=_l("Höchstens 11 Buchstaben und Ziffern, oder eine Telefonnummer."),
        filters=[one_line],
        validators=[
            needed(),
            Regexp(SENDER, message=_l("Höchstens 11 Buchstaben und Ziffern, oder eine Nummer.")),
        ],
    )
    price = StringField(
        _l("Preis je SMS-Teil nach Deutschland, in Euro"),
        filters=[one_line],
        validators=[
            Optional(),
            Regexp(r"^[0-9]{1,2}([.,][0-9]{1,4})?$", message=_l("Zum Beispiel 0,075.")),
        ],
    )

    def validate_url(self, field: StringField) -> None:
        """Refuse an address that would send numbers and key in clear across a network."""
        try:
            parts = urlsplit(field.data or "")
            host, _port = parts.hostname, parts.port
        except ValueError:
            host, parts = None, urlsplit("")
        if host and (parts.scheme == "https" or (parts.scheme == "http" and host in OWN_MACHINE)):
            return
        raise ValidationError(
            str(_l("Bitte geben Sie eine vollständige Adresse an, die mit https:// beginnt."))
        )
