"""A code with date and time: calendar entry, reminder, and the list of the day on the desk."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from email import message_from_bytes, policy

import pytest
from icalendar import Calendar
from sqlalchemy import select

from portal import clock as the_clock
from portal import jobs, outbox
from portal.extensions import db
from portal.language import ZONE
from portal.messages import sending
from portal.messages.models import Message
from portal.outbox import Outbox
from portal.tenants.scope import tenant_scope
from portal.waitingroom import access, codes
from portal.waitingroom.models import AccessCode
from tests.messages.smtp_server import Server, running
from tests.world import Caller, make_code, tomorrow

MAIL = "gast@example.org"


@pytest.fixture
def doctor(world):
    return world.caller("doctor")


def in_days(number):
    return (the_clock.now().astimezone(ZONE) + timedelta(days=number)).date()


def order(world, day, **more):
    room = world.ash.ids["room"]
    form = {"guest_name": "Erika Muster", "room": room, "uses": "single", "at": "10:30"}
    return {**form, "valid_on": day.isoformat(), **more}


def letters(world):
    with tenant_scope(world.ash.id):
        rows = db.session.scalars(select(Outbox).order_by(Outbox.next_try_at)).all()
        found = [(row.id, row.occasion, row.next_try_at, json.loads(row.payload)) for row in rows]
    db.session.remove()
    return found


@pytest.mark.requirement("WR-8")
def test_a_code_with_date_and_time_says_when_to_the_guest(world, doctor):
    day = tomorrow()
    made = doctor.post("/desk/codes", **order(world, day))
    assert f"am {day:%d.%m.%Y}, 10:30 Uhr" in made.text
    with tenant_scope(world.ash.id):
        row = db.session.scalars(select(AccessCode).where(AccessCode.valid_on == day)).one()
        assert row.starts_at == datetime.combine(day, time(10, 30), tzinfo=ZONE)
    db.session.remove()


@pytest.mark.requirement("WR-8")
def test_a_guest_reads_the_time_before_giving_a_name(world):
    day = in_days(0)
    with tenant_scope(world.ash.id):
        row = make_code(
            world.ash.ids["doctor"], world.ash.ids["room"], valid_on=day, at=time(23, 59)
        )
        code = row.code
        db.session.commit()
    db.session.remove()
    assert f"Ihr Termin: {day:%d.%m.%Y}, 23:59 Uhr" in Caller().post("/entry/code", code=code).text


@pytest.mark.parametrize(
    "change", [{"valid_on": ""}, {"at": "25:00"}, {"at": "x"}, {"at": "00:00", "days": 0}]
)
def test_a_time_without_a_day_or_in_the_past_is_refused(world, doctor, change):
    day = in_days(change.pop("days", 1))
    answer = doctor.post("/desk/codes", **order(world, day, **change))
    assert answer.status_code == 422
    assert answer.json["error"]["details"]["fields"]["at"]


@pytest.mark.requirement("WR-8")
def test_the_mail_brings_an_entry_for_the_calendar(app, world, doctor, clock):
    day = in_days(3)
    doctor.post("/desk/codes", **order(world, day, email=MAIL))
    ((row_id, *_),) = letters(world)
    with running(Server()) as server, app.app_context(), tenant_scope(world.ash.id):
        carriers = {**jobs.carriers(app), "mail": sending.mail(sending.smtp(server.url))}
        outbox.deliver(row_id, carriers, now=clock.now())
    mail = message_from_bytes(server.mails[0], policy=policy.default)
    (part,) = mail.iter_attachments()
    assert part.get_content_type() == "text/calendar"
    (event,) = Calendar.from_ical(part.get_content()).events
    assert event.start == datetime.combine(day, time(10, 30), tzinfo=ZONE)
    # In UTC: a zone by name would need its rules beside it (RFC 5545, section 3.6.5).
    assert "TZID" not in part.get_content()
    assert "/j#" in event["location"]
    assert letters(world) == []


@pytest.mark.requirement("COD-5")
def test_the_entry_names_no_practice_and_no_reason(world, doctor):
    doctor.post("/desk/codes", **order(world, in_days(3), email=MAIL))
    calendar = letters(world)[0][3]["calendar"]
    for word in ("Ash", "Kardiologie", "Erika"):
        assert word not in calendar


@pytest.mark.requirement("WR-8")
def test_a_reminder_goes_out_a_day_before_and_not_earlier(app, world, doctor, clock):
    day = in_days(3)
    doctor.post("/desk/codes", **order(world, day, email=MAIL, remind="1"))
    (_now, (row_id, occasion, due, payload)) = letters(world)
    begins = datetime.combine(day, time(10, 30), tzinfo=ZONE)
    assert (occasion, due) == ("reminder", begins - timedelta(days=1))
    assert f"{day:%d.%m.%Y}, 10:30 Uhr" in payload["text"]
    with running(Server()) as server, app.app_context(), tenant_scope(world.ash.id):
        carriers = {**jobs.carriers(app), "mail": sending.mail(sending.smtp(server.url))}
        outbox.deliver(row_id, carriers, now=clock.now())
        assert server.mails == []
        outbox.deliver(row_id, carriers, now=due)
        assert len(server.mails) == 1


@pytest.mark.requirement("WR-8")
def test_no_reminder_where_none_was_wished_or_the_day_before_is_over(world, doctor):
    doctor.post("/desk/codes", **order(world, in_days(3), email=MAIL))
    doctor.post("/desk/codes", **order(world, in_days(0), at="23:59", email=MAIL, remind="1"))
    doctor.post("/desk/codes", **order(world, in_days(3), remind="1"))
    assert {occasion for _id, occasion, _due, _payload in letters(world)} == {"access_code"}


def test_a_deleted_code_reminds_nobody(world, doctor):
    doctor.post("/desk/codes", **order(world, in_days(3), email=MAIL, remind="1"))
    with tenant_scope(world.ash.id):
        day = in_days(3)
        code_id = db.session.scalars(select(AccessCode.id).where(AccessCode.valid_on == day)).one()
    db.session.remove()
    assert doctor.post(f"/desk/codes/{code_id}/delete").status_code == 200
    assert letters(world) == []


def test_the_list_tells_of_the_code_not_of_its_reminder(world, doctor):
    doctor.post("/desk/codes", **order(world, in_days(3), email=MAIL, remind="1"))
    with tenant_scope(world.ash.id):
        for row in db.session.scalars(select(Message).where(Message.occasion == "access_code")):
            row.state = "sent"
        db.session.commit()
    db.session.remove()
    page = {"Accept": "text/html", "X-Portal-Request": "content"}
    assert "Nachricht verschickt" in doctor.get("/desk/codes", headers=page).text


@pytest.mark.requirement("WR-8")
def test_the_desk_lists_the_day_by_time_and_who_is_there(world, doctor):
    today = in_days(0)
    with tenant_scope(world.ash.id):
        room, account = world.ash.ids["room"], world.ash.ids["doctor"]
        for name, at in (("Spät", time(23, 59)), ("Ohne", None), ("Früh", time(0, 1))):
            make_code(account, room, name, valid_on=today, at=at)
        make_code(account, room, "Morgen", valid_on=tomorrow(), at=time(8))
        make_code(account, world.ash.ids["closed_room"], "Fern", valid_on=today)
        row = access.get_plain(world.ash.ids["code"])
        row.valid_on = today
        db.session.commit()
    db.session.remove()
    text = doctor.get("/desk/today").text
    assert text.index("Früh") < text.index("Spät") < text.index("Ohne")
    assert "Morgen" not in text
    assert "Fern" not in text
    assert ("wartet" in text, "erwartet" in text) == (True, True)
    assert codes.written(world.ash.code) not in text
