"""A doctor's own page: taking part and ending it, what waits, what is done, and an export of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, render_template, request
from flask_babel import gettext as _

from plugins.vinteos import answers, inbox, participation
from plugins.vinteos.forms import REASONS, DismissForm
from plugins.vinteos.pages import bp
from plugins.vinteos.participation import Ended
from plugins.vinteos.showing import shown, terms
from portal.api import Role, caller, context, language, policy

if TYPE_CHECKING:
    from portal.api import PluginContext


@bp.get("/")
@policy(Role.DOCTOR, page=True)
def own() -> str:
    """Show a doctor how many questionnaires are filled in, and which are open."""
    return _own(context("vinteos"))


def _own(ctx: PluginContext, **more: Any) -> str:  # noqa: ANN401  what the page may also show
    account_id, today = caller().account_id, participation.today(ctx.now())
    rows = participation.of_account(ctx, account_id)
    parts = [shown(ctx, row) for row in rows]
    return render_template(
        "vinteos/own.html",
        parts=parts,
        running=any(part.state != "ended" for part in parts),
        terms=terms(ctx),
        months=participation.months(ctx, rows, today),
        open_forms=inbox.waiting(ctx, account_id),
        put_aside=inbox.dismissed(ctx, account_id),
        filled_forms=answers.newest(ctx, account_id),
        form=DismissForm(),
        reasons=dict(REASONS),
        **more,
    )


@bp.post("/participation")
@policy(Role.DOCTOR)
def agree() -> str | tuple[str, int]:
    """Take a doctor's agreement to take part."""
    ctx = context("vinteos")
    if request.form.get("agreed") != "1":
        return _own(ctx, missed=True), 422
    participation.agree(ctx, caller().account_id)
    ctx.session.commit()
    return _own(ctx, said=_("Sie nehmen jetzt teil."))


@bp.post("/participation/end")
@policy(Role.DOCTOR)
def end_own() -> str:
    """End one's own participation early."""
    ctx = context("vinteos")
    for part in participation.of_account(ctx, caller().account_id):
        participation.end_early(ctx, part, Ended.DOCTOR)
    ctx.session.commit()
    return _own(ctx, said=_("Ihre Teilnahme ist beendet."))


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


@bp.get("/answers.json")
@policy(Role.DOCTOR)
def answers_json() -> Response:
    """Return one's own answers as JSON."""
    response = jsonify(answers.export(context("vinteos"), caller().account_id, language()))
    response.headers["Content-Disposition"] = 'attachment; filename="vinteos.json"'
    return response


@bp.get("/answers.csv")
@policy(Role.DOCTOR)
def answers_csv() -> Response:
    """Return one's own answers as CSV, a line for each."""
    found = answers.export(context("vinteos"), caller().account_id, language())
    heads = (_("Ausgefüllt"), _("Fragebogen"), _("Frage"), _("Antwort"))
    headers = {"Content-Disposition": 'attachment; filename="vinteos.csv"'}
    return Response(answers.as_csv(found, heads), mimetype="text/csv", headers=headers)
