"""Imports accounts: the worker checks a file, somebody looks, the worker writes or undoes it.

Each step is a row in the outbox, so a worker that dies loses nothing: what it wrote is one
transaction together with the end of its step, and is written again from the start otherwise.
"""

from __future__ import annotations

import base64
import json
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from portal import audit, clock, outbox, sheets
from portal.accounts import links, states
from portal.accounts.models import Account
from portal.errors import NotFoundHereError, PortalError
from portal.extensions import db
from portal.outbox import Again, Carrier, Done, Letter
from portal.projectadmin import judging, writing
from portal.projectadmin.declarations import KEPT
from portal.projectadmin.listing import departments, seats
from portal.projectadmin.models import AccountImport
from portal.projectadmin.service import lock
from portal.tenants.scope import current_tenant

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from portal.outbox import Later, Parcel

logger = logging.getLogger(__name__)

UPLOADED, CHECKED, FAULTY = "uploaded", "checked", "faulty"
WRITING, DONE, UNDOING, UNDONE = "writing", "done", "undoing", "undone"
FAILED = "failed"
BUSY = (UPLOADED, WRITING, UNDOING)
SHOWN = 200
INVITED_AT_ONCE = 100
OUTBOX = "import"


class ImportMovedOnError(PortalError):
    """The import is in another state by now."""

    code = "import_moved_on"
    status = 409
    sentence = _l("Der Import ist inzwischen weiter.")
    cure = _l("Laden Sie die Seite neu, und sehen Sie, wie er steht.")


def get(import_id: str) -> AccountImport:
    """Return an import of the current organisation.

    :raise NotFoundHereError: it does not exist, or is another organisation's.
    """
    row = db.session.get(AccountImport, (current_tenant(), import_id))
    if row is None:
        raise NotFoundHereError
    return row


def recent() -> list[AccountImport]:
    """Return the imports that are kept, the newest first."""
    query = select(AccountImport).order_by(AccountImport.created_at.desc()).limit(10)
    return list(db.session.scalars(query))


def receive(data: bytes, account_id: str, language: str, *, now: datetime) -> AccountImport:
    """Keep a file, encrypted, until the worker has looked at it."""
    row = AccountImport(
        state=UPLOADED,
        made_by=account_id,
        language=language,
        created_at=now,
        payload=base64.b64encode(data).decode(),
        delete_after=KEPT.after(now),
    )
    db.session.add(row)
    db.session.flush()
    _put("check", row.id, now)
    audit.record("projectadmin.import.uploaded", "account_import", row.id, now=now)
    return row


def _put(act: str, import_id: str, now: datetime, **more: Any) -> None:  # noqa: ANN401  JSON
    outbox.put(Letter(OUTBOX, act, {"act": act, **more}, import_id), now=now)


def confirm(row: AccountImport, *, invite: bool, now: datetime) -> None:
    """Let the worker write what was checked.

    :raise ImportMovedOnError: it is not waiting for that.
    """
    _step(row, (CHECKED,), WRITING, invites=invite)
    _put("write", row.id, now)


def take_back(row: AccountImport, *, now: datetime) -> None:
    """Let the worker undo what was written.

    :raise ImportMovedOnError: it was not written, or is undone.
    """
    _step(row, (DONE,), UNDOING)
    _put("undo", row.id, now)


def discard(row: AccountImport, *, now: datetime) -> None:
    """Delete a file that was not written.

    :raise ImportMovedOnError: it was.
    """
    if row.state not in {CHECKED, FAULTY, FAILED}:
        raise ImportMovedOnError
    audit.record("projectadmin.import.discarded", "account_import", row.id, now=now)
    db.session.delete(row)


def _step(row: AccountImport, sources: tuple[str, ...], state: str, **values: Any) -> None:  # noqa: ANN401
    mine = update(AccountImport).where(
        AccountImport.organisation_id == row.organisation_id,
        AccountImport.id == row.id,
        AccountImport.state.in_(sources),
    )
    moved = mine.values(state=state, **values).returning(AccountImport.id)
    if db.session.scalar(moved.execution_options(synchronize_session=False)) is None:
        raise ImportMovedOnError
    db.session.expire(row)


def carry(parcel: Parcel) -> Done | Again | Later:
    """Do one step of an import, in the worker."""
    row = db.session.get(AccountImport, (current_tenant(), parcel.subject_id))
    if row is None:
        return Done("gone")
    steps: dict[str, Callable[..., None]] = {
        "check": _check,
        "write": _write,
        "undo": _undo,
        "invite": _invite,
    }
    with force_locale(row.language):
        try:
            steps[parcel.payload["act"]](row, parcel.payload, clock.now())
        except Exception:
            logger.exception("import: a step failed")
            db.session.rollback()
            row = get(parcel.subject_id)
            row.state, row.payload = FAILED, None
    return Done("done")


