"""Sealed files of the board: kept for a call that runs, unreadable here, and gone with it.

The browser encrypts a file before it sends it, and the key goes from browser to browser; here are
only bytes and how many they are. Row and bytes are written in one transaction, so a process that
dies in the middle of it leaves neither. Each row has a lease, which whoever of the call is
connected renews; past it no query finds the row, and the next sweep deletes it.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select, update

from portal.calls.models import BoardFile, Call, CallMember
from portal.database import changed, reading
from portal.errors import NotFoundHereError, PortalError
from portal.extensions import db
from portal.tenants.scope import across_tenants, current_tenant

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Select, Table

# What the browser writes before what it has sealed: the format, and how it was sealed.
MAGIC = b"VSF1"
# A page of paper as a picture has a tenth of this.
MAX_BYTES = 4 * 1024 * 1024
MOST_FILES = 40
MOST_BYTES = 60 * 1024 * 1024
# The pages that are connected are counted every fifteen seconds.
LEASE = timedelta(minutes=2)
LONGEST = timedelta(hours=4)
ID = re.compile(r"[0-9a-f]{32}")
# Queries of the class find no row past its lease; these do.
_ROWS = cast("Table", BoardFile.__table__)


class FileRefusedError(PortalError):
    """It was not sealed by a browser, or is too large."""

    code = "file_refused"
    status = 422
    sentence = _l("Diese Datei kann die Tafel nicht annehmen.")
    cure = _l("Nehmen Sie ein Bild oder eine PDF-Datei, und laden Sie die Seite neu.")


class BoardFullError(PortalError):
    """The call has as many files as it may have, or one of this name."""

    code = "board_full"
    status = 409
    sentence = _l("Auf der Tafel sind schon zu viele Bilder.")
    cure = _l("In einem neuen Gespräch ist wieder Platz.")


def keep(call_id: str, file_id: str, sealed: bytes, *, now: datetime) -> None:
    """Keep a sealed file for a call whose row the caller has locked.

    :raise NotFoundHereError: the name is not 128 bits in hexadecimal.
    :raise FileRefusedError: it is not sealed, or larger than 4 MiB.
    :raise BoardFullError: 40 files or 60 MiB a call are used up, or the name is taken.
    """
    if not ID.fullmatch(file_id):
        raise NotFoundHereError
    if not sealed.startswith(MAGIC) or len(sealed) > MAX_BYTES:
        raise FileRefusedError
    of_call = BoardFile.call_id == call_id
    used = select(func.count(), func.coalesce(func.sum(BoardFile.size), 0)).where(of_call)
    number, size = db.session.execute(used).one()
    if number >= MOST_FILES or size + len(sealed) > MOST_BYTES or _is_taken(file_id):
        raise BoardFullError
    db.session.add(
        BoardFile(
            id=file_id,
            organisation_id=current_tenant(),
            call_id=call_id,
            size=len(sealed),
            sealed=sealed,
            made_at=now,
            lease_until=now + LEASE,
        )
    )
    db.session.flush()


def _is_taken(file_id: str) -> bool:
    mine = (_ROWS.c.organisation_id == current_tenant(), _ROWS.c.id == file_id)
    return _any(select(_ROWS.c.id).where(*mine))


def get(call_id: str, file_id: str) -> bytes:
    """Return a sealed file of a call.

    :raise NotFoundHereError: the call has no such file, or has it no more.
    """
    query = select(BoardFile.sealed).where(BoardFile.call_id == call_id, BoardFile.id == file_id)
    sealed = db.session.scalar(query)
    if sealed is None:
        raise NotFoundHereError
    return sealed


def forget(call_id: str) -> None:
    """Delete all files of a call of the organisation in force."""
    mine = delete(BoardFile).where(
        BoardFile.organisation_id == current_tenant(), BoardFile.call_id == call_id
    )
    db.session.execute(mine)


def renew(subject_ids: Iterable[str], *, now: datetime) -> None:
    """Let those who are connected keep the files of the calls that they are in, for two minutes.

    After four hours the lease of a file is renewed no more.
    """
    theirs = select(CallMember.call_id).where(
        CallMember.subject_id.in_(set(subject_ids)), CallMember.left_at.is_(None)
    )
    due = (
        _ROWS.c.call_id.in_(theirs),
        _ROWS.c.made_at > now - LONGEST,
        _ROWS.c.lease_until > now,
    )
    with across_tenants("Who is connected keeps the files of a call, whichever house it is in."):
        if _any(select(_ROWS.c.id).where(*due)):
            # A transaction that began by reading could not write on SQLite if another wrote since.
            db.session.rollback()
            db.session.execute(update(_ROWS).where(*due).values(lease_until=now + LEASE))


def sweep(now: datetime) -> int:
    """Delete files whose lease is over or whose call has ended; return how many."""
    ended = select(Call.id).where(Call.ended_at.is_not(None))
    late = (_ROWS.c.lease_until <= now) | _ROWS.c.call_id.in_(ended)
    with across_tenants("Files past their lease go, in every organisation."):
        # Asked first, because looking must not hold up whoever writes.
        if not _any(select(_ROWS.c.id).where(late)):
            return 0
        db.session.rollback()
        return changed(db.session.execute(delete(_ROWS).where(late)))


def _any(query: Select[tuple[str]]) -> bool:
    with reading():
        return db.session.execute(query.limit(1)).first() is not None
