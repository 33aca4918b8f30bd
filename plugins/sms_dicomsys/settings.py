"""What an organisation says about its account at the gateway."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField, ValidationError
from wtforms.validators import Optional, Regexp

from portal.api import PortalForm, at_most, needed, one_line

# Eleven letters and digits, or a number of up to sixteen: what networks show as a sender.
SENDER = re.compile(r"^(?=.*\S)([A-Za-z0-9 ]{1,11}|\+?[0-9]{4,16})$")
OWN_MACHINE = {"localhost", "127.0.0.1"}


class GatewayForm(PortalForm):
    """Address, account and sender."""

    url = StringField(
        _l("Adresse des Gateways"),
        description=_l(
            'Das Portal sendet POST mit JSON (to, from, text, reference) und erwartet {"id": …}. '
            "dicomsys hat keine öffentliche Beschreibung; dieses Format ist eine Annahme. Fragen "
            "Sie dicomsys, ob es passt."
        ),
        filters=[one_line],
        validators=[needed(), at_most(300)],
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
        description=_l("Höchstens 11 Buchstaben und Ziffern, oder eine Telefonnummer."),
        filters=[one_line],
        validators=[
            needed(),
            Regexp(SENDER, message=_l("Höchstens 11 Buchstaben und Ziffern, oder eine Nummer.")),
        ],
    )

    def validate_url(self, field: StringField) -> None:
        """Refuse an address that would send numbers and password in clear across a network."""
        try:
            parts = urlsplit(field.data or "")
            host, _port = parts.hostname, parts.port
        except ValueError:
            host = None
        else:
            if host and (
                parts.scheme == "https" or (parts.scheme == "http" and host in OWN_MACHINE)
            ):
                return
        raise ValidationError(
            str(_l("Bitte geben Sie eine vollständige Adresse an, die mit https:// beginnt."))
        )
