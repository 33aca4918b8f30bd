"""The project administrator's pages of reports: each month, its preview, its release, its file."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from plugins.vinteos import delivery, report
from plugins.vinteos.pages import bp
from plugins.vinteos.report import Standing, State
from portal.api import PluginContext, Role, context, policy

STATES = {
    State.WAITING: _l("wird gesendet"),
    State.KEPT: _l("freigegeben, zum Herunterladen"),
    State.DELIVERED: _l("vom Partner bestätigt"),
    State.REFUSED: _l("vom Partner abgelehnt"),
    State.DOUBTFUL: _l("Der Partner hat andere Zahlen bestätigt. Bitte klären Sie das mit ihm."),
    State.GIVEN_UP: _l("keine Antwort nach vielen Versuchen"),
    State.ERASED: _l("ein Teil wurde gelöscht, bevor die Meldung ankam; nicht mehr gesendet"),
    State.REPLACED: _l("durch eine Korrektur ersetzt, nicht gesendet"),
}
STANDINGS = {
    Standing.RUNNING: _l("Der Monat läuft noch."),
    Standing.FRESH: _l("Noch nicht freigegeben."),
    Standing.SAME: _l("Freigegeben; seither unverändert."),
    Standing.CHANGED: _l("Seit der Freigabe haben sich Zahlen oder Kennungen geändert."),
    Standing.ERASED: _l("Ein Teil ist schon gelöscht; eine neue Zählung wäre zu niedrig."),
}


@bp.get("/reports")
@policy(Role.PROJECTADMIN, page=True)
def reports() -> str:
    """Show the last months, and what was reported of them."""
    ctx = context("vinteos")
    found = [report.preview(ctx, period) for period in report.periods(ctx.now())]
    return render_template(
        "vinteos/reports.html", previews=found, states=STATES, standings=STANDINGS
    )


@bp.get("/reports/<period>")
@policy(Role.PROJECTADMIN, page=True)
def report_of(period: str) -> str:
    """Show a month's numbers as they would be reported now, and what was released."""
    return _page(context("vinteos"), period)


@bp.post("/reports/<period>")
@policy(Role.PROJECTADMIN)
def release_report(period: str) -> str:
    """Release a month's numbers, or a correction of them."""
    ctx = context("vinteos")
    row = report.release(ctx, period)
    ctx.audit("report.released", "vinteos_report", row.id, fields=("period", "version"))
    delivery.at_once(ctx, row)
    ctx.session.commit()
    return _page(ctx, period, said=_("Fassung %(version)s ist freigegeben.", version=row.version))


@bp.post("/reports/<period>/<version>/send")
@policy(Role.PROJECTADMIN)
def send_report(period: str, version: str) -> str:
    """Let a report be sent once more."""
    ctx = context("vinteos")
    row = report.get(ctx, period, version)
    report.send_again(ctx, row)
    ctx.audit("report.sent_again", "vinteos_report", row.id)
    delivery.at_once(ctx, row)
    ctx.session.commit()
    return _page(ctx, period, said=_("Die Meldung wird noch einmal gesendet."))


@bp.get("/reports/<period>/<version>.csv")
@policy(Role.PROJECTADMIN)
def report_csv(period: str, version: str) -> Response:
    """Return a released report as CSV."""
    ctx = context("vinteos")
    row = report.get(ctx, period, version)
    name = f"vinteos-{period}-{version}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    content = report.as_csv(row, report.lines_of(ctx, row))
    return Response(content, mimetype="text/csv", headers=headers)


def _page(ctx: PluginContext, period: str, **more: Any) -> str:  # noqa: ANN401  what it may also show
    seen = report.preview(ctx, period)
    released = report.versions(ctx, period)
    before = report.lines_of(ctx, seen.newest) if seen.newest else ()
    return render_template(
        "vinteos/report.html",
        preview=seen,
        before={line.participation_id: line.completed for line in before},
        released=[
            (row, json.dumps(report.body(row, report.lines_of(ctx, row)), indent=2))
            for row in released
        ],
        sends=bool(ctx.settings.get("partner_url")),
        states=STATES,
        standing=STANDINGS[seen.standing],
        **more,
    )
