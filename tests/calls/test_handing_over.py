"""A colleague comes into a running call, and the host hands it over: one host at any time."""

from __future__ import annotations

import re
from dataclasses import replace
from unittest.mock import patch

import pytest
from sqlalchemy import func, select

from portal import clock as the_clock
from portal.accounts.service import get_account
from portal.calls import group, service
from portal.calls.models import CallMember
from portal.extensions import db
from portal.profiles import cards, contacts, search
from portal.tenants.scope import new_id, tenant_scope
from tests.calls.test_direct import Doctor, know
from tests.calls.test_events import admit, arrives
from tests.calls.test_group import brings_in, call, companion, doctor, guest, leaves, roles

__all__ = ["call", "companion", "doctor", "guest"]


@pytest.fixture
def colleague(app, world, doctor):
    """Return another doctor of Ash; the two are contacts."""
    return Doctor(app, world.ash, "colleague")


@pytest.fixture
def invited(doctor, colleague, call):
    """Let the doctor ring the colleague into the call."""
    body = {"contact": doctor.contact_with(colleague), "call": call}
    return doctor.page.ask("contact.call", body)


@pytest.fixture
def together(colleague, invited, call):
    """Let the colleague answer and join; return their participant."""
    assert colleague.says("answer", invited["ring"])["call"] == call
    colleague.participant = colleague.joins(call)["participant"]
    return colleague.participant


@pytest.mark.requirement("CALL-3", "PRO-3")
def test_a_colleague_is_rung_into_the_running_call(world, doctor, colleague, call, together):
    assert doctor.page.heard("contact.answered")[0]["call"] == call
    assert roles(world, call)[colleague.id] == "colleague"
    assert f'data-active-call="{call}"' in colleague.http.get("/desk").text
    # Both are in a call now: nobody rings at them, and the colleague lets nobody in.
    assert admit(colleague.page, world)["code"] == "in_call"
    leaves(colleague.page, call)
    assert 'data-active-call=""' in colleague.http.get("/desk").text
    again = {"contact": doctor.contact_with(colleague), "call": call}
    assert "ring" in doctor.page.ask("contact.call", again)


@pytest.mark.requirement("CALL-3", "TEN-1")
def test_a_colleague_of_another_organisation_comes_in_and_gets_nothing_else(
    app, world, doctor, guest, call
):
    birch = Doctor(app, world.birch)
    birch.org_name = "Birch"
    know(doctor, birch)
    body = {"contact": doctor.contact_with(birch), "call": call}
    ring = doctor.page.ask("contact.call", body)["ring"]
    assert birch.says("answer", ring)["call"] == call
    joined = birch.joins(call)
    assert {each["role"] for each in joined["participants"]} == {"host", "guest"}
    assert f'data-active-call="{call}"' in birch.http.get("/desk").text
    # Not even the host can make somebody of another organisation lead a call of Ash.
    hand = {"call": call, "participant": joined["participant"]}
    assert doctor.page.ask("call.hand_over", hand)["code"] == "cannot_lead"
    visit = {"visit": world.ash.ids["visit"], "call": call, "role": "companion"}
    assert birch.page.ask("visit.bring_in", visit)["code"] == "not_found"
    assert doctor.page.ask("call.remove", hand) == {}
    assert birch.joins(call)["code"] == "not_joined"
    assert 'data-active-call=""' in birch.http.get("/desk").text


@pytest.mark.requirement("CALL-3")
def test_only_who_leads_a_call_that_has_room_rings_somebody_into_it(world, doctor, colleague, call):
    contact = colleague.contact_with(doctor)
    assert colleague.page.ask("contact.call", {"contact": contact, "call": call})["code"] == (
        "not_found"
    )
    with tenant_scope(world.ash.id):
        row = service.get_call(call)
        for _ in range(group.MOST - 2):
            service.let_in(row, "companion", new_id(), the_clock.now())
        db.session.commit()
    db.session.remove()
    mine = {"contact": doctor.contact_with(colleague), "call": call}
    assert doctor.page.ask("contact.call", mine)["code"] == "call_full"


@pytest.mark.requirement("CALL-3")
def test_an_invitation_is_void_when_the_call_is_over(doctor, colleague, call, invited):
    leaves(doctor.page, call)
    assert colleague.says("answer", invited["ring"])["code"] == "ring_over"


