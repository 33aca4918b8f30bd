"""Vinteos: offered after a call, filled in once, counted, read by one doctor, erased in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import Text, select, type_coerce

from plugins.vinteos.count_models import Completion
from plugins.vinteos.models import FilledForm, OpenForm
from portal.extensions import db
from portal.tenants.scope import new_id, tenant_scope
from tests.plugins.vinteos import ANSWERS, DAY, clean, ended, offered, rows, step, tell
from tests.world import Caller


@pytest.mark.requirement("VIN-1")
def test_after_a_call_the_doctor_fills_in_the_questionnaire_and_it_counts(here):
    doctor, call = here.caller("doctor"), ended(here.ash)
    url = step(here.ash, call)
    page = unescape(doctor.get(url).text)
    assert "Ließ sich das Anliegen" in page
    assert 'value="partly"' in page
    answer = doctor.post(url, **ANSWERS)
    assert answer.status_code == 200
    assert 'data-number="1"' in answer.text
    assert "Der Ton war leise." in answer.text
    assert "5: sehr gut" in answer.text
    assert 'data-number="1"' in doctor.get("/p/vinteos/").text


@pytest.mark.requirement("VIN-1")
def test_an_organisation_that_does_not_take_part_is_asked_nothing(world):
    call = ended(world.ash)
    assert offered(world.ash, call) == []
    assert world.caller("doctor").get(f"/p/vinteos/calls/{call.call_id}").status_code == 404


@pytest.mark.parametrize("change", [{"connected_at": None}, {"kind": "created"}])
def test_a_call_that_never_stood_is_not_asked_about(app, here, change):
    call = replace(ended(here.ash), **change)
    assert offered(here.ash, call) == []
    tell(app, here.ash, call)
    assert rows(here.ash, OpenForm) == []


@pytest.mark.requirement("VIN-1")
def test_it_can_be_done_later(app, here):
    doctor, call = here.caller("doctor"), ended(here.ash)
    tell(app, here.ash, call)
    tell(app, here.ash, call)
    path = f"/p/vinteos/calls/{call.call_id}"
    assert path in doctor.get("/p/vinteos/").text
    assert doctor.post(path, **ANSWERS).status_code == 200
    page = doctor.get("/p/vinteos/").text
    assert "Nichts offen" in page
    assert rows(here.ash, OpenForm) == []


@pytest.mark.requirement("VIN-2")
def test_a_call_counts_once_however_often_it_is_sent(app, here):
    doctor, call = here.caller("doctor"), ended(here.ash)
    url = step(here.ash, call)
    for quality in ("1", "5", "3"):
        page = doctor.post(url, **{**ANSWERS, "quality": quality})
        assert "1: sehr schlecht" in page.text
    assert offered(here.ash, call) == []
    tell(app, here.ash, call)
    assert len(rows(here.ash, FilledForm)) == len(rows(here.ash, Completion)) == 1
    assert rows(here.ash, OpenForm) == []


@pytest.mark.requirement("VIN-1")
def test_the_answers_are_read_by_the_doctor_who_gave_them_and_by_nobody_else(app, here):
    call = ended(here.ash)
    url = step(here.ash, call)
    here.caller("doctor").post(url, **ANSWERS)
    for who in ("colleague", "assistant", "projectadmin", "guest", "sales", "support", "operator"):
        assert here.caller(who).get(url).status_code == 404, who
        assert here.caller(who).post(url, **ANSWERS).status_code == 404, who
    assert Caller(here.birch.tokens["doctor"]).get(url).status_code == 404
    raw = select(type_coerce(FilledForm.answers, Text))
    with tenant_scope(here.ash.id):
        assert "leise" not in db.session.scalar(raw)
    db.session.remove()


def test_another_doctors_open_questionnaire_looks_like_none(app, here):
    call = ended(here.ash)
    tell(app, here.ash, call)
    colleague = here.caller("colleague")
    strange = colleague.get(f"/p/vinteos/calls/{call.call_id}")
    unknown = colleague.get(f"/p/vinteos/calls/{new_id()}")
    assert strange.status_code == unknown.status_code == 404
    assert strange.data == unknown.data
    assert call.call_id not in colleague.get("/p/vinteos/").text


@pytest.mark.parametrize("key", ["", "0" * 64, "ä", "other"])
def test_a_key_that_was_not_offered_opens_nothing(here, key):
    call, other = ended(here.ash), ended(here.ash)
    if key == "other":
        key = step(here.ash, other).partition("key=")[2]
    path = f"/p/vinteos/calls/{call.call_id}"
    doctor = here.caller("doctor")
    assert doctor.get(path, query_string={"key": key}).status_code == 404
    assert doctor.send("POST", path, query_string={"key": key}, data=ANSWERS).status_code == 404
    assert rows(here.ash, FilledForm) == []


@pytest.mark.requirement("VIN-1")
def test_where_only_the_number_is_wanted_no_answer_is_kept(here):
    admin, doctor = here.caller("projectadmin"), here.caller("doctor")
    assert "gespeichert" in admin.post("/admin/plugins/vinteos", count_only="y").text
    page = doctor.post(step(here.ash, ended(here.ash)), **ANSWERS)
    assert 'data-number="1"' in page.text
    assert "nicht gespeichert" in page.text
    assert rows(here.ash, FilledForm) == []
    admin.post("/admin/plugins/vinteos")
    page = doctor.post(step(here.ash, ended(here.ash)), **ANSWERS)
    assert 'data-number="2"' in page.text
    assert len(rows(here.ash, FilledForm)) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("settled", ""),
        ("settled", "perhaps"),
        ("settled", "<script>"),
        ("quality", "6"),
        ("quality", "NaN"),
        ("spared", "yes "),
        ("remarks", "x" * 1001),
    ],
)
def test_a_wrong_answer_is_told_at_its_question_and_changes_nothing(here, field, value):
    answer = here.caller("doctor").post(
        step(here.ash, ended(here.ash)), **{**ANSWERS, field: value}
    )
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert rows(here.ash, FilledForm) == []


def test_what_is_left_out_or_too_much_is_refused_or_ignored(here):
    doctor, call = here.caller("doctor"), ended(here.ash)
    url = step(here.ash, call)
    assert doctor.post(url).status_code == 422
    assert doctor.post(url, **ANSWERS, account_id=here.ash.ids["colleague"]).status_code == 200
    assert rows(here.ash, FilledForm)[0].account_id == call.account_id


@pytest.mark.requirement("UX-1")
def test_the_questionnaire_speaks_english_too(here):
    url = step(here.ash, ended(here.ash))
    page = here.caller("doctor").get(url, headers={"X-Portal-Language": "en"})
    assert "How good were picture and sound?" in page.text


def test_markup_in_an_answer_stays_text(here):
    url = step(here.ash, ended(here.ash))
    page = here.caller("doctor").post(url, **{**ANSWERS, "remarks": "<img src=x onerror=a()>"})
    assert "<img src=x" not in page.text
    assert "&lt;img" in page.text


# Retention: what the declaration says is what happens.


def test_an_open_questionnaire_is_kept_for_ninety_days(app, here, clock):
    tell(app, here.ash, ended(here.ash))
    clock.move(90 * DAY - timedelta(seconds=1))
    clean(app)
    assert len(rows(here.ash, OpenForm)) == 1
    clock.move(timedelta(seconds=2))
    clean(app)
    assert rows(here.ash, OpenForm) == []
