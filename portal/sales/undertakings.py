"""The register of secrecy undertakings: who of the staff signed which version when (TEN-9).

Without a valid one no page of customer data opens. What everybody with an account may call, their
own sessions for instance, shows nothing of customers and stays open. The operator's pages show
names of organisations at most, and are where undertakings are entered; they ask for none.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Flask, current_app, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import bindparam, select

from portal import audit
from portal.accounts.models import Staff
from portal.database import glance
from portal.errors import NotFoundHereError, PortalError
from portal.extensions import db
from portal.permissions import ACCOUNTS, Role, policy_of
from portal.sales.models import Undertaking
from portal.tenants.models import ProviderCompany

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

BOUND = frozenset({Role.SALES, Role.SUPPORT})
audit.words(
    {
        "sales.undertaking.recorded": _l("Verpflichtung eingetragen"),
        "sales.undertaking.ended": _l("Verpflichtung beendet"),
    }
)


class UndertakingMissingError(PortalError):
    """A member of staff has not signed the version in force."""

    code = "undertaking_missing"
    status = HTTPStatus.FORBIDDEN
    sentence = _l(
        "Für Ihr Konto ist keine gültige Verpflichtung auf die Verschwiegenheit eingetragen."
    )
    cure = _l("Bitte wenden Sie sich an den Betrieb des Portals.")


_VALID = (
    select(Undertaking.id)
    .join(Staff, Staff.id == Undertaking.staff_id)
    .join(ProviderCompany, ProviderCompany.id == Staff.provider_company_id)
    .where(
        Undertaking.staff_id == bindparam("staff"),
        Undertaking.version == ProviderCompany.undertaking_version,
        Undertaking.ended_at.is_(None),
    )
    .limit(1)
)


def is_bound(staff_id: str) -> bool:
    """Tell whether a member of a company's staff has signed the version that is in force there."""
    return bool(glance(_VALID, staff=staff_id))


def install(app: Flask) -> None:
    """Ask before each request of staff, after its policy."""
    app.before_request(_enforce)


def _enforce() -> None:
    declared = policy_of(current_app, str(request.endpoint)) if request.endpoint else None
    if declared is None or not declared.roles or declared.roles >= ACCOUNTS:
        return
    is_asked = current_user.is_authenticated and current_user.role in BOUND
    if is_asked and not is_bound(current_user.subject_id):
        raise UndertakingMissingError


def of_staff(staff_ids: Iterable[str]) -> dict[str, list[Undertaking]]:
    """Return the undertakings of several people, newest first."""
    found: dict[str, list[Undertaking]] = {staff_id: [] for staff_id in staff_ids}
    query = select(Undertaking).where(Undertaking.staff_id.in_(found))
    rows: Sequence[Undertaking] = db.session.scalars(
        query.order_by(Undertaking.signed_on.desc(), Undertaking.recorded_at.desc())
    ).all()
    for row in rows:
        found[row.staff_id].append(row)
    return found


def record(person: Staff, version: str, signed_on: date, *, now: datetime) -> Undertaking:
    """Enter that somebody signed a version on a day."""
    row = Undertaking(staff_id=person.id, version=version, signed_on=signed_on, recorded_at=now)
    db.session.add(row)
    db.session.flush()
    audit.record(
        "sales.undertaking.recorded", "staff", person.id, fields=["version", "signed_on"], now=now
    )
    return row


def end(undertaking_id: str, *, now: datetime) -> Undertaking:
    """End an undertaking; who stands without another one opens no customer data from now on.

    :raise NotFoundHereError: there is none with this id that still holds.
    """
    row = db.session.get(Undertaking, undertaking_id)
    if row is None or row.ended_at is not None:
        raise NotFoundHereError
    row.ended_at = now
    audit.record("sales.undertaking.ended", "staff", row.staff_id, now=now)
    return row
