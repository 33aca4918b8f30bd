"""The format that the settings describe: gaps in a template, places and words in an answer."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from portal.api import MessageState

GAPS = frozenset({"to", "from", "text", "reference", "report_url", "user", "password"})
NEEDED_GAPS = frozenset({"to", "text"})
DEFAULTS = {
    "method": "POST",
    "format": "json",
    "template": ('{"to": "{to}", "from": "{from}", "text": "{text}", "reference": "{reference}"}'),
    "headers": "",
    "id_path": "id",
    "success": "",
    "refusal": "",
    "report_reference": "reference",
    "report_state": "state",
    "report_states": (
        "accepted = accepted, ACCEPTD\n"
        "sent = sent, ENROUTE, BUFFERED\n"
        "delivered = delivered, DELIVRD\n"
        "failed = failed, UNDELIV\n"
        "expired = expired, EXPIRED\n"
        "rejected = rejected, REJECTD\n"
    ),
    "prices": "",
}
_GAP = re.compile(r"\{(\w+)\}")


def filled(value: Any, values: dict[str, str]) -> Any:  # noqa: ANN401  JSON of any shape
    """Return a template with its gaps filled, each once: what fills one is not looked at again."""
    if isinstance(value, str):
        return _GAP.sub(lambda gap: values.get(gap[1], gap[0]), value)
    if isinstance(value, list):
        return [filled(each, values) for each in value]
    if isinstance(value, dict):
        return {key: filled(each, values) for key, each in value.items()}
    return value


def dig(body: Any, path: str) -> str:  # noqa: ANN401  whatever came
    """Return what stands at a path like ``messages.0.id`` as a text; nothing when it is missing."""
    for step in path.split("."):
        if isinstance(body, dict):
            body = body.get(step)
        elif isinstance(body, list) and step.isdecimal() and int(step) < len(body):
            body = body[int(step)]
        else:
            return ""
    return str(body) if isinstance(body, str | int | float) and body is not False else ""


@dataclass(frozen=True)
class Condition:
    """A place in an answer and the values there that count: ``success = 100, 101``."""

    path: str = ""
    values: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str) -> Condition:
        """Return the condition that a line describes; an empty line never holds."""
        path, _, values = text.partition("=")
        return cls(path.strip(), tuple(each.strip() for each in values.split(",") if each.strip()))

    def __bool__(self) -> bool:
        return bool(self.path)

    def holds(self, body: Any) -> bool:  # noqa: ANN401  whatever came
        """Tell whether the answer has one of the values at the place."""
        return bool(self.path) and dig(body, self.path) in self.values


def states(text: str) -> dict[str, MessageState]:
    """Return the gateway's words for each state, from lines like ``delivered = DELIVRD, OK``.

    :raise ValueError: a line names no state of a message.
    """
    found = {}
    for line in filter(str.strip, text.splitlines()):
        condition = Condition.read(line)
        for word in condition.values:
            found[word.casefold()] = MessageState(condition.path)
    return found


def prices(text: str) -> dict[str, Decimal]:
    """Return the price of one part for each country, from lines like ``DE = 0,075``.

    :raise ValueError: a line has no country of two letters, or no price.
    """
    found = {}
    for line in filter(str.strip, text.splitlines()):
        country, _, price = line.partition("=")
        try:
            amount = Decimal(price.strip().replace(",", "."))
        except InvalidOperation as error:
            raise ValueError(line) from error
        if not re.fullmatch(r"[A-Z]{2}", country.strip()) or not 0 <= amount < 100:  # noqa: PLR2004
            raise ValueError(line)
        found[country.strip()] = amount
    return found


def template(text: str) -> Any:  # noqa: ANN401  JSON of any shape
    """Return the template as JSON.

    :raise ValueError: it is no object, or has a gap that nothing fills, or lacks a needed one.
    """
    value = json.loads(text)
    gaps = set(_GAP.findall(text))
    if not isinstance(value, dict) or gaps - GAPS or NEEDED_GAPS - gaps:
        message = "The template must be an object with the gaps {to} and {text}."
        raise ValueError(message)
    return value
