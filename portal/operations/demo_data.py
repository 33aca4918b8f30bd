"""The invented companies, practices and people of the demo."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import select

from portal import clock
from portal.accounts import passwords
from portal.accounts.models import Account, Staff
from portal.accounts.service import give_credential
from portal.extensions import db
from portal.operations import demo_figures
from portal.permissions import Role
from portal.profiles import service as profiles
from portal.sales import undertakings
from portal.tenants.models import Organisation, ProviderCertificate, ProviderCompany
from portal.tenants.scope import new_id, tenant_scope
from portal.waitingroom import access
from portal.waitingroom.models import Room, RoomMember

if TYPE_CHECKING:
    from collections.abc import Sequence

PASSWORD = "Sprechstunde-2026"  # noqa: S105  of invented people, printed by `portal demo accounts`
PLUGINS = ("consent_form", "sms_dicomsys", "sms_lox24", "vinteos")


@dataclass(frozen=True)
class Person:
    """Somebody invented who signs in."""

    login: str
    role: Role
    title: str
    first_name: str
    last_name: str
    state: str = "active"
    number: str = ""
    # A doctor who wants to be found shows this.
    specialty: str = ""


@dataclass(frozen=True)
class Practice:
    """An invented organisation: its people, and the rooms that several of them share."""

    name: str
    phone: str
    seats: int
    people: Sequence[Person]
    shared: str = ""
    with_plugins: bool = False


@dataclass(frozen=True)
class Company:
    """An invented provider company with its customers."""

    values: dict[str, str]
    staff: Sequence[Person]
    practices: Sequence[Practice] = field(default_factory=tuple)


OPERATOR = Person("betrieb", Role.OPERATOR, "", "Ole", "Betrieb")
MARKT = Practice(
    "Praxis am Markt",
    "+49 40 5550100",
    10,
    (
        Person(
            "dr.probe",
            Role.DOCTOR,
            "Dr.",
            "Mara",
            "Probe",
            "active",
            "838382202",
            "Allgemeinmedizin",
        ),
        Person(
            "dr.beispiel",
            Role.DOCTOR,
            "Dr.",
            "Jan",
            "Beispiel",
            "active",
            "123456601",
            "Kardiologie",
        ),
        Person("empfang.markt", Role.ASSISTANT, "", "Tilda", "Empfang"),
        Person("verwaltung.markt", Role.PROJECTADMIN, "", "Kim", "Verwaltung"),
    ),
    shared="Sprechstunde",
    with_plugins=True,
)
KLINIKUM = Practice(
    "Klinikum Elbaue",
    "+49 40 5550200",
    400,
    (
        Person("dr.muster", Role.DOCTOR, "Dr.", "Erik", "Muster", number="111111601"),
        Person("dr.neu", Role.DOCTOR, "Dr.", "Nele", "Neu", state="applied"),
        Person("verwaltung.klinikum", Role.PROJECTADMIN, "", "Uta", "Ordnung"),
    ),
)
SEEBLICK = Practice(
    "Ordination Seeblick",
    "+43 316 5550300",
    3,
    (
        Person("dr.alm", Role.DOCTOR, "Dr.", "Resi", "Alm", specialty="Dermatologie"),
        Person("empfang.seeblick", Role.ASSISTANT, "", "Poldi", "Gruber-Test"),
        Person("verwaltung.seeblick", Role.PROJECTADMIN, "", "Vroni", "Sommer-Test"),
    ),
)
NORDLICHT = Company(
    {
        "name": "Nordlicht Videodienste GmbH (Demo)",
        "country": "DE",
        "address": "Musterkai 1, 20000 Hamburg, Deutschland",
        "phone": "+49 40 5550000",
        "email": "kontakt@nordlicht.example",
        "managing_directors": "Alva Muster, Bent Beispiel",
        "privacy_officer": "Greta Schutz",
        "privacy_officer_contact": "datenschutz@nordlicht.example",
        "authority": "Der Hamburgische Beauftragte für Datenschutz und Informationsfreiheit",
        "authority_contact": "Ludwig-Erhard-Straße 22, 20459 Hamburg",
    },
    (
        Person("vertrieb.nordlicht", Role.SALES, "", "Finn", "Vertrieb"),
        Person("hilfe.nordlicht", Role.SUPPORT, "", "Ida", "Hilfe"),
    ),
    (MARKT, KLINIKUM),
)
ALPENBLICK = Company(
    {
        "name": "Alpenblick Telemedizin GmbH (Demo)",
        "country": "AT",
        "address": "Musterweg 2, 8000 Graz, Österreich",
        "phone": "+43 316 5550000",
        "email": "kontakt@alpenblick.example",
        "managing_directors": "Clemens Muster",
        "privacy_officer": "Hanna Schutz",
        "privacy_officer_contact": "datenschutz@alpenblick.example",
        "authority": "Österreichische Datenschutzbehörde",
        "authority_contact": "Barichgasse 40-42, 1030 Wien",
    },
    (Person("vertrieb.alpenblick", Role.SALES, "", "Sepp", "Vertrieb"),),
    (SEEBLICK,),
)
COMPANIES = (NORDLICHT, ALPENBLICK)


def accounts() -> list[dict[str, str]]:
    """Return who can sign in, doctors of the organisation with plugins first."""
    rows = [
        (person, practice.name)
        for company in COMPANIES
        for practice in company.practices
        for person in practice.people
    ]
    rows += [(person, c.values["name"]) for c in COMPANIES for person in c.staff]
    rows.append((OPERATOR, ""))
    return [
        {
            "role": str(person.role),
            "name": person.login,
            "password": PASSWORD,
            "organisation": organisation,
        }
        for person, organisation in rows
    ]


def is_there() -> bool:
    """Tell whether the demo data were made already."""
    return db.session.scalar(select(ProviderCompany.id).limit(1)) is not None


def with_plugins() -> list[str]:
    """Return the organisations in which the demo has plugins switched on."""
    names = [each.name for c in COMPANIES for each in c.practices if each.with_plugins]
    return list(db.session.scalars(select(Organisation.id).where(Organisation.name.in_(names))))


def fill(base_url: str) -> None:
    """Make the demo data in an empty database; commits as it goes, one organisation at a time."""
    _staff(OPERATOR, None)
    for company in COMPANIES:
        row = ProviderCompany(**company.values)
        db.session.add(row)
        db.session.flush()
        company_id = row.id
        for person in company.staff:
            _staff(person, company_id)
        _certificates(company_id)
        db.session.commit()
        for practice in company.practices:
            _practice(practice, company_id, company.values["country"], base_url)


@cache
def _password_hash() -> str:
    """Return one hash for all accounts: making one is slow on purpose."""
    return passwords.hash_password(PASSWORD)


def _staff(person: Person, company_id: str | None) -> None:
    row = Staff(
        provider_company_id=company_id,
        role=person.role,
        first_name=person.first_name,
        last_name=person.last_name,
        email=f"{person.login}@example.org",
    )
    db.session.add(row)
    db.session.flush()
    give_credential(row, person.login, _password_hash())
    if company_id is not None:
        undertakings.record(row, "1", date(2026, 1, 1), now=clock.now())


def _certificates(company_id: str) -> None:
    """Give a company both certificates; one of them will soon need a successor."""
    today = clock.now().date()
    for kind, number, days in (("security", "DEMO-IS-0001", 60), ("privacy", "DEMO-DS-0002", 500)):
        row = ProviderCertificate(
            provider_company_id=company_id,
            kind=kind,
            number=number,
            issuer="Prüfstelle Muster GmbH (Demo)",
            valid_from=date(2026, 1, 1),
            valid_until=today + timedelta(days=days),
        )
        db.session.add(row)


def _practice(practice: Practice, company_id: str, country: str, base_url: str) -> None:
    organisation = Organisation(
        id=new_id(),
        provider_company_id=company_id,
        name=practice.name,
        country=country,
        contract_start=date(2026, 1, 1),
        seats=practice.seats,
        phone=practice.phone,
    )
    organisation_id = organisation.id
    db.session.add(organisation)
    db.session.commit()
    with tenant_scope(organisation_id):
        people = [_account(person, practice) for person in practice.people]
        _rooms(practice, people)
        if practice.with_plugins:
            _plugins(base_url, people)
            doctors = [person.id for person in people if person.role == Role.DOCTOR]
            demo_figures.fill(organisation_id, doctors, now=clock.now())
        db.session.commit()
    # One session serves one organisation, so the next practice gets a new one.
    db.session.remove()


def _account(person: Person, practice: Practice) -> Account:
    row = Account(
        role=person.role,
        state=person.state,
        title=person.title,
        first_name=person.first_name,
        last_name=person.last_name,
        email=f"{person.login}@example.org",
        phone=practice.phone,
        physician_number=person.number,
    )
    db.session.add(row)
    db.session.flush()
    give_credential(row, person.login, _password_hash())
    if person.specialty:
        _profile(row, person, practice)
    return row


def _profile(account: Account, person: Person, practice: Practice) -> None:
    """Let others find a doctor, who shows work, practice and telephone."""
    stated = {"specialty": person.specialty, "practice_name": practice.name}
    switches = {f"show_{name}": True for name in (*stated, "phone")}
    profiles.save(account, {**stated, **switches}, now=clock.now())
    profiles.set_findable(
        account.id, findable=True, language="de", way="first_sign_in", now=clock.now()
    )


def _rooms(practice: Practice, people: Sequence[Account]) -> None:
    doctors = [account for account in people if account.role == Role.DOCTOR]
    assistants = [account for account in people if account.role == Role.ASSISTANT]
    for doctor in doctors:
        name = f"Wartezimmer {doctor.title} {doctor.last_name}"
        _room(name, doctor.full_name, practice.phone, [doctor, *assistants])
    if practice.shared:
        names = " und ".join(doctor.full_name for doctor in doctors)
        room = _room(practice.shared, names, practice.phone, [*doctors, *assistants])
        room.kind = "shared"
        for guest in ("Erika Muster", "Paul Probe", "Ayşe Örnek"):
            order = access.CodeOrder(room.id, guest)
            access.make_code(order, account_id=doctors[0].id, now=clock.now())


def _room(name: str, doctor_name: str, phone: str, members: Sequence[Account]) -> Room:
    room = Room(
        name=name,
        doctor_name=doctor_name,
        phone=phone,
        text="Schön, dass Sie da sind. Wir rufen Sie, sobald es so weit ist.",
    )
    db.session.add(room)
    db.session.flush()
    for account in members:
        db.session.add(RoomMember(room_id=room.id, account_id=account.id))
    return room


def _plugins(base_url: str, people: Sequence[Account]) -> None:
    from portal.pluginhost import service as pluginhost
    from portal.pluginhost import switches as plugin_switches

    pluginhost.approve_all(now=clock.now())
    loaded = {each["name"] for each in pluginhost.known()}
    # One that was left out must not keep the demo from starting.
    doctors = [person.id for person in people if person.role == Role.DOCTOR]
    for name in sorted(loaded.intersection(PLUGINS)):
        pluginhost.set_up_demo(name, base_url)
        if pluginhost.has_accounts(name):
            for account_id in doctors:
                plugin_switches.set_account(name, account_id, on=True, now=clock.now())
        pluginhost.fill_demo(name, clock.now())
