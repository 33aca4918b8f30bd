"""Doctors call each other: ring, answer, decline, give up; across organisations and no further."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock as the_clock
from portal.accounts.models import Account
from portal.calls import rings, service
from portal.calls.models import Call, CallMember, Ring
from portal.extensions import db
from portal.profiles import contacts
from portal.tenants.scope import across_tenants, new_id, tenant_scope
from tests.calls.test_events import CANDIDATE, OFFER, admit
from tests.deleting import deleted
from tests.profiles.test_contacts import CARD
from tests.sockets import Socket
from tests.world import CANARY, Caller


class Doctor:
    """A doctor with an open page."""

    def __init__(self, app, org, who="doctor"):
        self.app, self.org, self.who = app, org, who
        self.id = org.ids[who]
        self.http = Caller(org.tokens[who])
        self.page = Socket(app, org.tokens[who])

    def contact_with(self, other):
        """Return the id of this doctor's contact with another."""
        with tenant_scope(self.org.id):
            found = contacts.contact_query(self.id, (contacts.ACCEPTED,))
            ids = [c.id for c, card in db.session.execute(found) if card.account_id == other.id]
        db.session.remove()
        return ids[0]

    def calls(self, other):
        return self.page.ask("contact.call", {"contact": self.contact_with(other)})

    def says(self, what, ring):
        return self.page.ask(f"contact.{what}", {"ring": ring})

    def joins(self, call):
        return self.page.ask("call.join", {"call": call, "session": self.page.session})


def know(one, other):
    """Let two doctors become contacts as people do."""
    other.http.post("/profile/findable", findable="1")
    found = one.http.get("/contacts/search", query_string={"q": f"{other.org_name} doctor"})
    (card,) = CARD.findall(found.text)
    one.http.post("/contacts/requests", card=card)
    with tenant_scope(other.org.id):
        query = contacts.contact_query(other.id, (contacts.ASKING,))
        ((row, _card),) = db.session.execute(query).all()
        asking = row.id
    db.session.remove()
    assert other.http.post(f"/contacts/{asking}/accept").status_code == 200


@pytest.fixture
def ash(app, world):
    return Doctor(app, world.ash)


@pytest.fixture
def birch(app, world, ash):
    """Return the doctor of another organisation whom Ash's doctor knows."""
    doctor = Doctor(app, world.birch)
    doctor.org_name = "Birch"
    know(ash, doctor)
    for one in (ash, doctor):
        one.page.heard()
    return doctor


@pytest.fixture
def colleague(app, world):
    return Doctor(app, world.ash, "colleague")


@pytest.fixture
def ring(ash, birch):
    return ash.calls(birch)["ring"]


@pytest.fixture
def call(ash, birch, ring):
    """Let Birch answer Ash; both have joined."""
    assert birch.says("answer", ring)["call"] == ring
    ash.joins(ring)
    birch.joins(ring)
    return ring


def open_rings():
    found = db.session.scalars(select(Ring.id).where(Ring.ended_at.is_(None))).all()
    db.session.rollback()
    return found


@pytest.mark.requirement("PRO-3")
def test_it_rings_at_the_contact_with_the_callers_name(ash, birch):
    said = ash.calls(birch)
    assert said["seconds"] == 45
    assert said["name"].startswith("Birch Doctor")
    (heard,) = birch.page.heard("contact.ringing")
    assert heard == {"ring": said["ring"], "name": "Ash Doctor", "seconds": 45}
    assert ash.page.heard("contact.ringing") == []


@pytest.mark.requirement("PRO-3", "CALL-3")
def test_answering_brings_both_into_one_call_with_one_host(ash, birch, call):
    assert [body["call"] for body in ash.page.heard("contact.answered")] == [call]
    with tenant_scope(ash.org.id):
        found = {m.subject_id: m.role for m in service.members(call)}
    db.session.remove()
    assert found == {ash.id: "host", birch.id: "colleague"}
    joined = birch.joins(call)
    assert [(each["role"], each["name"]) for each in joined["participants"]] == [
        ("host", "Ash Doctor")
    ]


@pytest.mark.requirement("PRO-3")
def test_the_two_pass_on_descriptions_and_candidates_across_organisations(ash, birch, call):
    mine, theirs = ash.joins(call), birch.joins(call)
    for page in (ash.page, birch.page):
        page.heard()
    body = {"call": call, "to": mine["participant"], "session": birch.page.session}
    assert birch.page.ask("call.description", {**body, "description": OFFER}) == {}
    assert birch.page.ask("call.candidate", {**body, "candidate": CANDIDATE}) == {}
    assert [each["from"] for each in ash.page.heard("call.description")] == [theirs["participant"]]
    back = {"call": call, "to": theirs["participant"], "session": ash.page.session}
    assert ash.page.ask("call.description", {**back, "description": OFFER}) == {}
    assert len(birch.page.heard("call.description")) == 1


