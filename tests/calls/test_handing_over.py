"""A colleague comes into a running call, and the host hands it over: one host at any time."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from portal import clock as the_clock
from portal.calls import group, service
from portal.calls.models import CallMember
from portal.extensions import db
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
