"""The base of every form: strict, errors in words; no CSRF token, as there is no cookie."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import Form, ValidationError
from wtforms.validators import InputRequired, Length

from portal.errors import InvalidFormError

if TYPE_CHECKING:
    from wtforms import Field

# Control and format characters (Cc, Cf) could turn a name round or hide in a log.
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_OWN_MACHINE = {"localhost", "127.0.0.1"}


def one_line(text: str | None) -> str | None:
    """Return a text without hidden characters and with single spaces; a filter for fields."""
    if text is None:
        return None
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = (each if unicodedata.category(each) not in _HIDDEN else " " for each in text)
    return " ".join("".join(kept).split())


def needed() -> InputRequired:
    """Return the validator of a field that must not stay empty."""
    return InputRequired(_l("Bitte füllen Sie dieses Feld aus."))


def at_most(characters: int) -> Length:
    """Return the validator of a length."""
    return Length(max=characters, message=_l("Höchstens %(max)d Zeichen."))


def visible(_form: Form, field: Field) -> None:
    """Refuse a text of which nothing is left to see."""
    if not field.data:
        raise ValidationError(str(_l("Bitte füllen Sie dieses Feld aus.")))


def https_address(_form: Form, field: Field) -> None:
    """Refuse an address to which data would go in clear across a network."""
    try:
        parts = urlsplit(field.data or "")
        host, _port = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if host and (parts.scheme == "https" or (parts.scheme == "http" and host in _OWN_MACHINE)):
        return
    raise ValidationError(
        str(_l("Bitte geben Sie eine vollständige Adresse an, die mit https:// beginnt."))
    )


class PortalForm(Form):
    """A form that is read from the request and either right or refused as a whole."""

    @classmethod
    def received(cls, **values: Any) -> Self:  # noqa: ANN401  defaults of the fields
        """Return the form that the request carries, if it is right.

        :raise InvalidFormError: names each field that is not.
        """
        form = cls(request.form, **values)
        form.check()
        return form

    def value(self, name: str) -> str:
        """Return what one field holds, empty when nothing was sent."""
        return str(self[name].data or "")

    def check(self) -> None:
        """Refuse wrong fields.

        :raise InvalidFormError: names them.
        """
        if not self.validate():
            raise InvalidFormError(
                {name: [str(each) for each in errors] for name, errors in self.errors.items()}
            )
