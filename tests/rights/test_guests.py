"""What a guest's code alone shows and does (PRIV-6)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock as the_clock
from portal.calls.models import Call
from portal.extensions import db
from portal.messages import service as messages
from portal.privacy import consent
from portal.privacy.models import Consent
from portal.tenants.scope import tenant_scope
from portal.waitingroom import access, codes
from portal.waitingroom.models import AccessCode, CodeIndex, Visit
from tests.calls.test_events import OFFER
from tests.sockets import Socket
from tests.world import CANARY, Caller

# A browser's plain form, without the portal's own header.
PLAIN = {"X-Portal-Request": "plain"}


class Guest(Caller):
    """Somebody who holds Ash's code and nothing else."""

    def __init__(self, org):
        super().__init__()
        self.code = org.code

    def does(self, what="", /, **values):
        return self.send(
            "POST", f"/my-data{what}", data={"code": self.code, **values}, headers=PLAIN
        )


@pytest.fixture
def guest(world):
    return Guest(world.ash)


@pytest.fixture
def agreed(world):
    """Let the guest of Ash have agreed."""
    with tenant_scope(world.ash.id):
        consent.record(
            "visit", world.ash.ids["visit"], language="de", way="entry", now=the_clock.now()
        )
        db.session.commit()
    db.session.remove()


def rows(org, model):
    with tenant_scope(org.id):
        found = db.session.scalars(select(model)).all()
        db.session.expunge_all()
    db.session.remove()
    return found


@pytest.mark.requirement("PRIV-6")
def test_the_code_shows_all_that_is_kept(guest, agreed):
    page = guest.does()
    assert page.status_code == 200
    assert "Gast" in page.text
    assert "wartet" in page.text
    assert "Ich willige ein" in page.text
    assert "aufsicht@example.org" in page.text
    assert CANARY not in page.text


@pytest.mark.requirement("PRIV-6")
def test_the_copy_comes_as_json_and_as_a_tagged_pdf(guest, agreed):
    copy = json.loads(guest.does("/data.json").text)
    assert copy["name"] == "Gast"
    assert [each["name"] for each in copy["visits"]] == ["Gast"]
    assert len(copy["consents"]) == 1
    made = guest.does("/data.pdf")
    assert made.data.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in made.data


@pytest.mark.requirement("PRIV-6")
def test_the_copy_holds_appointment_reminder_and_trace_and_no_whole_address(world, guest):
    starts = the_clock.now() + timedelta(days=5)
    with tenant_scope(world.ash.id):
        row = access.get_plain(world.ash.ids["code"])
        row.starts_at = starts
        order = messages.CodeOrder(row.code, row.id, starts_at=starts, remind=True)
        messages.send_code("mail", "erika@example.org", order, now=the_clock.now())
        db.session.commit()
    db.session.remove()
    copy = json.loads(guest.does("/data.json").text)
    assert copy["appointment"] == starts.isoformat()
    assert copy["room"] == "Zimmer"
    assert {(each["occasion"], each["to"]) for each in copy["messages"]} == {
        ("Zugangscode", "e***@example.org"),
        ("Erinnerung", "e***@example.org"),
    }
    (reminder,) = [each for each in copy["messages"] if each["occasion"] == "Erinnerung"]
    assert reminder["goes_out_at"] == (starts - timedelta(days=1)).isoformat()
    page = guest.does().text
    assert page.count("my-message") == 2
    assert "erika@example.org" not in page + json.dumps(copy)
    assert guest.does("/data.pdf").data.startswith(b"%PDF-")


@pytest.mark.requirement("PRIV-6")
def test_a_corrected_name_is_the_practice_s_too(world, guest):
    page = guest.does("/name", name="Erika Muster-Meyer")
    assert "berichtigt" in page.text
    desk = world.caller("doctor").get("/desk").text
    assert "Erika Muster-Meyer" in desk
    assert [each.name for each in rows(world.ash, Visit)] == ["Erika Muster-Meyer"]


