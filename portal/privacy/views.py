"""The pages that anybody may read: privacy notice, browser storage, imprint, terms; and CSP reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request

from portal.accounts.storage import INVENTORY
from portal.errors import NotFoundHereError
from portal.language import language
from portal.permissions import policy
from portal.privacy import publishing, reports, service
from portal.tenants.service import get_company, get_organisation

if TYPE_CHECKING:
    from portal.tenants.models import Organisation, ProviderCompany

__all__ = ["bp", "publishing"]

bp = Blueprint("privacy", __name__)

MAX_REPORT_BYTES = 8 * 1024


@bp.get("/privacy")
@policy()
def notice() -> str:
    """Show the newest notice of a provider company or organisation, or an earlier one by number."""
    company, organisation = _chosen()
    if company is None:
        return render_template("privacy/notice.html", notice=None, choices=_choices("/privacy"))
    number = request.args.get("number", type=int)
    shown = service.show(company, organisation, language(), number)
    if number is not None and shown.number != number:
        raise NotFoundHereError
    return render_template("privacy/notice.html", notice=shown, choices=[])


@bp.get("/privacy/storage")
@policy()
def storage() -> str:
    """Show what the portal keeps in the browser."""
    items = [
        {
            "where": item.place,
            "key": item.key,
            "purpose": item.purpose.in_language(language()),
            "lifetime": item.lifetime.in_language(language()),
            "needed_for": item.needed_for.in_language(language()),
        }
        for item in INVENTORY
    ]
    return render_template("privacy/storage.html", storage=items)


@bp.get("/imprint")
@policy()
def imprint() -> str:
    """Show who answers for the portal."""
    return _about("privacy/imprint.html", "/imprint")


@bp.get("/terms")
@policy()
def terms() -> str:
    """Show the terms of use."""
    return _about("privacy/terms.html", "/terms")


def _about(template: str, path: str) -> str:
    company, _organisation = _chosen()
    choices = _choices(path) if company is None else []
    return render_template(template, provider=company, choices=choices)


def _chosen() -> tuple[ProviderCompany | None, Organisation | None]:
    """Return whom the address names; the only company there is needs no naming.

    :raise NotFoundHereError: it names one that does not exist.
    """
    company_id = request.args.get("company", "")
    organisation_id = request.args.get("organisation", "")
    if organisation_id:
        organisation = get_organisation(organisation_id, company_id or None)
        return get_company(organisation.provider_company_id), organisation
    if company_id:
        return get_company(company_id), None
    companies = service.companies()
    return (companies[0] if len(companies) == 1 else None), None


def _choices(path: str) -> list[dict[str, Any]]:
    return [
        {
            "id": each.id,
            "name": each.name,
            "country": each.country,
            "url": f"{path}?company={each.id}",
        }
        for each in service.companies()
    ]


@bp.post("/csp")
@policy()
def csp() -> tuple[str, int]:
    """Count a browser's report that a page tried what its policy forbids."""
    request.max_content_length = MAX_REPORT_BYTES
    reports.count(request.get_data(cache=False))
    return "", 204
