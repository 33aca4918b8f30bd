"""The states of an account and all ways between them, each one conditional statement.

===========  =================================================================================
applied      made or invited; nobody has confirmed the e-mail address yet
confirmed    the address is confirmed; staff of the provider look at the identity
active       verified, or of a role that needs no verification
rejected     staff could not verify it, and said why
suspended    the project administration took it out of use; it may not sign in
===========  =================================================================================

=============  =========================================  ====================================
transition     from                                       to
=============  =========================================  ====================================
confirm        applied                                    confirmed; active if not a doctor
verify         confirmed                                  active
reject         confirmed                                  rejected
correct        rejected                                   confirmed
suspend        applied, confirmed, active, rejected       suspended
reactivate     suspended                                  the state that it was suspended from
=============  =========================================  ====================================

Only a doctor's account enters calls, and only when active; so only doctors are verified
(TEN-4, Anlage 31b). A changed physician's number sends an active doctor back to ``confirmed``:
that is ``doubt``, from active to confirmed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import case, update

from portal.accounts import tokens
from portal.accounts.models import Account
from portal.errors import PortalError
from portal.extensions import db
from portal.permissions import Role
from portal.tenants.scope import current_tenant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement

APPLIED, CONFIRMED, ACTIVE = "applied", "confirmed", "active"
REJECTED, SUSPENDED = "rejected", "suspended"
STATES = (APPLIED, CONFIRMED, ACTIVE, REJECTED, SUSPENDED)
# Suspended and rejected accounts take none of the seats of the contract.
SEATED = (APPLIED, CONFIRMED, ACTIVE)
SOURCES: Mapping[str, tuple[str, ...]] = {
    "confirm": (APPLIED,),
    "verify": (CONFIRMED,),
    "reject": (CONFIRMED,),
    "correct": (REJECTED,),
    "doubt": (ACTIVE,),
    "suspend": (APPLIED, CONFIRMED, ACTIVE, REJECTED),
    "reactivate": (SUSPENDED,),
}


class WrongStateError(PortalError):
    """The account is in another state by now; somebody was faster, or the page is old."""

    code = "wrong_state"
    status = 409
    sentence = _l("Der Stand des Kontos hat sich inzwischen geändert.")
    cure = _l("Laden Sie die Seite neu, und sehen Sie noch einmal nach.")


def confirm(ids: Sequence[str], *, now: datetime) -> list[str]:
    """Note that the e-mail address is confirmed; return the ids that moved."""
    doctor = Account.role == Role.DOCTOR
    state = case((doctor, CONFIRMED), else_=ACTIVE)
    return _move("confirm", ids, {"state": state, "state_since": now})


def verify(ids: Sequence[str], *, now: datetime) -> list[str]:
    """Note that staff verified the identity; return the ids that moved."""
    return _move("verify", ids, {"state": ACTIVE, "state_since": now, "rejection": ""})


def reject(ids: Sequence[str], reason: str, *, now: datetime) -> list[str]:
    """Note that staff could not verify the identity, and why; return the ids that moved."""
    return _move("reject", ids, {"state": REJECTED, "state_since": now, "rejection": reason})


def correct(ids: Sequence[str], *, now: datetime) -> list[str]:
    """Ask staff to look again after a correction; return the ids that moved."""
    return _move("correct", ids, {"state": CONFIRMED, "state_since": now, "rejection": ""})


def doubt(ids: Sequence[str], *, now: datetime) -> list[str]:
    """Ask staff to look again at a doctor whose number changed; return the ids that moved."""
    only = Account.role == Role.DOCTOR
    return _move("doubt", ids, {"state": CONFIRMED, "state_since": now}, only)


def suspend(ids: Sequence[str], *, now: datetime) -> list[str]:
    """Take accounts out of use and end their sessions; return the ids that moved."""
    values = {"suspended_from": Account.state, "state": SUSPENDED, "state_since": now}
    moved = _move("suspend", ids, values)
    for account_id in moved:
        tokens.end_all(current_tenant(), account_id, now=now)
    return moved


def reactivate(ids: Sequence[str], *, now: datetime) -> list[str]:
    """Put accounts back to where they were; return the ids that moved."""
    before = case((Account.suspended_from == "", APPLIED), else_=Account.suspended_from)
    values = {"state": before, "suspended_from": "", "state_since": now}
    return _move("reactivate", ids, values)


def _move(
    name: str,
    ids: Sequence[str],
    values: Mapping[str, object],
    *more: ColumnElement[bool],
) -> list[str]:
    mine = update(Account).where(
        Account.organisation_id == current_tenant(),
        Account.id.in_(list(ids)),
        Account.state.in_(SOURCES[name]),
        *more,
    )
    moved = mine.values(dict(values)).returning(Account.id)
    found = list(db.session.scalars(moved.execution_options(synchronize_session=False)))
    db.session.expire_all()
    return found
