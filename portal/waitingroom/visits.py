"""The states of a visit, and the only statements that change them.

    ============  =======================================================
    from          to
    ============  =======================================================
    waiting       admitted, declined, left, expired (hours after the code's end)
    admitted      in_call, waiting (put back), ended, left
    in_call       ended, waiting (put back), left
    ended         -
    declined      waiting (put back)
    left          waiting (the guest comes back within the code's validity)
    expired       -
    ============  =======================================================

A doctor who hung up by mistake has ten seconds to bring the guest of this very call back
(``bring_back``). Each transition is one ``UPDATE ... WHERE state IN (...)``: of two who try at
once, one wins and the other is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from portal.errors import PortalError
from portal.extensions import db
from portal.tenants.scope import current_tenant
from portal.waitingroom.models import Visit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Update

WAITING, ADMITTED, IN_CALL = "waiting", "admitted", "in_call"
ENDED, DECLINED, LEFT, EXPIRED = "ended", "declined", "left", "expired"
STATES = (WAITING, ADMITTED, IN_CALL, ENDED, DECLINED, LEFT, EXPIRED)
TRANSITIONS = {
    WAITING: {ADMITTED, DECLINED, LEFT, EXPIRED},
    ADMITTED: {IN_CALL, WAITING, ENDED, LEFT},
    IN_CALL: {ENDED, WAITING, LEFT},
    ENDED: set(),
    DECLINED: {WAITING},
    LEFT: {WAITING},
    EXPIRED: set(),
}
OPEN = (WAITING, ADMITTED, IN_CALL)
RUNNING = (ADMITTED, IN_CALL)


class NotWaitingError(PortalError):
    """The visit is not in a state from which this can be done."""

    code = "not_waiting"
    status = 409
    sentence = _l("Das geht gerade nicht: Der Gast wartet nicht mehr.")
    cure = _l("Die Liste zeigt den neuen Stand.")


class CodeTakenError(NotWaitingError):
    """Somebody came in with the code of this visit meanwhile; one code brings one guest."""

    code = "code_taken"
    sentence = _l("Mit diesem Code ist inzwischen wieder jemand da.")
    cure = _l("War das derselbe Gast mit einem anderen Gerät, geht es dort weiter.")


def move(visit_id: str, to: str, **values: Any) -> None:  # noqa: ANN401  columns of the visit
    """Bring a visit into a state, if its state allows it at this moment.

    :raise NotWaitingError: it does not, or somebody else was faster.
    :raise CodeTakenError: another visit with the same code is open.
    """
    if to != WAITING:
        values |= {"message": None, "message_at": None}
    allowed = [state for state, targets in TRANSITIONS.items() if to in targets]
    statement = (
        update(Visit)
        .where(
            Visit.organisation_id == current_tenant(),
            Visit.id == visit_id,
            Visit.state.in_(allowed),
        )
        .values(state=to, **values)
    )
    _change(statement)


def _change(statement: Update) -> None:
    changed = statement.returning(Visit.id).execution_options(synchronize_session=False)
    try:
        with db.session.begin_nested():
            found = db.session.execute(changed).first()
    except IntegrityError:
        raise CodeTakenError from None
    if found is None:
        raise NotWaitingError
    db.session.expire_all()


def change_room(visit_id: str, before: str, room_id: str) -> None:
    """Bring a guest from one waiting room into another; the place by time of arrival stays.

    :raise NotWaitingError: the guest does not wait there any more; a colleague was faster.
    """
    if not _change_waiting([visit_id], Visit.room_id == before, room_id=room_id):
        raise NotWaitingError


def write_to(visit_ids: Sequence[str], text: str, *, now: datetime) -> list[str]:
    """Leave a message with guests who wait; return who got it. It replaces the one before."""
    return _change_waiting(visit_ids, message=text, message_at=now)


def _change_waiting(
    visit_ids: Sequence[str],
    *conditions: ColumnElement[bool],
    **values: Any,  # noqa: ANN401  columns of the visit
) -> list[str]:
    statement = (
        update(Visit)
        .where(
            Visit.organisation_id == current_tenant(),
            Visit.id.in_(visit_ids),
            Visit.state == WAITING,
            *conditions,
        )
        .values(**values)
        .returning(Visit.id)
        .execution_options(synchronize_session=False)
    )
    changed = list(db.session.scalars(statement))
    db.session.expire_all()
    return changed


def admit(visit_id: str, *, account_id: str, call_id: str) -> None:
    """Let the guest in, once; the call is the doctor's."""
    move(visit_id, ADMITTED, admitted_by=account_id, call_id=call_id)


def hand_over(call_id: str, account_id: str) -> None:
    """Let another doctor lead the call of those who are in it; nobody's state changes."""
    statement = update(Visit).where(
        Visit.organisation_id == current_tenant(),
        Visit.call_id == call_id,
        Visit.state.in_(RUNNING),
    )
    db.session.execute(
        statement.values(admitted_by=account_id).execution_options(synchronize_session=False)
    )
    db.session.expire_all()


def connect(visit_id: str) -> None:
    """Note that picture or sound arrived."""
    move(visit_id, IN_CALL)


def put_back(visit_id: str, *, now: datetime) -> None:
    """Send the guest back to the waiting room; the place by time of arrival stays.

    A page is not listened for while its guest is declined, so the time to be lost begins anew.
    """
    gone = {"admitted_by": None, "call_id": None, "ended_at": None, "declined_text": ""}
    move(visit_id, WAITING, last_seen_at=now, **gone)


def decline(visit_id: str, text: str, *, now: datetime) -> None:
    """Tell the guest that it is not possible today, in the doctor's words."""
    move(visit_id, DECLINED, declined_text=text, ended_at=now)


def leave(visit_id: str, *, now: datetime) -> None:
    """Note that the guest went."""
    move(visit_id, LEFT, ended_at=now, connected=False)


def end(visit_id: str, *, now: datetime) -> None:
    """Close the visit after its call."""
    move(visit_id, ENDED, ended_at=now)


def bring_back(visit_id: str, call_id: str, *, now: datetime) -> None:
    """Let a guest wait again after a call that just ended; the place by time of arrival stays.

    :raise NotWaitingError: another call, another visit, or another state has followed since.
    """
    statement = (
        update(Visit)
        .where(
            Visit.organisation_id == current_tenant(),
            Visit.id == visit_id,
            Visit.call_id == call_id,
            Visit.state == ENDED,
        )
        .values(state=WAITING, admitted_by=None, call_id=None, ended_at=None, last_seen_at=now)
    )
    _change(statement)
