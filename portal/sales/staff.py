"""Staff accounts of the operator and of provider companies: made, suspended, let in again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import audit
from portal.accounts import links, tokens
from portal.accounts.models import Staff
from portal.errors import InvalidFormError, NotFoundHereError, PortalError
from portal.extensions import db
from portal.permissions import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

ACTIVE, SUSPENDED = "active", "suspended"
OF_COMPANY = (Role.SALES, Role.SUPPORT)
audit.words(
    {
        "sales.staff.created": _l("Konto angelegt"),
        "sales.staff.suspended": _l("Konto gesperrt"),
        "sales.staff.reactivated": _l("Konto wieder freigegeben"),
        "sales.staff.link_shown": _l("Link für das Passwort angezeigt"),
    }
)


class OwnAccountError(PortalError):
    """Somebody tried to suspend the account that they use."""

    code = "own_account"
    status = 422
    sentence = _l("Ihr eigenes Konto können Sie nicht sperren.")
    cure = _l("Bitten Sie jemand anderen aus dem Betrieb darum.")


def of_company(company_id: str | None) -> Sequence[Staff]:
    """Return the staff of a provider company, or the operator's own, by name."""
    query = select(Staff).where(Staff.provider_company_id == company_id)
    return db.session.scalars(query.order_by(Staff.last_name, Staff.first_name, Staff.id)).all()


def get(staff_id: str) -> Staff:
    """Return a member of staff.

    :raise NotFoundHereError: there is none with this id.
    """
    person = db.session.get(Staff, staff_id)
    if person is None:
        raise NotFoundHereError
    return person


def create(
    company_id: str | None, values: Mapping[str, str], *, now: datetime
) -> tuple[Staff, str]:
    """Make a staff account; return it with the link for its password, which is shown once.

    :raise InvalidFormError: somebody has this e-mail address already.
    """
    taken = select(Staff.id).where(Staff.email == values["email"])
    if db.session.scalar(taken.limit(1)) is not None:
        raise InvalidFormError({"email": [_("Mit dieser Adresse gibt es schon ein Konto.")]})
    person = Staff(provider_company_id=company_id, state=ACTIVE, **values)
    db.session.add(person)
    db.session.flush()
    audit.record("sales.staff.created", "staff", person.id, now=now)
    return person, links.for_staff(person, links.Purpose.INVITE, now=now)


def new_link(person: Staff, *, now: datetime) -> str:
    """Return a fresh link for a password; those before it no longer hold."""
    audit.record("sales.staff.link_shown", "staff", person.id, now=now)
    return links.for_staff(person, links.Purpose.RESET, now=now)


def suspend(person: Staff, caller_id: str, *, now: datetime) -> None:
    """Keep a member of staff out from now on, in every open page within two seconds.

    :raise OwnAccountError: it is the caller.
    """
    if person.id == caller_id:
        raise OwnAccountError
    person.state = SUSPENDED
    tokens.end_all(None, person.id, now=now)
    audit.record("sales.staff.suspended", "staff", person.id, fields=["state"], now=now)


def reactivate(person: Staff, *, now: datetime) -> None:
    """Let a member of staff in again."""
    person.state = ACTIVE
    audit.record("sales.staff.reactivated", "staff", person.id, fields=["state"], now=now)
