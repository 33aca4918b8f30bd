"""The way in for people who need help (WR-9): large type, plain words, one button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, make_response, render_template

from portal import clock
from portal.errors import PortalError, wants_json
from portal.extensions import db
from portal.language import language
from portal.permissions import policy
from portal.privacy import consent
from portal.tenants.scope import tenant_scope
from portal.tenants.service import brand_of
from portal.waitingroom import access, rooms, service
from portal.waitingroom.forms import CodeForm, EasyForm
from portal.waitingroom.guest_views import entered

if TYPE_CHECKING:
    from portal.waitingroom.models import AccessCode

bp = Blueprint("easy", __name__, url_prefix="/easy")


@bp.get("", endpoint="entry")
@policy()
def entry() -> str:
    """Show the page that the square on the sheet leads to; only the page reads the fragment."""
    return render_template("waitingroom/easy.html", form=CodeForm(), step="code")


@bp.post("/code")
@policy()
def check_code() -> Response | str:
    """Say whose room it is and who is expected, above one button."""
    form = CodeForm()
    try:
        form = CodeForm.received()
        organisation_id, code_id = access.find(form.value("code"))
        with tenant_scope(organisation_id):
            return _step(access.usable(code_id, now=clock.now()), form)
    except PortalError as error:
        if wants_json():
            raise
        db.session.rollback()
        shown = {"form": form, "step": "code", "error": error.message()}
        return make_response(render_template("waitingroom/easy.html", **shown), error.status)


def _step(code: AccessCode, form: CodeForm) -> str:
    room = service.room_card(rooms.get_room(code.room_id))
    version, text = consent.guest_consent(language(), group=room.is_group)
    template = "waitingroom/_easy_step.html" if wants_json() else "waitingroom/easy.html"
    return render_template(
        template,
        step="consent",
        form=form,
        room=room,
        brand=brand_of(code.organisation_id),
        guest_name=code.guest_name,
        starts_at=code.starts_at,
        notice_url=f"/privacy?organisation={code.organisation_id}",
        consent_text=text,
        consent_version=version,
    )


@bp.post("/visits")
@policy()
def enter() -> tuple[Response, int]:
    """Store the consent that the button gave, and put the expected guest into the queue."""
    return entered(EasyForm.received(), None, way="easy")
