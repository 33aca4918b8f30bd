"""A guest brings a companion with a code of their own: who may, how many, what becomes of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.language import ZONE
from portal.rights import guests as rights
from portal.statistics.models import StatisticEvent
from portal.tenants.scope import tenant_scope
from portal.waitingroom import access, codes, companions, guests, visits
from portal.waitingroom.models import AccessCode, CodeIndex, Visit
from tests.world import Caller, make_code

PATH = "/visit/companions"


@pytest.fixture
def scope(world):
    with tenant_scope(world.ash.id):
        yield
    db.session.remove()


def theirs(world):
    """Return the codes of the companions of Ash's guest."""
    db.session.remove()
    found = access.companions(world.ash.ids["code"])
    db.session.remove()
    return found


def own(world):
    """Return the code of Ash's guest."""
    found = access.get_plain(world.ash.ids["code"])
    db.session.remove()
    return found


def comes(code):
    """Let a companion come in; return the token and the visit."""
    entered = guests.enter(code.id, guests.Arrival("Jan Beispiel", "de"), now=clock.now())
    db.session.commit()
    return entered


@pytest.mark.requirement("CALL-3")
def test_a_guest_gets_one_code_however_often_they_press(world, scope):
    guest = world.caller("guest")
    first, again = guest.post(PATH), guest.post(PATH, number="1")
    (code,) = theirs(world)
    assert first.status_code == again.status_code == 200
    assert first.text == again.text
    assert codes.written(code.code) in first.text
    assert "<svg" in first.text
    assert code.uses == "single"
    assert code.room_id == world.ash.ids["room"]
    guests_own = own(world)
    assert code.valid_until <= guests_own.valid_until
    assert code.valid_until.astimezone(ZONE).date() == clock.now().astimezone(ZONE).date()
    assert code.delete_after == guests_own.delete_after


@pytest.mark.requirement("CALL-3")
def test_two_at_most_are_open_and_a_used_one_leaves_its_place(world, scope):
    guest = world.caller("guest")
    for _again in range(3):
        assert guest.post(PATH, number="2").status_code == 200
    first, second = theirs(world)
    assert guest.post(PATH, number="3").status_code == 422
    access.note_use(first.id, now=clock.now())
    db.session.commit()
    assert codes.written(first.code) not in guest.post(PATH, number="2").text
    assert len(theirs(world)) == 3
    assert codes.written(second.code) in guest.post(PATH).text


@pytest.mark.requirement("CALL-3")
def test_nobody_makes_codes_without_end(world, scope):
    guest = world.caller("guest")
    for _each in range(companions.MADE.attempts):
        assert guest.post(PATH).status_code == 200
        access.note_use(theirs(world)[-1].id, now=clock.now())
        db.session.commit()
    refused = guest.post(PATH)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"]
    assert len(theirs(world)) == companions.MADE.attempts


def expire(visit_id, *, now):
    visits.move(visit_id, visits.EXPIRED, ended_at=now)


@pytest.mark.requirement("CALL-3")
@pytest.mark.parametrize("how", [visits.decline, visits.leave, expire])
def test_after_the_visit_nobody_is_brought(world, scope, how):
    told = ("Heute nicht",) if how is visits.decline else ()
    how(world.ash.ids["visit"], *told, now=clock.now())
    db.session.commit()
    guest = world.caller("guest")
    assert "companion-waiting" not in guest.get("/visit").text
    answer = guest.post(PATH)
    assert answer.status_code in {401, 409}
    assert theirs(world) == []


@pytest.mark.requirement("CALL-3")
def test_in_the_call_a_guest_brings_somebody_too(world, scope):
    doctor = world.ash.ids["doctor"]
    visits.admit(world.ash.ids["visit"], account_id=doctor, call_id="0" * 32)
    access.note_use(world.ash.ids["code"], now=clock.now())
    db.session.commit()
    assert "companion-call" in world.caller("guest").get("/visit").text
    assert world.caller("guest").post(PATH).status_code == 200


