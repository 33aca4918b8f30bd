"""The copy of all that the portal keeps about one account, made from the declarations alone.

Each use of customers' data that is declared is a part of it, with purpose, ground, recipients and
deletion as the notice says them (Art. 15(1) GDPR), and the rows of its tables that belong to the
account (Art. 15(3), 20). So a new table or plugin is in it as soon as it is declared.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy import select

from portal import pdf
from portal.accounts.models import Credential
from portal.extensions import db
from portal.language import language, written_date
from portal.personaldata import DataUse, Storage, Subject
from portal.privacy import notice, registry
from portal.tenants.service import get_company, get_organisation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, Table

    from portal.accounts.models import Account

# Where the account's id stands in a table that does not call it ``account_id``.
OWN = {
    "access_code": "made_by",
    "account": "id",
    "account_import": "made_by",
    "audit_entry": "actor_id",
    "call_member": "subject_id",
    "consent": "subject_id",
    "message": "subject_id",
    "outbox": "subject_id",
    "profile": "id",
    "token": "subject_id",
}
# What opens something, or proves that one knows something, is no answer to who one is: a message
# on its way carries a link or a code. What an import read and changed is about others.
SECRET = frozenset(
    {
        "hash",
        "password_hash",
        "passkey_id",
        "payload",
        "public_key",
        "report",
        "secret",
        "secrets",
        "undo",
        "value",
    }
)
# What a row of somebody's says of somebody else: of a code that a doctor made, its guest's.
OTHERS = frozenset(
    {
        "access_code.code",
        "access_code.companion_of",
        "access_code.guest_name",
        "access_code.id",
    }
)
# So many rows of a table stand in the PDF; the JSON file has all of them.
SHOWN = 100


def collect(account: Account, *, now: datetime) -> dict[str, Any]:
    """Return everything about an account as JSON can hold it, all of it of the current tenant."""
    lang = language()
    organisation = get_organisation(account.organisation_id)
    company = get_company(organisation.provider_company_id)
    return {
        "made_at": now.isoformat(),
        "organisation": organisation.name,
        "provider": notice.provider(company),
        "uses": [
            {**notice.section(use, lang), "tables": tables}
            for use in registry.uses(registry.of_plugins())
            if Subject.CUSTOMER in use.subjects
            and use.storage is Storage.DATABASE
            # Of a plugin that is off here as well, if rows are left.
            and (tables := _tables(use, account))
        ],
    }


def as_json(account: Account, *, now: datetime) -> str:
    """Return the copy in a common, machine-readable format (Art. 20 GDPR)."""
    return json.dumps(collect(account, now=now), ensure_ascii=False, indent=1)


def _tables(use: DataUse, account: Account) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of one use by table; a table without any is left out."""
    columns: dict[str, list[str]] = defaultdict(list)
    for place in use.columns:
        table, _point, column = place.partition(".")
        if column not in SECRET and place not in OTHERS:
            columns[table].append(column)
    found = {}
    for name, names in columns.items():
        rows = list(_rows(db.metadata.tables[name], names, account))
        if rows:
            found[name] = rows
    return found


def _rows(table: Table, names: list[str], account: Account) -> Iterator[dict[str, Any]]:
    mine = _mine(table, account)
    if mine is None:
        return
    query = select(*(table.c[name] for name in names)).where(mine)
    if "organisation_id" in table.c:
        query = query.where(table.c.organisation_id == account.organisation_id)
    for row in db.session.execute(query):
        yield {name: _plain(value) for name, value in zip(names, row, strict=True)}


def _mine(table: Table, account: Account) -> ColumnElement[bool] | None:
    """Return what makes a row the account's; None for a table that knows no account."""
    if table.name in OWN:
        return table.c[OWN[table.name]] == account.id
    if "account_id" in table.c:
        return table.c.account_id == account.id
    if "credential_id" in table.c:
        logins = select(Credential.id).where(
            Credential.organisation_id == account.organisation_id,
            Credential.account_id == account.id,
        )
        return table.c.credential_id.in_(logins)
    return None


def _plain(value: Any) -> Any:  # noqa: ANN401  what a column holds
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def as_pdf(account: Account, *, now: datetime) -> bytes:
    """Return the copy as a tagged PDF for people.

    :raise PdfError: it cannot be set.
    """
    data = collect(account, now=now)
    sections = [part for use in data["uses"] for part in _sections(use)]
    provider = data["provider"]
    return pdf.render(
        "document",
        {
            "title": _("Ihre Daten"),
            "lang": language(),
            "author": [provider["name"]],
            "sender": [provider["name"], provider["address"]],
            "date": written_date(now),
            "foot": _("Auskunft nach Art. 15 DSGVO, erstellt am %(date)s", date=written_date(now)),
            "sections": [{"paragraphs": [_introduction(account, data)]}, *sections],
        },
    )


def _introduction(account: Account, data: dict[str, Any]) -> str:
    return _(
        "Das ist alles, was zum Konto von %(name)s bei %(organisation)s gespeichert ist. "
        "Beschweren können Sie sich bei: %(authority)s.",
        name=account.full_name,
        organisation=data["organisation"],
        authority=data["provider"]["authority_name"],
    )


def _sections(use: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {
        "heading": use["title"],
        "paragraphs": [use["purpose"], use["legal_basis"], use["retention_sentence"]],
    }
    for rows in use["tables"].values():
        if len(rows) == 1:
            yield {"facts": [[name, _shown(value)] for name, value in rows[0].items()]}
            continue
        more = len(rows) - SHOWN
        yield {
            "head": list(rows[0]),
            "rows": [[_shown(value) for value in row.values()] for row in rows[:SHOWN]],
        }
        if more > 0:
            yield {"paragraphs": [_("%(number)s weitere stehen in der JSON-Datei.", number=more)]}


def _shown(value: Any) -> str:  # noqa: ANN401  what JSON holds
    return "-" if value in {None, ""} else str(value)[:300]
