"""The pages that anybody may read: notice, browser storage, imprint, terms; and CSP reports."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request, url_for
from flask_login import current_user

from portal import clock
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.language import ZONE, language
from portal.permissions import CLINIC, Role, policy
from portal.privacy import announcing, deletion, processors, publishing, reports, schedule, service
from portal.privacy import notice as written
from portal.tenants.service import get_company, get_organisation

if TYPE_CHECKING:
    from portal.tenants.models import Organisation, ProviderCompany

bp = Blueprint("privacy", __name__)
bp.record_once(lambda _state: publishing.watch())
bp.record_once(lambda _state: deletion.watch())

# Who is told of a change: the customers. Guests read the notice each time they come.
TOLD = (*CLINIC, Role.PROJECTADMIN)
# Days that somebody may reckon with.
YEARS = range(2000, 2201)
MAX_REPORT_BYTES = 8 * 1024
ID = re.compile(r"[0-9a-f]{32}")


@bp.get("/privacy")
@policy()
def notice() -> str:
    """Show the newest notice of a provider company or organisation, or an earlier one by number."""
    company, organisation = _chosen()
    if company is None:
        return render_template("privacy/notice.html", notice=None, choices=_choices())
    number = request.args.get("number", type=int)
    shown = service.show(company, organisation, language(), now=clock.now(), number=number)
    return render_template("privacy/notice.html", notice=shown, choices=[])


@bp.get("/privacy/storage")
@policy()
def storage() -> str:
    """Show what the portal keeps in the browser."""
    return render_template("privacy/storage.html", notice={"storage": written.storage(language())})


@bp.get("/privacy/changes")
@policy()
def difference() -> str:
    """Show what a version of the notice changed against the one before it."""
    company, organisation = _chosen()
    number = request.args.get("number", type=int) or 0
    if company is None:
        raise NotFoundHereError
    scope = organisation.id if organisation else company.id
    return render_template(
        "privacy/changes.html",
        changes=announcing.difference(scope, number, language()),
        number=number,
        name=organisation.name if organisation else company.name,
    )


@bp.post("/privacy/seen")
@policy(*TOLD)
def seen() -> str:
    """Note that somebody has read of a change; the strip that told of it goes."""
    number = request.form.get("number", type=int) or 0
    announcing.read(current_user.subject_id, number, now=clock.now())
    db.session.commit()
    return ""


def _news() -> Any:  # noqa: ANN401  a row or nothing
    """Return the change that the signed-in person has not read of; pages show it on top."""
    told = current_user and current_user.is_authenticated and current_user.role in TOLD
    return announcing.news(current_user.subject_id) if told else None


bp.record_once(lambda state: state.app.jinja_env.globals.update(notice_news=_news))


@bp.get("/privacy/retention")
@policy()
def retention() -> str:
    """Show what goes when, and on which day if all of it began on a day that somebody chooses."""
    company, organisation = _chosen()
    if company is None:
        choices = _choices("privacy.retention")
        return render_template("privacy/retention.html", entries=[], choices=choices)
    day, wrong = _day()
    plugins = service.plugins_of(company, organisation)
    return render_template(
        "privacy/retention.html",
        entries=schedule.of(plugins, day, language()),
        day=day,
        wrong=wrong,
        choices=[],
    )


def _day() -> tuple[date, bool]:
    """Return the day that the address names, or today and whether it named none that exists."""
    today = clock.now().astimezone(ZONE).date()
    asked = request.args.get("date", "")
    try:
        day = date.fromisoformat(asked) if asked else today
    except ValueError:
        return today, True
    return (day, False) if day.year in YEARS else (today, True)


@bp.get("/privacy/processors")
@policy()
def subprocessors() -> str:
    """Show who gets data on behalf of a provider company, and who did before."""
    company, organisation = _chosen()
    if company is None:
        choices = _choices("privacy.subprocessors")
        return render_template("privacy/processors.html", found=[], choices=choices)
    scope = organisation.id if organisation else company.id
    return render_template(
        "privacy/processors.html",
        found=processors.history(scope, language()),
        name=organisation.name if organisation else company.name,
        choices=[],
    )


@bp.get("/imprint")
@policy()
def imprint() -> str:
    """Show who answers for the portal: all provider companies, or the one that is named."""
    company, _organisation = _chosen()
    shown = service.companies() if company is None else [company]
    providers = [written.provider(each) for each in shown]
    return render_template("privacy/imprint.html", providers=providers)


@bp.get("/terms")
@policy()
def terms() -> str:
    """Show the terms of use."""
    return render_template("privacy/terms.html")


def _chosen() -> tuple[ProviderCompany | None, Organisation | None]:
    """Return whom the address names; the only company there is needs no naming.

    :raise NotFoundHereError: it names one that does not exist.
    """
    company_id, organisation_id = _asked("company"), _asked("organisation")
    if organisation_id:
        organisation = get_organisation(organisation_id, company_id or None)
        return get_company(organisation.provider_company_id), organisation
    if company_id:
        return get_company(company_id), None
    companies = service.companies()
    return (companies[0] if len(companies) == 1 else None), None


def _asked(name: str) -> str:
    """Return an id that the address names, or nothing.

    :raise NotFoundHereError: it cannot be an id.
    """
    value = request.args.get(name, "")
    if value and not ID.fullmatch(value):
        raise NotFoundHereError
    return value


def _choices(endpoint: str = "privacy.notice") -> list[dict[str, str]]:
    return [
        {"name": each.name, "url": url_for(endpoint, company=each.id)}
        for each in service.companies()
    ]


@bp.post("/csp")
@policy()
def csp() -> tuple[str, int]:
    """Count a browser's report that a page tried what its policy forbids."""
    request.max_content_length = MAX_REPORT_BYTES
    reports.count(request.get_data(cache=False))
    return "", 204
