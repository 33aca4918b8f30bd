"""Requests of customers and complaints: asked, answered within a month, and really done."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock as the_clock
from portal.accounts.models import Account
from portal.extensions import db
from portal.jobs import clean
from portal.language import ZONE
from portal.messages import service as messages
from portal.privacy import consent, deletion
from portal.privacy.declarations import LIMITATION
from portal.profiles.models import Card
from portal.rights import answering, service
from portal.rights.models import RightsRequest
from portal.tenants.scope import across_tenants, tenant_scope
from tests.accounts.post import mails, read_account
from tests.world import CANARY, PASSWORD, Caller, with_password

SECOND = timedelta(seconds=1)


@pytest.fixture
def doctor(world):
    return world.caller("doctor")


@pytest.fixture
def support(world):
    return world.caller("support")


def stored(org):
    """Return the requests of an organisation, the oldest first."""
    with tenant_scope(org.id):
        query = select(RightsRequest).order_by(RightsRequest.asked_at)
        rows = db.session.scalars(query).all()
        db.session.expunge_all()
    db.session.remove()
    return rows


def answers(world, caller, **values):
    path = f"/requests/{world.ash.id}/{stored(world.ash)[-1].id}/answer"
    return caller.post(path, **{"state": "done", "answer": "Ist geschehen.", **values})


@pytest.mark.requirement("PRIV-5", "PRIV-9")
@pytest.mark.parametrize("kind", service.WRITTEN)
def test_a_request_has_number_state_deadline_and_answer(world, doctor, support, kind):
    page = doctor.post("/rights/requests", kind=kind, text="Bitte sehen Sie nach.")
    row = stored(world.ash)[-1]
    assert row.number in page.text
    assert "in Arbeit" in page.text
    assert (row.kind, row.state) == (kind, "open")
    assert row.due_at == service.TO_ANSWER.after(row.asked_at)
    seen = support.get("/requests").text
    assert row.number in seen
    assert "Bitte sehen Sie nach." in seen
    said = "Der Grund fehlt."
    assert answers(world, support, state="refused", answer=said).status_code == 200
    page = doctor.get("/rights").text
    assert said in page
    assert "abgelehnt" in page
    assert said in mails(world.ash)[-1]["text"]
    assert row.number not in support.get("/requests").text


@pytest.mark.requirement("PRIV-9")
def test_the_page_names_the_authority_of_the_provider(doctor):
    page = doctor.get("/rights").text
    assert "Aufsicht" in page
    assert "aufsicht@example.org" in page


@pytest.mark.requirement("PRIV-5")
def test_support_sees_the_request_and_no_more(world, doctor, support):
    doctor.post("/rights/requests", kind="objection", text="Ich widerspreche.")
    page = support.get("/requests").text
    assert "Ash Doctor" in page
    for more in ("+49 40 5550100", "838382202", "+49 171 3920012", "Gast"):
        assert more not in page
    assert CANARY not in page


@pytest.mark.requirement("PRIV-5")
def test_another_company_s_support_finds_nothing(world, doctor):
    doctor.post("/rights/requests", kind="complaint", text="Niemand hebt ab.")
    other = Caller(world.birch.tokens["support"])
    assert "Niemand hebt ab." not in other.get("/requests").text
    assert answers(world, other).status_code == 404
    assert stored(world.ash)[-1].state == "open"


@pytest.mark.requirement("PRIV-5")
def test_a_request_is_answered_once(world, doctor, support):
    doctor.post("/rights/requests", kind="complaint", text="Niemand hebt ab.")
    path = f"/requests/{world.ash.id}/{stored(world.ash)[-1].id}/answer"
    assert support.post(path, state="done", answer="Ja.").status_code == 200
    again = support.post(path, state="refused", answer="Nein.")
    assert again.status_code == 422
    assert "schon beantwortet" in again.text
    assert stored(world.ash)[-1].answer == "Ja."


@pytest.mark.parametrize(
    "values",
    [{"answer": " "}, {"state": ""}, {"state": "open"}, {"answer": "x" * 4001}],
)
def test_half_an_answer_is_refused_and_nothing_typed_is_lost(world, doctor, support, values):
    doctor.post("/rights/requests", kind="complaint", text="Niemand hebt ab.")
    answer = answers(world, support, **values)
    assert answer.status_code == 422
    assert values.get("answer", "Ist geschehen.").strip() in answer.text
    assert stored(world.ash)[-1].state == "open"


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "access", "text": "x"},
        {"kind": "nonsense", "text": "x"},
        {"kind": "erasure", "text": ""},
        {"kind": "erasure", "text": " \n "},
        {"kind": "erasure", "text": "x" * 4001},
    ],
)
def test_what_is_no_request_is_refused(world, doctor, values):
    before = len(stored(world.ash))
    assert doctor.post("/rights/requests", **values).status_code == 422
    assert len(stored(world.ash)) == before


@pytest.mark.requirement("PRIV-5")
def test_a_granted_erasure_deletes_the_account_and_keeps_the_proof(world, doctor, support):
    doctor.post("/rights/requests", kind="erasure", text="Bitte alles löschen.")
    assert answers(world, support).status_code == 200
    assert doctor.get("/rights").status_code == 401
    with tenant_scope(world.ash.id):
        assert db.session.get(Account, (world.ash.id, world.ash.ids["doctor"])) is None
    db.session.remove()
    assert stored(world.ash)[-1].state == "done"
    assert "Ist geschehen." in mails(world.ash)[-1]["text"]


@pytest.mark.requirement("PRIV-5")
def test_a_refused_erasure_deletes_nothing(world, doctor, support):
    doctor.post("/rights/requests", kind="erasure", text="Bitte alles löschen.")
    assert answers(world, support, state="refused").status_code == 200
    assert doctor.get("/rights").status_code == 200


@pytest.mark.requirement("PRIV-5", "PRIV-7")
def test_withdrawal_ends_every_consent_at_once(world, doctor):
    doctor.post("/account/marketing", on="1")
    doctor.post("/profile/findable", findable="1")
    page = doctor.post("/rights/withdrawal")
    assert "erledigt" in page.text
    with tenant_scope(world.ash.id):
        for text_id in (consent.MARKETING, consent.FINDABLE):
            assert not consent.is_given("account", world.ash.ids["doctor"], text_id)
    db.session.remove()


@pytest.mark.requirement("PRIV-5")
def test_the_copy_holds_every_word_about_the_person_and_no_secret(world, doctor):
    with_password(world.ash, "doctor", "dr.ash")
    with tenant_scope(world.ash.id):
        # A code or a link on its way opens something; whoever reads the copy must not have it.
        messages.queue_mail(
            "d@ash.example",
            "password_reset",
            ("Passwort", "https://portal.example/link#gEhEiM"),
            subject_id=world.ash.ids["doctor"],
            now=the_clock.now(),
        )
        db.session.commit()
    db.session.remove()
    doctor.post("/rights/requests", kind="complaint", text="Niemand hebt ab.")
    assert "data.json" in doctor.post("/rights/access").text
    copy = json.loads(doctor.get("/rights/data.json").text)
    tables = {name: rows for use in copy["uses"] for name, rows in use["tables"].items()}
    assert len(tables["account"]) == 1
    assert tables["outbox"]
    (made,) = tables["access_code"]
    assert made["made_by"] == world.ash.ids["doctor"]
    assert not {"code", "guest_name"} & made.keys()
    words = json.dumps(copy, ensure_ascii=False)
    for known in ("doctor@Ash.example", "838382202", "Kardiologie", "dr.ash", "Niemand hebt ab."):
        assert known in words
    assert copy["provider"]["authority_name"] == "Aufsicht"
    assert all(use["purpose"] and use["retention_sentence"] for use in copy["uses"])
    for secret in ("$argon2", CANARY, "colleague", '"Gast"', world.ash.code, "gEhEiM"):
        assert secret not in words


@pytest.mark.requirement("PRIV-5", "ACC-3")
def test_the_copy_asks_first_who_sits_there(world, doctor, clock):
    doctor.post("/rights/access")
    clock.move(timedelta(minutes=11))
    for path in ("/rights/data.json", "/rights/data.pdf"):
        assert doctor.get(path).status_code == 403
    assert doctor.post("/rights/access").status_code == 403
    assert "data.json" not in doctor.get("/rights").text


@pytest.mark.requirement("PRIV-5")
def test_a_day_holds_so_many_requests(doctor):
    found = [
        doctor.post("/rights/requests", kind="complaint", text="x").status_code
        for _ in range(service.ASKED.attempts + 1)
    ]
    assert found[0] == 200
    assert found[-1] == 429


@pytest.mark.requirement("PRIV-5")
def test_the_copy_for_people_is_a_tagged_pdf(doctor):
    doctor.post("/rights/access")
    made = doctor.get("/rights/data.pdf")
    assert made.data.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in made.data


@pytest.mark.requirement("PRIV-5")
def test_support_is_reminded_a_week_before_the_month_is_over(world, doctor, clock):
    doctor.post("/rights/requests", kind="complaint", text="Niemand hebt ab.")
    row = stored(world.ash)[-1]
    asked_before = {each["subject"] for each in mails(world.ash)}
    clock.move(row.due_at - answering.REMIND_BEFORE - the_clock.now() - SECOND)
    answering.remind(the_clock.now())
    assert {each["subject"] for each in mails(world.ash)} == asked_before
    assert stored(world.ash)[-1].reminded_at is None
    clock.move(2 * SECOND)
    clean(the_clock.now())
    clean(the_clock.now())
    told = [each for each in mails(world.ash) if row.number in each["subject"]]
    assert [each["to"] for each in told] == ["s@example.org"]
    assert "Niemand" not in told[0]["text"]


@pytest.mark.requirement("PRIV-5")
@pytest.mark.parametrize(
    ("left", "said"), [(timedelta(), "überfällig"), (answering.REMIND_BEFORE, "bald fällig")]
)
def test_what_is_late_or_soon_due_says_so(world, doctor, support, left, said):
    doctor.post("/rights/requests", kind="complaint", text="Niemand hebt ab.")
    assert said not in support.get("/requests").text
    with tenant_scope(world.ash.id):
        for row in db.session.scalars(select(RightsRequest)):
            row.due_at = the_clock.now() + left
        db.session.commit()
    db.session.remove()
    assert said in support.get("/requests").text


@pytest.mark.requirement("PRIV-4")
def test_answered_requests_are_deleted_when_no_claim_is_left(world, doctor, support, clock):
    doctor.post("/rights/requests", kind="complaint", text="Niemand hebt ab.")
    answers(world, support)
    row = stored(world.ash)[-1]
    end = LIMITATION.after(row.closed_at.astimezone(ZONE))
    clock.move(end - SECOND - the_clock.now())
    deletion.run(the_clock.now())
    assert row.id in {each.id for each in stored(world.ash)}
    clock.move(SECOND)
    deletion.run(the_clock.now())
    with across_tenants("The test looks at what is left."):
        left = select(RightsRequest.id).where(RightsRequest.id == row.id)
        assert db.session.scalars(left).all() == []
    db.session.remove()


class Restricted:
    """A doctor of Ash who restricted the processing, and signs in again."""

    def __init__(self, world):
        self.world = world
        with_password(world.ash, "doctor", "dr.ash")
        self.before = Caller(world.ash.tokens["doctor"])
        self.before.post("/profile/findable", findable="1")
        assert self.before.post("/rights/restriction").status_code == 200
        signed_in = Caller().post("/sign-in", name="dr.ash", password=PASSWORD)
        self.home = signed_in.json["home"]
        self.caller = Caller(signed_in.json["token"])


@pytest.fixture
def restricted(world):
    return Restricted(world)


@pytest.mark.requirement("PRIV-5")
def test_restriction_ends_every_session_and_opens_the_pages_of_rights_alone(restricted):
    assert restricted.before.get("/desk").status_code == 401
    assert restricted.home == "/rights"
    assert "Eingeschränkt seit" in restricted.caller.get("/rights").text
    for path in ("/desk", "/account", "/profile", "/contacts"):
        assert restricted.caller.get(path).status_code == 401
    assert restricted.caller.post("/desk/codes", guest_name="Erika").status_code == 401


@pytest.mark.requirement("PRIV-5")
def test_nobody_finds_or_changes_or_exports_whose_data_are_restricted(world, restricted):
    with across_tenants("The test looks at every card."):
        cards = db.session.scalars(
            select(Card).where(Card.account_id == world.ash.ids["doctor"])
        ).all()
        assert [card for card in cards if card.findable] == []
    db.session.remove()
    admin = world.caller("projectadmin")
    account_id = world.ash.ids["doctor"]
    for action in ("suspend", "remove", "reset_factors"):
        refused = admin.post("/admin/actions", action=action, ids=account_id, word="ENTFERNEN")
        assert refused.json["error"]["code"] == "data_restricted"
    assert read_account(world.ash, "doctor", "state") == "active"
    page = admin.get("/admin").text
    assert "eingeschränkt" in page
    assert "doctor@Ash.example" not in admin.get("/admin/export.csv").text


@pytest.mark.requirement("PRIV-5")
def test_who_restricted_proves_again_who_sits_there(restricted, clock):
    clock.move(timedelta(minutes=11))
    assert restricted.caller.post("/rights/access").status_code == 403
    assert restricted.caller.get("/proof").status_code == 200
    assert restricted.caller.post("/proof", kind="password", proof=PASSWORD).status_code == 204
    assert restricted.caller.post("/rights/access").status_code == 200


@pytest.mark.requirement("PRIV-5")
def test_who_lifts_the_restriction_finds_everything_as_it_was(world, restricted):
    assert restricted.caller.post("/rights/restriction/lift").status_code == 200
    assert restricted.caller.get("/rights").status_code == 401
    signed_in = Caller().post("/sign-in", name="dr.ash", password=PASSWORD)
    assert signed_in.json["home"] == "/desk"
    assert Caller(signed_in.json["token"]).get("/desk").status_code == 200


@pytest.mark.requirement("PRIV-5")
def test_restricting_asks_for_a_proof(world, clock):
    clock.move(timedelta(minutes=11))
    assert world.caller("doctor").post("/rights/restriction").status_code == 403
    assert read_account(world.ash, "doctor", "restricted_at") is None


@pytest.mark.requirement("PRIV-5", "TEN-1")
def test_who_works_in_two_organisations_asks_each_for_its_own(world, doctor, support):
    with tenant_scope(world.ash.id):
        email = db.session.get_one(Account, (world.ash.id, world.ash.ids["doctor"])).email
    db.session.remove()
    with tenant_scope(world.birch.id):
        same = db.session.get_one(Account, (world.birch.id, world.birch.ids["doctor"]))
        same.email, same.address = email, "Birkenallee 9"
        db.session.commit()
    db.session.remove()
    doctor.post("/rights/access")
    copy = doctor.get("/rights/data.json").text
    assert email in copy
    assert "Birkenallee" not in copy
    assert world.birch.ids["doctor"] not in copy
    doctor.post("/rights/requests", kind="erasure", text="Bitte alles löschen.")
    assert answers(world, support).status_code == 200
    with tenant_scope(world.birch.id):
        same = db.session.get_one(Account, (world.birch.id, world.birch.ids["doctor"]))
        assert same.address == "Birkenallee 9"
    db.session.remove()
