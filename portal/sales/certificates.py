"""The provider company's two certificates: entered, renewed, told of before they end (TEN-7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import audit
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.tenants.models import CERTIFICATE_KINDS, ProviderCertificate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

WARNING = timedelta(days=90)
NAMES = {"security": _l("Informationssicherheit"), "privacy": _l("Datenschutz")}
audit.words(
    {
        "sales.certificate.entered": _l("Zertifikat eingetragen"),
        "sales.certificate.removed": _l("Zertifikat entfernt"),
    }
)


@dataclass(frozen=True)
class Warned:
    """One kind of certificate that sales should look after."""

    kind: str
    valid_until: date | None
    is_over: bool


def of_company(company_id: str) -> Sequence[ProviderCertificate]:
    """Return all certificates of a company, the longest valid first."""
    query = select(ProviderCertificate).where(ProviderCertificate.provider_company_id == company_id)
    newest = ProviderCertificate.valid_until.desc()
    return db.session.scalars(query.order_by(newest, ProviderCertificate.id)).all()


def warnings(company_id: str, on: date) -> list[Warned]:
    """Return the kinds of which no certificate holds for another 90 days."""
    rows = of_company(company_id)
    found = []
    for kind in CERTIFICATE_KINDS:
        ends = [row.valid_until for row in rows if row.kind == kind and row.valid_from <= on]
        last = max(ends, default=None)
        # A successor that begins before the other ends leaves no gap.
        later = [
            row.valid_until
            for row in rows
            if row.kind == kind and last and on < row.valid_from <= last + timedelta(days=1)
        ]
        last = max([*later, *([last] if last else [])], default=None)
        if last is None or last < on + WARNING:
            found.append(Warned(kind, last, last is None or last < on))
    return found


def enter(company_id: str, values: Mapping[str, Any], *, now: datetime) -> ProviderCertificate:
    """Keep a certificate."""
    row = ProviderCertificate(provider_company_id=company_id, **values)
    db.session.add(row)
    db.session.flush()
    audit.record("sales.certificate.entered", "company", company_id, fields=[row.kind], now=now)
    return row


def remove(company_id: str, certificate_id: str, *, now: datetime) -> None:
    """Delete a certificate that was entered by mistake.

    :raise NotFoundHereError: it does not exist, or is another company's.
    """
    row = db.session.get(ProviderCertificate, certificate_id)
    if row is None or row.provider_company_id != company_id:
        raise NotFoundHereError
    db.session.delete(row)
    audit.record("sales.certificate.removed", "company", company_id, fields=[row.kind], now=now)
