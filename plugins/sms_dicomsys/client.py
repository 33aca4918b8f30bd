"""Speaks with the gateway, and tells a certain refusal from an answer that leaves all open."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from portal.api import (
    ForbiddenHostError,
    Health,
    NoAnswerError,
    NotBegunError,
    Receipt,
    SendState,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.api import Http, Reply, TextMessage

NEEDED = ("url", "sender")


class Gateway:
    """One organisation's account at the gateway."""

    def __init__(self, settings: Mapping[str, Any], secrets: Mapping[str, str], http: Http) -> None:
        self._settings = settings
        self._secrets = secrets
        self._http = http

    def send(self, message: TextMessage) -> Receipt:
        """Hand a message over, once, and say what became of it."""
        if not all(self._settings.get(name) for name in NEEDED):
            return Receipt(SendState.REFUSED, reason="not set up")
        try:
            reply = self._http.post_json(
                str(self._settings["url"]), self._body(message), self._account()
            )
        except ForbiddenHostError:
            return Receipt(SendState.REFUSED, reason="host not allowed")
        except NotBegunError:
            return Receipt(SendState.NOT_SENT, reason="no connection")
        except NoAnswerError as error:
            return Receipt(SendState.UNCLEAR, reason=str(error))
        return _understood(reply)

    def health(self) -> Health:
        """Say whether the gateway can be reached."""
        if not all(self._settings.get(name) for name in NEEDED):
            return Health(ok=False, sentence=_("Bitte tragen Sie Adresse und Absender ein."))
        try:
            self._http.reach(str(self._settings["url"]))
        except ForbiddenHostError:
            return Health(ok=False, sentence=_("Mit dieser Adresse darf nicht gesprochen werden."))
        except NotBegunError:
            return Health(ok=False, sentence=_("Das Gateway ist nicht zu erreichen."))
        return Health(ok=True, sentence=_("Das Gateway ist zu erreichen."))

    def _body(self, message: TextMessage) -> dict[str, str]:
        return {
            "to": message.to,
            "from": str(self._settings["sender"]),
            "text": message.text,
            "reference": message.reference,
        }

    def _account(self) -> tuple[str, str] | None:
        user = str(self._settings.get("user") or "")
        return (user, self._secrets.get("password", "")) if user else None


def _understood(reply: Reply) -> Receipt:
    """Read an answer. What is neither a clear yes nor a clear no stays open."""
    if HTTPStatus.OK <= reply.status < HTTPStatus.MULTIPLE_CHOICES:
        named = reply.body.get("id") if isinstance(reply.body, dict) else None
        if named:
            return Receipt(SendState.SENT, reference=str(named)[:100])
        return Receipt(SendState.UNCLEAR, reason="taken without an id")
    reason = f"HTTP {reply.status}"
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Receipt(SendState.NOT_SENT, reason=reason)
    if HTTPStatus.MULTIPLE_CHOICES <= reply.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return Receipt(SendState.REFUSED, reason=reason)
    return Receipt(SendState.UNCLEAR, reason=reason)
