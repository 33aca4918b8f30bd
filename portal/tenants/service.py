"""What sales and operators may see of the customers, and switch on for them."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal.branding import brand
from portal.errors import NotFoundHereError, PortalError
from portal.extensions import db
from portal.tenants.models import (
    Organisation,
    PluginSwitch,
    ProviderCertificate,
    ProviderCompany,
    ProviderProcessor,
)
from portal.tenants.scope import across_tenants, tenant_scope

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Select

    from portal.branding import Brand


class ContractEndedError(PortalError):
    """The contract of the organisation is terminated; its data are only kept, not used (TEN-5)."""

    code = "contract_ended"
    status = HTTPStatus.FORBIDDEN
    sentence = _l("Der Vertrag Ihrer Praxis oder Einrichtung ist beendet.")
    cure = _l("Bitte wenden Sie sich an die Anbieterin; ihr Kontakt steht im Impressum.")


@dataclass(frozen=True)
class CompanyRow:
    """One provider company in the operator's list."""

    id: str
    name: str
    country: str
    organisations: int


def companies() -> Sequence[CompanyRow]:
    """Return all provider companies with the number of their organisations."""
    counted = (
        select(ProviderCompany, func.count(Organisation.id))
        .outerjoin(Organisation, Organisation.provider_company_id == ProviderCompany.id)
        .group_by(ProviderCompany.id)
        .order_by(ProviderCompany.name)
    )
    rows = db.session.execute(counted)
    return [CompanyRow(row.id, row.name, row.country, number) for row, number in rows]


def get_company(company_id: str) -> ProviderCompany:
    """Return a provider company.

    :raise NotFoundHereError: there is none with this id.
    """
    company = db.session.get(ProviderCompany, company_id)
    if company is None:
        raise NotFoundHereError
    return company


def processors_of(company_id: str) -> Sequence[ProviderProcessor]:
    """Return whom a provider company has named as working on its behalf, by name."""
    query = select(ProviderProcessor).where(ProviderProcessor.provider_company_id == company_id)
    by_name = query.order_by(ProviderProcessor.name, ProviderProcessor.id)
    return db.session.scalars(by_name).all()


def organisation_query(company_id: str, q: str) -> Select[Organisation]:
    """Return the query of one company's organisations whose name holds the text."""
    query = select(Organisation).where(Organisation.provider_company_id == company_id)
    if q:
        query = query.where(Organisation.name.icontains(q, autoescape=True))
    return query.order_by(Organisation.name, Organisation.id)


def get_organisation(organisation_id: str, company_id: str | None = None) -> Organisation:
    """Return an organisation, for staff only of their own provider company.

    :raise NotFoundHereError: it does not exist, or is another company's customer.
    """
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None or company_id not in {None, organisation.provider_company_id}:
        raise NotFoundHereError
    return organisation


def brand_of(organisation_id: str) -> Brand | None:
    """Return logo and colours of an organisation, or None when it has neither."""
    query = select(Organisation.logo, Organisation.accent, Organisation.accent_2)
    row = db.session.execute(query.where(Organisation.id == organisation_id)).first()
    return brand(*row) if row else None


def support_contact_of(organisation_id: str) -> str:
    """Return whom the people of an organisation can ask for help; empty if nobody is named."""
    query = select(Organisation.support_contact).where(Organisation.id == organisation_id)
    return db.session.scalar(query) or ""


def check_running(organisation_id: str) -> None:
    """Let go on while the contract runs, and keep it running until the end of the transaction.

    :raise ContractEndedError: it is terminated.
    """
    query = select(Organisation.terminated_at).where(Organisation.id == organisation_id)
    # A termination waits for this lock, so it finds whatever is written here.
    if db.session.execute(query.with_for_update(read=True)).scalar_one() is not None:
        raise ContractEndedError


def terminated() -> Select[str]:
    """Return the query of the ids whose contract is terminated: of theirs nothing goes on."""
    return select(Organisation.id).where(Organisation.terminated_at.is_not(None))


def switches(organisation_ids: Sequence[str]) -> dict[tuple[str, str], bool]:
    """Return, for organisations on one page of sales, which plugins are on."""
    query = select(PluginSwitch).where(PluginSwitch.organisation_id.in_(organisation_ids))
    with across_tenants("Sales sees which special projects its customers have on."):
        return {(row.organisation_id, row.plugin): row.is_on for row in db.session.scalars(query)}


def seats_used(organisation_ids: Sequence[str]) -> dict[str, int]:
    """Return how many accounts take a seat, for organisations on one page of sales.

    Suspended and rejected accounts take none. Only the number leaves the fence.
    """
    account = db.metadata.tables["account"]
    query = (
        select(account.c.organisation_id, func.count())
        .where(
            account.c.organisation_id.in_(organisation_ids),
            account.c.state.not_in(("suspended", "rejected")),
        )
        .group_by(account.c.organisation_id)
    )
    with across_tenants("Sales sees how many seats its customers use."):
        return {row[0]: row[1] for row in db.session.execute(query)}


def get_switch(plugin: str) -> PluginSwitch:
    """Return the switch of a plugin in the current organisation, made if it was never touched."""
    query = select(PluginSwitch).where(PluginSwitch.plugin == plugin)
    row = db.session.scalar(query)
    if row is None:
        row = PluginSwitch(plugin=plugin, is_on=False)
        db.session.add(row)
    return row


def valid_certificates(company_id: str, on: date) -> dict[str, ProviderCertificate]:
    """Return the company's certificates that hold on a day, by kind; the longest of each.

    A kind that is missing has none: whoever shows both, as the KBV certificate does, must refuse.
    """
    query = select(ProviderCertificate).where(
        ProviderCertificate.provider_company_id == company_id,
        ProviderCertificate.valid_from <= on,
        ProviderCertificate.valid_until >= on,
    )
    rows = db.session.scalars(query.order_by(ProviderCertificate.valid_until))
    return {row.kind: row for row in rows}


def switch_plugin(organisation: Organisation, plugin: str, *, on: bool) -> None:
    """Switch a plugin on or off for one organisation."""
    with tenant_scope(organisation.id):
        get_switch(plugin).is_on = on
        db.session.flush()
