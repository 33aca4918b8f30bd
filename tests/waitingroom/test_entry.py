"""The guest's way over HTTP: code, notice, consent, place; and whatever else is sent."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal import clock as the_clock
from portal.extensions import db
from portal.privacy import consent
from portal.tenants.scope import tenant_scope
from portal.waitingroom import access, codes, guests, visits
from portal.waitingroom.forms import MAX_NAME
from portal.waitingroom.models import AccessCode, Visit
from tests.deleting import deleted
from tests.thorough import times
from tests.world import Caller, make_code, tomorrow

VECTORS = Path(__file__).parents[1] / "vectors" / "hostile.json"
HOSTILE = [
    "",
    " ",
    "\x00\x01",
    "x" * 10_000,
    "<script>alert(1)</script>",
    "\u202e",
    "'; DROP TABLE visit; --",
]


@pytest.fixture
def fresh(world):
    """Return the text of a code that nobody has used."""
    with tenant_scope(world.ash.id):
        row = make_code(world.ash.ids["doctor"], world.ash.ids["room"])
        db.session.commit()
        code = row.code
    db.session.remove()
    return code


def enter(code, **changes):
    version, _text = consent.guest_consent("de")
    form = {"code": code, "name": "Erika Muster", "consent": "1", "consent_version": version}
    return Caller().post("/entry/visits", **{**form, **changes})


def count_visits(world):
    with tenant_scope(world.ash.id):
        found = len(db.session.scalars(select(Visit)).all())
    db.session.remove()
    return found


@pytest.mark.requirement("WR-3")
def test_a_code_shows_the_notice_before_the_name_is_asked(world, fresh):
    answer = Caller().post("/entry/code", code=codes.written(fresh).lower())
    assert answer.status_code == 200
    for sentence in consent.notice_points("de"):
        assert answer.text.index(str(sentence)[:40]) < answer.text.index('name="name"')
    assert "/privacy?organisation=" in answer.text


@pytest.mark.requirement("WR-3")
def test_a_guest_waits_without_account_mail_or_telephone(world, fresh):
    answer = enter(fresh)
    assert answer.status_code == 201
    page = Caller(answer.json["token"]).get("/visit")
    assert 'data-testid="waiting-status"' in page.text
    assert "Erika Muster" in world.caller("doctor").get("/desk/queue").text


@pytest.mark.requirement("PRIV-7")
def test_the_consent_is_stored_with_the_version_of_its_text(world, fresh):
    from portal.privacy.models import Consent

    visit = enter(fresh).json["visit"]
    with tenant_scope(world.ash.id):
        row = db.session.scalars(select(Consent).where(Consent.subject_id == visit)).one()
        assert row.version == consent.guest_consent("de")[0]
        assert row.language == "de"
        assert row.withdrawn_at is None


def test_without_consent_nobody_enters(world, fresh):
    before = count_visits(world)
    refused = enter(fresh, consent="")
    assert refused.status_code == 422
    assert "consent" in refused.json["error"]["details"]["fields"]
    assert count_visits(world) == before


class Row(HTMLParser):
    """Reads what a browser would make of the rows of a queue: the names, and each element."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names, self.elements, self.inside, self.text = [], Counter(), [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements[tag] += 1
        self.names += [value for name, value in attrs if name == "data-name"]

    def handle_data(self, data):
        self.text += data


TEXTS = st.one_of(
    st.text(max_size=120),
    st.text("<>&\"'`/= \u202e\u200f\x1b[31m\x00\r\nax", max_size=40),
    st.sampled_from([*HOSTILE, *json.loads(VECTORS.read_text(encoding="utf-8"))]),
)


@pytest.mark.requirement("WR-3")
def test_any_name_is_shown_as_the_text_it_is_or_refused(world):
    """From the form over the database to the desk (SECURITY T6): one line, nothing hidden."""
    with tenant_scope(world.ash.id):
        code = make_code(world.ash.ids["doctor"], world.ash.ids["room"], uses="several").code
        db.session.commit()
    db.session.remove()
    # The second time as from another device, which the row says.
    assert [enter(code, name="Erika").status_code for _ in range(2)] == [201, 201]
    plain = Row(world.caller("doctor").get("/desk/queue").text)

    @settings(max_examples=times(40, 2_000), suppress_health_check=list(HealthCheck))
    @given(TEXTS)
    def told(name):
        entered = enter(code, name=name)
        seen = " ".join("".join(each if is_visible(each) else " " for each in name).split())
        if entered.status_code == 422:
            assert not seen or len(seen) > MAX_NAME or "\x00" in name or "\ufffd" in name, name
            assert "name" in entered.json["error"]["details"]["fields"]
            return
        page = Row(world.caller("doctor").get("/desk/queue").text)
        assert page.names.count(seen) == 1, name
        assert seen in page.text
        assert page.elements == plain.elements

    told()


