"""The end of a contract: restricted at once, erased six months later, withdrawn until then (TEN-5).

At once means: nobody of the organisation is signed in any more or can sign in, its codes let nobody
in, and the pages of its guests end within two seconds; no job of a plugin runs for it, and what it
still had to send waits, in case the termination is taken back. What is erased follows from the
declarations of personal data; what a commercial or tax law keeps is named with its rule and date.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update

from portal import audit, erasures
from portal.accounts.models import Token
from portal.errors import PortalError
from portal.extensions import db
from portal.language import ZONE
from portal.personaldata import DataUse, Text
from portal.privacy import registry
from portal.tenants.declarations import AFTER_CONTRACT, HOLDS
from portal.tenants.models import Organisation
from portal.tenants.scope import across_tenants, tenant_tables

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Table

audit.words(
    {
        "sales.contract.terminated": _l("Vertrag gekündigt"),
        "sales.contract.resumed": _l("Kündigung zurückgenommen"),
        "sales.contract.erased": _l("Daten der Organisation gelöscht"),
    },
    {"terminated_at": _l("Zeitpunkt der Kündigung"), "contract_end": _l("Vertragsende")},
)


class ErasedError(PortalError):
    """The data are gone; nothing can be taken back."""

    code = "erased"
    status = 409
    sentence = _l("Die Daten dieser Organisation sind schon gelöscht.")
    cure = _l("Legen Sie bitte eine neue Organisation an.")


class RestrictedError(PortalError):
    """The contract is terminated, so the data may only be kept."""

    code = "restricted"
    status = 409
    sentence = _l("Dieser Vertrag ist gekündigt; seine Daten dürfen nicht mehr geändert werden.")
    cure = _l("Nehmen Sie zuerst die Kündigung zurück.")


def check_open(organisation: Organisation) -> None:
    """Let go on while the contract runs.

    :raise RestrictedError: it is terminated.
    """
    if organisation.terminated_at is not None:
        raise RestrictedError


@dataclass(frozen=True)
class Kept:
    """Something that a law keeps after the erasure: what, which law, until when."""

    what: Text
    rule: Text
    until: datetime


@dataclass(frozen=True)
class Timetable:
    """The dates of a termination as a page shows them."""

    restricted_at: datetime
    erased_at: datetime
    kept: tuple[Kept, ...]
    is_over: bool


def erasure_due(organisation: Organisation) -> datetime | None:
    """Return when the erasure is due, or None while the contract runs."""
    if organisation.terminated_at is None:
        return None
    return AFTER_CONTRACT.period.after(organisation.terminated_at)


def timetable(organisation: Organisation) -> Timetable | None:
    """Return the dates of a termination, or None while the contract runs."""
    due = erasure_due(organisation)
    if organisation.terminated_at is None or due is None:
        return None
    erased = organisation.erased_at
    items = (kept(organisation), *_kept_rows(erased or due))
    return Timetable(organisation.terminated_at, erased or due, items, bool(erased))


def kept(organisation: Organisation) -> Kept:
    """Return what stays of the contract itself, by which rule, and until when."""
    hold = HOLDS[organisation.country]
    ended = (organisation.terminated_at or organisation.created_at).astimezone(ZONE)
    what = Text(
        "Name, Land, Beginn und Ende des Vertrags, Zahl der Plätze",
        "Name, country, start and end of the contract, number of seats",
    )
    return Kept(what, hold.rule or what, hold.period.after(ended))


def _kept_rows(erased_at: datetime) -> list[Kept]:
    """Return what else outlives the erasure, as its declaration says."""
    moment = erased_at.astimezone(ZONE)
    found = []
    for use in _outliving():
        law = next((rule.rule for rule in use.rules if rule.rule is not None), None)
        until = max(rule.period.after(moment) for rule in use.rules)
        found.append(Kept(use.title, law or use.purpose, until))
    return found


def _uses() -> list[DataUse]:
    return [each for each in registry.everything() if isinstance(each, DataUse)]


def _tables(use: DataUse) -> set[str]:
    return {column.partition(".")[0] for column in use.columns}


def _outliving() -> list[DataUse]:
    """Return the uses of organisations' own tables whose every rule keeps the data for years."""
    return [
        use
        for use in _uses()
        if not _tables(use).isdisjoint(tenant_tables())
        and all(rule.period.years for rule in use.rules)
    ]


