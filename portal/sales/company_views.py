"""The operator's pages: provider companies, their staff, and who signed the undertaking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_login import current_user

from portal import audittrail, clock
from portal.extensions import db
from portal.language import ZONE
from portal.permissions import Role, policy
from portal.sales import companies, staff, undertakings
from portal.sales.forms import CompanyForm, StaffForm, UndertakingForm
from portal.sales.submitting import UNPROCESSABLE, done, onward
from portal.tenants import service

if TYPE_CHECKING:
    from portal.accounts.models import Staff
    from portal.tenants.models import ProviderCompany

bp = Blueprint("companies", __name__, url_prefix="/operator")
Answer = str | tuple[str, int] | Response


@bp.get("")
@policy(Role.OPERATOR, page=True)
def all_companies() -> str:
    """List the provider companies."""
    return render_template("sales/companies.html", companies=service.companies())


@bp.get("/companies/new")
@policy(Role.OPERATOR, page=True)
def new_company() -> str:
    """Show the empty form of a provider company."""
    form = CompanyForm(data={"undertaking_version": "1"})
    return render_template("sales/new_company.html", form=form)


@bp.post("/companies")
@policy(Role.OPERATOR)
def create_company() -> Answer:
    """Make a provider company and go to its page."""
    form = CompanyForm(request.form)
    made: list[ProviderCompany] = []
    if not done(form, lambda: made.append(companies.create(form.data, now=clock.now()))):
        return render_template("sales/new_company.html", form=form), UNPROCESSABLE
    return onward(url_for("companies.company", company_id=made[0].id))


@bp.get("/companies/<company_id>")
@policy(Role.OPERATOR, page=True)
def company(company_id: str) -> str:
    """Show one provider company: its data, its staff, what changed."""
    return _company(service.get_company(company_id))


@bp.post("/companies/<company_id>")
@policy(Role.OPERATOR)
def change_company(company_id: str) -> Answer:
    """Store what a provider company says of itself."""
    row = service.get_company(company_id)
    form = CompanyForm(request.form)
    saved = done(form, lambda: companies.change(row, form.data, now=clock.now()))
    return _company(row, form=form, saved=saved), 200 if saved else UNPROCESSABLE


def _company(row: ProviderCompany, **more: Any) -> str:  # noqa: ANN401  what the template shows
    values = {
        "company": row,
        "form": CompanyForm(obj=row),
        "people": _people(row.id),
        "staff_form": StaffForm(prefix="new-"),
        "log": audittrail.of_object("company", row.id),
        **more,
    }
    return render_template("sales/company.html", **values)


@bp.post("/companies/<company_id>/staff")
@policy(Role.OPERATOR, fresh=True)
def create_staff(company_id: str) -> Answer:
    """Make a staff account and show, once, the link for its password."""
    row = service.get_company(company_id)
    form = StaffForm(request.form, prefix="new-")
    made: list[tuple[Staff, str]] = []
    if not done(form, lambda: made.append(staff.create(row.id, form.data, now=clock.now()))):
        return _company(row, staff_form=form), UNPROCESSABLE
    person, link = made[0]
    return _company(row, link=link, linked=person)


def _people(company_id: str | None) -> list[dict[str, Any]]:
    rows = staff.of_company(company_id)
    signed = undertakings.of_staff(row.id for row in rows)
    return [
        {
            "staff": row,
            "role": audittrail.ROLES[Role(row.role)],
            "undertakings": signed[row.id],
            "is_bound": undertakings.is_bound(row.id),
        }
        for row in rows
    ]


@bp.get("/staff/<staff_id>")
@policy(Role.OPERATOR, page=True)
def person(staff_id: str) -> str:
    """Show one member of staff: state, undertakings, what was done."""
    return _person(staff.get(staff_id))


def _person(row: Staff, **more: Any) -> str:  # noqa: ANN401  what the template shows
    company_id = str(row.provider_company_id)
    version = service.get_company(company_id).undertaking_version if company_id != "None" else ""
    today = clock.now().astimezone(ZONE).date()
    values = {
        "person": row,
        "role": audittrail.ROLES[Role(row.role)],
        "undertakings": undertakings.of_staff([row.id])[row.id],
        "is_bound": undertakings.is_bound(row.id),
        "version": version,
        "form": UndertakingForm(data={"version": version, "signed_on": today}),
        "log": audittrail.of_object("staff", row.id),
        **more,
    }
    return render_template("sales/person.html", **values)


@bp.post("/staff/<staff_id>/suspend")
@policy(Role.OPERATOR)
def suspend(staff_id: str) -> str:
    """Keep a member of staff out."""
    row = staff.get(staff_id)
    staff.suspend(row, current_user.subject_id, now=clock.now())
    db.session.commit()
    return _person(row)


@bp.post("/staff/<staff_id>/reactivate")
@policy(Role.OPERATOR)
def reactivate(staff_id: str) -> str:
    """Let a member of staff in again."""
    row = staff.get(staff_id)
    staff.reactivate(row, now=clock.now())
    db.session.commit()
    return _person(row)


@bp.post("/staff/<staff_id>/link")
@policy(Role.OPERATOR, fresh=True)
def new_link(staff_id: str) -> str:
    """Show, once, a fresh link for a password."""
    row = staff.get(staff_id)
    link = staff.new_link(row, now=clock.now())
    db.session.commit()
    return _person(row, link=link)


@bp.post("/staff/<staff_id>/undertakings")
@policy(Role.OPERATOR)
def record_undertaking(staff_id: str) -> Answer:
    """Enter that somebody signed the undertaking."""
    row = staff.get(staff_id)
    form = UndertakingForm(request.form)

    def act() -> None:
        undertakings.record(row, form.value("version"), form.signed_on.data, now=clock.now())

    if not done(form, act):
        return _person(row, form=form), UNPROCESSABLE
    return _person(row)


@bp.post("/undertakings/<undertaking_id>/end")
@policy(Role.OPERATOR)
def end_undertaking(undertaking_id: str) -> str:
    """End an undertaking."""
    ended = undertakings.end(undertaking_id, now=clock.now())
    db.session.commit()
    return _person(staff.get(ended.staff_id))
