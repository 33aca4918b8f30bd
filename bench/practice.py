"""Fills an empty portal with one practice that is as large as a measurement needs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from portal import clock
from portal.accounts import search, tokens
from portal.accounts.models import Account
from portal.accounts.tokens import Owner
from portal.calls.models import Call, CallMember
from portal.columns import blind_index
from portal.extensions import db
from portal.permissions import Role
from portal.tenants.models import Organisation, ProviderCompany
from portal.tenants.scope import new_id
from portal.waitingroom import codes
from portal.waitingroom.models import AccessCode, CodeIndex, Room, RoomMember, Visit

if TYPE_CHECKING:
    from collections.abc import Iterable

BATCH = 5_000


@dataclass(frozen=True)
class Practice:
    """One organisation with one doctor, who works in one room, and one administrator."""

    organisation_id: str
    room_id: str
    doctor_id: str
    doctor: str
    administrator: str


def make_organisation() -> str:
    """Make a provider company with one organisation; return the organisation's id."""
    about = ("address", "phone", "email", "managing_directors", "privacy_officer", "authority")
    more = ("privacy_officer_contact", "authority_contact")
    company = ProviderCompany(name="Mess GmbH", country="DE", **dict.fromkeys(about + more, "-"))
    db.session.add(company)
    db.session.flush()
    organisation = Organisation(
        id=new_id(),
        provider_company_id=company.id,
        name="Praxis Messung",
        country="DE",
        contract_start=date(2026, 1, 1),
        seats=10,
    )
    organisation_id = organisation.id
    db.session.add(organisation)
    db.session.commit()
    db.session.remove()
    return organisation_id


def make_practice(organisation_id: str) -> Practice:
    """Fill the organisation in force with a doctor, an administrator and a room."""
    room = make_room(organisation_id)
    doctor, doctor_token = make_account(organisation_id, Role.DOCTOR)
    _administrator, token = make_account(organisation_id, Role.PROJECTADMIN)
    db.session.add(RoomMember(room_id=room, account_id=doctor))
    db.session.commit()
    return Practice(organisation_id, room, doctor, doctor_token, token)


def make_room(organisation_id: str) -> str:
    """Make a room of the organisation in force."""
    room = Room(
        id=new_id(), organisation_id=organisation_id, name="Wartezimmer", doctor_name="Dr. Mess"
    )
    db.session.add(room)
    db.session.flush()
    return room.id


def make_account(organisation_id: str, role: Role) -> tuple[str, str]:
    """Make an account; return its id and a token."""
    row = Account(id=new_id(), organisation_id=organisation_id, **_account(0), role=role)
    db.session.add(row)
    db.session.flush()
    owner = Owner(role, row.id, organisation_id=organisation_id)
    return row.id, tokens.issue(owner, now=clock.now())


def _account(number: int) -> dict[str, Any]:
    return {
        "state": "active",
        "first_name": f"Vorname {number % 97}",
        "last_name": f"Nachname {number:06}",
        "email": f"a{number}@example.org",
        "physician_number": "838382202",
    }


def add_accounts(practice: Practice, count: int) -> list[str]:
    """Add doctors who work in other rooms, with the words of a search; return their ids."""
    own = {"organisation_id": practice.organisation_id, "role": str(Role.DOCTOR)}
    made = [{**own, "id": new_id(), **_account(number)} for number in range(count)]
    insert_rows(Account, iter(made))
    words = (search.rows_for(practice.organisation_id, each["id"], each) for each in made)
    insert_rows(search.AccountWord, (row for rows in words for row in rows))
    return [each["id"] for each in made]


@dataclass(frozen=True)
class Code:
    """A code that was made in bulk."""

    id: str
    plain: str


def add_codes(practice: Practice, count: int) -> list[Code]:
    """Add open codes of the practice's room, a second apart."""
    now = clock.now()
    made = [Code(new_id(), codes.make()) for _ in range(count)]
    own = {
        "organisation_id": practice.organisation_id,
        "room_id": practice.room_id,
        "made_by": practice.doctor_id,
        "guest_name": "Erika Muster",
        "uses": "single",
        "valid_until": now + timedelta(days=30),
        "delete_after": now + timedelta(days=90),
    }
    rows = (
        {
            **own,
            "id": each.id,
            "code": each.plain,
            "created_at": now - timedelta(seconds=number),
        }
        for number, each in enumerate(made)
    )
    insert_rows(AccessCode, rows)
    index = (
        {
            "code_hash": blind_index(each.plain, "access-code"),
            "organisation_id": practice.organisation_id,
            "code_id": each.id,
        }
        for each in made
    )
    insert_rows(CodeIndex, index)
    return made


def add_visits(practice: Practice, made: Iterable[Code], state: str) -> list[str]:
    """Add a visit for each of these codes; return their ids."""
    now = clock.now()
    rows = [
        {
            "id": new_id(),
            "organisation_id": practice.organisation_id,
            "room_id": practice.room_id,
            "code_id": code.id,
            "name": "Erika Muster",
            "language": "de",
            "state": state,
            "arrived_at": now - timedelta(seconds=number),
            "last_seen_at": now,
            "ended_at": now if state == "ended" else None,
        }
        for number, code in enumerate(made)
    ]
    insert_rows(Visit, iter(rows))
    return [str(row["id"]) for row in rows]


def give_tokens(practice: Practice, visit_ids: Iterable[str]) -> list[str]:
    """Return a token for each of these guests."""
    now = clock.now()
    owners = (
        Owner(Role.GUEST, visit, organisation_id=practice.organisation_id) for visit in visit_ids
    )
    issued = [tokens.issue(owner, now=now) for owner in owners]
    db.session.commit()
    return issued


@dataclass(frozen=True)
class Conversation:
    """A running call: its members with their tokens, the host first."""

    call: str
    participants: tuple[str, ...]
    tokens: tuple[str, ...]


def add_calls(practice: Practice, made: Iterable[Code]) -> list[Conversation]:
    """Add a running call for each of these codes, each with a doctor of its own."""
    return [add_call(practice, [each]) for each in made]


def add_call(practice: Practice, made: Iterable[Code]) -> Conversation:
    """Add one running call of a doctor with a guest for each of these codes."""
    guests = add_visits(practice, made, "in_call")
    doctor, doctor_token = make_account(practice.organisation_id, Role.DOCTOR)
    members = [("host", doctor), *(("guest", guest) for guest in guests)]
    own, now = {"organisation_id": practice.organisation_id}, clock.now()
    call, ids = new_id(), tuple(new_id() for _ in members)
    db.session.add(Call(id=call, room_id=practice.room_id, started_at=now, **own))
    db.session.flush()
    for member, (role, subject) in zip(ids, members, strict=True):
        row = CallMember(
            id=member, call_id=call, role=role, subject_id=subject, joined_at=now, **own
        )
        db.session.add(row)
    db.session.commit()
    return Conversation(call, ids, (doctor_token, *give_tokens(practice, guests)))


def insert_rows(model: type, rows: Iterable[dict[str, Any]]) -> None:
    """Add rows in bulk, a batch at a time, and commit them."""
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        db.session.execute(insert(model), batch)
    db.session.commit()
