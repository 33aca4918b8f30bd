"""Two organisations, Ash and Birch, filled with one of everything; Birch's texts are canaries."""

from __future__ import annotations

from contextvars import Context
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from flask import current_app

from portal import clock
from portal.accounts import tokens
from portal.accounts.models import Account, Department, Staff
from portal.accounts.passwords import hash_password
from portal.accounts.service import give_credential
from portal.accounts.tokens import Owner
from portal.extensions import db
from portal.language import ZONE
from portal.permissions import Role
from portal.pluginhost import service as pluginhost
from portal.profiles import cards, contacts
from portal.profiles.models import Profile
from portal.projectadmin.models import AccountImport
from portal.rights import service as rights
from portal.sales import undertakings
from portal.support.models import SupportAct, SupportSession
from portal.tenants.models import Organisation, ProviderCompany, ProviderProcessor
from portal.tenants.scope import tenant_scope
from portal.waitingroom import access, guests
from portal.waitingroom.models import Room, RoomMember

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

CANARY = "ZZB-canary"
PASSWORD = "a long enough password"
CLINIC_ROLES = (Role.DOCTOR, Role.ASSISTANT, Role.PROJECTADMIN)
STAFF_ROLES = (Role.SALES, Role.SUPPORT)


@dataclass
class Org:
    """One organisation of the world: ids of its rows and tokens of its people."""

    id: str
    company_id: str
    ids: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    code: str = ""


@dataclass
class World:
    """Both organisations and the operator's token."""

    ash: Org
    birch: Org
    operator: str = ""

    def caller(self, role: str) -> Caller:
        """Return a caller of Ash, or the operator, or nobody."""
        if role == "operator":
            return Caller(self.operator)
        return Caller(self.ash.tokens.get(role, ""))


