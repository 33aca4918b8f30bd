"""What a browser says of itself, cut down to families and main versions before it is kept."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from flask import has_request_context, request
from ua_parser import parse

if TYPE_CHECKING:
    from portal.permissions import Role

MAX_CHARACTERS = 400
OTHER = "Other"


def facts(role: Role) -> dict[str, str]:
    """Return what the statistics keep of a sign-in: domain, kinds, browser and system (STA-1)."""
    if not has_request_context():
        return {}
    domain = request.host.partition(":")[0][:100]
    return {"domain": domain, "profile": str(role), "app": "web", **_of(_agent())}


def _agent() -> str:
    return request.headers.get("User-Agent", "")[:MAX_CHARACTERS]


@lru_cache(maxsize=256)
def _of(agent: str) -> dict[str, str]:
    """Return browser, system and kind of device; a line that nobody knows is ``Other``."""
    found = parse(agent)
    browser, system = found.user_agent, found.os
    return {
        "browser": browser.family[:40] if browser else OTHER,
        "browser_version": ((browser.major if browser else "") or "")[:10],
        "os": system.family[:40] if system else OTHER,
        "os_version": ((system.major if system else "") or "")[:10],
        "device": _device(agent),
    }


def _device(agent: str) -> str:
    if "iPad" in agent or ("Android" in agent and "Mobile" not in agent):
        return "tablet"
    return "phone" if "Mobi" in agent else "computer"