@pytest.mark.requirement("PRO-3")
def test_the_call_belongs_to_the_caller_and_leaves_nothing_with_the_other(ash, birch, call):
    with across_tenants("The test looks into both organisations."):
        homes = set(db.session.scalars(select(Call.organisation_id)))
        members = set(db.session.scalars(select(CallMember.organisation_id)))
    db.session.remove()
    assert homes == members == {ash.org.id}


@pytest.mark.requirement("TEN-1")
def test_being_in_a_call_of_ash_opens_nothing_else_of_ash(app, world, ash, birch, call):
    """A foreign visit, code and call answer as unknown ones do, also while the two talk."""
    visit = {"visit": world.ash.ids["visit"], "session": birch.page.session, "description": None}
    assert birch.page.ask("visit.admit", visit)["code"] == "not_found"
    assert birch.http.get(f"/desk/visits/{world.ash.ids['visit']}").status_code == 404
    assert birch.http.post(f"/desk/codes/{world.ash.ids['code']}/delete").status_code == 404
    assert CANARY not in str(ash.page.heard()).replace(f"Birch Doctor {CANARY}", "")
    colleague = Doctor(app, world.ash, "colleague")
    assert colleague.joins(call)["code"] == "not_joined"


@pytest.mark.requirement("PRO-3")
@pytest.mark.parametrize("who", ["ash", "birch"])
def test_hanging_up_ends_it_for_both_and_both_are_free_again(ash, birch, call, who):
    one = {"ash": ash, "birch": birch}[who]
    other = birch if one is ash else ash
    assert one.page.ask("call.leave", {"call": call}) == {}
    reason = {"ash": "host_left", "birch": "alone"}[who]
    assert other.page.heard("call.ended")[-1]["reason"] == reason
    assert other.joins(call)["code"] == "not_joined"
    assert open_rings() == []
    assert "ring" in birch.calls(ash)


@pytest.mark.requirement("CALL-17", "PRO-3")
def test_both_read_the_summary_and_nobody_else(world, ash, birch, colleague, call):
    ash.page.ask("call.leave", {"call": call})
    for one in (ash, birch):
        page = one.http.get(f"/calls/{call}/summary")
        assert page.status_code == 200
        assert "Ash Doctor" in page.text
        assert "Birch Doctor" in page.text
        assert "after-call-step" not in page.text
    assert colleague.http.get(f"/calls/{call}/summary").status_code == 404


@pytest.mark.requirement("CALL-11", "PRO-3")
def test_who_reloads_finds_the_call_on_the_desk(app, ash, birch, call):
    for one in (ash, birch):
        assert f'data-active-call="{call}"' in one.http.get("/desk").text
        again = Socket(app, one.org.tokens["doctor"])
        assert again.ask("call.join", {"call": call, "session": again.session})["participants"]


def test_the_first_picture_is_noted_once(ash, birch, call):
    assert birch.page.ask("visit.connected", {"call": call}) == {}
    with tenant_scope(ash.org.id):
        assert service.get_call(call).connected_at
    db.session.remove()


@pytest.mark.requirement("PRO-3")
def test_declining_is_told_and_leaves_nothing(ash, birch, ring):
    assert birch.says("decline", ring) == {}
    (over,) = ash.page.heard("contact.over")
    assert over["reason"] == "declined"
    assert over["name"].startswith("Birch Doctor")
    assert open_rings() == []
    assert birch.says("answer", ring)["code"] == "not_found"


@pytest.mark.requirement("PRO-3")
def test_giving_up_is_told(ash, birch, ring):
    assert ash.says("cancel", ring) == {}
    assert birch.page.heard("contact.over")[0]["reason"] == "cancelled"
    assert birch.says("answer", ring)["code"] == "not_found"


@pytest.mark.requirement("PRO-3")
@pytest.mark.parametrize("what", ["remove", "block"])
@pytest.mark.parametrize("who", ["ash", "birch"])
def test_who_is_a_contact_no_more_rings_no_more(ash, birch, ring, who, what):
    one, other = (ash, birch) if who == "ash" else (birch, ash)
    assert one.http.post(f"/contacts/{one.contact_with(other)}/{what}").status_code == 200
    for each in (ash, birch):
        assert [over["ring"] for over in each.page.heard("contact.over")] == [ring]
    assert open_rings() == []
    assert birch.says("answer", ring)["code"] == "not_found"


def test_a_ring_of_one_who_blocks_in_the_same_moment_is_not_answered(ash, birch, ring):
    with tenant_scope(ash.org.id):
        contacts.block(ash.contact_with(birch), ash.id, now=the_clock.now())
        db.session.commit()
    db.session.remove()
    assert birch.says("answer", ring)["code"] == "ring_over"
    assert ash.joins(ring)["code"] == "not_joined"


@pytest.mark.requirement("PRO-3")
def test_after_45_seconds_it_rings_no_more_even_if_no_job_ran(app, clock, ash, birch, ring):
    clock.move(timedelta(seconds=45))
    assert birch.says("answer", ring)["code"] == "ring_over"
    from portal.sockets import present

    with app.app_context():
        present()
    for one in (ash, birch):
        assert one.page.heard("contact.over")[0]["reason"] == "timeout"
    assert open_rings() == []