@pytest.mark.requirement("CALL-3")
def test_the_host_hands_the_call_over_and_may_go(world, doctor, guest, colleague, call, together):
    for page in (doctor.page, guest, colleague.page):
        page.heard()
    assert hand_over(doctor, call, together) == {}
    for page in (doctor.page, guest, colleague.page):
        assert page.heard("call.host") == [{"call": call, "participant": together}]
    found = roles(world, call)
    assert (found[doctor.id], found[colleague.id]) == ("colleague", "host")
    # Who handed over leads no more.
    assert hand_over(doctor, call, together)["code"] == "not_host"
    leaves(doctor.page, call)
    assert guest.heard("call.ended") == []
    # Free for the next guest, while the colleague is not.
    second = arrives(world, world.ash.ids["room"]).visit_id
    assert admit(doctor.page, world, visit=second)["role"] == "host"
    leaves(colleague.page, call)
    assert guest.heard("call.ended")[0]["reason"] == "host_left"


def hand_over(doctor, call, participant):
    return doctor.page.ask("call.hand_over", {"call": call, "participant": participant})


@pytest.mark.requirement("CALL-3")
@pytest.mark.parametrize("who", ["guest", "nobody", "gone"])
@pytest.mark.usefixtures("together")
def test_a_call_is_handed_to_a_colleague_in_it_and_to_nobody_else(
    world, doctor, guest, colleague, call, who
):
    joined = guest.ask("call.join", {"call": call, "session": guest.session})
    if who == "gone":
        leaves(colleague.page, call)
    taker = {"guest": joined["participant"], "nobody": new_id(), "gone": colleague.participant}[who]
    code = {"guest": "cannot_lead", "nobody": "not_joined", "gone": "not_joined"}[who]
    assert hand_over(doctor, call, taker)["code"] == code
    assert [role for role in roles(world, call).values() if role == "host"] == ["host"]
    assert roles(world, call)[doctor.id] == "host"


@pytest.mark.requirement("CALL-3")
def test_of_two_hand_overs_one_counts_and_one_host_remains(world, doctor, call, together):
    """The second finds that the giver leads no more, whatever its page had seen."""
    with tenant_scope(world.ash.id):
        (mine,) = [each.id for each in service.members(call) if each.subject_id == doctor.id]
        group.hand_over(call, mine, together)
        with pytest.raises(group.CannotLeadError):
            group.hand_over(call, mine, together)
        db.session.commit()
        leading = select(func.count()).where(
            CallMember.call_id == call, CallMember.role == "host", CallMember.left_at.is_(None)
        )
        assert db.session.scalar(leading) == 1
    db.session.remove()


def test_a_call_of_doctors_becomes_a_consultation_when_a_guest_is_brought_in(
    world, doctor, colleague, companion
):
    ring = doctor.calls(colleague)["ring"]
    colleague.says("answer", ring)
    doctor.joins(ring)
    brings_in(doctor, companion, ring, "guest")
    with tenant_scope(world.ash.id):
        assert service.get_call(ring).room_id == world.ash.ids["room"]
    db.session.remove()


CARD = re.compile(r'data-colleague="([0-9a-f]{32})"')


def findable(who, *, yes=True):
    who.http.post("/profile/findable", **({"findable": "1"} if yes else {}))


def found(doctor, q=""):
    path = "/calls/colleagues/search" if q else "/calls/colleagues"
    return doctor.http.get(path, query_string={"q": q}).text


@pytest.fixture
def stranger(app, world, doctor):
    """Return another doctor of Ash, findable, of a department, and nobody's contact."""
    with tenant_scope(world.ash.id):
        account = get_account(world.ash.ids["colleague"])
        account.department_id = world.ash.ids["department"]
        db.session.commit()
    db.session.remove()
    who = Doctor(app, world.ash, "colleague")
    who.org_name = "Kollege"
    doctor.http.post(f"/contacts/{doctor.contact_with(who)}/remove")
    findable(who)
    return who


