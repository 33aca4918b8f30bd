"""Requests of customers (PRIV-5) and complaints (PRIV-9): asked, answered within a month, kept.

============  ====================================================================================
access        answered at once: the person downloads the copy (Art. 15 and 20 GDPR)
withdrawal    done at once: every consent ends (Art. 7(3))
restriction   done at once, until the person lifts it (Art. 18); see ``portal.rights.restriction``
rectification support answers (Art. 16)
erasure       support answers; where it is granted, the account is deleted with it (Art. 17)
objection     support answers (Art. 21)
complaint     support answers; the page names the authority as well (Art. 77)
============  ====================================================================================

A request is ``open`` until it is ``done`` or ``refused``. Support reads the request, whose it is
and until when it must be answered, and nothing else of the account.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from portal import audit, ratelimit
from portal.errors import NotFoundHereError, PortalError
from portal.extensions import db
from portal.language import ZONE, language
from portal.personaldata import Period
from portal.privacy import marketing
from portal.profiles import service as profiles
from portal.rights.models import RightsRequest
from portal.tenants.scope import current_tenant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from flask_babel.speaklater import LazyString

    from portal.accounts.models import Account

OPEN, DONE, REFUSED = "open", "done", "refused"
# Art. 12(3) GDPR.
TO_ANSWER = Period(months=1)
ASKED = ratelimit.Limit("rights.request", attempts=20, seconds=86_400)
# Read aloud on the telephone, so without what sounds or looks alike.
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
KINDS: dict[str, LazyString] = {
    "access": _l("Auskunft und Kopie"),
    "rectification": _l("Berichtigung"),
    "erasure": _l("Löschung"),
    "restriction": _l("Einschränkung der Verarbeitung"),
    "objection": _l("Widerspruch"),
    "withdrawal": _l("Widerruf von Einwilligungen"),
    "complaint": _l("Beschwerde"),
}
# What a person writes to support; the others are done by the portal at once.
WRITTEN = ("rectification", "erasure", "objection", "complaint")
STATES: dict[str, LazyString] = {
    OPEN: _l("in Arbeit"),
    DONE: _l("erledigt"),
    REFUSED: _l("abgelehnt"),
}
audit.words(
    {
        "rights.request.made": _l("Anliegen zum Datenschutz gestellt"),
        "rights.request.opened": _l("Anliegen zum Datenschutz angesehen"),
        "rights.request.done": _l("Anliegen zum Datenschutz erledigt"),
        "rights.request.refused": _l("Anliegen zum Datenschutz abgelehnt"),
    },
    {"answer": _l("Antwort")},
)


class AnsweredError(PortalError):
    """Somebody answered the request meanwhile."""

    code = "answered"
    status = 409
    sentence = _l("Dieses Anliegen ist schon beantwortet.")
    cure = _l("Die Liste zeigt den neuen Stand.")


def ask(account: Account, kind: str, text: str, *, now: datetime) -> RightsRequest:
    """Keep what a customer asks for; the clock of one month begins.

    :param kind: one of ``KINDS``.
    :raise TooManyError: more than anybody asks in a day.
    """
    ratelimit.spend_within(ASKED, account.id)
    row = RightsRequest(
        organisation_id=account.organisation_id,
        number=_number(now),
        account_id=account.id,
        kind=kind,
        state=OPEN,
        text=text,
        asked_at=now,
        due_at=TO_ANSWER.after(now),
    )
    db.session.add(row)
    db.session.flush()
    audit.record("rights.request.made", "rights_request", row.id, now=now)
    return row


def _number(now: datetime) -> str:
    """Return a number that nobody can guess from another: year and six of 31 signs."""
    year = now.astimezone(ZONE).year
    return f"{year}-" + "".join(secrets.choice(LETTERS) for _ in range(6))


def done_at_once(account: Account, kind: str, *, now: datetime) -> RightsRequest:
    """Keep that a customer asked for something and that the portal has done it."""
    row = ask(account, kind, "", now=now)
    row.state, row.closed_at = DONE, now
    db.session.flush()
    return row


def withdraw_consents(account: Account, *, now: datetime) -> RightsRequest:
    """End every consent that an account has given; its profile is found by nobody any more."""
    marketing.set_to(account.id, on=False, way="rights", now=now)
    profiles.set_findable(account.id, findable=False, language=language(), way="rights", now=now)
    return done_at_once(account, "withdrawal", now=now)


def own(account_id: str) -> Sequence[RightsRequest]:
    """Return what an account of the current organisation asked for, newest first."""
    query = select(RightsRequest).where(RightsRequest.account_id == account_id)
    return db.session.scalars(query.order_by(RightsRequest.asked_at.desc()).limit(200)).all()


def get(request_id: str) -> RightsRequest:
    """Return a request of the current organisation.

    :raise NotFoundHereError: it does not exist, or is another organisation's.
    """
    row = db.session.get(RightsRequest, (current_tenant(), request_id))
    if row is None:
        raise NotFoundHereError
    return row


def close(row: RightsRequest, state: str, answer: str, staff_id: str, *, now: datetime) -> None:
    """Answer a request, once.

    :param state: ``DONE`` or ``REFUSED``.
    :raise AnsweredError: it is answered already.
    """
    mine = update(RightsRequest).where(
        RightsRequest.organisation_id == row.organisation_id,
        RightsRequest.id == row.id,
        RightsRequest.state == OPEN,
    )
    values = {"state": state, "answer": answer, "closed_at": now, "closed_by": staff_id}
    closed = mine.values(values).returning(RightsRequest.id)
    closed = closed.execution_options(synchronize_session=False)
    if db.session.execute(closed).first() is None:
        raise AnsweredError
    db.session.refresh(row)
    audit.record(f"rights.request.{state}", "rights_request", row.id, now=now, fields=["answer"])
