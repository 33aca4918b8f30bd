"""Project administration: what is seen, found, made, changed, taken out of use, and by whom."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal import clock
from portal.accounts import states
from portal.accounts.models import Account, Department
from portal.extensions import db
from portal.projectadmin import listing
from portal.tenants.models import Organisation
from portal.tenants.scope import tenant_scope
from tests.world import Caller

PAGE = {"Accept": "text/html", "X-Portal-Request": "content"}
FIELDS = {
    "role": "doctor",
    "first_name": "Nele",
    "last_name": "Neumann",
    "email": "nele@example.org",
    "physician_number": "123456601",
    "phone": "+49 40 5550123",
}


@pytest.fixture
def admin(world):
    return world.caller("projectadmin")


def stored(org, **wanted):
    """Return the accounts of an organisation that have these values."""
    with tenant_scope(org.id):
        found = [
            each
            for each in db.session.scalars(db.select(Account))
            if all(getattr(each, name) == value for name, value in wanted.items())
        ]
    db.session.remove()
    return found


def seats_of(org, number):
    db.session.get(Organisation, org.id).seats = number
    db.session.commit()
    db.session.remove()


def page(caller, path="/admin", **query):
    return caller.get(path, headers=PAGE, query_string=query).get_data(as_text=True)


@pytest.mark.requirement("ADM-1", "ADM-6")
def test_the_list_shows_exactly_these_fields():
    assert [field.name for field in dataclasses.fields(listing.AccountRow)] == [
        "id",
        "first_name",
        "last_name",
        "physician_number",
        "email",
        "phone",
        "mobile",
        "fax",
        "address",
        "website",
        "role",
        "state",
        "last_sign_in_on",
        "department_id",
        "department",
    ]


@pytest.mark.requirement("ADM-1", "ADM-6")
def test_what_is_not_on_the_list_of_fields_is_on_no_page(world, admin):
    with tenant_scope(world.ash.id):
        row = db.session.get(Account, (world.ash.id, world.ash.ids["doctor"]))
        row.phone, row.website = "+49 40 777", "https://seen.example"
        # Neither ADM-1 nor ADM-6 has a time of day.
        row.state_since = clock.now().replace(year=1999)
        db.session.commit()
    db.session.remove()
    for path in ("/admin", f"/admin/accounts/{world.ash.ids['doctor']}"):
        text = page(admin, path)
        assert "+49 40 777" in text
        assert "1999" not in text


@pytest.mark.requirement("ADM-4")
@pytest.mark.parametrize(
    "q",
    ["Doctor", "ash", "Ash Doctor", "838382202", "8383", "doctor@ash", "ash.example"],
)
def test_an_account_is_found_by_each_of_its_words(admin, q):
    assert "Doctor, Ash" in page(admin, q=q)


@pytest.mark.requirement("ADM-4")
@pytest.mark.parametrize(
    ("number", "q"),
    [("+49 40 5550123", "040 5550123"), ("+49 40 5550123", "4940555"), ("040/5550123", "0405550")],
)
def test_an_account_is_found_by_its_telephone_however_it_is_typed(world, admin, number, q):
    with tenant_scope(world.ash.id):
        db.session.get(Account, (world.ash.id, world.ash.ids["doctor"])).phone = number
        db.session.commit()
    db.session.remove()
    assert "Doctor, Ash" in page(admin, q=q)


@pytest.mark.parametrize("q", ["nobody", "%", "_", "' OR 1=1 --", "ä" * 300, "@@@", "🦆"])
def test_what_nobody_has_finds_nobody_and_says_so(admin, q):
    text = page(admin, q=q)
    assert "Doctor, Ash" not in text
    assert "Kein Konto passt dazu" in text


@pytest.mark.requirement("ADM-4")
def test_the_words_follow_a_change_and_a_removal(world, admin):
    account_id = world.ash.ids["colleague"]
    answer = admin.post(f"/admin/accounts/{account_id}", **{**FIELDS, "last_name": "Ünal-Groß"})
    assert answer.status_code == 200
    for q in ("unal", "Ünal", "gross", "ünal-groß"):
        assert "Ünal-Groß, Nele" in page(admin, q=q)
    assert "Kein Konto passt dazu" in page(admin, q="Kollege")


@pytest.mark.requirement("ADM-4")
def test_the_list_is_filtered_sorted_and_paged(world, admin):
    with tenant_scope(world.ash.id):
        for number in range(60):
            row = Account(
                role="assistant",
                state="active",
                first_name="A",
                last_name=f"Zz{number:03}",
                email=f"{99 - number}@zz.example",
            )
            db.session.add(row)
        db.session.commit()
    db.session.remove()
    first, second = page(admin, q="zz"), page(admin, q="zz", page=2)
    assert "Zz000" in first
    assert "Zz024" in first
    assert "Zz025" not in first
    assert "Zz025" in second
    down = page(admin, q="zz", sort="name", down="1")
    assert "Zz059" in down
    assert "Zz000" not in down
    assert "Zz059" in page(admin, q="zz", sort="email")
    doctors = page(admin, role="doctor")
    assert "Zz000" not in doctors
    assert "Doctor, Ash" in doctors
    assert "Doctor, Ash Neu" in page(admin, state="applied")
    assert "Kein Konto passt dazu" in page(admin, state="rejected")
    # What the address asks for and nobody knows is left out.
    assert "Doctor, Ash" in page(admin, role="x", state="y", sort="z", down="maybe")


@pytest.mark.requirement("ADM-2", "ADM-6")
def test_an_account_is_made_and_invited_and_takes_a_seat(world, admin):
    before = admin.get("/admin/seats").get_data(as_text=True)
    assert "5 von 5" in before
    seats_of(world.ash, 6)
    answer = admin.post("/admin/new", **FIELDS, invite="1")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    (made,) = stored(world.ash, email="nele@example.org")
    assert (made.state, made.role, made.physician_number) == ("applied", "doctor", "123456601")
    assert "6 von 6" in admin.get("/admin/seats").get_data(as_text=True)
    assert mails(world.ash) == [("invitation", made.id)]


def mails(org):
    from portal.outbox import Outbox

    with tenant_scope(org.id):
        rows = db.session.scalars(db.select(Outbox).where(Outbox.kind == "mail")).all()
        found = [(row.occasion, row.subject_id) for row in rows]
    db.session.remove()
    return found


@pytest.mark.requirement("ADM-6")
def test_no_account_is_made_beyond_the_seats(world, admin):
    answer = admin.post("/admin/new", **FIELDS)
    assert answer.status_code == 422
    assert "nicht genug Plätze" in answer.get_data(as_text=True)
    # What was typed is still there.
    assert 'value="Neumann"' in answer.get_data(as_text=True)
    assert stored(world.ash, email="nele@example.org") == []


def at_once(app, acts):
    """Run several requests in threads of their own at the same time."""

    def run(act):
        with app.app_context():
            return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result() for future in [pool.submit(run, act) for act in acts]]


@pytest.mark.requirement("ADM-6")
def test_of_two_who_take_the_last_seat_at_once_one_gets_it(app, world, admin):
    seats_of(world.ash, 6)

    def take(email):
        return lambda: (
            admin.post(
                "/admin/new", **{**FIELDS, "email": email, "physician_number": ""}
            ).status_code
        )

    assert sorted(at_once(app, [take("a@x.de"), take("b@x.de"), take("c@x.de")])) == [200, 422, 422]


@pytest.mark.requirement("ADM-2")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"email": "doctor@ash.example"}, "schon ein anderes Konto"),
        ({"email": "DOCTOR@Ash.example"}, "schon ein anderes Konto"),
        ({"physician_number": "838382202"}, "schon ein anderes Konto"),
        ({"email": "no address"}, "keine E-Mail-Adresse"),
        ({"first_name": ""}, "füllen Sie"),
        ({"last_name": "\u202e \u200b"}, "füllen Sie"),
        ({"role": "operator"}, "role"),
        ({"website": "javascript:alert(1)"}, "https://"),
        ({"first_name": "x" * 101}, "Höchstens"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_made(world, admin, change, words):
    seats_of(world.ash, 9)
    answer = admin.post("/admin/new", **{**FIELDS, **change})
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert stored(world.ash, first_name="Nele") == []


@pytest.mark.requirement("ADM-1")
def test_an_address_that_another_organisation_has_is_taken_like_any_other(world, admin):
    seats_of(world.ash, 9)
    (theirs,) = stored(world.birch, id=world.birch.ids["doctor"])
    answer = admin.post("/admin/new", **{**FIELDS, "email": theirs.email})
    assert answer.status_code == 200
    assert len(stored(world.ash, email=theirs.email)) == 1


@pytest.mark.requirement("ADM-1")
def test_fields_that_are_not_in_the_form_change_nothing(world, admin):
    account_id = world.ash.ids["colleague"]
    sent = {**FIELDS, "state": "active", "organisation_id": world.birch.id, "id": "0" * 32}
    admin.post(f"/admin/accounts/{account_id}", **sent)
    (row,) = stored(world.ash, id=account_id)
    # Another number is looked at again, whatever state was sent.
    assert (row.state, row.last_name) == (states.CONFIRMED, "Neumann")


@pytest.mark.requirement("ADM-2", "ACC-2")
def test_suspending_ends_the_sessions_and_can_be_taken_back(world, admin):
    ids = [world.ash.ids["doctor"], world.ash.ids["colleague"]]
    doctor = world.caller("doctor")
    assert doctor.get("/desk", headers=PAGE).status_code == 200
    asked = admin.post("/admin/actions/ask", action="suspend", ids=ids).get_data(as_text=True)
    assert "2 Konten werden gesperrt" in asked
    assert stored(world.ash, state="suspended") == []
    done = admin.post("/admin/actions", action="suspend", ids=ids).get_data(as_text=True)
    assert "2 Konten gesperrt" in done
    assert 'value="reactivate"' in done
    assert doctor.get("/desk", headers=PAGE).status_code == 401
    assert "3 von 5" in admin.get("/admin/seats").get_data(as_text=True)
    assert admin.post("/admin/actions", action="reactivate", ids=ids).status_code == 200
    assert {row.state for row in stored(world.ash, role="doctor")} == {"active", "applied"}


@pytest.mark.requirement("ADM-2")
def test_removing_asks_for_the_word_and_takes_sign_in_and_rooms_along(world, admin):
    account_id = world.ash.ids["colleague"]
    for word in ("", "entfernen", "ENTFERN"):
        refused = admin.post("/admin/actions", action="remove", ids=[account_id], word=word)
        assert refused.status_code == 422
    assert len(stored(world.ash, id=account_id)) == 1
    done = admin.post("/admin/actions", action="remove", ids=[account_id], word="ENTFERNEN")
    assert "1 Konto entfernt" in done.get_data(as_text=True)
    assert stored(world.ash, id=account_id) == []
    assert world.caller("colleague").get("/desk", headers=PAGE).status_code == 401
    assert "Kein Konto passt dazu" in page(admin, q="Kollege")


@pytest.mark.requirement("ADM-2")
@pytest.mark.parametrize("action", ["suspend", "remove"])
def test_the_last_project_administrator_cannot_go(world, admin, action):
    ids = [world.ash.ids["projectadmin"]]
    answer = admin.post("/admin/actions", action=action, ids=ids, word="ENTFERNEN")
    assert answer.status_code == 422
    assert "mindestens eine aktive Projektadministration" in answer.get_data(as_text=True)
    (own,) = stored(world.ash, id=ids[0])
    values = {**FIELDS, "email": own.email, "physician_number": ""}
    assert admin.post(f"/admin/accounts/{own.id}", **values).status_code == 422
    assert stored(world.ash, id=ids[0], role="projectadmin", state="active") != []


def test_two_administrators_who_remove_each_other_at_once_do_not_both_go(app, world, admin):
    with tenant_scope(world.ash.id):
        other = db.session.get(Account, (world.ash.id, world.ash.ids["assistant"]))
        other.role = "projectadmin"
        db.session.commit()
    db.session.remove()
    pair = [world.ash.ids["projectadmin"], world.ash.ids["assistant"]]

    def suspend(account_id):
        return lambda: admin.post("/admin/actions", action="suspend", ids=[account_id]).status_code

    at_once(app, [suspend(account_id) for account_id in pair])
    assert len(stored(world.ash, role="projectadmin", state="active")) == 1


@pytest.mark.requirement("ADM-5", "TEN-4")
def test_nobody_becomes_an_active_doctor_by_a_change_of_role(world, admin):
    account_id = world.ash.ids["assistant"]
    (row,) = stored(world.ash, id=account_id)
    values = {**FIELDS, "email": row.email, "physician_number": ""}
    assert admin.post(f"/admin/accounts/{account_id}", **values).status_code == 200
    (row,) = stored(world.ash, id=account_id)
    assert (row.role, row.state) == ("doctor", states.CONFIRMED)
    # The token of the assistant, which carries the old role, is over.
    assert world.caller("assistant").get("/desk", headers=PAGE).status_code == 401


@pytest.mark.requirement("ADM-2")
def test_a_doctor_is_moved_between_departments(world, admin):
    assert admin.post("/admin/departments", name="Kardiologie").status_code == 200
    again = admin.post("/admin/departments", name="kardiologie")
    assert "gibt es schon" in again.get_data(as_text=True)
    with tenant_scope(world.ash.id):
        department = db.session.scalar(db.select(Department)).id
    db.session.remove()
    ids = [world.ash.ids["doctor"], world.ash.ids["colleague"]]
    done = admin.post("/admin/actions", action="move", ids=ids, department=department)
    assert "2 Konten verschoben" in done.get_data(as_text=True)
    assert "Doctor, Ash" in page(admin, department=department)
    assert "Kein Konto passt dazu" not in page(admin, department="none")
    deleted = admin.post(f"/admin/departments/{department}/delete").get_data(as_text=True)
    assert "2 Konten sind jetzt ohne Abteilung" in deleted
    assert stored(world.ash, department_id=department) == []


@pytest.mark.requirement("ADM-1")
def test_ids_of_another_organisation_in_a_body_look_like_unknown_ones(world, admin):
    own = world.ash.ids["doctor"]
    for path in ("/admin/actions/ask", "/admin/actions"):
        for action in ("suspend", "remove", "move", "invite", "reactivate"):
            sent = {"action": action, "word": "ENTFERNEN"}
            foreign = admin.post(path, **sent, ids=[own, world.birch.ids["doctor"]])
            unknown = admin.post(path, **sent, ids=[own, "0" * 32])
            assert foreign.status_code == unknown.status_code == 404
            assert foreign.data == unknown.data
    assert stored(world.birch, state="suspended") == []
    assert stored(world.ash, state="suspended") == []


@pytest.mark.requirement("PRIV-11")
def test_each_change_is_in_the_log_with_names_and_without_values(world, admin):
    account_id = world.ash.ids["colleague"]
    (row,) = stored(world.ash, id=account_id)
    values = {**FIELDS, "physician_number": row.physician_number}
    admin.post(f"/admin/accounts/{account_id}", **{**values, "last_name": "Geheimname"})
    admin.post("/admin/actions", action="suspend", ids=[account_id])
    from portal.audit import AuditEntry

    entries = db.session.scalars(
        db.select(AuditEntry).where(AuditEntry.object_id == account_id).order_by(AuditEntry.number)
    ).all()
    assert [entry.code for entry in entries] == [
        "projectadmin.account.changed",
        "projectadmin.account.suspended",
    ]
    assert "last_name" in entries[0].fields
    assert "Geheimname" not in repr([vars(entry) for entry in entries])
    assert "geändert" in page(admin, f"/admin/accounts/{account_id}")


def test_too_many_and_no_accounts_are_refused(admin):
    nothing = admin.post("/admin/actions/ask", action="suspend")
    assert nothing.status_code == 422
    assert "kein Konto ausgewählt" in nothing.get_data(as_text=True)
    assert admin.post("/admin/actions", action="dance", ids=["0" * 32]).status_code == 404


@pytest.mark.requirement("ADM-1")
@pytest.mark.parametrize("role", ["doctor", "assistant", "sales", "support", "operator", "guest"])
def test_nobody_else_sees_the_administration(world, role):
    for path in ("/admin", "/admin/new", "/admin/seats", "/admin/departments"):
        assert world.caller(role).get(path).status_code == 404
    assert Caller().get("/admin/seats").status_code == 401
