"""What a room shows to those who wait: words, ways to reach the practice, hours, pictures."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from PIL import Image

from portal.extensions import db
from portal.language import ZONE
from portal.tenants.scope import tenant_scope
from portal.waitingroom import hours, rooms
from tests.world import Caller

PAGE = {"Accept": "text/html", "X-Portal-Request": "content"}
ROOM = {
    "name": "Zimmer 1",
    "kind": "personal",
    "doctor_name": "Dr. Ash",
    "text": "Hallo",
    "address": "Ashweg 1, 20000 Hamburg",
    "phone": "+49 40 77",
    "email": "empfang@ash.example",
    "language": "",
    "days-0": "8-12, 14:00 \u2013 18:30",
}


def path(world, what=""):
    return f"/rooms/{world.ash.ids['room']}{what}"


def stored(world):
    with tenant_scope(world.ash.id):
        row = rooms.get_room(world.ash.ids["room"])
        found = {name: getattr(row, name) for name in ("hours", "portrait", "background", "name")}
    db.session.remove()
    return found


def photo(kind="JPEG", size=(900, 900)):
    made, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = "taken at home, 53.55 N"
    Image.new("RGB", size, "teal").save(made, kind, exif=exif)
    return made.getvalue()


@pytest.mark.requirement("WR-2")
@pytest.mark.parametrize("role", ["doctor", "assistant", "projectadmin"])
def test_what_a_room_states_is_read_by_those_who_wait(world, role):
    assert world.caller(role).post(path(world), **ROOM).status_code == 200
    text = world.caller("guest").get("/visit", headers=PAGE).text
    for words in ("Ashweg 1, 20000 Hamburg", "+49 40 77", "empfang@ash.example"):
        assert words in text
    assert "Montag 08:00-12:00, 14:00-18:30" in text


@pytest.mark.requirement("WR-2")
def test_nothing_comes_from_the_profile_by_itself(world):
    text = world.caller("guest").get("/visit", headers=PAGE).text
    for words in ("Kardiologie", "5550100", "praxis.example", "Weg 1"):
        assert words not in text


@pytest.mark.requirement("WR-2")
@pytest.mark.parametrize("kind", ["portrait", "background"])
def test_a_picture_is_drawn_anew_shown_and_deleted(world, kind):
    doctor = world.caller("doctor")
    sent = doctor.send("POST", path(world, f"/{kind}"), data=photo(), content_type="image/jpeg")
    assert sent.status_code == 200
    uri = stored(world)[kind]
    assert uri.startswith("data:image/webp;base64,")
    assert uri in world.caller("guest").get("/visit", headers=PAGE).text
    assert uri in Caller().post("/entry/code", code=world.ash.code).text
    import base64

    picture = Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))
    assert max(picture.size) <= 1280
    assert not picture.getexif()
    assert doctor.post(path(world, f"/{kind}/remove")).status_code == 200
    assert uri not in world.caller("guest").get("/visit", headers=PAGE).text


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<svg/>", b"\xff\xd8\xff" + b"x" * 100])
def test_what_is_no_picture_changes_nothing(world, data):
    doctor = world.caller("doctor")
    answer = doctor.send("POST", path(world, "/portrait"), data=data, content_type="image/png")
    assert answer.status_code == 422
    assert "nicht annehmen" in answer.text
    assert stored(world)["portrait"] == ""


def test_a_file_that_is_too_large_is_refused(world):
    data = b"\x89PNG" + b"\0" * (3 * 1024 * 1024)
    answer = world.caller("doctor").send("POST", path(world, "/portrait"), data=data)
    assert answer.status_code in {413, 422}
    assert stored(world)["portrait"] == ""


@pytest.mark.requirement("WR-2")
def test_a_doctor_sets_up_own_rooms_only_and_lets_nobody_in(world):
    doctor, theirs = world.caller("doctor"), f"/rooms/{world.ash.ids['closed_room']}"
    assert doctor.get(path(world), headers=PAGE).status_code == 200
    assert "Wer darin arbeitet" not in doctor.get(path(world), headers=PAGE).text
    assert doctor.get(theirs, headers=PAGE).status_code == 404
    assert doctor.post(theirs, **ROOM).status_code == 404
    assert doctor.post(f"{theirs}/portrait").status_code == 404
    member = path(world, f"/members/{world.ash.ids['colleague']}")
    assert doctor.post(member, on="1").status_code == 404


@pytest.mark.parametrize(
    "spans", ["8", "12-8", "8-12, 11-13", "25-26", "x" * 61, "1-2,3-4,5-6,7-8,9-10"]
)
def test_hours_that_cannot_be_read_are_refused_and_kept_in_the_form(world, spans):
    before = stored(world)
    week = {f"days-{day}": "" for day in range(7)}
    answer = world.caller("doctor").post(path(world), **{**ROOM, **week, "days-2": spans})
    assert answer.status_code == 422
    assert spans in answer.text
    assert "Sprechzeiten: Mittwoch: " in " ".join(answer.text.split())
    assert 'href="#days"' in answer.text
    assert 'id="days"' in answer.text
    assert stored(world) == before


@pytest.mark.requirement("WR-8")
def test_who_waits_outside_the_hours_reads_when_the_next_begin(world, clock):
    kept = hours.stored([hours.read("8-12, 14-18"), [], hours.read("9-10"), [], [], [], []])

    def after(*moment):
        local = datetime(2026, 11, *moment, tzinfo=ZONE).astimezone(UTC)
        found = hours.next_opening(kept, now=local)
        return found and f"{found:%d %H:%M}"

    # The 23rd is a Monday.
    assert after(23, 7) == "23 08:00"
    assert after(23, 8) is None
    assert after(23, 12) == "23 14:00"
    assert after(23, 18) == "25 09:00"
    assert after(25, 11) == "30 08:00"
    assert hours.next_opening("", now=clock.now()) is None
    with tenant_scope(world.ash.id):
        room = rooms.get_room(world.ash.ids["room"])
        room.hours = hours.stored(
            [[] if day != 0 else hours.read("00:00-00:01") for day in range(7)]
        )
        db.session.commit()
    db.session.remove()
    assert "Gerade ist keine Sprechzeit" in world.caller("guest").get("/visit/status").text


@pytest.mark.requirement("WR-2")
def test_a_room_speaks_its_language_to_its_guests(world):
    import json

    from sqlalchemy import select

    from portal.outbox import Outbox

    doctor = world.caller("doctor")
    doctor.post(path(world), **{**ROOM, "language": "en"})
    sent = doctor.post(f"/desk/codes/{world.ash.ids['code']}/send", to="gast@example.org")
    assert "Nachricht wird verschickt" in sent.text
    with tenant_scope(world.ash.id):
        payload = json.loads(db.session.scalars(select(Outbox.payload)).one())
    db.session.remove()
    assert "Your access code is" in payload["text"]
