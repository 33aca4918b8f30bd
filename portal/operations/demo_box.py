"""The box that holds what a demo sends, in place of people's telephones; empty outside the demo."""

from __future__ import annotations

import json
import secrets
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flask import current_app

from portal import clock

if TYPE_CHECKING:
    from pathlib import Path

SHOWN = 50


@dataclass(frozen=True)
class DemoMessage:
    """One message as it would have arrived."""

    at: datetime
    kind: str
    to: str
    text: str


def _path() -> Path:
    folder: Path = current_app.extensions["portal_config"].data
    return folder / "demo-messages.jsonl"


def put(kind: str, to: str, text: str) -> str:
    """Keep one message and return its reference."""
    reference = secrets.token_hex(8)
    line = {"at": clock.now().isoformat(), "kind": kind, "to": to[:200], "text": text[:2000]}
    with _path().open("a", encoding="utf-8") as box:
        box.write(json.dumps(line) + "\n")
    return reference


def newest() -> list[DemoMessage]:
    """Return the last fifty messages, the newest first."""
    try:
        with _path().open(encoding="utf-8") as box:
            lines = deque(box, maxlen=SHOWN)
    except FileNotFoundError:
        return []
    found = [json.loads(line) for line in lines]
    return [
        DemoMessage(datetime.fromisoformat(each["at"]), each["kind"], each["to"], each["text"])
        for each in reversed(found)
    ]
