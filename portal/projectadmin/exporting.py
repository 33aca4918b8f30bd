"""Takes the list of accounts away as a file: what the list shows, and not a column more."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from portal import sheets
from portal.accounts.models import Account
from portal.extensions import db
from portal.permissions import Role
from portal.projectadmin import judging, listing
from portal.projectadmin.forms import ROLE_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

AT_ONCE = 1_000
# As an import reads them again.
COLUMNS = (
    "role",
    "first_name",
    "last_name",
    "email",
    "physician_number",
    "phone",
    "mobile",
    "fax",
    "address",
    "website",
    "department",
)
# The same as columns of an account, and what an import does not read.
FIELDS = (*COLUMNS[:-1], "department_id", "last_sign_in_on")


def template() -> Iterator[str]:
    """Yield an empty file for an import, with the names of its columns and one example."""
    example = {
        "role": str(ROLE_WORDS[Role.DOCTOR]),
        "first_name": "Mara",
        "last_name": "Probe",
        "email": "mara.probe@example.org",
        "physician_number": "838382202",
    }
    return sheets.write_csv(_head(), [[example.get(name, "") for name in COLUMNS]])


def _head() -> list[str]:
    return [judging.label(name) for name in COLUMNS]


def rows() -> Iterator[Sequence[str]]:
    """Yield the accounts that the address asks for, in its order, as the file's cells.

    Those whose data may only be kept (Art. 18 GDPR) are left out.
    Every thousand rows the others get a turn, as this process serves calls, too.
    """
    departments = listing.departments()
    roles = {role: str(words) for role, words in ROLE_WORDS.items()}
    columns = [getattr(Account, name) for name in FIELDS]
    wished = listing.query(listing.wished()).where(Account.restricted_at.is_(None))
    query = wished.with_only_columns(*columns)
    found = db.session.execute(query.execution_options(yield_per=AT_ONCE))
    for part in found.partitions():
        for row in part:
            cells = list(row)
            cells[0] = roles.get(cells[0], cells[0])
            cells[-2] = departments.get(cells[-2] or "", "")
            cells[-1] = f"{cells[-1]:%Y-%m-%d}" if cells[-1] else ""
            yield cells
        time.sleep(0)


def csv_file() -> str:
    """Return the accounts as CSV."""
    return "".join(sheets.write_csv(_visible(), rows()))


def xlsx_file() -> bytes:
    """Return the accounts as XLSX."""
    return sheets.write_xlsx(_visible(), rows())


def _visible() -> list[str]:
    return [*_head(), _("Zuletzt angemeldet")]