@pytest.mark.requirement("CALL-3")
def test_a_companion_brings_nobody_and_learns_nothing_of_the_guest(world, scope):
    world.caller("guest").post(PATH)
    (code,) = theirs(world)
    name = "Quirin Zander"
    access.hold(world.ash.ids["code"]).guest_name = name
    guests.get_visit(world.ash.ids["visit"]).name = name
    companion = Caller(comes(code).token)
    page = companion.get("/visit").text
    assert "companion-waiting" not in page
    seen = [
        page,
        companion.get("/visit/status").text,
        Caller().post("/entry/code", code=code.code).text,
        Caller().post("/easy/code", code=code.code).text,
        Caller().post("/my-data", code=code.code).text,
    ]
    assert not [each for each in seen if name in each]
    assert companion.post(PATH).json["error"]["code"] == "no_companion"
    assert access.companions(code.id) == []


@pytest.mark.requirement("CALL-3")
def test_the_desk_says_whose_companion_waits(world, scope):
    world.caller("guest").post(PATH)
    (code,) = theirs(world)
    comes(code)
    visit = guests.get_visit(world.ash.ids["visit"])
    visit.name = "Erika Muster"
    db.session.commit()
    db.session.remove()
    queue = world.caller("doctor").get("/desk/queue").text
    assert queue.count("Begleitung von Erika Muster") == 1
    assert queue.count("Allein hereinbitten") == 1
    assert queue.count('<option value="companion" selected>') == 1
    listed = world.caller("doctor").get("/desk/codes").text
    assert "Begleitung von Gast" in listed


@pytest.mark.requirement("WR-4")
def test_a_companion_waits_on_when_the_guest_is_declined(world, scope):
    world.caller("guest").post(PATH)
    entered = comes(theirs(world)[0])
    path = f"/desk/visits/{world.ash.ids['visit']}/decline"
    assert world.caller("doctor").post(path, text="Morgen").status_code == 204
    db.session.remove()
    assert guests.get_visit(entered.visit_id).state == visits.WAITING
    db.session.remove()
    assert "Begleitung von Gast" in world.caller("doctor").get("/desk/queue").text


@pytest.mark.requirement("CALL-3")
@pytest.mark.parametrize("by", ["practice", "guest"])
def test_the_codes_of_companions_go_with_the_guests(world, scope, by):
    world.caller("guest").post(PATH, number="2")
    first, second = theirs(world)
    gone = [first.id, second.id]
    entered = comes(first)
    if by == "practice":
        path = f"/desk/codes/{world.ash.ids['code']}/delete"
        assert world.caller("doctor").post(path).status_code == 200
    else:
        row = access.get_plain(world.ash.ids["code"])
        told = rights.erase(row, withdrawn=False, now=clock.now())
        assert (entered.visit_id, world.ash.ids["room"]) in told.visits
        db.session.commit()
    db.session.remove()
    assert not db.session.scalars(select(AccessCode).where(AccessCode.id.in_(gone))).all()
    assert not db.session.scalars(select(CodeIndex).where(CodeIndex.code_id.in_(gone))).all()
    assert not db.session.scalars(select(Visit).where(Visit.id == entered.visit_id)).all()
    db.session.remove()
    assert Caller(entered.token).get("/visit/status").status_code in {401, 404}


@pytest.mark.requirement("CALL-3")
def test_a_code_holds_no_longer_than_the_guests(world, scope):
    code = make_code(world.ash.ids["doctor"], world.ash.ids["room"])
    code.valid_until = clock.now() + timedelta(minutes=10)
    entered = guests.enter(code.id, guests.Arrival("Erika Muster", "de"), now=clock.now())
    db.session.commit()
    (made,) = companions.invite(guests.get_visit(entered.visit_id), 1, now=clock.now())
    assert made.valid_until == code.valid_until
    db.session.commit()
    late: datetime = clock.now() + timedelta(minutes=11)
    with pytest.raises(access.CodeExpiredError):
        companions.invite(guests.get_visit(entered.visit_id), 1, now=late)
    with pytest.raises(access.CodeExpiredError):
        guests.enter(made.id, guests.Arrival("Jan Beispiel", "de"), now=late)


def test_the_statistics_count_the_codes_of_the_practice_alone(world, scope):
    before = len(db.session.scalars(select(StatisticEvent)).all())
    db.session.remove()
    world.caller("guest").post(PATH)
    assert len(db.session.scalars(select(StatisticEvent)).all()) == before
