"""One's own data: the copy, requests and their answers, restriction, withdrawal, complaint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template, request
from flask_login import current_user

from portal import clock
from portal.accounts.service import get_account
from portal.accounts.tokens import Pending
from portal.extensions import db
from portal.permissions import CLINIC, Role, is_fresh, policy
from portal.rights import export, restriction, service
from portal.rights.forms import RequestForm
from portal.tenants.service import get_company, get_organisation

if TYPE_CHECKING:
    from portal.accounts.models import Account

bp = Blueprint("rights", __name__, url_prefix="/rights")
CUSTOMERS = (*CLINIC, Role.PROJECTADMIN)
# Whose data are restricted signs in for these pages and no others.
ALSO = (Pending.RESTRICTED,)
UNPROCESSABLE = 422


@bp.get("", endpoint="page")
@policy(*CUSTOMERS, page=True, pending=ALSO)
def page() -> str:
    """Show what one can do about one's data, and what one asked for."""
    return _page()


@bp.post("/requests")
@policy(*CUSTOMERS, pending=ALSO)
def ask() -> str | tuple[str, int]:
    """Send a request or a complaint to the provider."""
    form = RequestForm(request.form)
    if not form.validate():
        return _page(form=form), UNPROCESSABLE
    made = service.ask(_account(), form.value("kind"), form.value("text"), now=clock.now())
    db.session.commit()
    return _page(made=made)


@bp.post("/withdrawal")
@policy(*CUSTOMERS, pending=ALSO)
def withdraw() -> str:
    """End every consent."""
    made = service.withdraw_consents(_account(), now=clock.now())
    db.session.commit()
    return _page(made=made)


@bp.post("/restriction")
@policy(*CUSTOMERS, fresh=True)
def restrict() -> str:
    """Restrict the processing of one's data; every session ends, this one too."""
    account = _account()
    restriction.begin(account, now=clock.now())
    db.session.commit()
    return _page(ended="restricted")


@bp.post("/restriction/lift")
@policy(*CUSTOMERS, pending=ALSO)
def lift() -> str:
    """Take the restriction back; who signs in again finds everything as it was."""
    restriction.lift(_account(), now=clock.now())
    db.session.commit()
    return _page(ended="lifted")


@bp.get("/data.json")
@policy(*CUSTOMERS, fresh=True, pending=ALSO)
def as_json() -> Response:
    """Return the copy of one's data for machines."""
    made = export.as_json(_account(), now=clock.now())
    headers = {"Content-Disposition": 'attachment; filename="meine-daten.json"'}
    return Response(made, mimetype="application/json", headers=headers)


@bp.get("/data.pdf")
@policy(*CUSTOMERS, fresh=True, pending=ALSO)
def as_pdf() -> Response:
    """Return the copy of one's data for people."""
    made = export.as_pdf(_account(), now=clock.now())
    headers = {"Content-Disposition": 'attachment; filename="meine-daten.pdf"'}
    return Response(made, mimetype="application/pdf", headers=headers)


@bp.post("/access")
@policy(*CUSTOMERS, fresh=True, pending=ALSO)
def access() -> str:
    """Keep that somebody asked for the copy; the page offers it while the proof is fresh."""
    made = service.done_at_once(_account(), "access", now=clock.now())
    db.session.commit()
    return _page(made=made)


def _account() -> Account:
    return get_account(current_user.subject_id)


def _page(**more: Any) -> str:  # noqa: ANN401  what the template shows besides
    account = _account()
    company = get_company(get_organisation(account.organisation_id).provider_company_id)
    requests = service.own(account.id)
    values = {
        "account": account,
        "company": company,
        "form": RequestForm(),
        "requests": requests,
        "has_copy": is_fresh(current_user.factor_at, clock.now())
        and any(each.kind == "access" for each in requests),
        "kinds": service.KINDS,
        "states": service.STATES,
        "made": None,
        "ended": "",
        **more,
    }
    return render_template("rights/rights.html", **values)