@pytest.mark.requirement("CALL-3", "PRO-2")
def test_a_colleague_who_is_no_contact_is_found_and_rung_into_the_call(
    world, doctor, stranger, call
):
    for page in (found(doctor), found(doctor, "koll"), found(doctor, "doctor ash")):
        assert "Ash Kollege Doctor anrufen" in page
        assert '<span class="muted">Station</span>' in page
    (card,) = CARD.findall(found(doctor))
    rung = doctor.page.ask("colleague.call", {"card": card, "call": call})
    assert (rung["name"], rung["seconds"]) == ("Ash Kollege Doctor", 45)
    assert stranger.page.heard("contact.ringing")[0]["name"] == "Ash Doctor"
    assert stranger.says("answer", rung["ring"])["call"] == call
    assert stranger.joins(call)["role"] == "colleague"
    # Once out, nothing of it is left: they are still no contacts.
    leaves(stranger.page, call)
    assert stranger.joins(call)["code"] == "not_joined"
    with tenant_scope(world.ash.id):
        assert contacts.state_with(doctor.id, stranger.id) == ""
        # The card that the ring needed goes with the next cleaning.
        assert not cards.of_account(doctor.id).findable
        contacts.forget(the_clock.now())
        db.session.commit()
        assert cards.of_account(doctor.id) is None
    db.session.remove()


@pytest.mark.requirement("CALL-3", "PRO-2", "TEN-1")
def test_nobody_is_found_who_hides_has_blocked_or_is_of_another_organisation(
    app, world, doctor, stranger, call
):
    birch = Doctor(app, world.birch)
    birch.org_name = "Birch"
    know(doctor, birch)
    (card,) = CARD.findall(found(doctor))
    with tenant_scope(world.birch.id):
        theirs = cards.of_account(birch.id).id
    db.session.remove()
    assert "Niemand gefunden" in found(doctor, "birch")
    assert CARD.findall(found(doctor, "birch")) == []
    assert doctor.page.ask("colleague.call", {"card": theirs, "call": call})["code"] == "not_found"
    findable(stranger, yes=False)
    assert "niemand sonst zu finden" in found(doctor)
    assert doctor.page.ask("colleague.call", {"card": card, "call": call})["code"] == "not_found"
    findable(stranger)
    (card,) = CARD.findall(found(doctor))
    know(doctor, stranger)
    contact = stranger.contact_with(doctor)
    stranger.http.post(f"/contacts/{contact}/block")
    assert CARD.findall(found(doctor)) == []
    assert doctor.page.ask("colleague.call", {"card": card, "call": call})["code"] == "not_found"
    # Nor does who blocked somebody ring them.
    stranger.http.post(f"/contacts/{contact}/remove")
    know(doctor, stranger)
    doctor.http.post(f"/contacts/{doctor.contact_with(stranger)}/block")
    assert CARD.findall(found(doctor)) == []
    assert doctor.page.ask("colleague.call", {"card": card, "call": call})["code"] == "not_found"


@pytest.mark.requirement("CALL-3")
def test_only_the_host_rings_a_colleague_and_who_speaks_reads_of_it(world, doctor, stranger, call):
    (card,) = CARD.findall(found(doctor))
    # Somebody who is in no such call, and somebody who has no time.
    findable(doctor)
    (host,) = CARD.findall(found(stranger))
    assert stranger.page.ask("colleague.call", {"card": host, "call": call})["code"] == "not_found"
    second = arrives(world, world.ash.ids["room"]).visit_id
    assert admit(stranger.page, world, visit=second)["role"] == "host"
    assert doctor.page.ask("colleague.call", {"card": card, "call": call})["code"] == (
        "contact_busy"
    )
    assert stranger.page.heard("contact.missed") == [{"name": "Ash Doctor"}]


@pytest.mark.requirement("CALL-3")
@pytest.mark.usefixtures("together")
def test_who_is_in_the_call_and_does_not_lead_it_lets_nobody_in(world, doctor, colleague, call):
    findable(doctor)
    (card,) = CARD.findall(found(colleague))
    asked = colleague.page.ask("colleague.call", {"card": card, "call": call})
    assert asked["code"] == "not_host"
    contact = {"contact": colleague.contact_with(doctor), "call": call}
    assert colleague.page.ask("contact.call", contact)["code"] == "not_host"


def test_searching_for_colleagues_is_limited(doctor, stranger):
    assert "mindestens zwei Buchstaben" in found(doctor, "a")
    with patch.object(search, "SEARCHES", replace(search.SEARCHES, attempts=2)):
        found(doctor, "as")
        answer = doctor.http.get("/calls/colleagues/search", query_string={"q": "as"})
    assert answer.status_code == 429
