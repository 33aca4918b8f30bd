"""What an organisation, or its provider company, says about its account at LOX24."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField
from wtforms.validators import Optional, Regexp

from portal.api import PortalForm, at_most, https_address, needed, one_line

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

# As LOX24 says: eleven characters, or fifteen digits.
SENDER = re.compile(r"^(?=.*\S)([A-Za-z0-9 ]{1,11}|\+?[0-9]{4,15})$")


KEPT = _l("Wird nicht angezeigt. Leer lassen, um den gespeicherten zu behalten.")


def _url() -> StringField:
    """Return the field of the gateway's address."""
    return StringField(
        _l("Adresse"),
        default="https://api.lox24.eu",
        description=_l("Nur zu ändern, wenn LOX24 Ihnen eine andere nennt."),
        filters=[one_line],
        validators=[needed(), at_most(300), https_address],
    )


def _token(hint: LazyString) -> PasswordField:
    """Return the field of the key."""
    return PasswordField(
        _l("API-Key"),
        description=hint,
        render_kw={"autocomplete": "new-password"},
        validators=[
            Optional(),
            Regexp(r"^[!-~]{8,200}$", message=_l("So sieht kein API-Key aus.")),
        ],
    )


def _sender(hint: LazyString) -> StringField:
    """Return the field of the sender."""
    return StringField(
        _l("Absender"),
        description=hint,
        filters=[one_line],
        validators=[
            Optional(),
            Regexp(SENDER, message=_l("Höchstens 11 Buchstaben und Ziffern, oder eine Nummer.")),
        ],
    )


def _price() -> StringField:
    """Return the field of what a part costs."""
    return StringField(
        _l("Preis je SMS-Teil nach Deutschland, in Euro"),
        filters=[one_line],
        validators=[
            Optional(),
            Regexp(r"^[0-9]{1,2}([.,][0-9]{1,4})?$", message=_l("Zum Beispiel 0,075.")),
        ],
    )


class LoxForm(PortalForm):
    """Key, sender and price of an organisation's own contract."""

    url = _url()
    token = _token(
        _l(
            "Wird nicht angezeigt. Leer lassen, um den gespeicherten zu behalten. Wo keiner steht, "
            "gilt der Vertrag Ihres Anbieters mit LOX24, wenn er einen hat."
        )
    )
    sender = _sender(
        _l(
            "Höchstens 11 Buchstaben und Ziffern, oder eine Telefonnummer. Leer gilt der Absender, "
            "den die Anbieterin in Ihrem Vertrag eingetragen hat."
        )
    )
    price = _price()


class CompanyForm(PortalForm):
    """The provider company's contract, for its organisations that have none."""

    url = _url()
    token = _token(KEPT)
    sender = _sender(_l("Gilt, wo weder die Organisation noch ihr Vertrag einen Absender nennt."))
    price = _price()
