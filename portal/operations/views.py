"""What operators and the demo look at: health, plugins, and the messages that a demo sends."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, jsonify, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal import audit, clock
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.operations import demo_box, demo_reports, readiness
from portal.permissions import Role, policy
from portal.pluginhost import grants, letters, report
from portal.pluginhost import service as pluginhost
from portal.privacy.wording import retention_sentence

bp = Blueprint("operations", __name__)

APPROVED, WITHDRAWN = "plugins.plugin.approved", "plugins.plugin.approval_withdrawn"
RESET, RETRIED = "plugins.plugin.reset", "plugins.plugin.retried"
audit.words(
    {
        APPROVED: _l("Erweiterung freigegeben"),
        WITHDRAWN: _l("Freigabe einer Erweiterung zurückgenommen"),
        RESET: _l("Erweiterung nach Fehlern wieder gefragt"),
        RETRIED: _l("Nachrichten an eine Erweiterung wieder versucht"),
    }
)


@bp.get("/healthz")
@policy()
def healthz() -> Any:  # noqa: ANN401  a Flask answer
    """Answer while the web process serves; say whether a plugin is left out or left alone."""
    return jsonify(status="degraded" if report.faulty() else "ok")


@bp.get("/readyz")
@policy()
def readyz() -> Any:  # noqa: ANN401  a Flask answer
    """Answer 200 while requests can be served, else 503; names the part, and nothing of it."""
    app: Any = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  Werkzeug's own way
    found = readiness.parts(app)
    if readiness.is_ready(found):
        return jsonify(status="ready", **found)
    return jsonify(status="not ready", **found), 503, {"Retry-After": "5"}


@bp.get("/operator/plugins")
@policy(Role.OPERATOR, page=True)
def plugins() -> str:
    """Show each plugin: state, calls, failures, and how long its calls take."""
    return render_template("operations/plugins.html", plugins=report.report())


@bp.get("/operator/plugins/<plugin>")
@policy(Role.OPERATOR, page=True)
def plugin(plugin: str) -> str:
    """Show all that there is to know of one plugin, and what may be done about it."""
    return _plugin(plugin)


def _plugin(plugin: str, done: str = "") -> str:
    shown = report.details(plugin)
    return render_template(
        "operations/plugin.html", plugin=shown, done=done, retention=retention_sentence
    )


@bp.post("/operator/plugins/<plugin>/approve")
@policy(Role.OPERATOR)
def approve(plugin: str) -> str:
    """Give a plugin what its manifest asks for, or take all of it back."""
    wished = pluginhost.manifest(plugin)
    if request.form.get("withdraw"):
        grants.withdraw(plugin)
        code, done = WITHDRAWN, _("Die Freigabe ist zurückgenommen.")
    else:
        grants.approve(wished, now=clock.now())
        code, done = APPROVED, _("Die Freigabe ist erteilt.")
    _note(code, plugin)
    return _plugin(plugin, done)


@bp.post("/operator/plugins/<plugin>/reset")
@policy(Role.OPERATOR)
def reset(plugin: str) -> str:
    """Ask a plugin's hooks again that are left alone after many failures."""
    pluginhost.manifest(plugin)
    pluginhost.reset(plugin)
    _note(RESET, plugin)
    return _plugin(plugin, _("Die Aufrufe werden wieder versucht."))


@bp.post("/operator/plugins/<plugin>/retry")
@policy(Role.OPERATOR)
def retry(plugin: str) -> str:
    """Try again what a plugin could not be told of."""
    pluginhost.manifest(plugin)
    number = letters.retry(plugin, now=clock.now())
    _note(RETRIED, plugin)
    done = ngettext(
        "%(num)s Nachricht wird wieder versucht.",
        "%(num)s Nachrichten werden wieder versucht.",
        number,
    )
    return _plugin(plugin, done)


def _note(code: str, plugin: str) -> None:
    audit.record(code, "plugin", plugin, now=clock.now())
    db.session.commit()


@bp.get("/demo/messages")
@policy()
def demo_messages() -> str:
    """Show the mails and text messages that the demo would have sent."""
    _only_in_demo()
    return render_template("operations/demo_messages.html", messages=demo_box.newest())


@bp.post("/demo/sms-gateway")
@policy()
def demo_gateway() -> Any:  # noqa: ANN401  a Flask answer
    """Take a text message as the assumed gateway would, and put it into the demo's box."""
    _only_in_demo()
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict) or not isinstance(sent.get("text"), str):
        return jsonify(error="text missing"), 400
    reference = demo_box.put("sms", str(sent.get("to", "")), sent["text"])
    demo_reports.later(str(sent.get("report_url", "")), str(sent.get("reference", "")))
    return jsonify(id=reference), 202


def _only_in_demo() -> None:
    if not current_app.extensions["portal_config"].demo:
        raise NotFoundHereError
