"""The pages of sales: organisations and their contracts, never guests, codes, calls or figures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template, request
from flask_login import current_user

from portal import audittrail, clock, images, paging
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.language import ZONE
from portal.permissions import Role, policy
from portal.pluginhost import service as pluginhost
from portal.sales import certificates, organisations, termination
from portal.sales.forms import (
    AdminForm,
    CertificateForm,
    ContractForm,
    LookForm,
    RealForm,
    TerminateForm,
)
from portal.sales.submitting import UNPROCESSABLE, done
from portal.tenants import service

if TYPE_CHECKING:
    from datetime import date

    from portal.tenants.models import Organisation

bp = Blueprint("sales", __name__, url_prefix="/sales")
Answer = str | tuple[str, int] | Response
UPLOAD = 3 * 1024 * 1024
LOGO_BOX = (360, 96)


def today() -> date:
    """Return the day that the calendar on the wall shows."""
    return clock.now().astimezone(ZONE).date()


@bp.get("")
@policy(Role.SALES, page=True)
def all_organisations() -> str:
    """List the organisations of the caller's provider company."""
    company = service.get_company(current_user.provider_company_id)
    shown = {
        "state": request.args.get("state", ""),
        "sort": request.args.get("sort", "name"),
    }
    _number, q = paging.asked()
    fetched = paging.fetch(organisations.query(company.id, q, **shown))
    page = replace(fetched, items=_rows(list(fetched.items)), shown=shown)
    return render_template(
        "sales/organisations.html",
        company=company,
        page=page,
        warnings=certificates.warnings(company.id, today()),
        certificate_names=certificates.NAMES,
    )


def _rows(found: list[Organisation]) -> list[dict[str, Any]]:
    ids = [organisation.id for organisation in found]
    switched, used = service.switches(ids), service.seats_used(ids)
    labels = {each["name"]: each["label"] for each in pluginhost.known()}
    return [
        {
            "row": each,
            "seats_used": used.get(each.id, 0),
            "plugins": [
                label for name, label in labels.items() if switched.get((each.id, name), False)
            ],
        }
        for each in found
    ]


def own(organisation_id: str) -> Organisation:
    """Return an organisation of the caller's provider company.

    :raise NotFoundHereError: it does not exist, or is another company's customer.
    """
    return service.get_organisation(organisation_id, current_user.provider_company_id)


def running(organisation_id: str) -> Organisation:
    """Return an organisation of the caller's company whose contract runs.

    :raise NotFoundHereError: it does not exist, or is another company's customer.
    :raise RestrictedError: the contract is terminated; its data are only kept.
    """
    row = own(organisation_id)
    termination.check_open(row)
    return row


@bp.get("/organisations/<organisation_id>")
@policy(Role.SALES, page=True)
def organisation(organisation_id: str) -> str:
    """Show one organisation's contract; that it was looked at is written down."""
    row = own(organisation_id)
    organisations.opened(row, now=clock.now())
    return shown(row)


def shown(row: Organisation, **more: Any) -> str:  # noqa: ANN401  what the template shows
    """Return the page of one organisation."""
    values = {
        "organisation": row,
        "seats_used": service.seats_used([row.id]).get(row.id, 0),
        "contract": ContractForm(obj=row),
        "look": LookForm(obj=row),
        "admin_form": AdminForm(prefix="admin-"),
        "administrators": organisations.administrators(row),
        "plugins": _plugins(row),
        "timetable": termination.timetable(row),
        "terminate_form": TerminateForm(),
        "real_form": RealForm(),
        "log": audittrail.of_organisation(row.id),
        **more,
    }
    return render_template("sales/organisation.html", **values)


def _plugins(row: Organisation) -> list[dict[str, Any]]:
    switched = organisations.plugins_on(row)
    return [{**each, "on": each["name"] in switched} for each in pluginhost.known()]


@bp.post("/organisations/<organisation_id>/contract")
@policy(Role.SALES)
def change_contract(organisation_id: str) -> Answer:
    """Store the contract of an organisation."""
    row = running(organisation_id)
    form = ContractForm(request.form)
    if not done(form, lambda: organisations.change(row, form.data, now=clock.now())):
        return shown(row, contract=form), UNPROCESSABLE
    return shown(row, saved="contract")


@bp.post("/organisations/<organisation_id>/look")
@policy(Role.SALES, upload=UPLOAD)
def change_look(organisation_id: str) -> Answer:
    """Store what guests and doctors see of their organisation."""
    row = running(organisation_id)
    form = LookForm(request.form)
    values = look_values(form)
    if not done(form, lambda: organisations.change(row, values, now=clock.now())):
        return shown(row, look=form), UNPROCESSABLE
    return shown(row, saved="look")


def look_values(form: LookForm) -> dict[str, Any]:
    """Return what the form holds, the logo drawn anew; a refusal goes into the form."""
    values = {name: value or "" for name, value in form.data.items() if name != "logo"}
    upload = request.files.get("logo")
    if request.form.get("no_logo"):
        values["logo"] = ""
    elif upload is not None and upload.filename:
        try:
            values["logo"] = images.redraw(upload.read(), within=LOGO_BOX).uri
        except images.ImageRefusedError as error:
            form.refused_logo = error.message()
    return values


@bp.post("/organisations/<organisation_id>/plugins/<plugin>")
@policy(Role.SALES)
def switch_plugin(organisation_id: str, plugin: str) -> str:
    """Switch a special project on or off for one organisation."""
    row = running(organisation_id)
    if plugin not in {each["name"] for each in pluginhost.known()}:
        raise NotFoundHereError
    organisations.switch(row, plugin, on=request.form.get("on") == "1", now=clock.now())
    db.session.commit()
    return render_template("sales/_plugins.html", organisation=row, plugins=_plugins(row))


@bp.post("/organisations/<organisation_id>/administrators")
@policy(Role.SALES)
def invite(organisation_id: str) -> Answer:
    """Invite a project administrator by mail."""
    row = running(organisation_id)
    form = AdminForm(request.form, prefix="admin-")

    def act() -> None:
        organisations.invite(row, organisations.Person(**form.data), now=clock.now())

    if not done(form, act):
        return shown(row, admin_form=form), UNPROCESSABLE
    return shown(row, saved="admin")


@bp.get("/certificates")
@policy(Role.SALES, page=True)
def certificate_list() -> str:
    """Show the provider company's certificates, and which are running out."""
    return _certificates()


def _certificates(**more: Any) -> str:  # noqa: ANN401  what the template shows
    company_id = current_user.provider_company_id
    values = {
        "rows": certificates.of_company(company_id),
        "warnings": certificates.warnings(company_id, today()),
        "certificate_names": certificates.NAMES,
        "form": CertificateForm(),
        "today": today(),
        **more,
    }
    return render_template("sales/certificates.html", **values)


@bp.post("/certificates")
@policy(Role.SALES)
def enter_certificate() -> Answer:
    """Keep a certificate."""
    form = CertificateForm(request.form)
    company_id = current_user.provider_company_id
    if not done(form, lambda: certificates.enter(company_id, form.data, now=clock.now())):
        return _certificates(form=form), UNPROCESSABLE
    return _certificates(saved=True)


@bp.post("/certificates/<certificate_id>/remove")
@policy(Role.SALES)
def remove_certificate(certificate_id: str) -> str:
    """Delete a certificate that was entered by mistake."""
    certificates.remove(current_user.provider_company_id, certificate_id, now=clock.now())
    db.session.commit()
    return _certificates()
