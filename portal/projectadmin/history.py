"""Who did what to an account, as the audit log has it: names of fields, never values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import audit
from portal.accounts.models import Account
from portal.extensions import db
from portal.permissions import STAFF

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portal.audit import AuditEntry

SHOWN = 10
audit.words(
    {
        "projectadmin.account.created": _l("angelegt"),
        "projectadmin.account.changed": _l("geändert"),
        "projectadmin.account.invited": _l("eingeladen"),
        "projectadmin.account.suspended": _l("gesperrt"),
        "projectadmin.account.reactivated": _l("freigegeben"),
        "projectadmin.account.factors_reset": _l("zweite Faktoren zurückgesetzt"),
        "projectadmin.account.removed": _l("entfernt"),
        "projectadmin.account.moved": _l("in eine andere Abteilung verschoben"),
        "projectadmin.account.verified": _l("geprüft und freigeschaltet"),
        "projectadmin.account.rejected": _l("geprüft und abgelehnt"),
        "projectadmin.accounts.exported": _l("Konten als Datei geladen"),
        "projectadmin.import.uploaded": _l("Datei zum Import hochgeladen"),
        "projectadmin.import.written": _l("Import geschrieben"),
        "projectadmin.import.undone": _l("Import zurückgenommen"),
        "projectadmin.import.discarded": _l("Import verworfen"),
        "projectadmin.verification.seen": _l("zur Prüfung angesehen"),
        "projectadmin.department.created": _l("Abteilung angelegt"),
        "projectadmin.department.renamed": _l("Abteilung umbenannt"),
        "projectadmin.department.deleted": _l("Abteilung gelöscht"),
    },
    {
        "first_name": _l("Vorname"),
        "last_name": _l("Nachname"),
        "physician_number": _l("Arztnummer"),
        "email": _l("E-Mail"),
        "phone": _l("Telefon"),
        "mobile": _l("Mobil"),
        "fax": _l("Fax"),
        "address": _l("Anschrift"),
        "website": _l("Website"),
        "title": _l("Titel"),
        "gender": _l("Geschlecht"),
        "department_id": _l("Abteilung"),
        "role": _l("Rolle"),
        "state": _l("Stand"),
        "name": _l("Name"),
    },
)


@dataclass(frozen=True)
class Line:
    """One line under an object: when, what, which fields, who."""

    at: datetime
    words: str
    fields: Sequence[str]
    who: str


def of_account(account_id: str) -> list[Line]:
    """Return the newest lines of an account's history."""
    entries = db.session.scalars(audit.of_object("account", account_id).limit(SHOWN)).all()
    actors = {entry.actor_id for entry in entries if entry.actor_id and entry.role not in STAFF}
    found = db.session.scalars(select(Account).where(Account.id.in_(actors))) if actors else ()
    names = {account.id: account.full_name for account in found}
    return [_line(entry, names) for entry in entries]


def _line(entry: AuditEntry, names: dict[str, str]) -> Line:
    if entry.role in STAFF:
        who = _("Anbieterin")
    elif entry.actor_id is None:
        who = _("Portal")
    else:
        who = names.get(entry.actor_id, _("ein entferntes Konto"))
    fields = [audit.word_for_field(name) for name in entry.fields.split()]
    return Line(entry.at, audit.word_for(entry.code), fields, who)
