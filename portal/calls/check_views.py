"""The technical check over HTTP (CALL-14): its pages, one question, one answer; nothing is kept."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import StringField

from media.errors import EngineError
from media.sdp import check_description
from portal import clock, ratelimit
from portal.calls import echo, network
from portal.errors import PortalError, wants_json
from portal.extensions import db
from portal.forms import PortalForm, needed
from portal.permissions import Role, policy
from portal.sockets import ice_servers
from portal.tenants.scope import tenant_scope
from portal.waitingroom import access, guests, visits
from portal.waitingroom.forms import CodeForm

if TYPE_CHECKING:
    from portal.config import Config

bp = Blueprint("check", __name__, url_prefix="/check")
# By account, visit or code: somebody who moves about looking for a better place tries often.
CHECKS = ratelimit.Limit("calls.check", attempts=20, seconds=3600)


class NotNowError(PortalError):
    """The guest waits no more, so that nothing is left to check."""

    code = "not_waiting"
    status = 409
    sentence = _l("Sie warten gerade nicht.")
    cure = _l("Laden Sie die Seite neu.")


class OfferError(PortalError):
    """What the browser proposes cannot be read."""

    code = "bad_description"
    status = 422
    sentence = _l("Ihr Browser hat die Prüfung nicht begonnen, wie er sollte.")
    cure = _l("Laden Sie die Seite neu, oder nehmen Sie einen anderen Browser.")


class OfferForm(PortalForm):
    """What a browser proposes: one description with all of its addresses."""

    sdp = StringField("sdp", validators=[needed()])


class CodeOfferForm(OfferForm, CodeForm):
    """The same from somebody who has a code and does not wait yet."""


@bp.get("", endpoint="page")
@policy()
def page() -> str:
    """Ask for the code of somebody who wants to check before the appointment."""
    return render_template("calls/check.html", form=CodeForm())


@bp.post("/code")
@policy()
def with_code() -> str | tuple[str, int]:
    """Show the check to somebody whose code will open a room, today or on another day."""
    try:
        organisation_id, code_id = _known(CodeForm.received())
    except PortalError as error:
        if wants_json():
            raise
        form = CodeForm(request.form)
        again = render_template("calls/check.html", form=form, error=error.message())
        return again, error.status
    with tenant_scope(organisation_id):
        return _panel(organisation_id, code_id, code=request.form["code"])


@bp.get("/panel")
@policy(Role.DOCTOR, Role.GUEST)
def panel() -> str:
    """Show the check to a doctor, or to a guest who waits."""
    own = current_user.organisation_id
    return _panel(own, current_user.subject_id, waits=current_user.role is Role.GUEST)


@bp.post("/start")
@policy(Role.DOCTOR, Role.GUEST)
def start() -> Response:
    """Begin the check of somebody who is signed in, or waits."""
    form = OfferForm.received()
    me = current_user.subject_id
    if current_user.role is Role.GUEST and guests.get_visit(me).state != visits.WAITING:
        raise NotNowError
    return _begun(me, form)


@bp.post("/start-with-code")
@policy()
def start_with_code() -> Response:
    """Begin the check of somebody who has a code."""
    form = CodeOfferForm.received()
    organisation_id, code_id = _known(form)
    with tenant_scope(organisation_id):
        return _begun(code_id, form)


@bp.get("/network")
@policy()
def sheet() -> str:
    """Show, to be printed, what a clinic's network has to let through."""
    config = _config()
    return render_template(
        "calls/network.html",
        ways=network.ways(config),
        has_relay=network.has_relay(config),
        address=config.base_url,
    )


def _known(form: CodeForm) -> tuple[str, str]:
    """Return organisation and id of a code that opens a room, if not today then later."""
    organisation_id, code_id = access.find(form.value("code"))
    with tenant_scope(organisation_id), suppress(access.CodeOtherDayError):
        access.usable(code_id, now=clock.now())
    return organisation_id, code_id


def _panel(organisation_id: str | None, name: str, **shown: Any) -> str:  # noqa: ANN401  what the template shows
    config = _config()
    return render_template(
        "calls/_check.html",
        ice=ice_servers(organisation_id, name),
        has_relay=network.has_relay(config),
        **{"code": "", "waits": False, **shown},
    )


def _begun(owner: str, form: OfferForm) -> Response:
    """Spend one attempt and ask the echo peers."""
    description = {"type": "offer", "sdp": form.value("sdp")}
    try:
        check_description(description)
    except EngineError as error:
        raise OfferError from error
    ratelimit.spend_within(CHECKS, owner)
    db.session.commit()
    # A peer takes its time, and nobody else shall wait for this connection to the database.
    db.session.remove()
    return jsonify(echo.start(_config(), owner, description))


def _config() -> Config:
    config: Config = current_app.extensions["portal_config"]
    return config
