"""A code that exists is sent once more, or printed on a sheet of paper."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from portal import clock as the_clock
from portal.extensions import db
from portal.messages.models import Message
from portal.outbox import Outbox
from portal.tenants.scope import tenant_scope
from portal.waitingroom import access, codes, rooms, service, sheet

KEY = "0123456789abcdef0123456789abcdef"
MAIL = "gast@example.org"


@pytest.fixture
def doctor(world):
    return world.caller("doctor")


def path(world, what):
    return f"/desk/codes/{world.ash.ids['code']}/{what}"


def count(world, table):
    with tenant_scope(world.ash.id):
        found = db.session.scalar(select(func.count()).select_from(table))
    db.session.remove()
    return found


@pytest.mark.requirement("COD-3")
def test_a_code_is_sent_again_from_the_list(world, doctor):
    answer = doctor.post(path(world, "send"), to=MAIL)
    assert answer.status_code == 200
    assert "Nachricht wird verschickt" in answer.text
    assert (count(world, Message), count(world, Outbox)) == (1, 1)
    with tenant_scope(world.ash.id):
        assert codes.written(world.ash.code) in db.session.scalars(select(Outbox.payload)).one()
    db.session.remove()


def test_a_request_that_arrives_twice_sends_once(world, doctor):
    for _twice in range(2):
        assert doctor.post(path(world, "send"), to=MAIL, request_key=KEY).status_code == 200
    assert count(world, Message) == 1


@pytest.mark.parametrize("to", ["", "a@b", "nobody", "a@b.example\r\nBcc: c@d.example"])
def test_what_is_no_address_is_refused_beside_its_field(world, doctor, to):
    answer = doctor.post(path(world, "send"), to=to)
    assert answer.status_code == 422
    assert answer.json["error"]["details"]["fields"]["to"]
    assert count(world, Message) == 0


def test_a_code_that_opens_nothing_is_neither_sent_nor_printed(world, doctor):
    with tenant_scope(world.ash.id):
        row = access.get_plain(world.ash.ids["code"])
        row.uses, row.used_at = "single", the_clock.now()
        db.session.commit()
    db.session.remove()
    for refused in (
        doctor.post(path(world, "send"), to=MAIL),
        doctor.get(path(world, "sheet.pdf")),
    ):
        assert refused.status_code == 410
        assert "Machen Sie einen neuen Code." in refused.json["error"]["message"]
    assert count(world, Message) == 0


@pytest.mark.requirement("COD-3", "WR-9")
def test_the_sheet_is_a_tagged_pdf(world, doctor):
    answer = doctor.get(path(world, "sheet.pdf"))
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in answer.data


@pytest.mark.requirement("COD-3", "COD-5")
def test_the_sheet_says_code_address_and_help_and_no_reason(world, monkeypatch):
    said = {}
    monkeypatch.setattr(sheet.pdf, "render", lambda _name, data: said.update(data) or b"")
    with tenant_scope(world.ash.id):
        row = access.get_plain(world.ash.ids["code"])
        sheet.render(row, service.room_card(rooms.get_room(row.room_id)))
    db.session.remove()
    assert said["code"] == codes.written(world.ash.code)
    assert "localhost" in " ".join(said["steps"])
    assert "+49 40 2" in said["help"]
    assert said["qr"].startswith("<?xml")
    assert "Kardiologie" not in str(said)
