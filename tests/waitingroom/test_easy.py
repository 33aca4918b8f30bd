"""The way in for people who need help: one button, and the name that the practice wrote."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.privacy import consent
from portal.privacy.models import Consent
from portal.tenants.scope import tenant_scope
from portal.waitingroom import codes, rooms, service, sheet
from portal.waitingroom.models import Visit
from tests.world import Caller, make_code, tomorrow


@pytest.fixture
def made(world):
    """Return the text of a code for Erika Muster that nobody has used."""
    return code_of(world)


def code_of(world, **order):
    with tenant_scope(world.ash.id):
        row = make_code(world.ash.ids["doctor"], world.ash.ids["room"], **order)
        db.session.commit()
        code = row.code
    db.session.remove()
    return code


def press(made, **changes):
    version, _text = consent.guest_consent("de")
    form = {"code": made, "consent": "y", "consent_version": version}
    return Caller().post("/easy/visits", **{**form, **changes})


def visits_of(world):
    with tenant_scope(world.ash.id):
        found = [visit.name for visit in db.session.scalars(select(Visit))]
    db.session.remove()
    return found


@pytest.mark.requirement("WR-9")
def test_one_button_under_the_words_of_the_consent_leads_into_the_queue(world, made):
    step = Caller().post("/easy/code", code=codes.written(made))
    _version, text = consent.guest_consent("de")
    assert step.text.index(text[:60]) < step.text.index('data-testid="easy-enter"')
    assert step.text.count("<button") == 1
    assert 'type="checkbox"' not in step.text
    assert "Erika Muster" in step.text
    entered = press(made)
    assert entered.status_code == 201
    assert "Erika Muster" in Caller(entered.json["token"]).get("/visit").text
    assert "Erika Muster" in world.caller("doctor").get("/desk/queue").text
    with tenant_scope(world.ash.id):
        query = select(Consent).where(Consent.subject_id == entered.json["visit"])
        row = db.session.scalars(query).one()
        assert (row.way, row.version) == ("easy", consent.guest_consent("de")[0])
    db.session.remove()


@pytest.mark.parametrize("changes", [{"consent": ""}, {"consent_version": "0"}, {"code": ""}])
def test_without_the_consent_in_force_nobody_enters(world, made, changes):
    before = visits_of(world)
    assert press(made, **changes).status_code == 422
    assert visits_of(world) == before


def test_the_name_is_the_practices_whatever_is_sent(world, made):
    press(made, name="Somebody Else")
    assert "Somebody Else" not in visits_of(world)


@pytest.mark.parametrize("path", ["/easy/code", "/easy/visits"])
def test_codes_are_as_safe_as_at_the_other_door(world, path):
    version, _text = consent.guest_consent("de")
    form = {"consent": "y", "consent_version": version}
    later = code_of(world, valid_on=tomorrow())
    assert Caller().post(path, code=later, **form).json["error"]["code"] == "code_other_day"
    for _ in range(10):
        assert Caller().post(path, code=codes.make(), **form).status_code == 404
    assert Caller().post(path, code=later, **form).status_code == 429


def test_without_scripts_a_slip_is_told_and_a_right_code_goes_on(world, made):
    headers = {"X-Portal-Request": ""}
    wrong = Caller().send("POST", "/easy/code", data={"code": "ABCD-WXYZ"}, headers=headers)
    assert wrong.status_code == 422
    assert "ABCD-WXYZ" in wrong.text
    right = Caller().send("POST", "/easy/code", data={"code": made}, headers=headers)
    assert "<html" in right.text
    assert 'data-testid="easy-enter"' in right.text


@pytest.mark.requirement("WR-9")
def test_the_square_on_the_sheet_leads_to_that_page(world, monkeypatch):
    links = []
    monkeypatch.setattr(sheet, "_qr", lambda link: links.append(link) or "")
    monkeypatch.setattr(sheet.pdf, "render", lambda _name, _data: b"")
    with tenant_scope(world.ash.id):
        row = make_code(world.ash.ids["doctor"], world.ash.ids["room"])
        sheet.render(row, service.room_card(rooms.get_room(row.room_id)))
    assert links == [f"http://localhost/easy#{row.code}"]
