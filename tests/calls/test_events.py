"""Admission and signalling on the socket: who may, who hears of it, and what a stranger learns."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal import clock
from portal.calls.events import REPORTS
from portal.extensions import db
from portal.sockets import HANDLERS
from portal.statistics.models import StatisticEvent
from portal.tenants.scope import new_id, tenant_scope
from portal.waitingroom import guests
from tests.sockets import Socket
from tests.world import CANARY, make_code

FINGERPRINT = ":".join(["AB"] * 32)
SDP = (
    "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
    f"a=fingerprint:sha-256 {FINGERPRINT}\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n"
    "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n"
    "a=rtpmap:111 opus/48000/2\r\n"
)
OFFER = {"type": "offer", "sdp": SDP}
CANDIDATE = {
    "candidate": "candidate:1 1 udp 2122260223 127.0.0.1 50000 typ host",
    "sdpMid": "0",
    "sdpMLineIndex": 0,
    "usernameFragment": "abcd",
}


@pytest.fixture
def doctor(app, world):
    return Socket(app, world.ash.tokens["doctor"])


@pytest.fixture
def guest(app, world):
    return Socket(app, world.ash.tokens["guest"])


def admit(doctor, world, **body):
    wanted = {"visit": world.ash.ids["visit"], "session": doctor.session, "description": OFFER}
    return doctor.ask("visit.admit", {**wanted, **body})


@pytest.mark.requirement("WR-4")
def test_admission_brings_the_offer_to_the_guest_in_one_message(world, doctor, guest):
    answer = admit(doctor, world)
    (told,) = guest.heard("visit.admitted")
    assert told["description"] == OFFER
    assert told["call"] == answer["call"]
    assert told["host"]["participant"] == answer["participant"]
    assert answer["guest"]["participant"] == told["participant"]
    assert answer["guest"]["name"] == "Gast"


@pytest.mark.requirement("WR-4")
def test_the_second_doctor_is_told_who_was_faster(app, world, doctor):
    colleague = Socket(app, world.ash.tokens["colleague"])
    admit(doctor, world)
    refused = admit(colleague, world)
    assert refused["code"] == "already_admitted"
    assert refused["details"]["by"] == "Ash Doctor"


@pytest.mark.requirement("ADM-5")
@pytest.mark.parametrize("role", ["assistant", "projectadmin", "sales", "support", "operator"])
def test_nobody_but_a_doctor_can_admit_or_join(app, world, role, doctor):
    token = world.operator if role == "operator" else world.ash.tokens[role]
    outsider = Socket(app, token)
    call = admit(doctor, world)["call"]
    for kind, body in every_message(world, call).items():
        if kind == "visit.devices":
            continue
        assert outsider.ask(kind, body)["code"] == "not_found", kind


CONNECTION = {
    "media": "video",
    "path": "direct",
    "network": "wifi",
    "port": 50_000,
    "kbit": 1_800,
}


def every_message(world, call):
    to = new_id()
    session = new_id()
    return {
        "visit.admit": {"visit": world.ash.ids["visit"], "session": session, "description": None},
        "visit.prepare": {**rehearsed(world), "session": session},
        "visit.prepared": {**rehearsed(world), "session": session, "to_session": session},
        "visit.connected": {"call": call},
        "visit.devices": {"camera": "ok", "microphone": "ok"},
        "call.join": {"call": call, "session": session},
        "call.description": {"call": call, "to": to, "session": session, "description": OFFER},
        "call.candidate": {"call": call, "to": to, "session": session, "candidate": CANDIDATE},
        "call.leave": {"call": call},
        "call.remove": {"call": call, "participant": to},
        "call.hand_over": {"call": call, "participant": to},
        "visit.bring_in": {
            "visit": world.ash.ids["visit"],
            "call": call,
            "role": "companion",
        },
        "call.used": {"call": call, "function": "chat"},
        "call.report": {"call": call, **CONNECTION},
        "contact.call": {"contact": world.birch.ids["contact"]},
        "colleague.call": {"card": to, "call": call},
        "contact.answer": {"ring": call},
        "contact.decline": {"ring": call},
        "contact.cancel": {"ring": call},
    }


def rehearsed(world):
    return {"visit": world.ash.ids["visit"], "description": {"type": "offer", "sdp": SDP}}


def test_a_rehearsal_reaches_only_the_guest_and_comes_back_to_the_desk(app, world, doctor, guest):
    stranger = Socket(app, world.birch.tokens["guest"])
    stranger.heard()
    offer = {**rehearsed(world), "session": doctor.session}
    assert doctor.ask("visit.prepare", offer) == {}
    assert guest.heard("visit.prepare") == [offer]
    answer = {**offer, "session": guest.session, "to_session": doctor.session}
    assert guest.ask("visit.prepared", answer) == {}
    assert doctor.heard("visit.prepared") == [answer]
    assert stranger.heard() == []


@pytest.mark.requirement("WR-5")
@pytest.mark.parametrize("visit", ["foreign", "random"])
def test_a_stranger_cannot_be_rehearsed_with(world, doctor, visit):
    ids = {"foreign": world.birch.ids["visit"], "random": new_id()}
    offer = {**rehearsed(world), "visit": ids[visit], "session": doctor.session}
    assert doctor.ask("visit.prepare", offer)["code"] == "not_found"


def test_no_address_travels_before_the_admission(world, doctor, guest):
    sdp = f"{SDP}a={CANDIDATE['candidate']}\r\n"
    offer = {"visit": world.ash.ids["visit"], "session": doctor.session}
    offer["description"] = {"type": "offer", "sdp": sdp}
    assert doctor.ask("visit.prepare", offer)["code"] == "bad_description"
    assert guest.heard("visit.prepare") == []


def test_who_is_in_a_call_already_is_not_rehearsed_with(world, doctor, guest):
    admit(doctor, world)
    offer = {**rehearsed(world), "session": doctor.session}
    assert doctor.ask("visit.prepare", offer)["code"] == "in_call"
    answer = {**offer, "session": guest.session, "to_session": doctor.session}
    doctor.heard()
    assert guest.ask("visit.prepared", answer) == {}
    assert doctor.heard("visit.prepared") == []


def test_every_message_is_in_the_matrix(world):
    assert set(every_message(world, new_id())) == set(HANDLERS)


@pytest.mark.parametrize("who", ["doctor", "colleague", "guest"])
def test_a_foreign_call_looks_like_one_that_does_not_exist(app, world, who):
    birch = Socket(app, world.birch.tokens["doctor"])
    foreign = birch.ask(
        "visit.admit",
        {"visit": world.birch.ids["visit"], "session": birch.session, "description": None},
    )["call"]
    asker = Socket(app, world.ash.tokens[who])
    for kind in every_message(world, foreign):
        if kind in {"visit.admit", "visit.devices", "visit.prepare", "visit.prepared"}:
            continue
        seen = asker.ask(kind, every_message(world, foreign)[kind])
        unknown = asker.ask(kind, every_message(world, new_id())[kind])
        assert seen == unknown, kind
        assert CANARY not in str(seen)


@pytest.mark.parametrize("visit", ["foreign", "random", "closed room"])
def test_a_visit_of_others_cannot_be_admitted(app, world, doctor, visit):
    # A room of the same organisation in which the doctor does not work.
    in_closed = arrives(world, world.ash.ids["closed_room"]).visit_id
    ids = {"foreign": world.birch.ids["visit"], "random": new_id(), "closed room": in_closed}
    refused = admit(doctor, world, visit=ids[visit])
    assert refused["code"] == "not_found"


def arrives(world, room_id):
    """Let another guest of Ash come in."""
    with tenant_scope(world.ash.id):
        code = make_code(world.ash.ids["doctor"], room_id)
        entered = guests.enter(code.id, guests.Arrival("Jemand", "de"), now=clock.now())
        db.session.commit()
    db.session.remove()
    return entered


@pytest.mark.requirement("TEN-4")
def test_an_unverified_doctor_cannot_admit(app, world):
    refused = admit(Socket(app, world.ash.tokens["unverified"]), world)
    assert refused["code"] == "not_verified"


def test_a_doctor_in_a_call_cannot_admit_a_second_guest(app, world, doctor):
    admit(doctor, world)
    second = arrives(world, world.ash.ids["room"])
    assert admit(doctor, world, visit=second.visit_id)["code"] == "in_call"


@pytest.mark.requirement("WR-5")
def test_a_guest_who_was_not_admitted_is_in_no_call(app, world, doctor, guest):
    call = admit(doctor, world)["call"]
    early = Socket(app, arrives(world, world.ash.ids["room"]).token)
    guest.heard()
    assert early.ask("call.join", {"call": call, "session": early.session})["code"] == "not_joined"
    assert guest.heard() == []


def test_descriptions_and_candidates_reach_only_the_other_side(app, world, doctor, guest):
    begun = admit(doctor, world)
    other = Socket(app, world.birch.tokens["guest"])
    other.heard()
    body = {
        "call": begun["call"],
        "to": begun["participant"],
        "session": guest.session,
        "description": {"type": "answer", "sdp": SDP},
    }
    assert guest.ask("call.description", body) == {}
    (heard,) = doctor.heard("call.description")
    assert heard["from"] == begun["guest"]["participant"]
    assert other.heard() == []


def test_after_hanging_up_the_access_is_gone(world, doctor, guest):
    begun = admit(doctor, world)
    assert doctor.ask("call.leave", {"call": begun["call"]}) == {}
    assert guest.heard("call.ended")[0]["reason"] == "host_left"
    body = {"call": begun["call"], "session": guest.session}
    assert guest.ask("call.join", body)["code"] == "not_joined"


@pytest.mark.requirement("CALL-11")
def test_a_page_that_comes_back_finds_its_call(app, world, doctor, guest):
    begun = admit(doctor, world)
    guest.close()
    again = Socket(app, world.ash.tokens["guest"])
    joined = again.ask("call.join", {"call": begun["call"], "session": again.session})
    assert joined["participant"] == begun["guest"]["participant"]
    assert [each["role"] for each in joined["participants"]] == ["host"]
    announced = doctor.heard("call.joined")[-1]["participant"]
    assert announced["session"] == again.session


def test_putting_back_ends_the_call_and_keeps_the_place(app, world, doctor, guest):
    begun = admit(doctor, world)
    path = f"/desk/visits/{world.ash.ids['visit']}/put-back"
    assert world.caller("doctor").post(path).status_code == 200
    assert guest.heard("call.ended")[0]["reason"] == "ended"
    body = {"call": begun["call"], "session": guest.session}
    assert guest.ask("call.join", body)["code"] == "not_joined"
    with tenant_scope(world.ash.id):
        assert guests.get_visit(world.ash.ids["visit"]).state == "waiting"


@pytest.mark.requirement("CALL-16", "STA-1")
def test_both_sides_tell_how_the_connection_was_and_what_was_used(world, doctor, guest):
    begun = admit(doctor, world)
    call = begun["call"]
    assert doctor.ask("call.used", {"call": call, "function": "chat"}) == {}
    assert guest.ask("visit.connected", {"call": call}) == {}
    assert doctor.ask("call.leave", {"call": call}) == {}
    # The page tells it while the connection closes, when the call is over for the server.
    for page in (doctor, guest):
        assert page.ask("call.report", {"call": call, **CONNECTION}) == {}
    with tenant_scope(world.ash.id):
        rows = db.session.scalars(select(StatisticEvent)).all()
        told = [row for row in rows if row.kind == "telemetry"]
        assert [row.facts for row in told] == [CONNECTION, CONNECTION]
        assert told[0].who != told[1].who
        (over,) = [row for row in rows if row.kind == "call"]
        assert over.facts["chat"] is True
    db.session.remove()


@pytest.mark.requirement("STA-1")
def test_nobody_fills_the_statistics_with_one_call(world, doctor, guest):
    call = admit(doctor, world)["call"]
    for _ in range(REPORTS.attempts):
        assert doctor.ask("call.report", {"call": call, **CONNECTION}) == {}
    assert doctor.ask("call.report", {"call": call, **CONNECTION})["code"] == "too_many"


@pytest.mark.requirement("STA-1")
@pytest.mark.parametrize(
    "wrong",
    [
        {"port": 70_000},
        {"port": "192.0.2.7"},
        {"kbit": -1},
        {"media": "Erika Muster"},
        {"network": "WLAN von Erika"},
        {"address": "192.0.2.7"},
    ],
)
def test_a_report_that_says_anything_else_is_refused(world, doctor, wrong):
    call = admit(doctor, world)["call"]
    body = {"call": call, **CONNECTION, **wrong}
    assert doctor.ask("call.report", body)["code"] == "invalid_message"
    body = {"call": call, "function": "recording"}
    assert doctor.ask("call.used", body)["code"] == "invalid_message"