CARRIER = Carrier(carry, pauses=(timedelta(seconds=5), timedelta(minutes=1)), repeatable=True)


def _report(
    row: AccountImport, verdict: judging.Verdict, *more: str, ignored: Sequence[str] = ()
) -> None:
    """Write down what the preview shows: the first few hundred of each kind, and the numbers."""
    new = [(each["line"], f"{each['first_name']} {each['last_name']}") for each in verdict.fresh]
    fields = [
        (line, name, [judging.label(each) for each in values])
        for _id, values, line, name in verdict.changed
    ]
    row.fresh, row.changed, row.same = len(new), len(fields), verdict.same
    row.faults = len(verdict.faults) + len(more)
    told = {
        "faults": [(None, words) for words in more] + sorted(verdict.faults)[:SHOWN],
        "hints": verdict.hints[:SHOWN],
        "fresh": new[:SHOWN],
        "changed": fields[:SHOWN],
        "ignored": ignored,
    }
    row.report = json.dumps(told, ensure_ascii=False)
    row.state = FAULTY if row.faults else CHECKED


def _check(row: AccountImport, _payload: dict[str, Any], _now: datetime) -> None:
    data = base64.b64decode(row.payload or "")
    try:
        sheet = sheets.read(data)
        rows = list(sheets.named(sheet, judging.NAMES, judging.NEEDED))
    except sheets.SheetError as error:
        row.payload = None
        _report(row, judging.Verdict(), error.message())
        return
    row.total = len(rows)
    key = row.id

    def tell(number: int) -> None:
        get(key).done = number
        db.session.commit()

    db.session.commit()
    found, verdict = judging.check(rows, tell)
    if not verdict.faults:
        verdict = judging.judge(found, departments(), verdict)
    row = get(key)
    row.done = len(rows)
    row.payload = None if verdict.faults else json.dumps(found, ensure_ascii=False)
    more = [*_too_few(verdict), *([] if rows else [_("Die Datei hat keine Zeilen.")])]
    _report(row, verdict, *more, ignored=sheets.ignored(sheet, judging.NAMES))
    if row.faults:
        row.payload = None


def _too_few(verdict: judging.Verdict) -> list[str]:
    free = seats().free
    wanted = len(verdict.fresh)
    if wanted <= free:
        return []
    return [
        _("Für %(wanted)s neue Konten sind nur %(free)s Plätze frei.", wanted=wanted, free=free)
    ]


def _write(row: AccountImport, _payload: dict[str, Any], now: datetime) -> None:
    """Write all rows in the transaction of this step, after judging them once more."""
    lock()
    rows = json.loads(row.payload or "[]")
    verdict = judging.judge(rows, departments())
    few = _too_few(verdict)
    if verdict.faults or few:
        row.payload = None
        _report(row, verdict, *few, _("Seit der Prüfung hat sich etwas geändert."))
        return
    undo = writing.write(verdict, now=now)
    row.fresh, row.changed, row.same = len(verdict.fresh), len(verdict.changed), verdict.same
    row.state, row.payload, row.report = DONE, None, None
    row.undo = json.dumps(undo, ensure_ascii=False)
    audit.record("projectadmin.import.written", "account_import", row.id, now=now)
    if row.invites and undo["created"]:
        _put("invite", row.id, now, begin=0)


def _invite(row: AccountImport, payload: dict[str, Any], now: datetime) -> None:
    """Invite the next hundred; the step after this one follows by itself."""
    begin = int(payload["begin"])
    ids = json.loads(row.undo or "{}").get("created", [])
    part = ids[begin : begin + INVITED_AT_ONCE]
    waiting = select(Account).where(Account.id.in_(part), Account.state == states.APPLIED)
    for account in db.session.scalars(waiting).all():
        links.invite(account, now=now)
    if begin + INVITED_AT_ONCE < len(ids):
        _put("invite", row.id, now, begin=begin + INVITED_AT_ONCE)


def _undo(row: AccountImport, _payload: dict[str, Any], now: datetime) -> None:
    lock()
    kept = writing.take_back(json.loads(row.undo or "{}"), now=now)
    row.state, row.undo = UNDONE, None
    row.report = json.dumps({"kept": kept})
    audit.record("projectadmin.import.undone", "account_import", row.id, now=now)


def report(row: AccountImport) -> dict[str, Any]:
    """Return what the preview shows."""
    return json.loads(row.report) if row.report else {}
