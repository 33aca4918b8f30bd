"""Reports of broken content security policies: counted by directive, without address or person."""

from __future__ import annotations

import json
import logging
from collections import Counter
from typing import Any

logger = logging.getLogger(__name__)

DIRECTIVES = frozenset(
    {
        "default-src",
        "script-src",
        "script-src-elem",
        "script-src-attr",
        "style-src",
        "style-src-elem",
        "style-src-attr",
        "img-src",
        "media-src",
        "font-src",
        "connect-src",
        "worker-src",
        "manifest-src",
        "object-src",
        "frame-src",
        "frame-ancestors",
        "form-action",
        "base-uri",
        "require-trusted-types-for",
        "trusted-types",
    }
)
OTHER = "other"
# Of this process since its start.
counted: Counter[str] = Counter()


def count(body: bytes) -> None:
    """Count the directives that a report names, and log each doubling of a count."""
    for name in _directives(body):
        counted[name] += 1
        if counted[name].bit_count() == 1:
            logger.warning("csp_report directive=%s count=%d", name, counted[name])


def _directives(body: bytes) -> list[str]:
    """Return the known directives; all that a page or an attacker wrote is left out."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return [OTHER]
    reports = sent if isinstance(sent, list) else [sent]
    return [_directive(each) for each in reports] or [OTHER]


def _directive(report: Any) -> str:  # noqa: ANN401  JSON of any shape
    inner = report.get("csp-report") or report.get("body") if isinstance(report, dict) else None
    if not isinstance(inner, dict):
        return OTHER
    words = (
        inner.get("effective-directive")
        or inner.get("effectiveDirective")
        or inner.get("violated-directive")
    )
    name = words.split(" ")[0] if isinstance(words, str) else OTHER
    return name if name in DIRECTIVES else OTHER
