"""What operators and the demo look at: health, plugins, and the messages that a demo sends."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, jsonify, render_template, request

from portal import pluginhost
from portal.errors import NotFoundHereError
from portal.operations import demo_box
from portal.permissions import Role, policy

bp = Blueprint("operations", __name__)


@bp.get("/healthz")
@policy()
def healthz() -> Any:  # noqa: ANN401  a Flask answer
    """Answer while the web process serves; asks nothing else."""
    return jsonify(status="ok")


@bp.get("/operator/plugins")
@policy(Role.OPERATOR, page=True)
def plugins() -> str:
    """Show each plugin: state, hooks, failures, and how long its calls take."""
    return render_template("operations/plugins.html", plugins=pluginhost.report())


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
    return jsonify(id=reference), 202


def _only_in_demo() -> None:
    if not current_app.extensions["portal_config"].demo:
        raise NotFoundHereError
