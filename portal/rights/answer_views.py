"""The page on which support answers requests and complaints."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock, paging
from portal.errors import NotFoundHereError, PortalError
from portal.extensions import db
from portal.permissions import Role, policy
from portal.rights import answering, service
from portal.rights.forms import AnswerForm
from portal.tenants.service import get_organisation

bp = Blueprint("requests", __name__, url_prefix="/requests")
UNPROCESSABLE = 422


@bp.get("", endpoint="queue")
@policy(Role.SUPPORT, page=True)
def queue() -> str:
    """List what waits for an answer, the next deadline first."""
    return _page()


@bp.post("/<organisation_id>/<request_id>/answer")
@policy(Role.SUPPORT, fresh=True)
def answer(organisation_id: str, request_id: str) -> str | tuple[str, int]:
    """Answer one request."""
    company_id = current_user.provider_company_id
    get_organisation(organisation_id, company_id)
    form = AnswerForm(request.form)
    if not form.validate():
        return _page(form=form, asked=request_id), UNPROCESSABLE
    try:
        number = answering.answer(
            company_id,
            (organisation_id, request_id),
            form.value("state"),
            form.value("answer"),
            current_user.subject_id,
            now=clock.now(),
        )
        db.session.commit()
    except NotFoundHereError:
        raise
    except PortalError as problem:
        db.session.rollback()
        return _page(problem=problem, form=form, asked=request_id), UNPROCESSABLE
    return _page(said=_("Anliegen %(number)s ist beantwortet.", number=number))


def _page(
    said: str = "",
    problem: PortalError | None = None,
    form: AnswerForm | None = None,
    asked: str = "",
) -> str:
    number, _q = paging.asked()
    rows, more = answering.queue(current_user.provider_company_id, number, now=clock.now())
    return render_template(
        "rights/queue.html",
        page=paging.PageOf(rows, number, more, ""),
        kinds=service.KINDS,
        said=said,
        problem=problem,
        form=form,
        asked=asked,
        empty_form=AnswerForm(),
    )
