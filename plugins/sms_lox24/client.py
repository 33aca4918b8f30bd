"""Speaks LOX24's REST interface as https://doc.lox24.eu describes it (read in November 2026)."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from portal.api import (
    MessageState,
    NoAnswerError,
    NotBegunError,
    Receipt,
    SendState,
    SmsStatus,
    hand_over,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portal.api import Http, TextMessage

API = "https://api.lox24.eu"
ID = re.compile(r"[0-9a-fA-F-]{8,64}")
# The property dlr_code; 0 says that nothing is known yet.
DLR = {
    1: MessageState.DELIVERED,
    2: MessageState.ACCEPTED,
    4: MessageState.SENT,
    8: MessageState.EXPIRED,
    16: MessageState.REJECTED,
}
# The property status_code: what the gateway itself did with a message that it had taken.
STOPPED = frozenset({208, 400, 410, 2000, 3000, 5000, 6000})
EVENTS = frozenset({"sms.delivery", "sms.delivery.dryrun"})


class Gateway:
    """One organisation's account at LOX24."""

    def __init__(self, settings: Mapping[str, Any], secrets: Mapping[str, str], http: Http) -> None:
        self._url = str(settings.get("url") or API).rstrip("/")
        self._sender = str(settings.get("sender") or "")
        self._headers = {
            "Content-Type": "application/json",
            "X-LOX24-AUTH-TOKEN": secrets.get("token", ""),
        }
        self._http = http

    def send(self, message: TextMessage) -> Receipt:
        """Hand a message over, once, and say what became of it."""
        sender = self._sender or message.sender
        if not sender or not self._headers["X-LOX24-AUTH-TOKEN"]:
            return Receipt(SendState.REFUSED, reason="not set up")
        body = {
            "sender_id": sender,
            "phone": message.to,
            "text": message.text,
            "callback_data": message.reference,
        }
        reply = hand_over(
            lambda: self._http.send(
                "POST", f"{self._url}/sms", json.dumps(body).encode(), self._headers
            )
        )
        return reply if isinstance(reply, Receipt) else _understood(reply.body)

    def poll(self, references: Sequence[str]) -> list[SmsStatus]:
        """Ask for each message; what cannot be asked about now is left out."""
        found = []
        for reference in references:
            if not ID.fullmatch(reference):
                continue
            try:
                reply = self._http.send("GET", f"{self._url}/sms/{reference}", b"", self._headers)
            except (NotBegunError, NoAnswerError):
                break  # the others would only wait as long
            if reply.status == HTTPStatus.OK:
                found += _statuses(reply.body, reference)
        return found


def _understood(body: Any) -> Receipt:  # noqa: ANN401  whatever came
    """Read an answer that the message was taken."""
    named = _id(body)
    if not named:
        return Receipt(SendState.UNCLEAR, reason="taken without an id")
    stopped = body.get("status_code")
    if isinstance(stopped, int) and stopped in STOPPED:
        return Receipt(SendState.REFUSED, reason=f"status_code {stopped}")
    return Receipt(SendState.SENT, reference=named, reports=True)


def _id(body: Any) -> str:  # noqa: ANN401  whatever came
    named = body.get("uuid") or body.get("id") if isinstance(body, dict) else None
    return named if isinstance(named, str) and ID.fullmatch(named) else ""


def _statuses(data: Any, reference: str) -> list[SmsStatus]:  # noqa: ANN401  whatever came
    """Return what a message's own record says: how far it came, or that it was stopped before."""
    if not isinstance(data, dict) or not reference:
        return []
    code, stopped = data.get("dlr_code"), data.get("status_code")
    if isinstance(code, int) and code in DLR:
        return [SmsStatus(reference, DLR[code])]
    if isinstance(stopped, int) and stopped in STOPPED:
        return [SmsStatus(reference, MessageState.FAILED)]
    return []


def read_report(body: Any) -> list[SmsStatus]:  # noqa: ANN401  whatever came
    """Return what an event says. ``callback_data`` is our own reference; ``id`` is LOX24's."""
    if not isinstance(body, dict) or str(body.get("name")) not in EVENTS:
        return []
    data = body.get("data")
    if not isinstance(data, dict):
        return []
    own = data.get("callback_data")
    return _statuses(data, own if isinstance(own, str) and own else _id(data))