@pytest.mark.parametrize("name", ["", " ", "x" * 201])
def test_a_wrong_name_is_refused_and_changes_nothing(world, guest, name):
    assert guest.does("/name", name=name).status_code == 422
    assert [each.name for each in rows(world.ash, Visit)] == ["Gast"]


@pytest.mark.requirement("PRIV-6", "COD-4")
@pytest.mark.parametrize("withdraw", ["1", "0"])
def test_erasing_deletes_name_code_and_visits_on_both_sides(world, guest, agreed, withdraw):
    page = guest.does("/erase", withdraw=withdraw)
    assert "Ihre Daten sind gelöscht" in page.text
    for model in (Visit, AccessCode):
        assert rows(world.ash, model) == []
        assert len(rows(world.birch, model)) == 1
    left = db.session.scalars(
        select(CodeIndex).where(CodeIndex.organisation_id == world.ash.id)
    ).all()
    assert left == []
    db.session.remove()
    # The proof of the consent stays, without a name.
    (proof,) = rows(world.ash, Consent)
    assert (proof.withdrawn_at is not None) == (withdraw == "1")
    assert ">Gast<" not in world.caller("doctor").get("/desk/codes").text
    assert Caller(world.ash.tokens["guest"]).get("/visit/status").status_code == 401
    assert guest.does().status_code == 404
    assert Caller().post("/entry/code", code=guest.code).status_code == 404


@pytest.mark.requirement("PRIV-6")
def test_a_code_that_is_used_up_or_past_its_day_still_answers(world, guest, clock):
    clock.move(timedelta(days=40))
    assert Caller().post("/entry/code", code=guest.code).status_code == 410
    assert guest.does().status_code == 200
    clock.move(timedelta(days=51))
    assert guest.does().status_code == 404


@pytest.mark.requirement("PRIV-6")
def test_after_the_contract_s_end_the_rights_remain(world, guest):
    url = f"/sales/organisations/{world.ash.id}/terminate"
    assert world.caller("sales").post(url, word="KÜNDIGEN").status_code == 200
    assert guest.does().status_code == 200
    assert guest.does("/erase", withdraw="1").status_code == 200


@pytest.mark.parametrize("code", ["", "K7MR-4TXP-9WQB", "x" * 41, "nonsense"])
def test_a_wrong_code_is_told_and_stays_typed(world, code):
    answer = Caller().send("POST", "/my-data", data={"code": code}, headers=PLAIN)
    assert answer.status_code in {404, 422}
    assert f'value="{code}"' in answer.text


@pytest.mark.requirement("COD-2")
def test_guessing_codes_here_is_counted_as_at_the_entrance(world):
    typed = codes.written(codes.make())
    allowed = codes.GUESSES_NETWORK.attempts
    statuses = [
        Caller().send("POST", "/my-data", data={"code": typed}, headers=PLAIN).status_code
        for _ in range(allowed + 1)
    ]
    assert statuses == [404] * allowed + [429]


@pytest.mark.requirement("PRIV-6")
def test_withdrawing_ends_the_running_call_for_both(app, world, guest):
    doctor = Socket(app, world.ash.tokens["doctor"])
    page = Socket(app, world.ash.tokens["guest"])
    wanted = {"visit": world.ash.ids["visit"], "session": doctor.session, "description": OFFER}
    call = doctor.ask("visit.admit", wanted)["call"]
    assert page.heard("visit.admitted")
    assert guest.does("/erase", withdraw="1").status_code == 200
    assert [each["call"] for each in doctor.heard("call.ended")] == [call]
    with tenant_scope(world.ash.id):
        row = db.session.get(Call, (world.ash.id, call))
        assert row.ended_at is not None
    db.session.remove()
    assert rows(world.ash, Visit) == []
    summary = world.caller("doctor").get(f"/calls/{call}/summary")
    assert summary.status_code == 200
    assert ">Gast<" not in summary.text


@pytest.mark.requirement("PRIV-6")
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "same-origin"}, 403),
    ],
)
def test_a_plain_form_of_our_own_page_is_told_from_one_of_another(guest, headers, status):
    sent = guest.send("POST", "/my-data", data={"code": guest.code}, headers={**PLAIN, **headers})
    assert sent.status_code == status
