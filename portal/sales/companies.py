"""Provider companies: made and changed by the operator (TEN-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal import audit
from portal.errors import InvalidFormError
from portal.extensions import db
from portal.sales import changes
from portal.tenants.models import ProviderCompany

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

audit.words(
    {
        "sales.company.created": _l("Anbieter angelegt"),
        "sales.company.changed": _l("Angaben des Anbieters geändert"),
    },
    {
        "name": _l("Name"),
        "country": _l("Land"),
        "address": _l("Anschrift"),
        "phone": _l("Telefon"),
        "email": _l("E-Mail"),
        "managing_directors": _l("Geschäftsführung"),
        "privacy_officer": _l("Datenschutzbeauftragte Person"),
        "privacy_officer_contact": _l("Kontakt der datenschutzbeauftragten Person"),
        "authority": _l("Aufsichtsbehörde"),
        "authority_contact": _l("Kontakt der Aufsichtsbehörde"),
        "undertaking_version": _l("Fassung der Verpflichtung"),
    },
)


def create(values: Mapping[str, Any], *, now: datetime) -> ProviderCompany:
    """Make a provider company.

    :raise InvalidFormError: another one has this name.
    """
    _refuse_taken(str(values["name"]), "")
    company = ProviderCompany(**values)
    db.session.add(company)
    db.session.flush()
    audit.record("sales.company.created", "company", company.id, now=now)
    return company


def change(company: ProviderCompany, values: Mapping[str, Any], *, now: datetime) -> None:
    """Change what a provider company says of itself.

    :raise InvalidFormError: another one has this name.
    """
    _refuse_taken(str(values["name"]), company.id)
    changed = changes.apply(company, values)
    if changed:
        audit.record("sales.company.changed", "company", company.id, fields=changed, now=now)


def _refuse_taken(name: str, own_id: str) -> None:
    query = select(ProviderCompany.id).where(
        func.lower(ProviderCompany.name) == name.lower(), ProviderCompany.id != own_id
    )
    if db.session.scalar(query.limit(1)) is not None:
        raise InvalidFormError({"name": [_("Einen Anbieter mit diesem Namen gibt es schon.")]})
