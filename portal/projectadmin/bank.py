"""An organisation's bank details: kept encrypted, shown by four characters, read with a trace."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from stdnum import iban
from stdnum.exceptions import ValidationError as NumberError
from wtforms import DateField, StringField, ValidationError
from wtforms.validators import Regexp

from portal import audit
from portal.extensions import db
from portal.forms import PortalForm, at_most, needed, one_line, visible
from portal.projectadmin.models import BankDetails

if TYPE_CHECKING:
    from datetime import datetime

# What a SEPA reference may hold (EPC 217-08), at most 35 characters.
_REFERENCE = re.compile(r"[A-Za-z0-9+?/:().,' -]{1,35}\Z")
KIND = "bank_details"
audit.words(
    {
        "projectadmin.bank.saved": _l("Bankverbindung gespeichert"),
        "projectadmin.bank.read": _l("Bankverbindung im Klartext angesehen"),
        "projectadmin.bank.deleted": _l("Bankverbindung gelöscht"),
    },
    {
        "holder": _l("Name auf dem Konto"),
        "iban": _l("IBAN"),
        "mandate_reference": _l("Mandatsreferenz"),
        "mandate_on": _l("Datum des Mandats"),
    },
)


def fits(_form: object, field: Any) -> None:  # noqa: ANN401  WTForms' own
    """Refuse an IBAN whose length, country or check digits do not fit (ISO 13616)."""
    try:
        field.data = iban.validate(field.data)
    except NumberError as error:
        words = _l("Diese IBAN stimmt nicht. Bitte vergleichen Sie sie mit Ihrer Karte.")
        raise ValidationError(str(words)) from error


class BankForm(PortalForm):
    """Bank details and a SEPA mandate."""

    holder = StringField(
        _l("Name auf dem Konto"),
        filters=[one_line],
        validators=[needed(), visible, at_most(70)],
    )
    iban = StringField(_l("IBAN"), filters=[one_line], validators=[needed(), at_most(50), fits])
    mandate_reference = StringField(
        _l("Mandatsreferenz"),
        filters=[one_line],
        validators=[
            needed(),
            Regexp(
                _REFERENCE, message=_l("Höchstens 35 Buchstaben, Ziffern und + ? / : ( ) . , '")
            ),
        ],
    )
    mandate_on = DateField(_l("Datum des Mandats"), validators=[needed()])


def current() -> BankDetails | None:
    """Return the bank details of the current organisation, if it stated any."""
    return db.session.scalars(select(BankDetails)).one_or_none()


def save(form: BankForm, *, now: datetime) -> BankDetails:
    """Keep bank details in place of those before."""
    row = current() or BankDetails()
    fields = list(form.data)
    for name in fields:
        setattr(row, name, form.data[name])
    row.last_four = str(form.iban.data)[-4:]
    db.session.add(row)
    db.session.flush()
    audit.record("projectadmin.bank.saved", KIND, row.id, now=now, fields=fields)
    return row


def reveal(*, now: datetime) -> str:
    """Return the whole IBAN, or nothing; each time is in the audit log (TEN-3)."""
    row = current()
    if row is None:
        return ""
    audit.record("projectadmin.bank.read", KIND, row.id, now=now, fields=["iban"])
    return iban.format(row.iban)


def delete(*, now: datetime) -> None:
    """Forget the bank details."""
    row = current()
    if row is not None:
        audit.record("projectadmin.bank.deleted", KIND, row.id, now=now)
        db.session.delete(row)
        db.session.flush()