def test_a_ring_that_ran_out_holds_nobody_up(clock, ash, birch, ring):
    clock.move(timedelta(seconds=46))
    Socket(ash.app, birch.org.tokens["doctor"])
    assert "ring" in ash.calls(birch)


@pytest.mark.requirement("PRO-3")
def test_two_who_call_each_other_get_one_call(ash, birch, ring):
    said = birch.calls(ash)
    assert said["call"] == ring
    assert ash.page.heard("contact.answered")[0]["call"] == ring
    assert len(open_rings()) == 1


@pytest.mark.requirement("PRO-3")
def test_two_rings_between_the_same_two_cannot_both_begin(ash, birch, ring):
    kept = db.session.get(Ring, ring)
    both = (kept.callee_card_id, kept.caller_card_id)
    assert rings.begin(*both, now=the_clock.now()) is None
    db.session.rollback()


@pytest.mark.requirement("PRO-3", "WR-6")
def test_who_is_in_a_call_is_busy_hears_no_ring_and_reads_of_it(app, world, ash, birch):
    admit(birch.page, world, visit=world.birch.ids["visit"])
    birch.page.heard()
    said = ash.calls(birch)
    assert said["code"] == "contact_busy"
    assert "ist gerade im Gespräch" in said["message"]
    heard = [each for each in birch.page.heard() if each["type"].startswith("contact.")]
    assert heard == [{"type": "contact.missed", "contact.missed": {"name": "Ash Doctor"}}]
    assert open_rings() == []


def test_a_third_who_calls_finds_both_busy(app, world, ash, birch, colleague, call):
    assert colleague.calls(ash)["code"] == "contact_busy"
    assert ash.calls(colleague)["code"] == "in_call"


def test_a_doctor_in_a_call_with_a_colleague_admits_nobody(world, ash, call):
    assert admit(ash.page, world)["code"] == "in_call"


def test_a_doctor_in_a_call_with_a_guest_calls_and_answers_nobody(world, ash, birch):
    ring = birch.calls(ash)["ring"]
    admit(ash.page, world)
    assert ash.says("answer", ring)["code"] == "in_call"
    birch.says("cancel", ring)
    assert ash.calls(birch)["code"] == "in_call"


@pytest.mark.requirement("PRO-3")
def test_who_is_not_signed_in_cannot_be_called(clock, ash, birch):
    contact = ash.contact_with(birch)
    birch.page.close()
    clock.move(timedelta(seconds=11))
    said = ash.page.ask("contact.call", {"contact": contact})
    assert said["code"] == "contact_away"
    assert open_rings() == []


@pytest.mark.requirement("PRO-3")
def test_only_an_accepted_contact_can_be_called(world, ash, birch):
    contact = ash.contact_with(birch)
    assert birch.page.ask("contact.call", {"contact": contact})["code"] == "not_found"
    assert ash.page.ask("contact.call", {"contact": new_id()})["code"] == "not_found"
    ash.http.post(f"/contacts/{contact}/remove")
    assert ash.page.ask("contact.call", {"contact": contact})["code"] == "not_found"


@pytest.mark.parametrize("what", ["answer", "decline", "cancel"])
def test_a_ring_of_others_is_answered_like_one_that_does_not_exist(colleague, ash, ring, what):
    foreign, unknown = colleague.says(what, ring), colleague.says(what, new_id())
    assert foreign == unknown
    assert foreign["code"] == "not_found"
    if what != "cancel":
        assert ash.says(what, ring)["code"] == "not_found"


def test_answering_twice_and_giving_up_late_are_told(ash, birch, ring):
    birch.says("answer", ring)
    assert birch.says("answer", ring)["code"] == "in_call"
    assert ash.says("cancel", ring)["code"] == "ring_over"


def test_a_page_that_opens_while_it_rings_hears_it(app, birch, ring):
    later = Socket(app, birch.org.tokens["doctor"])
    assert later.heard("contact.ringing")[0]["ring"] == ring


@pytest.mark.requirement("PRO-3")
@pytest.mark.parametrize("org", ["ash", "birch"])
def test_erasing_either_doctor_erases_the_ring(world, call, org):
    one = getattr(world, org)
    with tenant_scope(one.id):
        db.session.delete(db.session.get(Account, (one.id, one.ids["doctor"])))
        db.session.commit()
    db.session.remove()
    assert db.session.scalars(select(Ring)).all() == []


def test_rings_are_gone_a_day_after_the_call(clock, ash, call):
    ash.page.ask("call.leave", {"call": call})
    clock.move(timedelta(days=1, seconds=1))
    assert deleted("ring", the_clock.now()) == 1
    db.session.commit()
    assert db.session.scalars(select(Ring)).all() == []


def test_a_call_that_nobody_hung_up_is_over_after_half_a_day(clock, ash, call):
    clock.move(timedelta(hours=12, seconds=1))
    rings.close_abandoned(the_clock.now())
    db.session.commit()
    assert open_rings() == []
