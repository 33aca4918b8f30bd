"""The page on which sales names whom the provider company employs besides."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_login import current_user

from portal import clock
from portal.extensions import db
from portal.language import language
from portal.permissions import Role, policy
from portal.privacy import processors as archive
from portal.sales import processors
from portal.sales.forms import ProcessorForm
from portal.sales.submitting import UNPROCESSABLE, done
from portal.tenants.service import processors_of

bp = Blueprint("processors", __name__, url_prefix="/sales/processors")
Answer = str | tuple[str, int] | Response


@bp.get("")
@policy(Role.SALES, page=True)
def page() -> str:
    """Show whom the company has named, and all that its notices ever named."""
    return _page()


def _page(**more: Any) -> str:  # noqa: ANN401  what the template shows
    company_id = current_user.provider_company_id
    values = {
        "rows": processors_of(company_id),
        "found": archive.history(company_id, language()),
        "form": ProcessorForm(),
        **more,
    }
    return render_template("sales/processors.html", **values)


@bp.post("")
@policy(Role.SALES, fresh=True)
def name() -> Answer:
    """Name a company."""
    form = ProcessorForm(request.form)
    company_id = current_user.provider_company_id
    if not done(form, lambda: processors.name(company_id, form.data, now=clock.now())):
        return _page(form=form), UNPROCESSABLE
    return _page(saved=True)


@bp.post("/<processor_id>/remove")
@policy(Role.SALES, fresh=True)
def remove(processor_id: str) -> str:
    """Name a company no more."""
    processors.remove(current_user.provider_company_id, processor_id, now=clock.now())
    db.session.commit()
    return _page()
