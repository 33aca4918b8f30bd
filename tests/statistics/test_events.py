"""What is kept for statistics, under which pseudonym, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from portal import happenings
from portal.calls import report
from portal.calls import service as calls
from portal.calls.models import Call, CallMember
from portal.extensions import db
from portal.happenings import FACTS, Happened, Happening, happened
from portal.messages import service as messages
from portal.outbox import Done, Parcel
from portal.privacy import consent
from portal.statistics import recording
from portal.statistics.models import StatisticKey
from portal.tenants.models import Organisation
from portal.tenants.scope import new_id, tenant_scope
from portal.tenants.service import switch_plugin
from portal.waitingroom import rooms
from tests.deleting import deleted
from tests.statistics.kept import MOMENT, SECOND, events, say
from tests.world import Caller, make_code, with_password

# Section 4.3 of the privacy policy, in the order in which it lists them; who and when aside.
LISTED = {
    "sign_in": {
        "domain",
        "profile",
        "app",
        "device",
        "browser",
        "browser_version",
        "os",
        "os_version",
    },
    "call": {"seconds", "guests", "doctors", "whiteboard", "chat", "screen", "screenshot"},
    "sms": {"country", "occasion"},
    "code": {"room_kind"},
    "contact_added": set(),
    "contact_removed": set(),
    "room": set(),
    "mail": {"domain"},
    "export": {"type", "from", "until"},
    "telemetry": {"media", "path", "port", "kbit", "network"},
}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1"
)


# What is kept.


@pytest.mark.requirement("STA-1")
def test_there_are_exactly_the_events_of_the_policy():
    assert {str(kind): set(facts) for kind, facts in FACTS.items()} == LISTED
    assert set(Happening) == set(FACTS)


@pytest.mark.requirement("STA-1")
@pytest.mark.parametrize("kind", list(Happening))
def test_nothing_else_can_be_kept(kind):
    with pytest.raises(ValueError, match="guest_name"):
        Happened(kind, MOMENT, "0" * 32, facts={"guest_name": "Erika"})


@pytest.mark.requirement("STA-1")
def test_a_sign_in_is_kept_with_browser_system_and_device_and_no_more(november):
    with_password(november.ash, "doctor", "ash.doctor")
    answer = Caller().send(
        "POST",
        "/sign-in",
        data={"name": "ash.doctor", "password": "a long enough password"},
        headers={"User-Agent": FIREFOX},
    )
    assert answer.status_code == 200
    (row,) = events(november.ash, "sign_in")
    assert row.facts == {
        "domain": "localhost",
        "profile": "doctor",
        "app": "web",
        "device": "computer",
        "browser": "Firefox",
        "browser_version": "150",
        "os": "Linux",
        "os_version": "",
    }
    assert november.ash.ids["doctor"] not in row.who


@pytest.mark.requirement("STA-1")
def test_a_guest_on_a_phone_is_kept_too_and_a_strange_browser_does_no_harm(november):
    code = november.ash.code
    version, _text = consent.guest_consent("de")
    for agent, browser, device in (
        (PHONE, "Mobile Safari", "phone"),
        ("x" * 5000, "Other", "computer"),
    ):
        caller = Caller()
        form = {"code": code, "name": "Erika Muster", "consent": "1", "consent_version": version}
        headers = {"User-Agent": agent}
        entered = caller.send("POST", "/entry/visits", data=form, headers=headers)
        assert entered.status_code == 201, entered.text
        row = events(november.ash, "sign_in")[-1]
        assert (row.facts["browser"], row.facts["device"]) == (browser, device)
        assert row.facts["profile"] == "guest"


@pytest.mark.requirement("STA-1")
def test_codes_rooms_messages_and_contacts_are_kept(november, clock):
    org = november.ash
    switch_plugin(db.session.get(Organisation, org.id), "sms_dicomsys", on=True)
    db.session.commit()
    db.session.remove()
    with tenant_scope(org.id):
        code = make_code(org.ids["doctor"], org.ids["room"])
        rooms.save(None, {"name": "Neu"}, now=clock.now())
        for send in (messages.queue_sms, messages.queue_mail):
            _sent(send, clock)
        db.session.commit()
        code_id = code.id
    db.session.remove()
    november.caller("doctor").post(f"/contacts/{org.ids['contact']}/remove")
    kinds = {row.kind: row for row in events(org)}
    assert kinds["code"].facts == {"room_kind": "personal"}
    assert kinds["code"].other not in {"", code_id}
    assert kinds["sms"].facts == {"country": "DE", "occasion": "access_code"}
    assert kinds["mail"].facts == {"domain": "example.org"}
    assert {"room", "contact_removed"} <= kinds.keys()


def _sent(send, clock) -> None:
    to = "+491713920012" if send is messages.queue_sms else "e@example.org"
    words = "x" if send is messages.queue_sms else ("Betreff", "Text")
    message_id = send(to, "access_code", words, subject_id="7" * 32, now=clock.now())
    parcel = Parcel(message_id, "sms", "access_code", {}, 1, "", "7" * 32, clock.now())
    messages.note(parcel, Done("sent", "trial"))


@pytest.mark.requirement("STA-1", "CALL-16")
def test_a_call_is_kept_with_its_length_people_and_functions(november, clock):
    org = november.ash
    call = _call(org, clock.now())
    with tenant_scope(org.id):
        row = db.session.get(Call, (org.id, call))
        for function in ("screen", "chat", "chat"):
            report.use(row, function)
        db.session.commit()
        clock.move(timedelta(minutes=10))
        calls.end(call, "ended", now=clock.now())
        calls.end(call, "ended", now=clock.now())
        db.session.commit()
    db.session.remove()
    (row,) = events(org, "call")
    assert row.facts == {"seconds": 600, "guests": 1, "doctors": 1, "chat": True, "screen": True}


def _call(org, now: datetime, *, connected: bool = True) -> str:
    with tenant_scope(org.id):
        call = Call(
            room_id=org.ids["room"], started_at=now, connected_at=now if connected else None
        )
        db.session.add(call)
        db.session.flush()
        for role, subject in (("host", org.ids["doctor"]), ("guest", org.ids["visit"])):
            db.session.add(
                CallMember(call_id=call.id, role=role, subject_id=subject, joined_at=now)
            )
        db.session.commit()
        found = call.id
    db.session.remove()
    return found


@pytest.mark.requirement("STA-1")
def test_a_call_in_which_nobody_met_is_none(november, clock):
    call = _call(november.ash, clock.now(), connected=False)
    with tenant_scope(november.ash.id):
        calls.end(call, "ended", now=clock.now())
        db.session.commit()
    assert events(november.ash, "call") == []


@pytest.mark.requirement("STA-1")
def test_what_is_rolled_back_is_not_kept(november):
    with tenant_scope(november.ash.id):
        happened(Happened(Happening.ROOM, MOMENT, november.ash.id))
        db.session.rollback()
    assert events(november.ash) == []


# Pseudonyms.


@pytest.mark.requirement("STA-1")
def test_one_person_has_one_pseudonym_in_a_month_and_another_in_the_next(november):
    org, who = november.ash, november.ash.ids["doctor"]
    for at in (MOMENT, MOMENT + timedelta(days=5), MOMENT + timedelta(days=20)):
        say(org, Happening.ROOM, at, who=who)
    first, second, later = [row.who for row in events(org)]
    assert first == second != later
    assert len(first) == 32
    assert who not in {first, later}


@pytest.mark.requirement("STA-1")
def test_the_month_turns_as_the_calendar_of_the_practice_has_it(november):
    who = november.ash.ids["doctor"]
    for at in (
        datetime(2026, 11, 30, 22, 59, tzinfo=UTC),
        datetime(2026, 11, 30, 23, 0, tzinfo=UTC),
    ):
        say(november.ash, Happening.ROOM, at, who=who)
    before, after = [row.who for row in events(november.ash)]
    assert before != after


@pytest.mark.requirement("STA-1", "PRIV-4")
def test_the_key_of_guests_goes_with_the_month_and_that_of_customers_with_its_last_event(november):
    org = november.ash
    say(org, Happening.SIGN_IN, who=org.ids["visit"], is_guest=True)
    say(org, Happening.ROOM, who=org.ids["doctor"])
    over = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
    assert deleted("statistic_key", over - SECOND) == 0
    assert deleted("statistic_key", over) == 1
    assert [row.whose for row in db.session.scalars(select(StatisticKey))] == ["customer"]
    db.session.remove()
    gone = datetime(2027, 2, 28, 23, 0, tzinfo=UTC)
    assert deleted("statistic_key", gone - SECOND) == 0
    assert deleted("statistic_key", gone) == 1
    assert events(org) == []


@pytest.mark.requirement("STA-1", "PRIV-4")
def test_an_event_goes_after_three_months_to_the_second(november):
    say(november.ash, Happening.ROOM)
    end = datetime(2027, 2, 20, 10, 0, tzinfo=UTC)
    assert deleted("statistic_event", end - SECOND) == 0
    assert deleted("statistic_event", end) == 1


def test_whoever_listens_twice_hears_once(november):
    happenings.listen(recording.keep)
    say(november.ash, Happening.ROOM)
    assert len(events(november.ash)) == 1


@pytest.mark.requirement("STA-1")
def test_the_key_itself_is_stored_encrypted(november):
    say(november.ash, Happening.ROOM, who=new_id())
    raw = db.session.connection().exec_driver_sql("SELECT key FROM statistic_key").scalar()
    assert raw != db.session.scalar(select(StatisticKey.key))
    assert len(raw) > 64
    db.session.execute(update(StatisticKey).values(delete_after=MOMENT))
    assert recording.pseudonyms("x", ["2026-11"]) == []
    db.session.rollback()


@pytest.mark.requirement("STA-1")
def test_a_contact_is_counted_as_gone_only_if_it_was_one(november, clock):
    org = november.ash
    doctor = november.caller("doctor")
    doctor.post(f"/contacts/{org.ids['contact']}/block")
    doctor.post(f"/contacts/{org.ids['contact']}/remove")
    assert [row.kind for row in events(org)].count("contact_removed") == 1
