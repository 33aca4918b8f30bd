"""Contacts: found only who wants to be, asked, accepted, removed on both sides, blocked unseen."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.accounts.models import Account
from portal.audit import AuditEntry
from portal.extensions import db
from portal.profiles import cards, contacts
from portal.profiles.models import Card, Contact
from portal.tenants.models import Organisation
from portal.tenants.scope import across_tenants, new_id, tenant_scope
from tests.sockets import Socket
from tests.statements import noted
from tests.world import CANARY, Caller

CARD = re.compile(r'id="found-([0-9a-f]{32})"')


class Doctor(Caller):
    """A doctor of the world who searches, asks and answers."""

    def __init__(self, org, who="doctor"):
        super().__init__(org.tokens[who])
        self.org, self.id = org, org.ids[who]

    def is_findable(self, *, yes=True):
        self.post("/profile/findable", **({"findable": "1"} if yes else {}))
        return self

    def finds(self, q):
        answer = self.get("/contacts/search", query_string={"q": q})
        assert answer.status_code == 200
        return CARD.findall(answer.text)

    def asks(self, card):
        return self.post("/contacts/requests", card=card)

    def contact(self, state):
        """Return the id of the only contact in a state with somebody of another organisation."""
        with tenant_scope(self.org.id):
            query = select(Contact).where(Contact.account_id == self.id, Contact.state == state)
            found = [
                row.id for row in db.session.scalars(query) if row.id != self.org.ids["contact"]
            ]
        db.session.remove()
        return found[0] if found else None

    def does(self, what, state):
        return self.post(f"/contacts/{self.contact(state)}/{what}")


@pytest.fixture
def ash(world):
    return Doctor(world.ash)


@pytest.fixture
def birch(world):
    return Doctor(world.birch).is_findable()


@pytest.fixture
def asked(ash, birch):
    """Let Ash's doctor ask Birch's, who is findable."""
    (card,) = ash.finds("birch")
    assert ash.asks(card).status_code == 200
    return card


@pytest.fixture
def known(asked, birch):
    """Let the two be contacts; return the card of Birch's doctor."""
    assert birch.does("accept", contacts.ASKING).status_code == 200
    return asked


def rows():
    """Return how many sides of contacts across the two organisations there are."""
    with across_tenants("The test counts both sides."):
        found = db.session.execute(select(Contact.organisation_id, Contact.card_id)).all()
        own = dict(db.session.execute(select(Card.id, Card.organisation_id)).all())
    db.session.remove()
    return [row for row in found if own[row.card_id] != row.organisation_id]


@pytest.mark.requirement("PRO-3")
@pytest.mark.parametrize("q", ["birch", "Doctor bir", "BIRCH doctor", "kardio", "Weg birc"])
def test_a_findable_doctor_is_found_in_all_organisations_by_what_the_card_shows(ash, birch, q):
    assert len(ash.finds(q)) == 1


@pytest.mark.requirement("PRO-2", "PRO-3")
def test_a_hidden_doctor_is_answered_like_nobody(ash, birch):
    birch.is_findable(yes=False)
    hidden = ash.get("/contacts/search", query_string={"q": "birch"})
    nobody = ash.get("/contacts/search", query_string={"q": "zzzzz"})
    assert hidden.data.replace(b"birch", b"zzzzz") == nobody.data
    for card in (new_id(), "x", "'"):
        assert ash.asks(card).status_code == 404


@pytest.mark.requirement("PRO-2", "PRO-3")
def test_a_search_runs_the_same_statements_for_the_hidden_and_for_nobody(app, ash, birch):
    birch.is_findable(yes=False)
    seen = {q: statements(q, ash) for q in ("birch", "zzzzz")}
    assert seen["birch"] == seen["zzzzz"]
    # None of them reads a table in which a hidden doctor has a row.
    assert not [each for each in seen["birch"] if "FROM profile " in each]


def statements(q, doctor):
    with noted() as found:
        doctor.finds(q)
    return found


@pytest.mark.requirement("PRO-1", "PRO-3")
def test_a_search_shows_what_the_profile_shows_and_nothing_else(ash, birch):
    birch.post(
        "/profile", specialty=f"Kardiologie {CANARY}", show_specialty="y", phone="040 5550177"
    )
    page = ash.get("/contacts/search", query_string={"q": "birch"}).text
    assert f"Kardiologie {CANARY}" in page
    for hidden in ("5550177", "Weg 1", "3920012", "birch.example", "838382202", birch.id):
        assert hidden not in page


