"""Takes sealed files of the board, and gives them to those who are in the call."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask_login import current_user
from sqlalchemy.exc import DBAPIError

from portal import clock, ratelimit
from portal.calls import direct, files, service
from portal.errors import PortalError
from portal.extensions import db
from portal.permissions import Role, policy

bp = Blueprint("board_files", __name__, url_prefix="/calls")

# So many an hour from one person; a PDF file of twenty pages is twenty.
UPLOADS = ratelimit.Limit("board.file", attempts=120, seconds=3600)


class NoSpaceError(PortalError):
    """The disk of the server is full."""

    code = "no_space"
    status = 507


@bp.put("/<call_id>/files/<file_id>")
@policy(Role.DOCTOR, Role.GUEST, upload=files.MAX_BYTES)
def keep(call_id: str, file_id: str) -> tuple[str, int]:
    """Keep a sealed file while the call runs."""
    # All of it is here before anything is locked, however slowly it comes.
    sealed = request.get_data()
    me = current_user.subject_id
    with direct.of_call(call_id, current_user):
        service.lock_for(call_id, me)
        files.keep(call_id, file_id, sealed, now=clock.now())
        ratelimit.spend_within(UPLOADS, f"{call_id}\0{me}")
        _commit()
    return "", 204


def _commit() -> None:
    try:
        db.session.commit()
    except DBAPIError as error:
        if "full" in str(error.orig) or "No space" in str(error.orig):
            raise NoSpaceError from error
        raise


@bp.get("/<call_id>/files/<file_id>")
@policy(Role.DOCTOR, Role.GUEST)
def fetch(call_id: str, file_id: str) -> Response:
    """Give a sealed file to somebody in the call; only a browser of the call can open it."""
    with direct.of_call(call_id, current_user):
        service.check_in(call_id, current_user.subject_id)
        sealed = files.get(call_id, file_id)
    answer = Response(sealed, mimetype="application/octet-stream")
    answer.headers["Content-Disposition"] = "attachment"
    return answer
