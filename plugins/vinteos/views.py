"""A doctor's own pages: to fill a questionnaire in, and to see which wait and which are done."""

from __future__ import annotations

import hmac
import json
from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, render_template, request, url_for
from flask_babel import gettext as _

from plugins.vinteos import inbox, library, service
from plugins.vinteos.forms import REASONS, DismissForm, as_typed, draft_of, form_class
from plugins.vinteos.models import FilledForm, OpenForm
from plugins.vinteos.pages import bp
from plugins.vinteos.questionnaire import in_words
from portal.api import NotFoundHereError, Role, caller, context, language, policy

if TYPE_CHECKING:
    from plugins.vinteos.forms import QuestionnaireForm
    from plugins.vinteos.questionnaire import Question, Questionnaire
    from portal.api import PluginContext


def address(ctx: PluginContext, call_id: str, account_id: str) -> str:
    """Return the address of a call's questionnaire.

    Its key proves that the portal offered it to this doctor, before the worker has noted the call.
    """
    return url_for("vinteos.form", call_id=call_id, key=ctx.sign(f"{call_id} {account_id}"))


@bp.get("/")
@policy(Role.DOCTOR, page=True)
def own() -> str:
    """Show a doctor how many questionnaires are filled in, and which are open."""
    return _own(context("vinteos"))


def _own(ctx: PluginContext, **more: Any) -> str:  # noqa: ANN401  what the page may also show
    account_id = caller().account_id
    return render_template(
        "vinteos/own.html",
        number=service.number(ctx, account_id),
        open_forms=inbox.waiting(ctx, account_id),
        put_aside=inbox.dismissed(ctx, account_id),
        filled_forms=service.filled_forms(ctx, account_id),
        form=DismissForm(),
        reasons=dict(REASONS),
        **more,
    )


@bp.get("/calls/<call_id>")
@policy(Role.DOCTOR, page=True)
def form(call_id: str) -> str:
    """Show a call's questionnaire, to be filled in or as it was."""
    ctx = _allowed(call_id)
    done = service.filled(ctx, call_id)
    if done is not None:
        return _filled(ctx, done)
    row = inbox.find(ctx, call_id, caller().account_id)
    questions = _questions(ctx, row)
    typed = as_typed(inbox.draft(row))
    return _asked(ctx, row, form_class(questions)(typed))


def _questions(ctx: PluginContext, row: OpenForm | None) -> Questionnaire:
    begun = library.every(ctx).get(row.questionnaire or "") if row else None
    return begun or library.in_force(ctx)


@bp.post("/calls/<call_id>")
@policy(Role.DOCTOR)
def fill(call_id: str) -> str | tuple[str, int]:
    """Take a filled-in questionnaire; a second one for the same call changes nothing.

    What is not right yet is kept as a draft, as is what somebody sends with "save" alone.
    """
    ctx = _allowed(call_id)
    filled_in = _received(ctx)
    if request.form.get("do") == "draft" or not filled_in.validate():
        kept = _keep_draft(ctx, call_id, filled_in.questions)
        ctx.session.commit()
        return _asked(ctx, kept, filled_in, saved=True), 422 if filled_in.errors else 200
    row = FilledForm(
        account_id=caller().account_id,
        call_id=call_id,
        questionnaire=filled_in.questions.key,
        filled_at=ctx.now(),
    )
    service.fill(ctx, row, filled_in.answers())
    ctx.session.commit()
    return _filled(ctx, service.filled(ctx, call_id))


@bp.post("/calls/<call_id>/draft")
@policy(Role.DOCTOR)
def draft(call_id: str) -> Response:
    """Keep what was typed so far; a script of the page sends it while somebody types."""
    ctx = _allowed(call_id)
    filled_in = _received(ctx)
    kept = None
    if service.filled(ctx, call_id) is None:
        kept = _keep_draft(ctx, call_id, filled_in.questions)
        ctx.session.commit()
    return jsonify(saved=kept is not None and kept.draft_at is not None)


def _received(ctx: PluginContext) -> QuestionnaireForm:
    """Return the form that was sent, in the version that it was shown in."""
    shown = request.form.get("questionnaire", "")
    questions = library.every(ctx).get(shown) or library.in_force(ctx)
    return form_class(questions)(request.form)


def _keep_draft(ctx: PluginContext, call_id: str, questions: Questionnaire) -> OpenForm | None:
    account_id = caller().account_id
    row = OpenForm(account_id=account_id, call_id=call_id, ended_at=ctx.now())
    inbox.save_draft(ctx, row, questions.key, draft_of(questions, request.form))
    return inbox.find(ctx, call_id, account_id)


@bp.post("/calls/<call_id>/dismiss")
@policy(Role.DOCTOR)
def dismiss(call_id: str) -> str | tuple[str, int]:
    """Put a questionnaire aside, with a reason."""
    ctx = context("vinteos")
    row = inbox.get(ctx, call_id, caller().account_id)
    chosen = DismissForm(request.form)
    if not chosen.validate():
        return _own(ctx, wrong=call_id), 422
    inbox.dismiss(ctx, row, chosen.value("because"))
    ctx.session.commit()
    return _own(ctx, said=_("Der Fragebogen ist zurückgestellt."))


@bp.post("/calls/<call_id>/take-up")
@policy(Role.DOCTOR)
def take_up(call_id: str) -> str:
    """Let a questionnaire wait again."""
    ctx = context("vinteos")
    inbox.take_up(ctx, inbox.get(ctx, call_id, caller().account_id))
    ctx.session.commit()
    return _own(ctx, said=_("Der Fragebogen ist wieder offen."))


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
    if not offered and inbox.find(ctx, call_id, account_id) is None:
        raise NotFoundHereError
    return ctx


def _asked(
    ctx: PluginContext, row: OpenForm | None, filled_in: QuestionnaireForm, *, saved: bool = False
) -> str:
    questions = filled_in.questions
    return render_template(
        "vinteos/form.html",
        form=filled_in,
        questions=questions,
        when={each.id: _when(questions, each) for each in questions.questions},
        title=questions.title.in_language(language()),
        draft_url=_draft_url(),
        draft_at=row.draft_at if row else None,
        saved=saved,
        keeps=not ctx.settings.get("count_only"),
    )


def _draft_url() -> str:
    call_id = (request.view_args or {})["call_id"]
    return url_for("vinteos.draft", call_id=call_id, key=request.args.get("key"))


def _when(questions: Questionnaire, question: Question) -> str:
    """Return the sentence that says when a question is asked, for whoever sees all of them."""
    if question.show_if is None:
        return ""
    before = questions.question(question.show_if.question)
    values = [before.words(value, language()) for value in question.show_if.values]
    return _(
        "Nur, wenn Sie bei „%(question)s“ geantwortet haben: %(values)s.",
        question=before.text.in_language(language()),
        values=_(" oder ").join(values),
    )


def _filled(ctx: PluginContext, done: FilledForm | None) -> str:
    if done is None:
        raise NotFoundHereError
    questions = library.find(ctx, done.questionnaire)
    answers = json.loads(done.answers) if done.answers else None
    return render_template(
        "vinteos/filled.html",
        title=questions.title.in_language(language()),
        filled_at=done.filled_at,
        answers=in_words(questions, answers, language()) if answers else None,
        number=service.number(ctx, caller().account_id),
    )