def terminate(organisation: Organisation, *, now: datetime) -> None:
    """End a contract and restrict all processing at once; twice does nothing new."""
    if organisation.terminated_at is not None:
        return
    organisation.terminated_at = now
    organisation.contract_end = now.astimezone(ZONE).date()
    # First the row that a sign-in holds on to, then the tokens: so none slips through between.
    db.session.flush()
    ended = update(Token).where(Token.organisation_id == organisation.id, Token.ended_at.is_(None))
    db.session.execute(ended.values(ended_at=now))
    fields = ["terminated_at", "contract_end"]
    _record("sales.contract.terminated", organisation.id, fields, now)


def withdraw(organisation: Organisation, *, now: datetime) -> None:
    """Take a termination back, as long as nothing is erased.

    :raise ErasedError: the erasure has run.
    """
    mine = update(Organisation).where(
        Organisation.id == organisation.id,
        Organisation.terminated_at.is_not(None),
        Organisation.erased_at.is_(None),
    )
    back = mine.values(terminated_at=None, contract_end=None).returning(Organisation.id)
    if db.session.execute(back).first() is None:
        raise ErasedError
    db.session.refresh(organisation)
    _record("sales.contract.resumed", organisation.id, ["terminated_at", "contract_end"], now)


def _record(code: str, organisation_id: str, fields: list[str], now: datetime) -> None:
    audit.record(
        code,
        "organisation",
        organisation_id,
        fields=fields,
        now=now,
        organisation_id=organisation_id,
    )


def forget(now: datetime) -> int:
    """Erase what is due: six months after the termination, and what a law kept until now."""
    with across_tenants("The erasure job removes organisations whose contract ended long ago."):
        open_ones = select(Organisation).where(
            Organisation.terminated_at.is_not(None), Organisation.name != ""
        )
        rows = db.session.scalars(open_ones).all()
        return sum(_erase(row, now) for row in rows) + sum(_let_go(row, now) for row in rows)


def _erase(organisation: Organisation, now: datetime) -> bool:
    """Erase one organisation if it is due, once, however many jobs run."""
    due = erasure_due(organisation)
    if organisation.erased_at is not None or due is None or now < due:
        return False
    mine = update(Organisation).where(
        Organisation.id == organisation.id,
        Organisation.terminated_at == organisation.terminated_at,
        Organisation.erased_at.is_(None),
    )
    gone = {"phone": None, "support_contact": "", "sms_sender": "", "logo": ""}
    claimed = mine.values(erased_at=now, accent="", accent_2="", **gone).returning(Organisation.id)
    if db.session.execute(claimed.execution_options(synchronize_session=False)).first() is None:
        return False
    erase_rows(organisation.id)
    audit.end_chain(organisation.id, now=now)
    audit.record("sales.contract.erased", "organisation", organisation.id, now=now)
    return True


def _let_go(organisation: Organisation, now: datetime) -> bool:
    """Empty what a law kept of an erased organisation, once its time is over."""
    if organisation.erased_at is None or now < kept(organisation).until:
        return False
    organisation.name, organisation.seats = "", 0
    return True


def erase_rows(organisation_id: str, *, but: frozenset[str] = frozenset()) -> None:
    """Delete all rows of an organisation, the last to refer first; under ``across_tenants``."""
    for table in reversed(db.metadata.sorted_tables):
        if table.name in but or not _is_erased(table):
            continue
        mine = table.c.organisation_id == organisation_id
        erasures.note_rows(db.session(), table, mine)
        theirs = delete(table).where(mine)
        db.session.execute(theirs)


def _is_erased(table: Table) -> bool:
    """Tell whether a table holds an organisation's own or personal rows that nothing keeps."""
    if "organisation_id" not in table.columns:
        return False
    if any(table.name in _tables(use) for use in _outliving()):
        return False
    personal = any(table.name in _tables(use) for use in _uses())
    return personal or table.name in tenant_tables()
