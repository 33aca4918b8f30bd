"""Speaks with the gateway, and tells a certain refusal from an answer that leaves all open."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask_babel import gettext as _

from plugins.sms_dicomsys.mapping import DEFAULTS, Condition, dig, filled
from portal.api import (
    ForbiddenHostError,
    Health,
    NotBegunError,
    Receipt,
    SendState,
    hand_over,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.api import Http, Reply, TextMessage


class Gateway:
    """One organisation's account at the gateway, in the form that its settings describe."""

    def __init__(self, settings: Mapping[str, Any], secrets: Mapping[str, str], http: Http) -> None:
        self._settings = {**DEFAULTS, **{name: each for name, each in settings.items() if each}}
        self._secrets = secrets
        self._http = http

    def send(self, message: TextMessage) -> Receipt:
        """Hand a message over, once, and say what became of it."""
        if not self._settings.get("url") or not self._sender(message):
            return Receipt(SendState.REFUSED, reason="not set up")
        reply = hand_over(lambda: self._exchange(message))
        if isinstance(reply, Receipt):
            return reply
        return self._understood(reply.body, reports="{report_url}" in self._settings["template"])

    def health(self) -> Health:
        """Say whether the gateway can be reached."""
        if not self._settings.get("url"):
            return Health(ok=False, sentence=_("Bitte tragen Sie die Adresse des Gateways ein."))
        try:
            self._http.reach(str(self._settings["url"]))
        except ForbiddenHostError:
            return Health(ok=False, sentence=_("Mit dieser Adresse darf nicht gesprochen werden."))
        except NotBegunError:
            return Health(ok=False, sentence=_("Das Gateway ist nicht zu erreichen."))
        return Health(ok=True, sentence=_("Das Gateway ist zu erreichen."))

    def _sender(self, message: TextMessage) -> str:
        return str(self._settings.get("sender") or message.sender)

    def _exchange(self, message: TextMessage) -> Reply:
        values = {
            "to": message.to,
            "from": self._sender(message),
            "text": message.text,
            "reference": message.reference,
            "report_url": message.report_url,
            "user": str(self._settings.get("user", "")),
            "password": self._secrets.get("password", ""),
        }
        fields = filled(json.loads(self._settings["template"]), values)
        headers = {}
        for line in filter(str.strip, str(self._settings["headers"]).splitlines()):
            name, _, value = line.partition(":")
            headers[name.strip()] = filled(value.strip(), values)
        url, method = str(self._settings["url"]), str(self._settings["method"])
        if method == "GET":
            joint = "&" if "?" in url else "?"
            return self._http.send(
                "GET", f"{url}{joint}{urlencode(fields)}", b"", headers, self._account()
            )
        if self._settings["format"] == "form":
            kind, body = "application/x-www-form-urlencoded", urlencode(fields).encode()
        else:
            kind, body = "application/json", json.dumps(fields).encode()
        return self._http.send(
            method, url, body, {"Content-Type": kind, **headers}, self._account()
        )

    def _account(self) -> tuple[str, str] | None:
        user = str(self._settings.get("user") or "")
        basic = user and "{password}" not in self._settings["template"] + self._settings["headers"]
        return (user, self._secrets.get("password", "")) if basic else None

    def _understood(self, body: Any, *, reports: bool) -> Receipt:  # noqa: ANN401  whatever came
        """Read an answer with 2xx. What is neither a clear yes nor a clear no stays open."""
        if Condition.read(self._settings["refusal"]).holds(body):
            return Receipt(SendState.REFUSED, reason="refused in the answer")
        success = Condition.read(self._settings["success"])
        named = dig(body, self._settings["id_path"])
        if (success and not success.holds(body)) or not named:
            return Receipt(SendState.UNCLEAR, reason="taken without an id")
        return Receipt(SendState.SENT, reference=named[:100], reports=reports)
