"""The record of processing activities (Art. 30 GDPR): a line for each declaration, never typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from portal import pdf, sheets
from portal.language import written_date
from portal.privacy import notice

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from portal.tenants.models import ProviderCompany

# The keys of a section of the notice, in the order in which Art. 30(1) asks for them.
COLUMNS = (
    "id",
    "title",
    "purpose",
    "subjects",
    "data",
    "legal_basis",
    "source",
    "recipients",
    "third_country",
    "retention_sentence",
    "place",
)


def heads() -> tuple[str, ...]:
    """Return the names of the columns in the language of the request."""
    return (
        _("Kennung"),
        _("Verarbeitung"),
        _("Zweck"),
        _("Betroffene Personen"),
        _("Kategorien von Daten"),
        _("Rechtsgrundlage"),
        _("Herkunft"),
        _("Empfänger"),
        _("Übermittlung in Drittländer"),
        _("Löschfrist"),
        _("Ort der Speicherung"),
    )


def lines(
    company: ProviderCompany | None, plugins: Iterable[str], lang: str
) -> list[dict[str, str]]:
    """Return one line for each use of personal data by the portal, the plugins, and a company."""
    return [_line(said) for said in notice.sections(company, plugins, lang)]


def _line(section: dict[str, Any]) -> dict[str, str]:
    found = {}
    for name in COLUMNS:
        value = section[name]
        found[name] = value if isinstance(value, str) else "; ".join(value or ()) or _("keine")
    return found


def as_csv(company: ProviderCompany | None, plugins: Iterable[str], lang: str) -> Iterator[str]:
    """Yield the record as CSV, a line for each use."""
    rows = ([line[name] for name in COLUMNS] for line in lines(company, plugins, lang))
    return sheets.write_csv(heads(), rows)


def as_pdf(
    company: ProviderCompany | None, plugins: Iterable[str], lang: str, *, now: datetime
) -> bytes:
    """Return the record as tagged PDF, with who is responsible in front.

    :raise PdfError: it cannot be set.
    """
    names = dict(zip(COLUMNS, heads(), strict=True))
    sections = [
        {
            "heading": line["title"],
            "facts": [[names[name], line[name]] for name in COLUMNS if name != "title"],
        }
        for line in lines(company, plugins, lang)
    ]
    title = _("Verzeichnis von Verarbeitungstätigkeiten (Art. 30 DSGVO)")
    if company is not None:
        sections.insert(0, {"heading": _("Verantwortlich"), "facts": responsible(company)})
    data = {
        "title": title,
        "lang": lang,
        "date": written_date(now),
        "foot": title,
        "sections": sections,
    }
    return pdf.render("document", data)


def responsible(company: ProviderCompany) -> list[list[str]]:
    """Return who answers for the processing, as pairs of a label and a text."""
    return [
        [_("Anbieterin"), company.name],
        [_("Anschrift"), company.address],
        [_("Geschäftsführung"), company.managing_directors],
        [_("Telefon"), company.phone],
        [_("E-Mail"), company.email],
        [_("Datenschutz"), f"{company.privacy_officer}, {company.privacy_officer_contact}"],
        [_("Aufsicht"), f"{company.authority}, {company.authority_contact}"],
    ]
