"""How a contract ends, or is taken up again; and how a demo begins and becomes real."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request
from flask_login import current_user

from portal import clock
from portal.audittrail import ROLES
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.permissions import Role, policy
from portal.sales import demo, termination
from portal.sales.forms import RealForm, TerminateForm
from portal.sales.submitting import UNPROCESSABLE, done
from portal.sales.views import own, shown
from portal.tenants import service

if TYPE_CHECKING:
    from portal.sales.views import Answer

bp = Blueprint("endings", __name__, url_prefix="/sales")


@bp.post("/organisations/<organisation_id>/terminate")
@policy(Role.SALES, fresh=True)
def terminate(organisation_id: str) -> Answer:
    """End a contract, if the word was written that confirms it."""
    row = own(organisation_id)
    form = TerminateForm(request.form)
    if not done(form, lambda: termination.terminate(row, now=clock.now())):
        return shown(row, terminate_form=form), UNPROCESSABLE
    return shown(row)


@bp.post("/organisations/<organisation_id>/withdraw")
@policy(Role.SALES)
def withdraw(organisation_id: str) -> Answer:
    """Take a termination back."""
    row = own(organisation_id)
    termination.withdraw(row, now=clock.now())
    db.session.commit()
    return shown(row)


@bp.post("/demo")
@policy(Role.SALES)
def make_demo() -> Answer:
    """Make a demo organisation and show, once, how its invented people sign in."""
    company = service.get_company(current_user.provider_company_id)
    organisation, logins = demo.create(company.id, company.country, now=clock.now())
    organisation_id = organisation.id
    db.session.commit()
    return render_template(
        "sales/demo.html", organisation_id=organisation_id, logins=logins, roles=ROLES
    )


@bp.post("/organisations/<organisation_id>/make-real")
@policy(Role.SALES, fresh=True)
def make_real(organisation_id: str) -> Answer:
    """Turn a demo into a real organisation, if the word was written that confirms it."""
    row = own(organisation_id)
    if not row.is_demo:
        raise NotFoundHereError
    form = RealForm(request.form)
    if not done(form, lambda: demo.make_real(row, now=clock.now())):
        return shown(row, real_form=form), UNPROCESSABLE
    return shown(row)
