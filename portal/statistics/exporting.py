"""The figures as files: the same charts, tables and sentences as on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from portal import pdf, sheets
from portal.language import written_date

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portal.statistics.figures import Chart, Span


def shown(number: int | None) -> str:
    """Return a number in words where it may not be shown."""
    return _("nicht gezeigt") if number is None else str(number)


def as_csv(charts: Sequence[Chart]) -> str:
    """Return all charts as one CSV: which chart, which row, how many."""
    head = (_("Auswertung"), _("Eintrag"), _("Anzahl"))
    rows = [(chart.title, label, shown(number)) for chart in charts for label, number in chart.rows]
    return "".join(sheets.write_csv(head, rows))


def as_pdf(charts: Sequence[Chart], span: Span, name: str, lang: str, *, now: datetime) -> bytes:
    """Return all charts as tagged PDF.

    :param name: whose figures they are.
    :raise PdfError: it cannot be set.
    """
    sections = [
        {
            "heading": chart.title,
            "paragraphs": [chart.sentence],
            "head": list(chart.heads),
            "rows": [[label, shown(number)] for label, number in chart.rows],
            "bars": [round((number or 0) / chart.most, 3) for _label, number in chart.rows]
            if chart.most
            else [],
        }
        for chart in charts
    ]
    title = _(
        "Statistik vom %(first)s bis %(last)s",
        first=written_date(span.first),
        last=written_date(span.last),
    )
    data = {
        "title": title,
        "lang": lang,
        "sender": [name],
        "date": written_date(now),
        "foot": title,
        "sections": sections,
    }
    return pdf.render("document", data)
