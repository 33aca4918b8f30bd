"""The form as the guest sees it while waiting, and the numbers for the project administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from plugins.consent_form import service
from portal.api import (
    NotFoundHereError,
    Role,
    caller,
    context,
    language,
    policy,
    render,
    visit_changed,
)

if TYPE_CHECKING:
    from portal.api import PluginContext, SlotView

bp = Blueprint("consent_form", __name__, template_folder="templates")


def slot(ctx: PluginContext, view: SlotView) -> str:
    """Show the form to a guest who waits; afterwards only that it was agreed to."""
    if view.visit is None or not ctx.settings.get("text"):
        return ""
    if view.visit.state != "waiting" and service.agreement(ctx, view.visit.visit_id) is None:
        return ""
    return _form(ctx, view.visit.visit_id)


def _form(ctx: PluginContext, visit_id: str, *, missed: bool = False) -> str:
    return render(
        "consent_form/_form.html",
        heading=ctx.settings.get("heading"),
        text=service.text(ctx, language()),
        agreement=service.agreement(ctx, visit_id),
        missed=missed,
    )


def row(ctx: PluginContext, view: SlotView) -> str:
    """Say in the guest's row at the desk whether the guest has agreed."""
    if view.visit is None or not ctx.settings.get("text"):
        return ""
    agreed = service.agreement(ctx, view.visit.visit_id) is not None
    return render("consent_form/_state.html", agreed=agreed)


@bp.post("/agreement")
@policy(Role.GUEST)
def agree() -> str | tuple[str, int]:
    """Take the guest's agreement, or the guest's withdrawal of it."""
    ctx, visit_id = context("consent_form"), caller().account_id
    words = service.text(ctx, language())
    if not words:
        raise NotFoundHereError
    if request.form.get("withdraw"):
        service.withdraw(ctx, visit_id)
    elif request.form.get("agreed"):
        service.agree(ctx, visit_id, words)
    else:
        return _form(ctx, visit_id, missed=True), 422
    ctx.session.commit()
    visit_changed(visit_id)
    return _form(ctx, visit_id)


@bp.get("/")
@policy(Role.PROJECTADMIN, page=True)
def numbers() -> str:
    """Show how many guests agreed, by month."""
    return render_template(
        "consent_form/numbers.html", months=service.months(context("consent_form"))
    )
