"""Organisations from a CSV or XLSX file: looked at first, written as a whole, undone later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select
from werkzeug.datastructures import MultiDict

from portal import audit, sheets
from portal.errors import NotFoundHereError, PortalError
from portal.extensions import db
from portal.privacy.models import NoticeVersion
from portal.sales import organisations, termination
from portal.sales.forms import ContractForm, LookForm
from portal.sales.models import OrganisationImport
from portal.tenants.models import Organisation
from portal.tenants.scope import across_tenants
from portal.tenants.service import seats_used

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MAX_ROWS = 500
UNDO = timedelta(days=30)
NEEDED = ("name", "contract_start", "seats")
COLUMNS = {
    "name": "name",
    "praxis": "name",
    "land": "country",
    "country": "country",
    "vertragsbeginn": "contract_start",
    "contract start": "contract_start",
    "plätze": "seats",
    "seats": "seats",
    "telefon": "phone",
    "telephone": "phone",
    "ansprechperson": "support_contact",
    "contact person": "support_contact",
}
COUNTRIES = {"deutschland": "DE", "germany": "DE", "österreich": "AT", "austria": "AT"}
audit.words(
    {
        "sales.import.made": _l("Organisationen importiert"),
        "sales.import.undone": _l("Import zurückgenommen"),
    }
)


class ImportOverError(PortalError):
    """The import was undone already, or its thirty days are over."""

    code = "import_over"
    status = 409
    sentence = _l("Dieser Import lässt sich nicht mehr zurücknehmen.")
    cure = _l("Kündigen Sie die Organisationen einzeln, wenn sie nicht bleiben sollen.")


@dataclass(frozen=True)
class Verdict:
    """What a dry run found: the rows that would be written, and what is wrong with the others."""

    rows: Sequence[Mapping[str, str]]
    problems: Sequence[tuple[int, str]]


def look(company_id: str, data: bytes) -> Verdict:
    """Read a file and judge its rows; nothing is written.

    :raise SheetError: the file cannot be read as a table.
    """
    sheet = sheets.read(data, max_rows=MAX_ROWS)
    found = sheets.named(sheet, COLUMNS, NEEDED)
    return judge(company_id, ((row.line, row.cells) for row in found))


def judge(company_id: str, rows: Iterable[tuple[int, Mapping[str, str]]]) -> Verdict:
    """Judge rows: each by the forms of a single organisation, and names against one another."""
    taken = _names(company_id)
    good, problems = [], []
    for line, cells in rows:
        plain = _plain(cells)
        wrong = _wrong(plain)
        name = plain["name"].lower()
        if name in taken:
            wrong.append(_("Eine Organisation mit diesem Namen gibt es schon."))
        taken.add(name)
        problems += [(line, sentence) for sentence in wrong]
        good.append({**plain, "line": str(line)})
    return Verdict(good, problems)


def _names(company_id: str) -> set[str]:
    own = select(func.lower(Organisation.name)).where(
        Organisation.provider_company_id == company_id
    )
    return set(db.session.scalars(own))


def _plain(cells: Mapping[str, str]) -> dict[str, str]:
    """Return the cells as the forms take them; German dates and names of countries too."""
    values = {field: str(cells.get(field, "")).strip() for field in set(COLUMNS.values())}
    country = values["country"]
    values["country"] = COUNTRIES.get(country.lower(), country.upper() or "DE")
    try:
        day = datetime.strptime(values["contract_start"], "%d.%m.%Y")  # noqa: DTZ007  a day only
        values["contract_start"] = day.date().isoformat()
    except ValueError:
        values["contract_start"] = values["contract_start"].removesuffix(" 00:00:00")
    return values


def _wrong(values: Mapping[str, str]) -> list[str]:
    found = []
    for form in _forms(values):
        form.validate()
        for name, errors in form.errors.items():
            found += [f"{form[str(name)].label.text}: {error}" for error in errors]
    return found


def _forms(values: Mapping[str, str]) -> tuple[ContractForm, LookForm]:
    sent = MultiDict(values)
    return ContractForm(sent), LookForm(sent)


def write(company_id: str, verdict: Verdict, *, now: datetime) -> OrganisationImport:
    """Make all organisations of a verdict without a problem, in one transaction."""
    made = OrganisationImport(provider_company_id=company_id, made_at=now, count=len(verdict.rows))
    db.session.add(made)
    db.session.flush()
    for row in verdict.rows:
        contract, look_form = _forms(row)
        values: dict[str, Any] = {**contract.data, "import_id": made.id}
        values |= {"phone": look_form.value("phone")}
        values |= {"support_contact": look_form.value("support_contact")}
        organisations.create(company_id, organisations.NewOrganisation(values), now=now)
    audit.record("sales.import.made", "import", made.id, now=now)
    return made


def recent(company_id: str, *, now: datetime) -> Sequence[OrganisationImport]:
    """Return the imports that can still be undone, newest first."""
    query = select(OrganisationImport).where(
        OrganisationImport.provider_company_id == company_id,
        OrganisationImport.made_at > now - UNDO,
    )
    return db.session.scalars(query.order_by(OrganisationImport.made_at.desc())).all()


def undo(company_id: str, import_id: str, *, now: datetime) -> list[str]:
    """Delete what an import made; return the names of those that stay, as people use them.

    :raise NotFoundHereError: it does not exist, or is another company's.
    :raise ImportOverError: it was undone, or is older than thirty days.
    """
    made = db.session.get(OrganisationImport, import_id)
    if made is None or made.provider_company_id != company_id:
        raise NotFoundHereError
    if made.undone_at is not None or now >= made.made_at + UNDO:
        raise ImportOverError
    made.undone_at = now
    rows = db.session.scalars(
        select(Organisation).where(Organisation.import_id == import_id).order_by(Organisation.name)
    ).all()
    used = seats_used([row.id for row in rows])
    stays = [row for row in rows if used.get(row.id) or row.terminated_at is not None]
    with across_tenants("An import that is undone takes its untouched organisations along."):
        for row in rows:
            if row not in stays:
                _remove(row, now)
    audit.record("sales.import.undone", "import", import_id, now=now)
    return [row.name for row in stays]


def _remove(row: Organisation, now: datetime) -> None:
    termination.erase_rows(row.id)
    db.session.execute(delete(NoticeVersion).where(NoticeVersion.organisation_id == row.id))
    audit.end_chain(row.id, now=now)
    db.session.delete(row)
    db.session.flush()
