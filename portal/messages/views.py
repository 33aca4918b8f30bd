"""The address that providers report to, and the pages of a project administrator."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, request

from portal import clock
from portal.database import writing
from portal.errors import PortalError
from portal.messages import reports
from portal.permissions import policy

bp = Blueprint("messages", __name__)

LARGEST_REPORT = 64 * 1024


class ReportTooLargeError(PortalError):
    """A report is longer than any provider's."""

    code = "report_too_large"
    status = 413  # type: ignore[assignment]


@bp.route(
    "/messages/reports/<organisation_id>/<plugin>/<secret>",
    methods=["GET", "POST"],
    endpoint="report",
)
@policy()
def report(organisation_id: str, plugin: str, secret: str) -> tuple[str, int]:
    """Take a delivery report: check who sends it, store it, answer; the worker reads it."""
    if (request.content_length or 0) > LARGEST_REPORT:
        raise ReportTooLargeError
    received = {
        "method": request.method,
        "query": request.args.to_dict(),
        "form": request.form.to_dict(),
        "body": None if request.form else _json(),
    }
    with writing():  # some providers report by GET
        reports.receive((organisation_id, plugin, secret), received, now=clock.now())
    return "", 204


def _json() -> Any:  # noqa: ANN401  JSON of any shape
    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError):
        return None
