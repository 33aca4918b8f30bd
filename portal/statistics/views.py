"""The pages of statistics: a doctor's own figures, and the sums of an organisation."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request
from flask_login import current_user

from portal import clock
from portal.accounts import service as accounts
from portal.happenings import Happened, Happening, listen
from portal.language import ZONE, language
from portal.permissions import Role, policy
from portal.statistics import exporting, figures, recording, sums
from portal.statistics.figures import DAY, LONGEST, Chart, Scope, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

bp = Blueprint("statistics", __name__)
bp.record_once(lambda _state: listen(recording.keep))

READERS = (Role.DOCTOR, Role.PROJECTADMIN)
USUAL = DAY * 29


@bp.get("/statistics")
@policy(*READERS, page=True)
def page() -> str:
    """Show the charts of a period: one's own, or the sums of the organisation."""
    span, wrong = _span()
    return render_template(
        "statistics/page.html",
        charts=_charts(span),
        span=span,
        wrong=wrong,
        own=current_user.role == Role.DOCTOR,
        sums=sums.kept() if current_user.role == Role.PROJECTADMIN else [],
        presets=_presets(),
        shown=exporting.shown,
    )


@bp.get("/statistics.csv")
@policy(*READERS)
def export_csv() -> Response:
    """Return the figures of a period as CSV; that is an event itself."""
    span, _wrong = _span()
    made = exporting.as_csv(_charts(span))
    _note("csv", span)
    return _file(made, "csv", "text/csv")


@bp.get("/statistics.pdf")
@policy(*READERS)
def export_pdf() -> Response:
    """Return the figures of a period as tagged PDF; that is an event itself."""
    span, _wrong = _span()
    name = accounts.organisation_name(current_user)
    if current_user.role == Role.DOCTOR:
        name = accounts.display_name(current_user)
    made = exporting.as_pdf(_charts(span), span, name, language(), now=clock.now())
    _note("pdf", span)
    return _file(made, "pdf", "application/pdf")


def _charts(span: Span) -> Sequence[Chart]:
    own = current_user.subject_id if current_user.role == Role.DOCTOR else None
    return figures.charts(Scope(span, own))


def _span() -> tuple[Span, bool]:
    """Return the period that the address names, or the last thirty days and whether it was wrong.

    Older than three months nothing is there; a longer period is cut to its last days.
    """
    today = clock.now().astimezone(ZONE).date()
    usual = Span(today - USUAL, today)
    asked = request.args.get("from", ""), request.args.get("until", "")
    if not any(asked):
        return usual, False
    try:
        first, last = (date.fromisoformat(each) for each in asked)
    except ValueError:
        return usual, True
    last = min(last, today)
    if first > last or first.year < 2000:  # noqa: PLR2004  no portal is older
        return usual, True
    return Span(max(first, last - LONGEST), last), False


def _presets() -> list[tuple[str, Span]]:
    """Return the periods that people ask for most."""
    today = clock.now().astimezone(ZONE).date()
    begun = today.replace(day=1)
    before = begun - DAY
    return [
        ("week", Span(today - DAY * 6, today)),
        ("month", Span(begun, today)),
        ("last_month", Span(before.replace(day=1), before)),
        ("all", Span(today - LONGEST, today)),
    ]


def _note(kind: str, span: Span) -> None:
    recording.keep_reading(
        Happened(
            Happening.EXPORT,
            clock.now(),
            current_user.organisation_id,
            who=current_user.subject_id,
            facts={"type": kind, "from": f"{span.first}", "until": f"{span.last}"},
        )
    )


def _file(content: str | bytes, ending: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="statistics.{ending}"'}
    return Response(content, mimetype=kind, headers=headers)
