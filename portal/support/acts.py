"""What a supporter can do, each with its scope: to look, to do, and what a second person decides.

There is no other way: the role has no page of an organisation besides those that ask here. Each act
is a row that the customer sees as it happens, and an entry in the audit log, both in the
transaction of the act: where they cannot be written, nothing is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from portal import audit
from portal.accounts.models import Account
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.pluginhost.manifest import Level
from portal.pluginhost.settings import Whose, check, form_class
from portal.projectadmin import service as projectadmin
from portal.support import service
from portal.support.errors import DecidedError, NothingToDoError, OwnActError
from portal.support.models import SupportAct, SupportSession
from portal.tenants.models import Organisation
from portal.tenants.scope import across_tenants, current_tenant, tenant_scope

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from flask_babel.speaklater import LazyString

    from portal.accounts.models import Staff

KIND = "support_act"
DONE, WAITING, REFUSED = "done", "waiting", "refused"
# What the project administration opens, and what a doctor opens of the own area alone.
ORGANISATION: dict[str, LazyString] = {
    "accounts": _l("Konten"),
    "messages": _l("Nachrichten"),
    "extensions": _l("Erweiterungen"),
}
OWN: dict[str, LazyString] = {
    "codes": _l("Codes"),
    "contacts": _l("Kontakte"),
    "profile": _l("Profil"),
    "own_extensions": _l("Eigene Erweiterungen"),
}
SCOPES = {**ORGANISATION, **OWN}


@dataclass(frozen=True)
class Act:
    """One thing that can be done.

    :param run: does it to what an id names, in the organisation in force; looks have none.
    :param asks_plugin: asks the plugin that an id names, and whoever that asks.
    :param critical: waits for a second member of staff.
    """

    name: str
    scope: str
    words: LazyString
    run: Callable[[str, datetime], object] | None = None
    asks_plugin: bool = False
    critical: bool = False


def _one_account(
    change: Callable[..., Sequence[str]],
) -> Callable[[str, datetime], object]:
    def run(account_id: str, now: datetime) -> None:
        if not change([account_id], now=now):
            raise NothingToDoError

    return run


ACTS = {
    each.name: each
    for each in (
        Act("open_accounts", "accounts", _l("Konten angesehen")),
        Act("open_messages", "messages", _l("Nachrichten angesehen")),
        Act("open_extensions", "extensions", _l("Erweiterungen angesehen")),
        Act(
            "check_extension",
            "extensions",
            _l("Verbindung einer Erweiterung geprüft"),
            asks_plugin=True,
        ),
        Act(
            "reset_factors",
            "accounts",
            _l("Zweite Faktoren eines Kontos zurückgesetzt"),
            _one_account(projectadmin.reset_factors),
            critical=True,
        ),
        Act(
            "suspend",
            "accounts",
            _l("Konto gesperrt"),
            _one_account(projectadmin.suspend),
            critical=True,
        ),
        Act(
            "reactivate",
            "accounts",
            _l("Konto wieder freigegeben"),
            _one_account(projectadmin.reactivate),
            critical=True,
        ),
        Act("open_codes", "codes", _l("Codes angesehen")),
        Act("open_contacts", "contacts", _l("Kontakte angesehen")),
        Act("open_profile", "profile", _l("Profil angesehen")),
        Act(
            "reset_own_factors",
            "profile",
            _l("Zweite Faktoren eines Kontos zurückgesetzt"),
            _one_account(projectadmin.reset_factors),
            critical=True,
        ),
        Act("open_own_extensions", "own_extensions", _l("Eigene Erweiterungen angesehen")),
        Act(
            "check_own_extension",
            "own_extensions",
            _l("Verbindung einer Erweiterung geprüft"),
            asks_plugin=True,
        ),
    )
}
audit.words({f"support.act.{each.name}": each.words for each in ACTS.values()}, SCOPES)
audit.words(
    {
        "support.act.asked": _l("Kritischer Schritt angefragt"),
        "support.act.refused": _l("Kritischer Schritt von zweiter Person abgelehnt"),
    }
)


def shown(session_id: str, *, now: datetime) -> dict[str, Any]:
    """Return what the pages of both sides show of a session, with a mark of its state."""
    row, done = service.get_session(session_id), service.acts(session_id)
    mark = service.mark(row, done, now=now)
    return {"row": row, "acts": done, "now": now, "mark": mark, "scopes": SCOPES, "known": ACTS}


def get_act(name: str, row: SupportSession) -> Act:
    """Return an act that a session was opened for.

    :raise NotFoundHereError: there is none, or it is outside the session's scopes.
    """
    act = ACTS.get(name)
    if act is None or act.scope not in row.scope_names:
        raise NotFoundHereError
    return act


def do(session_id: str, name: str, object_id: str, *, now: datetime) -> tuple[SupportAct, object]:
    """Do something in a session of the current organisation, or let it wait; the caller commits.

    :return: the act as it stands in the protocol, and what doing it answered.
    :raise SessionOverError: the session has ended.
    :raise NotFoundHereError: it is outside the session's scopes, or there is no such object.
    """
    row = service.touch(session_id, now=now)
    act = get_act(name, row)
    whose = Whose(Level.ACCOUNT, row.account_id) if row.account_id else Whose()
    if act.critical:
        _check_account(object_id, row)
        code, state = "support.act.asked", WAITING
    else:
        code, state = f"support.act.{name}", DONE
    if act.asks_plugin:
        _check_plugin(object_id, whose)
    done = SupportAct(session_id=row.id, at=now, name=name, object_id=object_id, state=state)
    db.session.add(done)
    db.session.flush()
    audit.record(code, KIND, done.id, now=now)
    if not act.asks_plugin:
        return done, None
    # A partner may take seconds to answer, and the customer must be able to end the session.
    db.session.commit()
    return done, check(object_id, whose)


def _check_plugin(plugin: str, whose: Whose) -> None:
    """Make sure that a plugin is on there, and that for a doctor it has settings of their own."""
    whose.context(plugin)
    if whose.level is Level.ACCOUNT and form_class(plugin, whose.level) is None:
        raise NotFoundHereError


def _check_account(account_id: str, row: SupportSession) -> None:
    """Make sure that an account is in the area that a session was opened for."""
    if row.account_id not in {None, account_id}:
        raise NotFoundHereError
    if db.session.get(Account, (current_tenant(), account_id)) is None:
        raise NotFoundHereError


@dataclass(frozen=True)
class Asked:
    """A critical act that waits, as the second person sees it."""

    id: str
    organisation: str
    supporter: str
    words: LazyString
    account: str
    at: datetime


def waiting(person: Staff, *, now: datetime) -> list[Asked]:
    """Return the critical acts of colleagues that wait for a second person, in live sessions."""
    query = (
        select(SupportAct, SupportSession.supporter_name, Organisation.name, Account)
        .join(
            SupportSession,
            (SupportSession.organisation_id == SupportAct.organisation_id)
            & (SupportSession.id == SupportAct.session_id),
        )
        .join(Organisation, Organisation.id == SupportAct.organisation_id)
        .join(
            Account,
            (Account.organisation_id == SupportAct.organisation_id)
            & (Account.id == SupportAct.object_id),
        )
        .where(
            SupportAct.state == WAITING,
            SupportSession.ended_at.is_(None),
            SupportSession.expires_at > now,
            SupportSession.supporter_id != person.id,
            Organisation.provider_company_id == person.provider_company_id,
        )
        .order_by(SupportAct.at)
    )
    with across_tenants("A second person sees what waits for them in their company's customers."):
        found = [
            Asked(act.id, practice, name, ACTS[act.name].words, account.full_name, act.at)
            for act, name, practice, account in db.session.execute(query)
        ]
    db.session.rollback()
    return found


def decide(act_id: str, person: Staff, *, agrees: bool, now: datetime) -> None:
    """Let a second person agree to a critical act, which is then done, or refuse it.

    :raise NotFoundHereError: there is no such act with this person's company.
    :raise OwnActError: they asked for it themselves.
    :raise SessionOverError: the customer has ended the session meanwhile.
    :raise DecidedError: somebody has decided already.
    :raise NothingToDoError: the account is as the act would make it; it waits on.
    """
    query = (
        select(SupportAct.organisation_id)
        .join(Organisation, Organisation.id == SupportAct.organisation_id)
        .where(
            SupportAct.id == act_id,
            Organisation.provider_company_id == person.provider_company_id,
        )
    )
    with across_tenants("A second person decides about an act in a customer of their company."):
        organisation_id = db.session.scalar(query)
    db.session.rollback()
    if organisation_id is None:
        raise NotFoundHereError
    with tenant_scope(organisation_id):
        _decide(act_id, person, agrees=agrees, now=now)
        db.session.commit()
        db.session.remove()


def _decide(act_id: str, person: Staff, *, agrees: bool, now: datetime) -> None:
    found = db.session.get_one(SupportAct, (current_tenant(), act_id))
    row = service.touch(found.session_id, now=now)
    if row.supporter_id == person.id:
        raise OwnActError
    state = DONE if agrees else REFUSED
    values: dict[str, Any] = {
        "state": state,
        "second_id": person.id,
        "second_name": person.full_name,
        "decided_at": now,
    }
    mine = (
        update(SupportAct)
        .where(
            SupportAct.organisation_id == current_tenant(),
            SupportAct.id == act_id,
            SupportAct.state == WAITING,
        )
        .values(**values)
        .returning(SupportAct.id)
        .execution_options(synchronize_session=False)
    )
    if db.session.execute(mine).first() is None:
        raise DecidedError
    act = get_act(found.name, row)
    code = f"support.act.{act.name}" if agrees else "support.act.refused"
    audit.record(code, KIND, act_id, now=now)
    if agrees and act.run is not None:
        act.run(found.object_id, now)
