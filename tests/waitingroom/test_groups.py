"""Waiting rooms of groups: what guests read and agree to, and what the desk offers."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal import clock as the_clock
from portal.accounts.service import get_account
from portal.extensions import db
from portal.privacy import consent
from portal.privacy.models import Consent
from portal.rights import guests as rights
from portal.tenants.scope import tenant_scope
from portal.waitingroom import guests, rooms, visits
from portal.waitingroom.models import AccessCode
from tests.sockets import Socket
from tests.world import Caller, make_code

pytestmark = pytest.mark.requirement("WR-1")
DOORS = [("/entry/code", "/entry/visits"), ("/easy/code", "/easy/visits")]


def become(world, kind):
    with tenant_scope(world.ash.id):
        rooms.get_room(world.ash.ids["room"]).kind = kind
        db.session.commit()
    db.session.remove()


@pytest.fixture
def group(world):
    """Let the room in which Ash's guest waits be that of a group from now on."""
    become(world, "group")


def code_for(world, name):
    with tenant_scope(world.ash.id):
        row = make_code(world.ash.ids["doctor"], world.ash.ids["room"], name)
        db.session.commit()
        code = row.code
    db.session.remove()
    return code


def enter(code, name, path="/entry/visits", *, group=True):
    version, _text = consent.guest_consent("de", group=group)
    form = {"code": code, "name": name, "consent": "1", "consent_version": version}
    return Caller().post(path, **form)


def comes(world, name):
    answer = enter(code_for(world, name), name)
    assert answer.status_code == 201, answer.text
    return answer.json["visit"], Caller(answer.json["token"])


def agreed(world, visit):
    query = select(Consent).where(Consent.subject_id == visit)
    with tenant_scope(world.ash.id):
        found = {row.text_id: row.withdrawn_at is None for row in db.session.scalars(query)}
    db.session.remove()
    return found


@pytest.mark.usefixtures("group")
@pytest.mark.parametrize(("step", "door"), DOORS)
def test_a_guest_reads_before_agreeing_that_others_see_hear_and_name_them(world, step, door):
    code = code_for(world, "Erika Muster")
    page = Caller().post(step, code=code).text
    _version, text = consent.guest_consent("de", group=True)
    assert text in page
    assert page.index("Die anderen sehen und hören Sie") < page.index(text)
    assert "Nur die Praxis sieht Ihren Namen" not in page
    # The words for a talk between two open no group, nor the other way round.
    assert enter(code, "Erika Muster", door, group=False).status_code == 422
    entered = enter(code, "Erika Muster", door)
    assert agreed(world, entered.json["visit"]) == {consent.GUEST: True, consent.GROUP: True}
    become(world, "personal")
    assert enter(code_for(world, "Jan Beispiel"), "Jan Beispiel", door).status_code == 422


@pytest.mark.usefixtures("group")
def test_who_waits_reads_the_own_name_and_nobody_elses(world):
    _visit, erika = comes(world, "Erika Muster")
    _visit, jan = comes(world, "Jan Beispiel")
    for page, own, other in ((erika, "Erika Muster", "Jan"), (jan, "Jan Beispiel", "Erika")):
        for path in ("/visit", "/visit/status"):
            shown = page.get(path).text
            assert f"lesen Ihren Namen: {own}." in shown
            assert other not in shown


def test_the_desk_offers_a_group_those_who_agreed_to_one(world):
    desk = world.caller("doctor")
    assert 'data-testid="group"' not in desk.get("/desk").text
    become(world, "group")
    visit, _page = comes(world, "Erika Muster")
    page = desk.get("/desk").text
    assert 'data-testid="group"' in page
    # The guest who came before was never asked.
    assert page.count("data-pick>") == 1
    assert f'id="pick-{visit}"' in page
    assert (page.count("data-joins"), page.count('value="guest"')) == (1, 1)
    assert "Hat der Gruppe nicht zugestimmt." in desk.get(f"/desk/visits/{first(world)}").text
    assert "data-pick>" not in world.caller("assistant").get("/desk").text


def first(world):
    return world.ash.ids["visit"]


@pytest.mark.requirement("WR-4")
def test_only_who_agreed_to_a_group_is_sent_into_its_waiting_room(world, group):
    with tenant_scope(world.ash.id):
        other = rooms.save(None, {"name": "Abendgruppe", "kind": "group"}, now=the_clock.now())
        rooms.let_in(other, get_account(world.ash.ids["doctor"]), now=the_clock.now())
        db.session.commit()
        to = other.id
    db.session.remove()
    agreeing, _page = comes(world, "Erika Muster")
    desk = world.caller("doctor")
    for visit, offered, status in ((first(world), False, 409), (agreeing, True, 204)):
        page = desk.get(f"/desk/visits/{visit}/destinations").text
        assert ("Abendgruppe" in page) is offered
        assert desk.post(f"/desk/visits/{visit}/move", room=to).status_code == status