@pytest.mark.requirement("TEN-5", "PRO-3")
def test_a_terminated_contract_takes_its_doctors_out_of_the_search(world, ash, birch):
    (card,) = ash.finds("birch")
    organisation = db.session.get_one(Organisation, world.birch.id)
    organisation.terminated_at = clock.now()
    db.session.commit()
    assert ash.finds("birch") == []
    assert ash.asks(card).status_code == 404


def test_nobody_finds_themself_and_nobody_gets_a_list_of_all(ash, birch):
    assert birch.finds("birch") == []
    for q in ("", "b", "%", "_", "* *"):
        assert ash.finds(q) == []


@pytest.mark.requirement("PRO-3")
def test_searching_is_limited_and_says_when_to_come_back(ash):
    for _ in range(60):
        ash.get("/contacts/search?q=zz")
    refused = ash.get("/contacts/search?q=zz")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert ash.get("/contacts/search").status_code == 200


def test_a_long_result_is_paged_and_ends_at_a_hundred(world, ash):
    with tenant_scope(world.birch.id):
        for number in range(130):
            row = Account(
                role="doctor",
                state="active",
                first_name=f"Nr{number}",
                last_name="Vieltreffer",
                email="v@example.org",
            )
            db.session.add(row)
            db.session.flush()
            profile = cards.get_profile(row.id)
            profile.findable = True
            db.session.add(profile)
            db.session.flush()
            cards.publish(row)
        db.session.commit()
    db.session.remove()
    pages = [
        ash.get("/contacts/search", query_string={"q": "vieltreffer", "page": n})
        for n in range(1, 6)
    ]
    found = [CARD.findall(page.text) for page in pages]
    assert [len(each) for each in found] == [25, 25, 25, 25, 0]
    assert len({card for page in found for card in page}) == 100
    assert "Mehr als 100 Treffer" in pages[0].text
    assert ash.finds("vieltreffer nr7")


@pytest.mark.requirement("PRO-3")
def test_a_request_is_seen_by_the_other_and_accepted(world, ash, birch, asked):
    assert len(rows()) == 2
    page = birch.get("/contacts").text
    assert "Ash Doctor" in page
    assert "Möchte Ihr Kontakt werden" in page
    assert birch.does("accept", contacts.ASKING).status_code == 200
    for one, other in ((ash, "Birch"), (birch, "Ash")):
        assert f"{other} Doctor" in one.get("/contacts/list").text
        assert one.contact(contacts.ACCEPTED)


@pytest.mark.requirement("PRO-3")
def test_asking_twice_is_asking_once_and_asking_back_is_accepting(ash, birch, asked):
    assert ash.asks(asked).status_code == 200
    assert len(rows()) == 2
    ash.is_findable()
    (card,) = birch.finds("ash")
    assert "Ihr Kontakt" in birch.asks(card).text
    assert ash.contact(contacts.ACCEPTED)


@pytest.mark.requirement("PRO-3")
@pytest.mark.parametrize("who", ["ash", "birch"])
@pytest.mark.parametrize("fixture", ["asked", "known"])
def test_either_side_ends_it_for_both(request, ash, birch, who, fixture):
    request.getfixturevalue(fixture)
    one = {"ash": ash, "birch": birch}[who]
    state = next(each for each in contacts.MIRRORED if one.contact(each))
    assert one.does("remove", state).status_code == 200
    assert rows() == []
    assert "Birch" not in ash.get("/contacts").text
    assert "Ash Doctor" not in birch.get("/contacts").text


@pytest.mark.requirement("PRO-3")
def test_a_removed_contact_sees_nothing_more(world, ash, birch, known):
    birch.is_findable(yes=False)
    Socket(world_app(), world.birch.tokens["doctor"])
    assert 'data-testid="signed-in"' in ash.get("/contacts/list").text
    birch.does("remove", contacts.ACCEPTED)
    page = ash.get("/contacts/list").text
    assert "Birch" not in page
    assert 'data-testid="signed-in"' not in page
    assert ash.asks(known).status_code == 404


def world_app():
    from flask import current_app

    return current_app._get_current_object()  # noqa: SLF001


@pytest.mark.requirement("PRO-3")
def test_only_contacts_learn_who_is_signed_in(world, clock, ash, birch, asked):
    socket = Socket(world_app(), world.birch.tokens["doctor"])
    assert 'data-testid="signed-in"' not in ash.get("/contacts/list").text
    birch.does("accept", contacts.ASKING)
    assert 'data-testid="signed-in"' in ash.get("/contacts/list").text
    # A page that is reloaded is away for a moment, and nobody reads of it.
    socket.close()
    assert 'data-testid="signed-in"' in ash.get("/contacts/list").text
    clock.move(timedelta(seconds=11))
    assert 'data-testid="signed-in"' not in ash.get("/contacts/list").text
    Socket(world_app(), world.birch.tokens["doctor"])
    clock.move(timedelta(seconds=46))
    assert 'data-testid="signed-in"' not in ash.get("/contacts/list").text


