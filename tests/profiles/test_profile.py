"""What a doctor states and shows: nothing by default, the mobile number never, guests nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from portal.accounts import service as accounts
from portal.accounts.models import Account
from portal.audit import AuditEntry
from portal.extensions import db
from portal.privacy import consent
from portal.privacy.models import Consent
from portal.profiles import cards, service, words
from portal.profiles.models import Card, CardWord
from portal.tenants.scope import tenant_scope
from tests.world import CANARY, Caller

STATED = {
    "specialty": "Augenheilkunde",
    "practice_name": "Augenpraxis Elbufer",
    "practice_address": "Elbweg 3, 20095 Hamburg",
    "country": "AT",
    "phone": "040 5550177",
    "fax": "040 5550178",
    "website": "augen.example",
    "mobile": "0171 3920012",
}
SHOWN = {
    "specialty": "Augenheilkunde",
    "practice_name": "Augenpraxis Elbufer",
    "practice_address": "Elbweg 3, 20095 Hamburg",
    "country": "Österreich",
    "phone": "+49 40 5550177",
    "fax": "+49 40 5550178",
    "website": "https://augen.example",
}


@pytest.fixture
def colleague(world):
    """Return a doctor of Ash who has stated nothing yet."""
    return Caller(world.ash.tokens["colleague"])


def preview(answer):
    """Return what the page shows as seen by others."""
    return answer.text.partition('data-testid="preview"')[2]


def be_findable(world, who="doctor", org="ash", **more):
    caller = Caller(getattr(world, org).tokens[who])
    return caller.post("/profile/findable", findable="1", **more)


def card_of(world, who="doctor", org="ash"):
    """Return the card by which others find a doctor, if they do."""
    db.session.expire_all()
    mine = Card.account_id == getattr(world, org).ids[who]
    found = db.session.scalar(select(Card).where(mine, Card.findable))
    db.session.commit()
    return found


@pytest.mark.requirement("PRO-1")
def test_all_that_is_stated_is_hidden_by_default(colleague):
    answer = colleague.post("/profile", **STATED)
    assert answer.status_code == 200
    assert "Ihr Profil ist gespeichert" in answer.text
    assert all(value in answer.text for value in ("Augenheilkunde", "+49 171 3920012"))
    assert [value for value in SHOWN.values() if value in preview(answer)] == []


@pytest.mark.requirement("PRO-1")
@pytest.mark.parametrize("name", SHOWN)
def test_one_switch_shows_one_field(colleague, name):
    seen = preview(colleague.post("/profile", **STATED, **{f"show_{name}": "y"}))
    assert [each for each, value in SHOWN.items() if value in seen] == [name]


@pytest.mark.requirement("PRO-1")
def test_the_mobile_number_has_no_switch_and_no_column_to_be_shown_in(colleague):
    answer = colleague.post("/profile", **STATED, show_mobile="y")
    assert "show_mobile" not in answer.text
    assert "3920012" not in preview(answer)
    assert "mobile" not in Card.__table__.columns
    assert "mobile" not in cards.SHOWABLE


@pytest.mark.requirement("PRO-1")
def test_a_guest_sees_nothing_of_a_profile(world):
    be_findable(world)
    guest = Caller(world.ash.tokens["guest"])
    for path in ("/visit", "/visit/status"):
        assert "Kardiologie" not in guest.get(path).text
    for path in ("/profile",):
        assert guest.get(path).status_code == 404


@pytest.mark.requirement("PRO-1")
def test_telephone_and_website_have_one_home_which_project_administration_sees(world, colleague):
    colleague.post("/profile", **STATED)
    page = Caller(world.ash.tokens["projectadmin"]).get("/admin").text
    assert all(each in page for each in ("+49 40 5550177", "https://augen.example"))
    # The practice's address is the doctor's to show; the contract's address is another fact.
    assert "Elbweg" not in page


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("phone", "12"),
        ("phone", "kein Telefon"),
        ("fax", "+49 40"),
        ("mobile", "0" * 41),
        ("website", "javascript:alert(1)"),
        ("website", "ftp://praxis.example"),
        ("website", "https://a@b.example"),
        ("website", "https://pra xis.example"),
        ("website", "https://[::1"),
        ("website", "https://" + "a" * 200 + ".example"),
        ("practice_name", "x" * 201),
        ("practice_address", "x" * 301),
        ("specialty", "x" * 121),
        ("country", "ZZ"),
    ],
)
def test_a_wrong_value_is_refused_with_its_field_and_nothing_is_kept(colleague, name, wrong):
    answer = colleague.post("/profile", **{**STATED, name: wrong})
    assert answer.status_code == 422
    assert f'href="#{name}"' in answer.text
    # What was typed is still there, right or wrong.
    assert "Augenpraxis Elbufer" in answer.text or name == "practice_name"
    assert "Augenheilkunde" not in colleague.get("/profile").text


def test_hostile_text_is_shown_as_text(colleague):
    hostile = '<img src=x onerror="alert(1)">\u202e'
    answer = colleague.post("/profile", specialty=hostile, show_specialty="y")
    assert "&lt;img src=x" in preview(answer)
    assert "<img" not in preview(answer)
    assert "\u202e" not in answer.text


@pytest.mark.requirement("PRIV-11")
def test_the_log_names_what_changed_and_never_a_value(world, colleague):
    colleague.post("/profile", **STATED, show_phone="y")
    be_findable(world, "colleague")
    # What the world did before was done by nobody who signed in.
    query = select(AuditEntry).where(AuditEntry.actor_id == world.ash.ids["colleague"])
    changed, switched = db.session.scalars(query.order_by(AuditEntry.number))
    assert changed.fields.split() == sorted([*STATED, "show_phone"])
    assert switched.code == "profiles.findable.switched_on"
    assert {each.object_id for each in (changed, switched)} == {world.ash.ids["colleague"]}


@pytest.mark.requirement("PRO-2")
def test_nobody_is_findable_by_default(world):
    assert card_of(world) is None
    page = world.caller("doctor").get("/profile").text
    assert "Niemand findet Sie" in page


@pytest.mark.requirement("PRO-2")
@pytest.mark.parametrize("answer", [{"findable": "1"}, {}])
def test_the_question_is_asked_until_it_is_answered_and_then_no_more(world, answer):
    doctor = world.caller("doctor")
    assert 'id="findable-question"' in doctor.get("/desk").text
    said = doctor.post("/profile/findable", way="desk", **answer)
    assert said.status_code == 200
    assert 'id="findable-question"' in said.text
    assert 'id="findable-question"' not in doctor.get("/desk").text
    assert (card_of(world) is not None) == bool(answer)


@pytest.mark.requirement("TEN-6")
@pytest.mark.parametrize("answer", [{"news": "1"}, {"findable": "1"}, {}])
def test_news_is_asked_for_beside_it_and_agreed_to_on_its_own(world, answer):
    doctor = world.caller("doctor")
    question = doctor.get("/desk").text.partition('id="findable-question"')[2]
    assert consent.text_of(consent.MARKETING, "de") in question
    assert "checked" not in question.partition("</section>")[0]
    doctor.post("/profile/findable", way="desk", **answer)
    with tenant_scope(world.ash.id):
        agreed = select(Consent.text_id).where(Consent.subject_id == world.ash.ids["doctor"])
        found = set(db.session.scalars(agreed)) - {consent.GUEST}
    wanted = {"news": consent.MARKETING, "findable": consent.FINDABLE}
    assert found == {wanted[name] for name in answer}


@pytest.mark.requirement("PRO-2")
def test_only_doctors_are_asked(world):
    assert 'id="findable-question"' not in world.caller("assistant").get("/desk").text
    assert world.caller("assistant").post("/profile/findable", findable="1").status_code == 404


@pytest.mark.requirement("PRO-2", "PRIV-7")
def test_consent_and_withdrawal_are_kept_with_text_time_and_way(world):
    be_findable(world, way="first_sign_in")
    be_findable(world)  # twice is once
    world.caller("doctor").post("/profile/findable")
    with tenant_scope(world.ash.id):
        mine = Consent.subject_id == world.ash.ids["doctor"]
        query = select(Consent).where(Consent.text_id == consent.FINDABLE, mine)
        (row,) = db.session.scalars(query)
        assert row.subject_kind == "account"
        assert (row.version, row.way) == ("1", "first_sign_in")
        assert row.text_hash == consent.TEXTS[consent.FINDABLE].digest("de")
        assert row.withdrawn_at
        db.session.commit()


@pytest.mark.requirement("PRO-2")
def test_withdrawing_takes_the_card_out_of_every_search(world):
    be_findable(world)
    assert card_of(world).findable
    assert db.session.scalars(select(CardWord)).all()
    db.session.commit()
    world.caller("doctor").post("/profile/findable")
    assert card_of(world) is None
    assert not db.session.scalars(select(CardWord)).all()
    db.session.commit()


def test_a_way_that_is_none_is_refused(world):
    assert be_findable(world, way="elsewhere").status_code == 422


@pytest.mark.requirement("TEN-4", "PRO-2")
def test_an_unverified_doctor_is_found_only_after_the_check(world):
    said = be_findable(world, "unverified")
    assert "sobald Ihre Angaben geprüft sind" in said.text
    assert card_of(world, "unverified") is None
    change(world, "unverified", state="active")
    assert card_of(world, "unverified").findable
    change(world, "unverified", state="suspended")
    assert card_of(world, "unverified") is None


def change(world, who, **values):
    """Change an account as project administration would."""
    with tenant_scope(world.ash.id):
        account = accounts.get_account(world.ash.ids[who])
        for name, value in values.items():
            setattr(account, name, value)
        db.session.commit()
    db.session.remove()


@pytest.mark.requirement("PRO-2", "ADM-2")
def test_a_statement_that_suspends_many_hides_them_and_one_that_reactivates_shows_them(world):
    be_findable(world)
    for state, found in (("suspended", False), ("active", True)):
        with tenant_scope(world.ash.id):
            many = update(Account).where(Account.organisation_id == world.ash.id)
            unread = {"synchronize_session": False}
            db.session.execute(many.values(state=state), execution_options=unread)
            db.session.commit()
        db.session.remove()
        assert (card_of(world) is not None) == found
        assert bool(db.session.scalars(select(CardWord)).all()) == found
        db.session.commit()


def test_a_statement_that_renames_many_renames_their_cards(world):
    be_findable(world)
    with tenant_scope(world.ash.id):
        row = {
            "organisation_id": world.ash.id,
            "id": world.ash.ids["doctor"],
            "last_name": "Neuname",
        }
        db.session.execute(update(Account), [row])
        db.session.commit()
    db.session.remove()
    assert card_of(world).name.endswith("Neuname")


def test_a_card_follows_the_account(world):
    be_findable(world)
    change(world, "doctor", last_name="Neuname", phone="+49 40 5550199")
    card = card_of(world)
    assert card.name.endswith("Neuname")
    assert card.phone == "+49 40 5550199"
    words_now = set(db.session.scalars(select(CardWord.word)))
    assert "neuname" in words_now
    assert "doctor" not in words_now
    db.session.commit()


def test_the_card_goes_with_the_account(world):
    be_findable(world, "colleague")
    assert card_of(world, "colleague")
    with tenant_scope(world.ash.id):
        db.session.delete(db.session.get(Account, (world.ash.id, world.ash.ids["colleague"])))
        db.session.commit()
    db.session.remove()
    mine = Card.account_id == world.ash.ids["colleague"]
    assert db.session.scalars(select(Card).where(mine)).all() == []
    assert not db.session.scalars(select(CardWord)).all()


def test_a_profile_of_another_organisation_is_out_of_reach(world):
    assert CANARY not in world.caller("doctor").get("/profile").text
    with tenant_scope(world.ash.id):
        assert cards.get_profile(world.birch.ids["doctor"]).specialty == ""
        assert not service.values(accounts.get_account(world.ash.ids["doctor"]))["specialty"].count(
            CANARY
        )
        db.session.rollback()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dr. Jörg Müller-Lüdenscheidt", {"dr", "jorg", "joerg", "muller", "mueller"}),
        ("GROẞ", {"gross"}),
        ("ŁÓDŹ Çelik", {"celik"}),
    ],
)
def test_words_are_found_in_each_spelling(text, expected):
    assert expected <= words.kept(text)


def test_what_is_typed_is_folded_and_bounded():
    assert words.typed("  Müller müller, O'Neil ") == ["muller", "o", "neil"]
    assert words.typed("x" * 500) == ["x" * words.LONGEST]
    assert words.typed("%_*") == []
