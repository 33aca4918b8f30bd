"""What an answer to each hook must be; anything else counts as a failure of the plugin."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from portal.pluginhost.values import (
    Deny,
    Health,
    MessageState,
    Price,
    Receipt,
    SendState,
    SmsStatus,
    Step,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def _steps(plugin: str, answer: Any) -> list[Step]:  # noqa: ANN401  whatever a plugin answers
    for step in answer:
        if not isinstance(step, Step) or not step.url.startswith(f"/p/{plugin}/"):
            message = "after_call_steps must answer steps that lead to the plugin's own pages."
            raise TypeError(message)
    return [dataclasses.replace(step, plugin=plugin) for step in answer]


def _receipt(_plugin: str, answer: Any) -> Receipt | None:  # noqa: ANN401  as above
    if answer is not None and not (
        isinstance(answer, Receipt) and isinstance(answer.state, SendState)
    ):
        message = "send_sms must answer a receipt or None."
        raise TypeError(message)
    return answer


def _health(_plugin: str, answer: Any) -> Health:  # noqa: ANN401  as above
    if not isinstance(answer, Health):
        message = "check_health must answer a Health."
        raise TypeError(message)
    return answer


def _price(_plugin: str, answer: Any) -> Price | None:  # noqa: ANN401  as above
    if answer is not None and not (isinstance(answer, Price) and answer.amount >= 0):
        message = "sms_quote must answer a price or None."
        raise TypeError(message)
    return answer


def _settings(_plugin: str, answer: Any) -> dict[str, Any]:  # noqa: ANN401  as above
    return dict(answer)


def _denial(_plugin: str, answer: Any) -> Deny | None:  # noqa: ANN401  as above
    if answer is not None and not isinstance(answer, Deny):
        message = "waiting_room_precheck must answer a Deny or None."
        raise TypeError(message)
    return answer


def _statuses(_plugin: str, answer: Any) -> list[SmsStatus]:  # noqa: ANN401  as above
    found = list(answer)
    for each in found:
        if not (isinstance(each, SmsStatus) and isinstance(each.state, MessageState)):
            message = "Reports must be answered as a list of SmsStatus."
            raise TypeError(message)
    return found


CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "after_call_steps": _steps,
    "send_sms": _receipt,
    "sms_quote": _price,
    "sms_delivery_report": _statuses,
    "sms_poll": _statuses,
    "waiting_room_precheck": _denial,
    "call_event": lambda _plugin, _answer: None,
    "run_task": lambda _plugin, _answer: None,
    "fill_demo": lambda _plugin, _answer: None,
    "forget": lambda _plugin, _answer: None,
    "check_health": _health,
    "demo_settings": _settings,
}
