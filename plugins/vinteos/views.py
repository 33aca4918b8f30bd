"""The questionnaire of one call: asked, drafted, filled in, and read by the doctor who did."""

from __future__ import annotations

import hmac
import json
from typing import TYPE_CHECKING

from flask import Response, jsonify, render_template, request, url_for
from flask_babel import gettext as _

from plugins.vinteos import answers, inbox, library, participation
from plugins.vinteos.forms import as_typed, draft_of, form_class
from plugins.vinteos.models import FilledForm, OpenForm
from plugins.vinteos.pages import bp
from plugins.vinteos.questionnaire import in_words
from portal.api import NotFoundHereError, Role, caller, context, language, policy, render

if TYPE_CHECKING:
    from plugins.vinteos.count_models import Participation
    from plugins.vinteos.forms import QuestionnaireForm
    from plugins.vinteos.questionnaire import Question, Questionnaire
    from portal.api import PluginContext, SlotView


def address(ctx: PluginContext, call_id: str, account_id: str) -> str:
    """Return the address of a call's questionnaire.

    Its key proves that the portal offered it to this doctor, before the worker has noted the call.
    """
    return url_for("vinteos.form", call_id=call_id, key=ctx.sign(f"{call_id} {account_id}"))


@bp.get("/calls/<call_id>")
@policy(Role.DOCTOR, page=True)
def form(call_id: str) -> str:
    """Show a call's questionnaire, to be filled in or as it was."""
    ctx = _allowed(call_id)
    if answers.completed(ctx, call_id, caller().account_id):
        return _filled(ctx, call_id)
    _taking_part(ctx)
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
    ctx, account_id = _allowed(call_id), caller().account_id
    if answers.completed(ctx, call_id, account_id):
        return _filled(ctx, call_id)
    part = _taking_part(ctx, lock=True)
    filled_in = _received(ctx)
    if request.form.get("do") == "draft" or not filled_in.validate():
        kept = _keep_draft(ctx, part, call_id, filled_in.questions)
        ctx.session.commit()
        return _asked(ctx, kept, filled_in, saved=True), 422 if filled_in.errors else 200
    row = FilledForm(
        account_id=account_id,
        call_id=call_id,
        questionnaire=filled_in.questions.key,
        filled_at=ctx.now(),
    )
    answers.fill(ctx, part, row, filled_in.answers())
    ctx.session.commit()
    return _filled(ctx, call_id)


@bp.post("/calls/<call_id>/draft")
@policy(Role.DOCTOR)
def draft(call_id: str) -> Response:
    """Keep what was typed so far; a script of the page sends it while somebody types."""
    ctx = _allowed(call_id)
    kept = None
    if answers.completed(ctx, call_id, caller().account_id) is None:
        kept = _keep_draft(ctx, _taking_part(ctx), call_id, _received(ctx).questions)
        ctx.session.commit()
    return jsonify(saved=kept is not None and kept.draft_at is not None)


def _received(ctx: PluginContext) -> QuestionnaireForm:
    """Return the form that was sent, in the version that it was shown in."""
    shown = request.form.get("questionnaire", "")
    questions = library.every(ctx).get(shown) or library.in_force(ctx)
    return form_class(questions)(request.form)


def _taking_part(ctx: PluginContext, *, lock: bool = False) -> Participation:
    """Return the participation in which the caller fills in now.

    :raise NotTakingPartError: it has ended, or not begun.
    """
    part = participation.taking_part(ctx, caller().account_id, lock=lock)
    if part is None:
        raise participation.NotTakingPartError
    return part


def _keep_draft(
    ctx: PluginContext, part: Participation, call_id: str, questions: Questionnaire
) -> OpenForm | None:
    account_id = caller().account_id
    row = OpenForm(
        participation_id=part.id, account_id=account_id, call_id=call_id, ended_at=ctx.now()
    )
    inbox.save_draft(ctx, row, questions.key, draft_of(questions, request.form))
    return inbox.find(ctx, call_id, account_id)


def _allowed(call_id: str) -> PluginContext:
    """Return the context if the call's questionnaire is this doctor's.

    :raise NotFoundHereError: it is not, or there is none.
    """
    ctx, account_id = context("vinteos"), caller().account_id
    if answers.completed(ctx, call_id, account_id):
        return ctx
    if participation.is_counted(ctx, call_id):
        raise NotFoundHereError
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


def _filled(ctx: PluginContext, call_id: str) -> str:
    account_id = caller().account_id
    done = answers.completed(ctx, call_id, account_id)
    if done is None:  # it was erased in this moment
        raise NotFoundHereError
    kept = answers.kept(ctx, call_id, account_id)
    questions = library.every(ctx).get(kept.questionnaire) if kept else None
    said = json.loads(kept.answers) if kept and kept.answers else {}
    part = participation.get(ctx, done.participation_id)
    return render_template(
        "vinteos/filled.html",
        title=questions.title.in_language(language()) if questions else _("Fragebogen"),
        completed_at=done.completed_at,
        answers=in_words(questions, said, language()) if questions else None,
        part=part,
        number=participation.number(ctx, part),
    )


def reminder(ctx: PluginContext, view: SlotView) -> str:
    """Tell the doctor on the desk how many questionnaires wait, unless that is not wanted."""
    if view.role != Role.DOCTOR or participation.taking_part(ctx, view.account_id) is None:
        return ""
    if ctx.account_settings(view.account_id).values.get("quiet"):
        return ""
    waiting = inbox.waiting(ctx, view.account_id)
    return render("vinteos/_reminder.html", number=len(waiting)) if waiting else ""