@pytest.mark.usefixtures("group")
def test_who_comes_late_reads_that_the_group_has_begun(app, world):
    visit, _page = comes(world, "Erika Muster")
    doctor = Socket(app, world.ash.tokens["doctor"])
    body = {"visit": visit, "session": doctor.session, "description": None}
    call = doctor.ask("visit.admit", body)["call"]
    late, page = comes(world, "Jan Beispiel")
    assert "Die Gruppe hat schon begonnen" in page.get("/visit/status").text
    brought = {"visit": late, "call": call, "role": "guest"}
    # A refusal that was taken back: the guest waits again, and comes in like all others.
    desk = world.caller("doctor")
    assert desk.post(f"/desk/visits/{late}/decline", text="").status_code == 204
    assert doctor.ask("visit.bring_in", brought)["code"] == "not_waiting"
    assert desk.post(f"/desk/visits/{late}/put-back").status_code == 200
    assert doctor.ask("visit.bring_in", brought)["visit"] == late
    # A colleague at the other desk is told who has this group.
    colleague = Socket(app, world.ash.tokens["colleague"])
    refused = colleague.ask("visit.admit", {**body, "session": colleague.session})
    assert (refused["code"], refused["details"]["by"]) == ("already_admitted", "Ash Doctor")
    with tenant_scope(world.ash.id):
        assert {guests.get_visit(each).state for each in (visit, late)} == {visits.ADMITTED}
    db.session.remove()


@pytest.mark.usefixtures("group")
@pytest.mark.parametrize("unasked", ["waits", "talks"])
def test_nobody_comes_together_with_a_guest_who_agreed_to_no_group(app, world, unasked):
    agreeing, _page = comes(world, "Erika Muster")
    pair = (agreeing, first(world)) if unasked == "waits" else (first(world), agreeing)
    doctor = Socket(app, world.ash.tokens["doctor"])
    body = {"visit": pair[0], "session": doctor.session, "description": None}
    brought = {"visit": pair[1], "call": doctor.ask("visit.admit", body)["call"]}
    assert doctor.ask("visit.bring_in", {**brought, "role": "guest"})["code"] == "group_room"
    # Who came for one guest is none of the group.
    assert doctor.ask("visit.bring_in", {**brought, "role": "companion"})["visit"] == pair[1]
    # And does not keep out others who agreed, nor let them in where the guest did not.
    late, _page = comes(world, "Jan Beispiel")
    answer = doctor.ask("visit.bring_in", {**brought, "visit": late, "role": "guest"})
    assert ("visit" in answer) is (unasked == "waits")


@pytest.mark.usefixtures("group")
@pytest.mark.parametrize("began", ["group", "alone"])
def test_a_guest_of_a_room_without_a_group_is_asked_too(app, world, began):
    agreeing, _page = comes(world, "Erika Muster")
    with tenant_scope(world.ash.id):
        own = rooms.save(None, {"name": "Ohne Gruppe", "kind": "shared"}, now=the_clock.now())
        rooms.let_in(own, get_account(world.ash.ids["doctor"]), now=the_clock.now())
        guests.get_visit(first(world)).room_id = own.id
        db.session.commit()
    db.session.remove()
    pair = (agreeing, first(world)) if began == "group" else (first(world), agreeing)
    doctor = Socket(app, world.ash.tokens["doctor"])
    body = {"visit": pair[0], "session": doctor.session, "description": None}
    brought = {"visit": pair[1], "call": doctor.ask("visit.admit", body)["call"]}
    assert doctor.ask("visit.bring_in", {**brought, "role": "guest"})["code"] == "group_room"
    assert doctor.ask("visit.bring_in", {**brought, "role": "companion"})["visit"] == pair[1]


@pytest.mark.usefixtures("group")
@pytest.mark.requirement("PRIV-6")
def test_who_withdraws_withdraws_both(world):
    visit, _page = comes(world, "Erika Muster")
    with tenant_scope(world.ash.id):
        row = db.session.get_one(AccessCode, (world.ash.id, guests.get_visit(visit).code_id))
        rights.erase(row, withdrawn=True, now=the_clock.now())
        db.session.commit()
    db.session.remove()
    assert agreed(world, visit) == {consent.GUEST: False, consent.GROUP: False}