class Caller:
    """Somebody who sends requests with a token, as the page's session module does."""

    def __init__(self, token: str = "") -> None:
        self.token = token

    @property
    def headers(self) -> dict[str, str]:
        headers = {"X-Portal-Request": "fetch", "Accept-Language": "de"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return headers

    def send(self, method: str, path: str, **options: Any) -> TestResponse:
        """Send a request as a browser would: in a context of its own, not in the test's."""
        headers = {**self.headers, **options.pop("headers", {})}
        client = current_app.test_client()
        options = {"method": method, "headers": headers, "buffered": True, **options}
        return Context().run(client.open, path, **options)

    def get(self, path: str, /, **options: Any) -> TestResponse:
        return self.send("GET", path, **options)

    def post(self, path: str, /, **data: Any) -> TestResponse:
        return self.send("POST", path, data=data)


def make_world() -> World:
    """Make both organisations and the operator."""
    world = World(_organisation("Ash", ""), _organisation("Birch", CANARY))
    operator = Staff(role=Role.OPERATOR, first_name="Ole", last_name="Ops", email="o@example.org")
    db.session.add(operator)
    db.session.flush()
    pluginhost.approve_all(now=clock.now())
    world.operator = tokens.issue(Owner(Role.OPERATOR, operator.id), now=clock.now())
    db.session.commit()
    return world


def _organisation(name: str, mark: str) -> Org:
    company = ProviderCompany(
        name=f"{name} GmbH {mark}",
        country="DE",
        address=f"{name}weg 1 {mark}",
        phone="+49 40 1",
        email="a@example.org",
        managing_directors=f"Direktorin {mark}",
        privacy_officer=f"Schutz {mark}",
        privacy_officer_contact="dsb@example.org",
        authority="Aufsicht",
        authority_contact="aufsicht@example.org",
    )
    db.session.add(company)
    db.session.flush()
    processor = _processor(company.id, mark)
    row = Organisation(
        provider_company_id=company.id,
        name=f"Praxis {name} {mark}",
        country="DE",
        contract_start=date(2026, 1, 1),
        seats=5,
        phone="+49 40 2",
    )
    db.session.add(row)
    db.session.commit()
    org = Org(row.id, company.id, {"processor": processor})
    db.session.remove()
    for role in STAFF_ROLES:
        _staff(org, role, mark)
    with tenant_scope(org.id):
        _fill(org, name, mark)
        db.session.commit()
    db.session.remove()
    return org


def _processor(company_id: str, mark: str) -> str:
    """Let Birch's company have named somebody; return the id."""
    if not mark:
        return "0" * 32
    row = ProviderProcessor(
        provider_company_id=company_id,
        name=f"Rechenzentrum {mark}",
        address=mark,
        country="DE",
        service_de=mark,
        service_en=mark,
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def _staff(org: Org, role: Role, mark: str) -> None:
    person = Staff(
        provider_company_id=org.company_id,
        role=role,
        first_name="Sam",
        last_name=f"Staff {mark}",
        email="s@example.org",
    )
    db.session.add(person)
    db.session.flush()
    org.ids[f"staff_{role}"] = person.id
    undertakings.record(person, "1", date(2026, 1, 1), now=clock.now())
    owner = Owner(role, person.id, provider_company_id=org.company_id)
    org.tokens[role] = tokens.issue(owner, now=clock.now())
    db.session.commit()


def account(name: str, role: Role, mark: str = "", state: str = "active") -> Account:
    """Make an account in the organisation in force."""
    row = Account(
        role=role,
        state=state,
        first_name=name,
        last_name=f"{role.capitalize()} {mark}".strip(),
        email=f"{role}@{name}.example",
        physician_number="838382202",
    )
    db.session.add(row)
    db.session.flush()
    return row


def _fill(org: Org, name: str, mark: str) -> None:
    now = clock.now()
    for role in CLINIC_ROLES:
        row = account(name, role, mark)
        org.ids[role] = row.id
        owner = Owner(role, row.id, organisation_id=org.id)
        org.tokens[role] = tokens.issue(owner, now=now)
    colleague = account(f"{name} Kollege", Role.DOCTOR, mark)
    org.ids["colleague"] = colleague.id
    owner = Owner(Role.DOCTOR, colleague.id, organisation_id=org.id)
    org.tokens["colleague"] = tokens.issue(owner, now=now)
    unverified = account(f"{name} Neu", Role.DOCTOR, mark, state="applied")
    org.ids["unverified"] = unverified.id
    owner = Owner(Role.DOCTOR, unverified.id, organisation_id=org.id)
    org.tokens["unverified"] = tokens.issue(owner, now=now)
    _administration(org, mark)
    room = Room(name=f"Zimmer {mark}".strip(), doctor_name=f"Dr. {name} {mark}".strip(), text=mark)
    # A room of the same organisation in which the doctor does not work.
    closed = Room(name=f"Fremdes Zimmer {mark}".strip())
    db.session.add_all([room, closed])
    db.session.flush()
    org.ids["room"], org.ids["closed_room"] = room.id, closed.id
    _profile(org, mark)
    for who in ("doctor", "assistant", "colleague", "unverified"):
        db.session.add(RoomMember(room_id=room.id, account_id=org.ids[who]))
    code = make_code(org.ids["doctor"], room.id, f"Gast {mark}".strip())
    org.ids["code"], org.code = code.id, code.code
    entered = guests.enter(code.id, guests.Arrival(f"Gast {mark}".strip(), "de"), now=now)
    org.ids["visit"], org.tokens["guest"] = entered.visit_id, entered.token


def _administration(org: Org, mark: str) -> None:
    now = clock.now()
    department = Department(name=f"Station {mark}".strip())
    db.session.add(department)
    db.session.flush()
    org.ids["department"] = department.id
    imported = AccountImport(
        state="uploaded",
        made_by=org.ids["projectadmin"],
        language="de",
        created_at=now,
        payload=mark,
        delete_after=now + timedelta(days=30),
    )
    db.session.add(imported)
    db.session.flush()
    org.ids["import"] = imported.id
    doctor = db.session.get(Account, (org.id, org.ids["doctor"]))
    assert doctor is not None
    asked = rights.ask(doctor, "rectification", f"Mein Name ist falsch. {mark}".strip(), now=now)
    # Or each test that lets a month pass would find a reminder among its mails.
    asked.reminded_at = now
    org.ids["request"] = asked.id
    if mark:
        _support(org, mark)


def _support(org: Org, mark: str) -> None:
    """Let somebody of Birch's company be in a session, with an act that waits."""
    now = clock.now()
    support = SupportSession(
        opened_by=org.ids["projectadmin"],
        scopes="accounts",
        opened_at=now,
        expires_at=now + timedelta(days=1),
        supporter_id=org.ids["staff_support"],
        supporter_name=f"Sam {mark}",
        token_id="0" * 32,
        begun_at=now,
        target=f"Praxis {mark}",
        description=mark,
    )
    db.session.add(support)
    db.session.flush()
    act = SupportAct(
        session_id=support.id,
        at=now,
        name="suspend",
        object_id=org.ids["assistant"],
        state="waiting",
    )
    db.session.add(act)
    db.session.flush()
    org.ids["support"], org.ids["support_act"] = support.id, act.id


def _profile(org: Org, mark: str) -> None:
    """State everything and show all that can be shown; the doctor is not findable."""
    stated = {
        "specialty": f"Kardiologie {mark}",
        "practice_name": f"Praxis {mark}",
        "practice_address": f"Weg 1 {mark}",
        "country": "DE",
        "phone": "+49 40 5550100",
        "fax": "+49 40 5550101",
        "website": f"https://praxis.example/{mark}",
        "mobile": "+49 171 3920012",
    }
    doctor = db.session.get(Account, (org.id, org.ids["doctor"]))
    assert doctor is not None
    profile = Profile(id=doctor.id, **{f"show_{name}": True for name in cards.SHOWABLE})
    # Not by the service: the log of the world begins empty.
    for name, value in stated.items():
        setattr(doctor if hasattr(doctor, name) else profile, name, value)
    db.session.add(profile)
    db.session.flush()
    _contact(org)


def _contact(org: Org) -> None:
    """Let doctor and colleague of one organisation know each other; neither is findable."""
    now = clock.now()
    doctor, colleague = org.ids["doctor"], org.ids["colleague"]
    findable = Profile(id=colleague, findable=True)
    db.session.add(findable)
    db.session.flush()
    row = db.session.get(Account, (org.id, colleague))
    assert row is not None
    card = cards.publish(row)
    assert card is not None
    contacts.request(doctor, card.id, now=now)
    (theirs,) = contacts.entries(contacts.contact_query(colleague, (contacts.ASKING,)), now=now)
    contacts.accept(theirs.id, colleague, now=now)
    findable.findable = False
    db.session.flush()
    cards.publish(row)
    (own,) = contacts.entries(contacts.contact_query(doctor, (contacts.ACCEPTED,)), now=now)
    org.ids["contact"] = own.id


def make_code(account_id: str, room_id: str, guest_name: str = "Erika Muster", **order: Any) -> Any:
    """Make a code in the organisation in force."""
    wanted = access.CodeOrder(room_id, guest_name, **order)
    return access.make_code(wanted, account_id=account_id, now=clock.now())


@cache
def _password_hash() -> str:
    return hash_password(PASSWORD)


def with_password(org: Org, role: str, login: str) -> None:
    """Let an account of an organisation sign in."""
    with tenant_scope(org.id):
        row = db.session.get(Account, (org.id, org.ids[role]))
        assert row is not None
        give_credential(row, login, _password_hash())
        db.session.commit()
    db.session.remove()


def tomorrow() -> date:
    """Return the day after today, as the practice's calendar has it."""
    return (clock.now().astimezone(ZONE) + timedelta(days=1)).date()
