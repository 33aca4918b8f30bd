"""The address that providers report to, and the pages of a project administrator."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request

from portal import audit, clock, paging
from portal.database import writing
from portal.errors import NotFoundHereError, PortalError
from portal.extensions import db
from portal.messages import figures, pages, plugin_texts, reports, rules, texts, words
from portal.messages.forms import RulesForm, TextForm, TrialForm
from portal.messages.states import FINAL, SENT
from portal.messages.texts import Words
from portal.permissions import Role, policy

if TYPE_CHECKING:
    from flask.blueprints import BlueprintSetupState

    from portal.messages.pages import Draft

bp = Blueprint("messages", __name__)

LARGEST_REPORT = 64 * 1024


@bp.record_once
def _for_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["message_words"] = words
    state.app.jinja_env.globals["sms_provider"] = _provider_or_none


def _provider_or_none(name: str) -> pages.Provider | None:
    """Return a provider of text messages for its page of settings; nothing for other plugins."""
    return next((each for each in pages.providers() if each.name == name), None)


class ReportTooLargeError(PortalError):
    """A report is longer than any provider's."""

    code = "report_too_large"
    status = 413


@bp.route(
    "/messages/reports/<organisation_id>/<plugin>/<secret>",
    methods=["GET", "POST"],
    endpoint="report",
)
@policy()
def report(organisation_id: str, plugin: str, secret: str) -> tuple[str, int]:
    """Take a delivery report: check who sends it, store it, answer; the worker reads it."""
    if (request.content_length or 0) > LARGEST_REPORT:
        raise ReportTooLargeError
    received = {
        "method": request.method,
        "query": request.args.to_dict(),
        "form": request.form.to_dict(),
        "body": None if request.form else _json(),
    }
    with writing():  # some providers report by GET
        reports.receive((organisation_id, plugin, secret), received, now=clock.now())
    return "", 204


def _json() -> Any:  # noqa: ANN401  JSON of any shape
    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError):
        return None


@bp.get("/admin/messages", endpoint="log")
@policy(Role.PROJECTADMIN, page=True)
def log() -> str:
    """List the organisation's messages, with counts by country and occasion."""
    _number, q = paging.asked()
    page = paging.fetch(figures.message_query(q, words.states_called(q)), figures.row_of)
    counts = figures.counts(clock.now() - figures.PERIOD)
    return render_template("messages/log.html", page=page, counts=counts)


@bp.get("/admin/messages/sending", endpoint="sending")
@policy(Role.PROJECTADMIN, page=True)
def sending() -> str:
    """Show who sends, in which order, and what is allowed."""
    return _sending(_rules_form())


def _rules_form(*, received: bool = False) -> RulesForm:
    held = rules.get()
    data = {**held.__dict__, "countries": " ".join(held.countries)}
    return RulesForm(request.form if received else None, data=data)


def _sending(form: RulesForm, saved: str = "") -> str:
    return render_template(
        "messages/sending.html",
        form=form,
        saved=saved,
        providers=pages.providers(),
        spent=rules.spent_today(),
        rules=rules.get(),
    )


@bp.post("/admin/messages/sending")
@policy(Role.PROJECTADMIN)
def save_rules() -> str:
    """Keep what is allowed."""
    form = _rules_form(received=True)
    saved = form.validate()
    if saved:
        pages.change_rules(form, now=clock.now())
        db.session.commit()
    return _sending(form, "rules" if saved else "")


@bp.post("/admin/messages/providers/<plugin>/up")
@policy(Role.PROJECTADMIN)
def move_up(plugin: str) -> str:
    """Let a provider be asked one place earlier."""
    pages.move_up(plugin, now=clock.now())
    db.session.commit()
    return _sending(_rules_form(), "order")


@bp.post("/admin/messages/report-addresses")
@policy(Role.PROJECTADMIN)
def renew_report_addresses() -> str:
    """Make the secret addresses of reports anew."""
    pages.renew_report_addresses(now=clock.now())
    db.session.commit()
    return _sending(_rules_form(), "addresses")


@bp.post("/admin/messages/providers/<plugin>/trial")
@policy(Role.PROJECTADMIN)
def send_trial(plugin: str) -> str:
    """Send a test message through one provider, and show how far it comes."""
    known = pages.provider(plugin)
    form, message_id = TrialForm(request.form), ""
    if form.validate():
        try:
            message_id = pages.try_provider(known.name, form.phone.data or "", now=clock.now())
            db.session.commit()
        except PortalError as error:
            db.session.rollback()
            form.phone.errors = error.details.get("fields", {}).get("phone", [error.message()])
    if not message_id:
        return render_template("messages/_trial.html", provider=known, form=form, message=None)
    return _trial(message_id, known)


