"""The questionnaire's pages: to fill one in, and to see one's own."""

from __future__ import annotations

import hmac
import json
from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request, url_for

from plugins.vinteos import questionnaire, service
from plugins.vinteos.models import FilledForm
from portal.api import NotFoundHereError, Role, caller, context, language, policy

if TYPE_CHECKING:
    from portal.api import PluginContext

bp = Blueprint("vinteos", __name__, template_folder="templates")


def address(ctx: PluginContext, call_id: str, account_id: str) -> str:
    """Return the address of a call's questionnaire.

    Its key proves that the portal offered it to this doctor, before the worker has noted the call.
    """
    return url_for("vinteos.form", call_id=call_id, key=ctx.sign(f"{call_id} {account_id}"))


@bp.get("/")
@policy(Role.DOCTOR, page=True)
def own() -> str:
    """Show a doctor how many questionnaires are filled in, and which are open."""
    ctx, account_id = context("vinteos"), caller().account_id
    return render_template(
        "vinteos/own.html",
        number=service.number(ctx, account_id),
        open_forms=service.open_forms(ctx, account_id),
        filled_forms=service.filled_forms(ctx, account_id),
    )


@bp.get("/calls/<call_id>")
@policy(Role.DOCTOR, page=True)
def form(call_id: str) -> str:
    """Show a call's questionnaire, to be filled in or as it was."""
    ctx = _allowed(call_id)
    done = service.filled(ctx, call_id)
    if done is not None:
        return _filled(ctx, done)
    return _asked(questionnaire.form_class(questionnaire.load(questionnaire.CURRENT))())


@bp.post("/calls/<call_id>")
@policy(Role.DOCTOR)
def fill(call_id: str) -> str | tuple[str, int]:
    """Take a filled-in questionnaire; a second one for the same call changes nothing."""
    ctx = _allowed(call_id)
    questions = questionnaire.load(questionnaire.CURRENT)
    filled_in = questionnaire.form_class(questions)(request.form)
    if not filled_in.validate():
        return _asked(filled_in), 422
    row = FilledForm(
        account_id=caller().account_id,
        call_id=call_id,
        questionnaire=questions.name,
        filled_at=ctx.now(),
    )
    service.fill(ctx, row, filled_in.data)
    ctx.session.commit()
    return _filled(ctx, service.filled(ctx, call_id))


def _allowed(call_id: str) -> PluginContext:
    """Return the context if the call's questionnaire is this doctor's.

    :raise NotFoundHereError: it is not, or there is none.
    """
    ctx, account_id = context("vinteos"), caller().account_id
    done = service.filled(ctx, call_id)
    if done is not None:
        if done.account_id != account_id:
            raise NotFoundHereError
        return ctx
    key = ctx.sign(f"{call_id} {account_id}")
    offered = hmac.compare_digest(request.args.get("key", "").encode(), key.encode())
    if not offered and not service.is_open(ctx, call_id, account_id):
        raise NotFoundHereError
    return ctx


def _asked(filled_in: Any) -> str:  # noqa: ANN401  a form made from data
    questions = questionnaire.load(questionnaire.CURRENT)
    return render_template(
        "vinteos/form.html", form=filled_in, title=questions.title.in_language(language())
    )


def _filled(ctx: PluginContext, done: FilledForm | None) -> str:
    if done is None:
        raise NotFoundHereError
    questions = questionnaire.load(done.questionnaire)
    answers = json.loads(done.answers) if done.answers else None
    return render_template(
        "vinteos/filled.html",
        title=questions.title.in_language(language()),
        filled_at=done.filled_at,
        answers=questionnaire.answered(questions, answers, language()) if answers else None,
        number=service.number(ctx, caller().account_id),
    )