@pytest.mark.requirement("PRO-3")
def test_who_is_blocked_finds_nobody_there(ash, birch, known):
    birch.does("block", contacts.ACCEPTED)
    assert ash.finds("birch") == []
    assert ash.asks(known).status_code == 404
    assert "Birch" not in ash.get("/contacts").text
    barred = ash.contact(contacts.BARRED)
    for what in ("accept", "remove", "block"):
        assert ash.post(f"/contacts/{barred}/{what}").status_code == 404
    assert "Blockiert" in birch.get("/contacts").text
    birch.does("remove", contacts.BLOCKED)
    assert ash.finds("birch") == [known]
    assert rows() == []


def test_being_hidden_again_leaves_the_contacts_alone(ash, birch, known):
    birch.is_findable(yes=False)
    assert ash.finds("birch") == []
    assert "Birch Doctor" in ash.get("/contacts").text


@pytest.mark.requirement("TEN-4", "PRO-3")
def test_an_unverified_doctor_can_search_but_not_ask(world, birch):
    new = Doctor(world.ash, "unverified")
    (card,) = new.finds("birch")
    assert new.asks(card).status_code == 403
    assert rows() == []


def test_assistants_and_guests_have_no_contacts(world):
    for role in ("assistant", "projectadmin", "guest", "sales"):
        for path in ("/contacts", "/contacts/list", "/contacts/search?q=birch", "/contacts/badge"):
            assert Caller(world.ash.tokens[role]).get(path).status_code == 404


@pytest.mark.parametrize("org", ["ash", "birch"])
def test_erasing_one_account_erases_both_sides_and_the_card(world, known, org):
    one = getattr(world, org)
    with tenant_scope(one.id):
        gone = db.session.get(Account, (one.id, one.ids["doctor"]))
        db.session.delete(gone)
        db.session.commit()
    db.session.remove()
    assert rows() == []
    assert db.session.scalar(select(func.count()).where(Card.account_id == one.ids["doctor"])) == 0


def test_one_side_cannot_stand_without_the_other(world):
    org = world.ash
    with tenant_scope(org.id):
        kept = db.session.get_one(Contact, (org.id, org.ids["contact"]))
        cards_of_both = {"own_card_id": kept.own_card_id, "card_id": kept.card_id}
        db.session.delete(kept)
        db.session.flush()
        alone = Contact(
            account_id=org.ids["doctor"], state="accepted", changed_at=clock.now(), **cards_of_both
        )
        db.session.add(alone)
        db.session.flush()
        with pytest.raises(IntegrityError):
            db.session.commit()
        db.session.rollback()


def test_a_contact_of_somebody_else_is_not_found(world, ash, birch, known):
    theirs = birch.contact(contacts.ACCEPTED)
    for who in (ash, Doctor(world.ash, "unverified"), Doctor(world.birch, "unverified")):
        for what in ("accept", "remove", "block"):
            assert who.post(f"/contacts/{theirs}/{what}").status_code == 404
    assert len(rows()) == 2


def test_the_other_side_is_told_to_look_again_and_nothing_more(world, ash, birch):
    socket = Socket(world_app(), world.birch.tokens["doctor"])
    socket.heard()
    (card,) = ash.finds("birch")
    ash.asks(card)
    assert socket.heard("contact.changed") == [{}]
    assert "1" in birch.get("/contacts/badge").text


@pytest.mark.requirement("PRIV-11")
def test_what_was_done_stands_in_the_log_of_who_did_it(world, ash, birch, known):
    birch.does("block", contacts.ACCEPTED)
    birch.does("remove", contacts.BLOCKED)
    query = select(AuditEntry.code).where(AuditEntry.actor_id == birch.id)
    found = db.session.scalars(query.order_by(AuditEntry.number)).all()
    assert [code.rpartition(".")[2] for code in found if ".contact." in code] == [
        "accepted",
        "blocked",
        "removed",
    ]


def test_the_daily_job_drops_cards_that_nobody_needs(world, ash, birch, known):
    birch.is_findable(yes=False)
    birch.post(f"/contacts/{world.birch.ids['contact']}/remove")
    ash.does("remove", contacts.ACCEPTED)
    assert db.session.scalar(select(func.count()).where(Card.account_id == birch.id)) == 1
    contacts.forget(None)
    db.session.commit()
    kept = db.session.scalars(select(Card.account_id)).all()
    assert birch.id not in kept
    # Those of the same organisation who still know each other stay.
    assert world.ash.ids["colleague"] in kept
