"""The pages for those who answer for data: the record of processing, and what the runner did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template
from flask_login import current_user

from portal import clock
from portal.language import language
from portal.permissions import Role, policy
from portal.privacy import deletion, record, registry, service
from portal.tenants.service import get_company, get_organisation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.tenants.models import ProviderCompany

bp = Blueprint("records", __name__)

READERS = (Role.PROJECTADMIN, Role.SALES, Role.OPERATOR)
SHOWN = 50


@bp.get("/privacy/record")
@policy(*READERS, page=True)
def processing() -> str:
    """Show the record of processing activities (Art. 30 GDPR)."""
    company, plugins = _whose()
    return render_template(
        "privacy/record.html",
        lines=record.lines(company, plugins, language()),
        heads=record.heads(),
        columns=record.COLUMNS,
        responsible=record.responsible(company) if company else [],
    )


@bp.get("/privacy/record.csv")
@policy(*READERS)
def processing_csv() -> Response:
    """Return the record as CSV."""
    company, plugins = _whose()
    return _file("".join(record.as_csv(company, plugins, language())), "csv", "text/csv")


@bp.get("/privacy/record.pdf")
@policy(*READERS)
def processing_pdf() -> Response:
    """Return the record as tagged PDF."""
    company, plugins = _whose()
    made = record.as_pdf(company, plugins, language(), now=clock.now())
    return _file(made, "pdf", "application/pdf")


def _whose() -> tuple[ProviderCompany | None, Iterable[str]]:
    """Return the company that answers to the reader, and the plugins that are in question.

    The operator stands above the companies and sees every plugin that is loaded.
    """
    if current_user.role == Role.OPERATOR:
        return None, registry.of_plugins().keys()
    if current_user.role == Role.SALES:
        company = get_company(current_user.provider_company_id)
        return company, service.plugins_of(company, None)
    organisation = get_organisation(current_user.organisation_id)
    company = get_company(organisation.provider_company_id)
    return company, service.plugins_of(company, organisation)


def _file(content: str | bytes, ending: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="record-art30.{ending}"'}
    return Response(content, mimetype=kind, headers=headers)


@bp.get("/operator/deletion")
@policy(Role.OPERATOR, page=True)
def runner() -> str:
    """Show what is due, what is late, and what the deletion runner did last."""
    now = clock.now()
    late = {rule.place: rows for rule, rows in deletion.overdue(now)}
    return render_template(
        "privacy/deletion.html",
        due=deletion.due(now),
        late=late,
        lines=deletion.protocol(SHOWN),
        problems=deletion.verify(),
    )
