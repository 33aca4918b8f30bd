"""Restriction of processing that really stops it (Art. 18 GDPR): data lie there, nobody uses them.

From the moment on every session of the account ends. A new sign-in opens the pages of rights and no
others; no guest is admitted and no colleague rings; nobody finds the account; the project
administration changes nothing of it and takes it out in no export; plugins send it no mail. The
person lifts it again. The account keeps its seat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from portal import audit
from portal.accounts import tokens
from portal.extensions import db
from portal.rights import service

if TYPE_CHECKING:
    from datetime import datetime

    from portal.accounts.models import Account

audit.words(
    {
        "rights.restriction.begun": _l("Verarbeitung eingeschränkt"),
        "rights.restriction.lifted": _l("Einschränkung der Verarbeitung aufgehoben"),
    }
)


def begin(account: Account, *, now: datetime) -> None:
    """Restrict an account at once; twice does nothing new."""
    if account.restricted_at is not None:
        return
    account.restricted_at = now
    service.done_at_once(account, "restriction", now=now)
    tokens.end_all(account.organisation_id, account.id, now=now)
    audit.record("rights.restriction.begun", "account", account.id, now=now)
    db.session.flush()


def lift(account: Account, *, now: datetime) -> None:
    """Take the restriction back; the next sign-in opens everything again."""
    if account.restricted_at is None:
        return
    account.restricted_at = None
    tokens.end_all(account.organisation_id, account.id, now=now)
    audit.record("rights.restriction.lifted", "account", account.id, now=now)
    db.session.flush()