def is_visible(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


@pytest.mark.parametrize("code", [*HOSTILE, "ABCD-EFGH-JKMN", "0000-0000-0000"])
@pytest.mark.requirement("COD-2")
def test_a_slip_is_told_before_any_look_up(world, code, monkeypatch):
    monkeypatch.setattr(access, "glance", pytest.fail)
    answer = Caller().post("/entry/code", code=code)
    assert answer.status_code == 422
    assert answer.json["error"]["code"] in {"code_slip", "invalid_form"}


@pytest.mark.requirement("UX-4")
def test_without_scripts_a_slip_is_told_and_nothing_typed_is_lost(world):
    headers = {"X-Portal-Request": ""}
    answer = Caller().send("POST", "/entry/code", data={"code": "ABCD-WXYZ"}, headers=headers)
    assert answer.status_code == 422
    assert "ABCD-WXYZ" in answer.text
    assert "Tippfehler" in answer.text


@pytest.mark.requirement("COD-2")
def test_wrong_codes_are_counted_by_network_and_answered_429(world):
    for _ in range(10):
        assert Caller().post("/entry/code", code=codes.make()).status_code == 404
    refused = Caller().post("/entry/code", code=codes.make())
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    spoofed = Caller().send(
        "POST",
        "/entry/code",
        data={"code": codes.make()},
        headers={"X-Forwarded-For": "192.0.2.7"},
    )
    assert spoofed.status_code == 429


def test_a_code_that_fits_is_not_told_apart_while_the_network_is_blocked(world, fresh):
    for _ in range(10):
        Caller().post("/entry/code", code=codes.make())
    assert Caller().post("/entry/code", code=fresh).status_code == 429


@pytest.mark.requirement("COD-1")
def test_a_code_ends_after_thirty_days(world, fresh, clock, second):
    clock.move(timedelta(days=30) - second * 5)
    assert Caller().post("/entry/code", code=fresh).status_code == 200
    clock.move(second * 5)
    refused = Caller().post("/entry/code", code=fresh)
    assert refused.json["error"]["code"] == "code_expired"


def test_a_code_for_another_day_says_which(world):
    with tenant_scope(world.ash.id):
        code = make_code(world.ash.ids["doctor"], world.ash.ids["room"], valid_on=tomorrow()).code
        db.session.commit()
    db.session.remove()
    refused = Caller().post("/entry/code", code=code)
    assert refused.json["error"]["code"] == "code_other_day"
    assert refused.json["error"]["details"]["date"] == tomorrow().isoformat()


@pytest.mark.requirement("COD-1")
@pytest.mark.parametrize(("uses", "status"), [("single", "code_used"), ("several", None)])
def test_a_code_serves_one_visit_or_several(world, uses, status):
    with tenant_scope(world.ash.id):
        row = make_code(world.ash.ids["doctor"], world.ash.ids["room"], uses=uses)
        access.note_use(row.id, now=the_clock.now())
        db.session.commit()
        code = row.code
    db.session.remove()
    answer = Caller().post("/entry/code", code=code)
    assert (answer.json or {}).get("error", {}).get("code") == status if status else answer.text


@pytest.mark.requirement("COD-1")
def test_a_code_leads_only_to_its_room(world, fresh):
    enter(fresh)
    with tenant_scope(world.ash.id):
        newest = db.session.scalars(select(Visit).order_by(Visit.arrived_at.desc())).first()
        assert newest.room_id == world.ash.ids["room"]


@pytest.mark.requirement("WR-7")
def test_another_device_takes_the_place_over(app, world, fresh, clock, second):
    first = enter(fresh).json
    clock.move(second * 30)
    again = enter(fresh).json
    assert again["visit"] == first["visit"]
    assert Caller(first["token"]).get("/visit").status_code == 401
    assert Caller(again["token"]).get("/visit").status_code == 200
    with tenant_scope(world.ash.id):
        visit = guests.get_visit(first["visit"])
        assert visit.moved
        assert (the_clock.now() - visit.arrived_at).total_seconds() > 29


def test_a_code_whose_guest_is_in_a_call_is_busy(world, fresh):
    visit_id = enter(fresh).json["visit"]
    with tenant_scope(world.ash.id):
        visits.admit(visit_id, account_id=world.ash.ids["doctor"], call_id="c" * 32)
        guests.note_connection(visit_id, connected=True, now=the_clock.now())
        db.session.commit()
    db.session.remove()
    assert enter(fresh).json["error"]["code"] == "code_busy"


def test_a_guest_who_went_can_come_back(world, fresh):
    caller = Caller(enter(fresh).json["token"])
    assert caller.post("/visit/leave").status_code == 200
    assert "Erika Muster" not in world.caller("doctor").get("/desk/queue").text
    assert caller.post("/visit/return").status_code == 200
    assert "Erika Muster" in world.caller("doctor").get("/desk/queue").text


def test_a_declined_guest_reads_the_doctors_words(world):
    path = f"/desk/visits/{world.ash.ids['visit']}/decline"
    assert world.caller("doctor").post(path, text="Bitte rufen Sie an.").status_code == 204
    assert "Bitte rufen Sie an." in world.caller("guest").get("/visit").text
    assert world.caller("doctor").post(path, text="x").status_code == 409


@pytest.mark.requirement("COD-4")
def test_deleting_a_code_takes_name_and_visit_with_it(world):
    path = f"/desk/codes/{world.ash.ids['code']}/delete"
    assert world.caller("doctor").post(path).status_code == 200
    with tenant_scope(world.ash.id):
        assert db.session.get(AccessCode, (world.ash.id, world.ash.ids["code"])) is None
        assert db.session.get(Visit, (world.ash.id, world.ash.ids["visit"])) is None
    db.session.remove()
    assert Caller().post("/entry/code", code=world.ash.code).status_code == 404
    assert world.caller("guest").get("/visit").status_code == 404


@pytest.mark.requirement("COD-4")
def test_deleting_a_code_withdraws_the_message_that_waits(world):
    from portal.outbox import Letter, Outbox, put

    with tenant_scope(world.ash.id):
        for subject in (world.ash.ids["code"], "f" * 32):
            letter = Letter("sms", "access_code", {"to": "+4917112345678", "text": "x"}, subject)
            put(letter, now=the_clock.now())
        db.session.commit()
        access.delete_code(access.get_code(world.ash.ids["code"], world.ash.ids["doctor"]))
        db.session.commit()
        assert db.session.scalars(select(Outbox.subject_id)).all() == ["f" * 32]


@pytest.mark.requirement("COD-4")
def test_a_code_is_gone_after_ninety_days_before_and_after_the_job(world, clock, second):
    clock.move(timedelta(days=90) - second * 10)
    assert deleted("access_code", the_clock.now()) == 0
    db.session.rollback()
    clock.move(second * 10)
    assert Caller().post("/entry/code", code=world.ash.code).json["error"]["code"] == "code_unknown"
    assert deleted("access_code", the_clock.now()) == 2
    db.session.commit()


@pytest.mark.requirement("COD-4")
def test_name_and_code_are_stored_encrypted(world):
    import sqlalchemy as sa

    with tenant_scope(world.ash.id):
        columns = sa.select(sa.literal_column("code"), sa.literal_column("guest_name"))
        query = columns.select_from(sa.table("access_code")).where(
            sa.literal_column("organisation_id") == world.ash.id
        )
        for code, name in db.session.execute(query):
            assert code.startswith("k1:")
            assert name.startswith("k1:")


@pytest.mark.parametrize("path", ["/desk/codes?q=%00", "/desk/visits/%00", "/desk?\0=1"])
def test_a_nul_character_is_refused_before_the_database_sees_it(world, path):
    answer = world.caller("doctor").get(path)
    assert answer.status_code in {404, 422}
    assert answer.json["error"]["message"]


@pytest.mark.parametrize("path", ["/entry/code", "/entry/visits", "/sign-in", "/tickets"])
def test_a_form_that_is_too_large_is_refused_in_words(world, path):
    answer = Caller().send("POST", path, data={"code": "x" * 400_000})
    assert answer.status_code in {401, 413}
    assert answer.json["error"]["message"]
