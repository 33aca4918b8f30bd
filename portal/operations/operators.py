"""Accounts of the operator, made at the machine: nobody stands above them who could invite them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.exc import OperationalError, ProgrammingError
from werkzeug.datastructures import MultiDict

from portal.accounts.models import Staff
from portal.errors import InvalidFormError
from portal.extensions import db
from portal.permissions import Role
from portal.sales import staff
from portal.sales.forms import StaffForm

if TYPE_CHECKING:
    from datetime import datetime


class OperatorError(Exception):
    """The account or its link could not be made; the text says what to do, in one line."""


def create(email: str, first_name: str, last_name: str, *, now: datetime) -> str:
    """Make an account of the operator and return the link for its password; commits.

    The link holds for seven days and opens once.

    :raise OperatorError: the address or a name cannot be used, or the database has no tables yet.
    """
    typed = MultiDict({"email": email, "first_name": first_name, "last_name": last_name})
    with force_locale("en"):
        form = StaffForm(typed)
        del form.role
        if not form.validate():
            raise OperatorError(_named(form.errors))
        try:
            _person, link = staff.create(None, {**form.data, "role": Role.OPERATOR}, now=now)
        except InvalidFormError as error:
            raise OperatorError(_named(error.details["fields"])) from error
        except (OperationalError, ProgrammingError) as error:
            raise OperatorError("The database is not ready: run `portal db upgrade`.") from error
    db.session.commit()
    return link


def new_link(email: str, *, now: datetime) -> str:
    """Return a fresh link for the password of an account of the operator; commits.

    It holds for an hour and opens once; those before it no longer hold.

    :raise OperatorError: no active account of the operator has this address.
    """
    query = select(Staff).where(
        Staff.email == email.strip(), Staff.role == Role.OPERATOR, Staff.state == staff.ACTIVE
    )
    try:
        person = db.session.scalar(query)
    except (OperationalError, ProgrammingError) as error:
        raise OperatorError("The database is not ready: run `portal db upgrade`.") from error
    if person is None:
        raise OperatorError(f"No active account of the operator has the address {email!r}.")
    link = staff.new_link(person, now=now)
    db.session.commit()
    return link


def _named(fields: dict[str, list[str]]) -> str:
    return " ".join(f"{name}: {' '.join(words)}" for name, words in fields.items())