@bp.get("/admin/messages/trials/<message_id>")
@policy(Role.PROJECTADMIN)
def trial(message_id: str) -> str:
    """Show how far a test message has come."""
    return _trial(message_id, None)


def _trial(message_id: str, known: pages.Provider | None) -> str:
    message = pages.get_trial(message_id)
    ended = message.state in FINAL or message.state in {SENT, "unknown"}
    return render_template(
        "messages/_trial.html", provider=known, form=TrialForm(), message=message, ended=ended
    )


@bp.get("/admin/messages/texts", endpoint="texts")
@policy(Role.PROJECTADMIN, page=True)
def message_texts() -> str:
    """Show the words of messages, each with its preview."""
    return _texts()


def _texts(changed: Draft | None = None, errors: dict[str, list[str]] | None = None) -> str:
    now = clock.now()
    own = [
        pages.draft(way, lang, None, now=now) for way in pages.CHANNELS for lang in pages.LANGUAGES
    ]
    key = changed.key if changed else ""
    drafts = [changed if each.key == key else each for each in (*own, *plugin_texts.drafts())]
    return render_template("messages/texts.html", drafts=drafts, errors=errors or {}, key=key)


@bp.post("/admin/messages/texts/<channel>/<lang>")
@policy(Role.PROJECTADMIN)
def save_text(channel: str, lang: str) -> str:
    """Keep the organisation's own words, or go back to the portal's."""
    now = clock.now()
    typed = _typed(channel, lang)
    if request.form.get("reset"):
        texts.store(channel, lang, None)
        _changed("messages.text.reset", f"{channel}-{lang}")
        return _texts(pages.draft(channel, lang, None, now=now))
    form = TextForm(request.form)
    errors = texts.problems(typed, channel, pages.sample(now))
    if form.validate() and not errors:
        texts.store(channel, lang, typed)
        _changed("messages.text.changed", f"{channel}-{lang}")
    else:
        errors = {**{name: list(map(str, each)) for name, each in form.errors.items()}, **errors}
    return _texts(pages.draft(channel, lang, typed, now=now), errors)


def _typed(channel: str, lang: str) -> Words:
    if channel not in pages.CHANNELS or lang not in pages.LANGUAGES:
        raise NotFoundHereError
    text = "\n".join(request.form.get("text", "")[:5000].splitlines()).strip()
    return Words(text, TextForm(request.form).subject.data or "" if channel == "mail" else "")


def _changed(code: str, key: str) -> None:
    audit.record(code, "message_text", key, fields=("text",), now=clock.now())
    db.session.commit()


@bp.post("/admin/messages/texts/<channel>/<lang>/preview")
@policy(Role.PROJECTADMIN)
def preview(channel: str, lang: str) -> str:
    """Show how words would arrive, and what is wrong with them, while they are typed."""
    now, typed = clock.now(), _typed(channel, lang)
    errors = texts.problems(typed, channel, pages.sample(now))
    shown = pages.draft(channel, lang, typed, now=now)
    return render_template("messages/_preview.html", draft=shown, errors=errors)


@bp.post("/admin/messages/texts/plugins/<plugin>/<occasion>/<lang>")
@policy(Role.PROJECTADMIN)
def save_plugin_text(plugin: str, occasion: str, lang: str) -> str:
    """Keep the organisation's own words of a plugin's mail, or go back to the plugin's."""
    of = plugin_texts.source(plugin, occasion, lang)
    typed = _typed(texts.MAIL, lang)
    if request.form.get("reset"):
        texts.store(texts.MAIL, lang, None, of.occasion)
        _changed("messages.text.reset", f"{of.occasion}-{lang}")
        return _texts(plugin_texts.draft(of, lang))
    form = TextForm(request.form)
    errors = plugin_texts.problems(of, typed)
    if form.validate() and not errors:
        texts.store(texts.MAIL, lang, typed, of.occasion)
        _changed("messages.text.changed", f"{of.occasion}-{lang}")
    else:
        errors = {**{name: list(map(str, each)) for name, each in form.errors.items()}, **errors}
    return _texts(plugin_texts.draft(of, lang, typed), errors)


@bp.post("/admin/messages/texts/plugins/<plugin>/<occasion>/<lang>/preview")
@policy(Role.PROJECTADMIN)
def preview_plugin_text(plugin: str, occasion: str, lang: str) -> str:
    """Show how a plugin's mail would arrive in words that are being typed."""
    of = plugin_texts.source(plugin, occasion, lang)
    typed = _typed(texts.MAIL, lang)
    return render_template(
        "messages/_preview.html",
        draft=plugin_texts.draft(of, lang, typed),
        errors=plugin_texts.problems(of, typed),
    )
