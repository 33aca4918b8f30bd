"""What the rows of a file would do to the accounts that are there: new, changed, same or wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from sqlalchemy import select

from portal.accounts import physicians, search
from portal.accounts.models import Account
from portal.extensions import db
from portal.forms import one_line
from portal.permissions import Role
from portal.tenants.scope import current_tenant
from portal.tenants.service import get_organisation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Select

    from portal.sheets import Row

# Field by the name of its column; the first name of each is the one in the template.
NAMES = {
    "rolle": "role",
    "role": "role",
    "titel": "title",
    "title": "title",
    "vorname": "first_name",
    "first name": "first_name",
    "nachname": "last_name",
    "last name": "last_name",
    "name": "last_name",
    "geschlecht": "gender",
    "gender": "gender",
    "e-mail": "email",
    "email": "email",
    "e-mail-adresse": "email",
    "e-mail address": "email",
    "arztnummer": "physician_number",
    "lanr": "physician_number",
    "efn": "physician_number",
    "lanr/efn": "physician_number",
    "physician's number": "physician_number",
    "telefon": "phone",
    "telephone": "phone",
    "phone": "phone",
    "mobil": "mobile",
    "mobile": "mobile",
    "fax": "fax",
    "anschrift": "address",
    "adresse": "address",
    "address": "address",
    "website": "website",
    "abteilung": "department",
    "department": "department",
}
NEEDED = ("first_name", "last_name", "email")
MOST = {
    "title": 40,
    "first_name": 100,
    "last_name": 100,
    "email": 200,
    "physician_number": physicians.MAX_LENGTH,
    "phone": 40,
    "mobile": 40,
    "fax": 40,
    "address": 300,
    "website": 200,
    "department": 120,
}
ROLES = {
    "": "",
    **dict.fromkeys(("doctor", "arzt", "ärztin", "ärztin oder arzt"), Role.DOCTOR),
    **dict.fromkeys(("assistant", "assistenz", "mfa"), Role.ASSISTANT),
    **dict.fromkeys(("projectadmin", "projektadministration", "verwaltung"), Role.PROJECTADMIN),
    "project administrator": Role.PROJECTADMIN,
}
GENDERS = {
    "": "",
    **dict.fromkeys(("w", "f", "weiblich", "female", "frau"), "female"),
    **dict.fromkeys(("m", "männlich", "male", "herr"), "male"),
    **dict.fromkeys(("d", "divers", "diverse"), "diverse"),
}
AT_ONCE = 500
PLAIN_LENGTH = 64
PLAIN_EMAIL = re.compile(
    r"[a-z0-9]+(?:[._-][a-z0-9]+)*@[a-z0-9]+(?:-[a-z0-9]+)*"
    r"(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*\.[a-z]{2,}\Z",
    re.IGNORECASE | re.ASCII,
)


@dataclass
class Verdict:
    """What a whole file would do."""

    fresh: list[dict[str, str]] = field(default_factory=list)
    # The account's id, what becomes different, and the line of the file.
    changed: list[tuple[str, dict[str, str], int, str]] = field(default_factory=list)
    same: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)
    # What should be looked at and hinders nothing: a number whose digits do not fit.
    hints: list[tuple[int, str]] = field(default_factory=list)


def cleaned(row: Row) -> tuple[dict[str, str], list[str]]:
    """Return the values of a row as an account has them, and what is wrong with them."""
    values = {name: one_line(cell) or "" for name, cell in row.cells.items()}
    wrong = [_("%(field)s fehlt.", field=label(name)) for name in NEEDED if not values.get(name)]
    wrong += [
        _("%(field)s ist zu lang.", field=label(name))
        for name, most in MOST.items()
        if len(values.get(name, "")) > most
    ]
    for name, words in (("role", ROLES), ("gender", GENDERS)):
        known = words.get(values.get(name, "").lower())
        if known is None:
            wrong.append(_("%(field)s ist unbekannt.", field=label(name)))
        elif name in values:
            values[name] = str(known)
    if "physician_number" in values:
        values["physician_number"] = physicians.plain(values["physician_number"])
    if values.get("website", "https://").split("://")[0] not in {"http", "https", ""}:
        wrong.append(_("Eine Adresse beginnt mit https://."))
    if values.get("email") and not _is_email(values["email"]):
        wrong.append(_("Das ist keine E-Mail-Adresse."))
    return values, wrong


def label(name: str) -> str:
    """Return what a field is called in the template of a file."""
    return next(word for word, found in NAMES.items() if found == name).capitalize()


def _is_email(text: str) -> bool:
    if len(text) <= PLAIN_LENGTH and PLAIN_EMAIL.match(text):
        return True  # as nearly all are; the whole grammar takes a tenth of a millisecond
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def check(rows: Sequence[Row], tell: Callable[[int], None]) -> tuple[list[dict[str, str]], Verdict]:
    """Return the cleaned rows, each with its ``line``, and a verdict that knows only the file.

    :param tell: told now and then how many rows are done.
    """
    verdict, found = Verdict(), []
    seen: dict[tuple[str, str], int] = {}
    country = get_organisation(current_tenant()).country
    for number, row in enumerate(rows, start=1):
        values, wrong = cleaned(row)
        for name in ("email", "physician_number"):
            value = values.get(name, "").lower()
            first = seen.setdefault((name, value), row.line) if value else row.line
            if first != row.line:
                words = _("%(field)s steht schon in Zeile %(line)s.", field=label(name), line=first)
                wrong.append(words)
        slip = physicians.look(values.get("physician_number", ""), country).slip
        if slip:
            verdict.hints.append((row.line, slip))
        if wrong:
            verdict.faults.append((row.line, " ".join(wrong)))
        found.append({**values, "line": str(row.line)})
        if number % AT_ONCE == 0:
            tell(number)
    return found, verdict


def judge(
    rows: Sequence[dict[str, str]], departments: dict[str, str], before: Verdict | None = None
) -> Verdict:
    """Return what cleaned rows would do to the accounts of this organisation, and to no other's.

    :param departments: the names of departments by id.
    :param before: the verdict about the file alone, which this one goes on with.
    """
    verdict = before or Verdict()
    emails = [row["email"].lower() for row in rows]
    by_email = {account.email.lower(): account for account in _found(search.with_email, emails)}
    numbers = [row["physician_number"] for row in rows if row.get("physician_number")]
    by_number: dict[str, set[str]] = {}
    for owner in _found(_with_number, numbers):
        by_number.setdefault(owner.physician_number, set()).add(owner.email.lower())
    for row in rows:
        line, email = int(row["line"]), row["email"].lower()
        account = by_email.get(email)
        if email not in by_number.get(row.get("physician_number", ""), {email}):
            words = _("Diese Nummer hat in Ihrer Organisation schon ein anderes Konto.")
            verdict.faults.append((line, words))
        elif account is None:
            verdict.fresh.append(row)
        elif row.get("role") and row["role"] != account.role:
            words = _("Die Rolle eines Kontos lässt sich nicht durch einen Import ändern.")
            verdict.faults.append((line, words))
        else:
            different = _different(account, row, departments)
            if different:
                verdict.changed.append((account.id, different, line, account.full_name))
            else:
                verdict.same += 1
    return verdict


def _different(
    account: Account, row: dict[str, str], departments: dict[str, str]
) -> dict[str, str]:
    """Return what a row says otherwise; an empty cell says nothing."""
    found = {}
    for name, value in row.items():
        if not value or name in {"line", "email", "role"}:
            continue
        if name == "department":
            now = departments.get(account.department_id or "", "")
        else:
            now = getattr(account, name)
        if value != now:
            found[name] = value
    return found


def _with_number(numbers: Sequence[str]) -> Select[Account]:
    return select(Account).where(Account.physician_number.in_(numbers))


def _found(
    ask: Callable[[Sequence[str]], Select[Account]], wanted: Sequence[str]
) -> Iterator[Account]:
    """Yield the accounts that have one of these values, a few hundred at a time."""
    for start in range(0, len(wanted), AT_ONCE):
        yield from db.session.scalars(ask(wanted[start : start + AT_ONCE]))
