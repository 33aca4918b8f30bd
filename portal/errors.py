"""Errors that a person can read: what happened, and what to do."""

from __future__ import annotations

import logging
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import (
    Flask,
    Response,
    got_request_exception,
    jsonify,
    make_response,
    render_template,
    request,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import escape
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from portal.extensions import db
from portal.language import duration

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString
    from werkzeug.wrappers import Response as BaseResponse

logger = logging.getLogger(__name__)


class PortalError(Exception):
    """Something a caller must tell the person in front of the page."""

    code = "failed"
    status: int = HTTPStatus.BAD_REQUEST
    sentence: str | LazyString = _l("Das hat nicht geklappt.")
    cure: str | LazyString = _l("Bitte versuchen Sie es noch einmal.")
    retry_after: int | None = None

    def __init__(self, **details: Any) -> None:  # noqa: ANN401  shown as JSON
        super().__init__(self.code)
        self.details = details

    def message(self) -> str:
        """Return what happened and what to do, in the language of the request."""
        return f"{self.sentence} {self.cure}".strip()


class NotFoundHereError(PortalError):
    """It does not exist, or it is not this person's: the answer is the same."""

    code = "not_found"
    status = HTTPStatus.NOT_FOUND
    sentence = _l("Das gibt es hier nicht.")
    cure = _l("Prüfen Sie die Adresse, oder gehen Sie zurück zum Anfang.")


class SignInRequiredError(PortalError):
    """Nobody is signed in, or the session ended."""

    code = "sign_in_required"
    status = HTTPStatus.UNAUTHORIZED
    sentence = _l("Ihre Sitzung ist beendet.")
    cure = _l("Bitte melden Sie sich wieder an.")


class ProofNeededError(PortalError):
    """A dangerous action needs a fresh proof of who sits there; the page asks and sends again."""

    code = "proof_needed"
    status = HTTPStatus.FORBIDDEN
    sentence = _l("Bitte bestätigen Sie erst, dass Sie es sind.")
    cure = _l("Danach geht es hier weiter.")


class ForeignOriginError(PortalError):
    """A page of another site sent this request."""

    code = "foreign_origin"
    status = HTTPStatus.FORBIDDEN
    sentence = _l("Diese Anfrage kam von einer fremden Seite.")
    cure = _l("Öffnen Sie das Portal unter seiner eigenen Adresse.")


class TooManyError(PortalError):
    """Somebody tried too often; the answer says when to come back."""

    code = "too_many"
    status = HTTPStatus.TOO_MANY_REQUESTS
    sentence = _l("Das waren zu viele Versuche.")

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after=retry_after)
        self.retry_after = retry_after
        self.cure = _("Bitte warten Sie %(duration)s.", duration=duration(retry_after))


class InvalidFormError(PortalError):
    """A form was not filled in as needed; the fields are named."""

    code = "invalid_form"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    sentence = _l("Einige Angaben fehlen oder sind nicht richtig.")
    cure = _l("Bitte prüfen Sie die genannten Felder.")

    def __init__(self, fields: dict[str, list[str]]) -> None:
        super().__init__(fields=fields)


_HTTP = {
    404: NotFoundHereError,
    401: SignInRequiredError,
}


class PlainHttpError(PortalError):
    """A refusal of the web server itself: wrong method, too large, malformed."""

    def __init__(self, error: HTTPException) -> None:
        super().__init__()
        status = HTTPStatus(error.code or 500)
        self.status = status
        self.code = status.phrase.lower().replace(" ", "_").replace("-", "_")
        if status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            self.sentence = _("Das ist zu groß.")
            self.cure = _("Bitte senden Sie weniger auf einmal.")


class OwnFaultError(PortalError):
    """The portal failed; the person did nothing wrong."""

    code = "internal"
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    sentence = _l("Hier ist uns ein Fehler unterlaufen.")
    cure = _l("Ihre Eingaben sind nicht verloren. Bitte versuchen Sie es gleich noch einmal.")


def wants_json() -> bool:
    """Tell whether the answer is read by a script of ours rather than shown."""
    return (
        request.headers.get("X-Portal-Request") == "fetch"
        or request.accept_mimetypes.best == "application/json"
    )


def as_body(error: PortalError) -> dict[str, Any]:
    """Return the one shape in which an error travels, over HTTP and over the socket."""
    inner = {"code": error.code, "message": error.message(), "details": error.details}
    return {"type": "error", "error": inner}


def answer(error: PortalError) -> Response:
    """Turn an error into an answer: JSON, a fragment or a page, as the request asked."""
    with suppress(SQLAlchemyError):  # a database that is away must not hide what happened
        db.session.rollback()
    response = jsonify(as_body(error)) if wants_json() else make_response(_page(error))
    response.status_code = error.status
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, ProofNeededError):
        response.headers["X-Portal-Proof"] = "needed"  # as the body may be JSON or a piece of HTML
    return response


def _page(error: PortalError) -> str:
    """Return the page or fragment of an error; bare words when even that cannot be made."""
    fragment = "HX-Request" in request.headers
    template = "errors/_error.html" if fragment else "errors/error.html"
    try:
        return render_template(template, error=_shown(error))
    except Exception:  # the page asks who is signed in, and the database may be what failed
        logger.exception("no page for an error")
        title, words = escape(str(error.sentence)), escape(error.message())
        return f"<!doctype html><title>{title}</title><main><h1>{title}</h1><p>{words}</p></main>"


def _shown(error: PortalError) -> dict[str, Any]:
    return {
        "code": error.code,
        "title": str(error.sentence),
        "sentence": str(error.sentence),
        "cure": str(error.cure),
        "status": int(error.status),
        "fields": error.details.get("fields", {}),
    }


def install(app: Flask) -> None:
    """Send every error of the application through one door."""
    app.register_error_handler(PortalError, answer)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> BaseResponse:
        if error.code is not None and error.code < HTTPStatus.BAD_REQUEST:
            return error.get_response()  # a redirect is no error
        known = _HTTP.get(error.code or 500)
        return answer(known() if known else PlainHttpError(error))

    @app.errorhandler(Exception)
    def _fault(error: Exception) -> Response:
        logger.error("unhandled", exc_info=error)
        got_request_exception.send(app, exception=error)
        return answer(OwnFaultError())
