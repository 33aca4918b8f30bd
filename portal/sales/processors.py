"""Whom a provider company employs besides (Art. 28 GDPR): named, and named no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal import audit
from portal.errors import InvalidFormError, NotFoundHereError
from portal.extensions import db
from portal.tenants.models import ProviderCompany, ProviderProcessor

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

audit.words(
    {
        "sales.processor.named": _l("Auftragsverarbeiter genannt"),
        "sales.processor.removed": _l("Auftragsverarbeiter entfernt"),
    }
)


def name(company_id: str, values: Mapping[str, Any], *, now: datetime) -> ProviderProcessor:
    """Name a company; the notices that name it get a new number with the commit.

    :raise InvalidFormError: it is named already.
    """
    # Two who name the same at once wait for each other here.
    db.session.get_one(ProviderCompany, company_id, with_for_update=True)
    same = select(ProviderProcessor.id).where(
        ProviderProcessor.provider_company_id == company_id,
        func.lower(ProviderProcessor.name) == str(values["name"]).lower(),
    )
    if db.session.scalar(same.limit(1)) is not None:
        raise InvalidFormError({"name": [_("Diese Firma ist schon genannt.")]})
    row = ProviderProcessor(provider_company_id=company_id, **values)
    db.session.add(row)
    db.session.flush()
    audit.record("sales.processor.named", "company", company_id, now=now)
    return row


def remove(company_id: str, processor_id: str, *, now: datetime) -> None:
    """Name a company no more; earlier notices keep it, with its time.

    :raise NotFoundHereError: it does not exist, or is another company's.
    """
    row = db.session.get(ProviderProcessor, processor_id)
    if row is None or row.provider_company_id != company_id:
        raise NotFoundHereError
    db.session.delete(row)
    audit.record("sales.processor.removed", "company", company_id, now=now)
