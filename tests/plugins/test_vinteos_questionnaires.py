"""Questionnaires of Vinteos as data: read strictly, chosen by the practice, asked by conditions."""

from __future__ import annotations

import io
import json
from copy import deepcopy
from html import unescape

import pytest

from plugins.vinteos import library, reader
from plugins.vinteos.models import FilledForm, OpenForm, StoredQuestionnaire
from plugins.vinteos.questionnaire import asked
from tests.plugins.vinteos import ANSWERS, audited, ended, offered, rows, step, tell
from tests.world import Caller

DE_EN = {"de": "Frage", "en": "Question"}
YES_NO = [{"value": "yes", "text": DE_EN}, {"value": "no", "text": DE_EN}]
FIRST = {"id": "first", "kind": "choice", "required": True, "text": DE_EN, "choices": YES_NO}
SECOND = {
    "id": "second",
    "kind": "text",
    "required": True,
    "text": DE_EN,
    "show_if": {"question": "first", "is": ["no"]},
}
WHOLE = {"name": "own", "version": 1, "title": DE_EN, "questions": [FIRST, SECOND]}


def with_question(**changes) -> str:
    """Return a file whose second question differs, or lacks what is None."""
    second = {name: value for name, value in {**SECOND, **changes}.items() if value is not None}
    return json.dumps({**WHOLE, "questions": [FIRST, second]})


def uploaded(caller: Caller, raw: bytes | str):
    data = {"file": (io.BytesIO(raw.encode() if isinstance(raw, str) else raw), "own.json")}
    return caller.send("POST", "/p/vinteos/questionnaires", data=data)


# The file.


@pytest.mark.requirement("VIN-1")
def test_every_questionnaire_that_comes_along_is_whole_and_old_ones_stay():
    assert {"call-1", "call-2"} <= library.shipped().keys()
    assert library.DEFAULT in library.shipped()
    kinds = {each.kind for known in library.shipped().values() for each in known.questions}
    assert kinds == {"choice", "date", "multiple", "scale", "text"}


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("", "Zeile 1, Spalte 1"),
        ("nonsense", "Zeile 1, Spalte 1"),
        ("[]", "muss ein Objekt sein"),
        ("{}", "questions: fehlt"),
        (b"\xff\xfe{", "nicht in UTF-8"),
        ("[" * 100_000, "kein gültiges JSON"),
        (" " * (reader.MAX_BYTES + 1), "größer als 128 KB"),
        ('{"name": "a", "name": "b"}', "name: steht in einem Objekt zweimal"),
        ('{"version": NaN}', "NaN: ist keine Zahl"),
        (json.dumps({**WHOLE, "version": "1"}), "version: muss eine ganze Zahl von 0 bis 9999"),
        (json.dumps({**WHOLE, "version": True}), "version: muss eine ganze Zahl"),
        (json.dumps({**WHOLE, "name": "Ä b"}), "name: muss mit einem kleinen Buchstaben"),
        (json.dumps({**WHOLE, "colour": 1}), "colour: ist hier unbekannt"),
        (json.dumps({**WHOLE, "questions": []}), "questions: muss eine Liste"),
        (json.dumps({**WHOLE, "questions": [FIRST] * 61}), "questions: hat mehr als 60"),
        (json.dumps({**WHOLE, "questions": [7]}), "questions[0]: muss ein Objekt sein"),
        (json.dumps({**WHOLE, "questions": [FIRST, FIRST]}), "questions[1].id: ist schon vergeben"),
        *(
            (with_question(id=name), f"questions[1].id: ist schon vergeben: {name}")
            for name in ("validate", "questions", "answers", "questionnaire")
        ),
        (with_question(text={"de": "\ud800", "en": "x"}), "kein gültiges JSON"),
        (with_question(kind="photo"), "questions[1].kind: ist 'photo'; möglich sind choice, date"),
        (with_question(text=None), "questions[1].text: fehlt"),
        (with_question(text={"de": "Frage"}), "questions[1].text.en: fehlt"),
        (with_question(text={"de": " ", "en": 7}), "questions[1].text.de: muss ein Text sein"),
        (with_question(text={"de": "x" * 501, "en": "x"}), "text.de: ist länger als 500"),
        (with_question(required="yes"), "questions[1].required: muss true oder false"),
        (with_question(choices=YES_NO), "questions[1].choices: ist hier unbekannt"),
        (with_question(kind="multiple"), "questions[1].choices: fehlt"),
        (
            with_question(kind="multiple", choices=[*YES_NO, YES_NO[0]]),
            "questions[1].choices[2].value: steht schon weiter oben",
        ),
        (
            with_question(**{"kind": "scale", "from": 5, "to": 5, "low": DE_EN, "high": DE_EN}),
            "questions[1].to: muss größer als „from“ sein",
        ),
        (with_question(show_if={"question": "later", "is": ["no"]}), "show_if.question: muss eine"),
        (with_question(show_if={"question": "first", "is": []}), "show_if.is: muss eine Liste"),
        (
            with_question(show_if={"question": "first", "is": ["perhaps"]}),
            "show_if.is: „perhaps“ ist keine Antwort auf „first“",
        ),
        (with_question(show_if={"question": "first"}), "show_if.is: fehlt"),
    ],
)
def test_a_malformed_file_is_told_by_place_and_reason(app, raw, said):
    with app.test_request_context(), pytest.raises(reader.MalformedError) as refused:
        reader.read(raw)
    assert any(said in each for each in refused.value.problems), refused.value.problems


def test_all_that_is_wrong_is_told_at_once(app):
    broken = deepcopy(WHOLE)
    del broken["title"]
    broken["questions"][1]["kind"] = "photo"
    with app.test_request_context(), pytest.raises(reader.MalformedError) as refused:
        reader.read(json.dumps(broken))
    assert len(refused.value.problems) == 2


def test_a_condition_on_a_question_that_is_not_asked_does_not_hold():
    third = {**SECOND, "id": "third", "kind": "choice", "choices": YES_NO}
    fourth = {**SECOND, "id": "fourth", "show_if": {"question": "third", "is": ["yes"]}}
    chain = reader.read(json.dumps({**WHOLE, "questions": [FIRST, third, fourth]}))
    stale = {"first": "yes", "third": "yes", "fourth": "left from before"}
    assert [each.id for each in asked(chain, stale)] == ["first"]
    assert [each.id for each in asked(chain, {**stale, "first": "no"})] == [
        "first",
        "third",
        "fourth",
    ]


# In force.


@pytest.mark.requirement("VIN-1")
def test_a_practice_brings_its_own_questionnaire_and_chooses_it(here):
    admin, doctor = here.caller("projectadmin"), here.caller("doctor")
    assert "own-1" in uploaded(admin, json.dumps(WHOLE)).text
    before = ended(here.ash)
    assert "Ließ sich das Anliegen" in unescape(doctor.get(step(here.ash, before)).text)
    assert "Ab jetzt wird" in admin.post("/p/vinteos/questionnaires/own-1").text
    happened = [code for code, _fields in audited("own-1")]
    assert happened == ["vinteos.questionnaire.added", "vinteos.questionnaire.chosen"]
    page = doctor.get(step(here.ash, ended(here.ash))).text
    assert 'name="first"' in page
    other = Caller(here.birch.tokens["doctor"]).get(step(here.birch, ended(here.birch)))
    assert "Ließ sich das Anliegen" in unescape(other.text)
    assert (
        'id="q-own-1"'
        not in Caller(here.birch.tokens["projectadmin"]).get("/p/vinteos/questionnaires").text
    )


def test_a_malformed_file_is_refused_and_nothing_is_kept(here):
    admin = here.caller("projectadmin")
    for raw in ("{}", b"\xff", "", "x" * 200_000):
        answer = uploaded(admin, raw)
        assert answer.status_code == 422
        assert 'data-code="malformed"' in answer.text
    assert admin.send("POST", "/p/vinteos/questionnaires").status_code == 422
    assert rows(here.ash, StoredQuestionnaire) == []


def test_a_version_never_changes_its_text(here):
    admin = here.caller("projectadmin")
    for _twice in range(2):
        assert uploaded(admin, json.dumps(WHOLE)).status_code == 200
    other = json.dumps({**WHOLE, "title": {"de": "Anders", "en": "Other"}})
    answer = uploaded(admin, other)
    assert answer.status_code == 422
    assert "Erhöhen Sie die Zahl" in unescape(answer.text)
    assert len(rows(here.ash, StoredQuestionnaire)) == 1


def test_only_the_project_administrator_chooses(here):
    for who in ("doctor", "assistant", "guest", "sales", "support", "operator"):
        assert uploaded(here.caller(who), json.dumps(WHOLE)).status_code == 404
        assert here.caller(who).get("/p/vinteos/questionnaires").status_code == 404
        assert here.caller(who).post("/p/vinteos/questionnaires/call-1").status_code == 404
    assert here.caller("projectadmin").post("/p/vinteos/questionnaires/x-9").status_code == 404


@pytest.mark.requirement("VIN-1")
def test_answers_to_an_older_version_stay_readable(here):
    doctor, call = here.caller("doctor"), ended(here.ash)
    doctor.post(step(here.ash, call), questionnaire="call-1", **ANSWERS)
    assert rows(here.ash, FilledForm)[0].questionnaire == "call-1"
    here.caller("projectadmin").post("/p/vinteos/questionnaires/call-2")
    assert "5: sehr gut" in doctor.get(f"/p/vinteos/calls/{call.call_id}").text


# Conditions, on the server; the script of the page only hides what the server would not ask.


def test_what_is_not_asked_is_neither_needed_nor_kept(here):
    doctor = here.caller("doctor")
    url = step(here.ash, ended(here.ash))
    page = unescape(doctor.get(url).text)
    assert "Nur, wenn Sie bei „Ließ sich das Anliegen im Videogespräch klären?“" in page
    answer = doctor.send("POST", url, data={**ANSWERS, "missing": "nonsense", "again": "31.2."})
    assert answer.status_code == 200
    assert set(json.loads(rows(here.ash, FilledForm)[0].answers)) == set(ANSWERS)


@pytest.mark.requirement("VIN-1")
def test_what_the_answers_bring_up_is_needed(here):
    doctor, url = here.caller("doctor"), step(here.ash, ended(here.ash))
    partly = {**ANSWERS, "settled": "partly"}
    refused = doctor.send("POST", url, data=partly)
    assert refused.status_code == 422
    assert 'href="#missing"' in refused.text
    refused = doctor.send("POST", url, data={**partly, "missing": "time", "again": "31.02.2026"})
    assert 'href="#again"' in refused.text
    data = {**partly, "missing": ["time", "touching"], "again": "01.12.2026"}
    page = doctor.send("POST", url, data=data)
    assert "Zeit, Eine Untersuchung" in page.text
    assert "01.12.2026" in page.text


# Drafts.


def typed(doctor: Caller, url: str, **more: str):
    path, _mark, query = url.partition("?")
    return doctor.post(f"{path}/draft?{query}", questionnaire="call-2", **more)


@pytest.mark.requirement("VIN-1")
@pytest.mark.requirement("UX-4")
def test_a_draft_is_kept_and_comes_back_also_before_the_worker_has_noted_the_call(app, here):
    doctor, call = here.caller("doctor"), ended(here.ash)
    url = step(here.ash, call)
    answer = typed(doctor, url, settled="partly", remarks="Halb fertig", again="31.2.")
    assert answer.json == {"saved": True}
    tell(app, here.ash, call)
    page = doctor.get(f"/p/vinteos/calls/{call.call_id}").text
    assert "Halb fertig" in page
    assert "31.2." in page
    assert "Entwurf gespeichert um" in page
    assert "begonnen" in doctor.get("/p/vinteos/").text
    assert len(rows(here.ash, OpenForm)) == 1
    assert doctor.post(url, **ANSWERS).status_code == 200
    assert rows(here.ash, OpenForm) == []
    assert typed(doctor, url, remarks="zu spät").json == {"saved": False}
    assert rows(here.ash, OpenForm) == []


def test_a_draft_is_encrypted_and_nobody_elses(here):
    from sqlalchemy import Text, select, type_coerce

    from portal.extensions import db
    from portal.tenants.scope import tenant_scope

    url = step(here.ash, ended(here.ash))
    typed(here.caller("doctor"), url, remarks="Kanarienvogel")
    with tenant_scope(here.ash.id):
        assert "Kanarien" not in db.session.scalar(select(type_coerce(OpenForm.draft, Text)))
    db.session.remove()
    for who in ("colleague", "assistant", "projectadmin", "guest", "sales", "support", "operator"):
        assert here.caller(who).get(url).status_code == 404, who
        assert typed(here.caller(who), url, remarks="x").status_code == 404, who
    assert typed(Caller(here.birch.tokens["doctor"]), url).status_code == 404


def test_what_is_sent_and_wrong_is_kept_as_a_draft(here):
    doctor, call = here.caller("doctor"), ended(here.ash)
    url = step(here.ash, call)
    assert doctor.post(url, remarks="Bleibt").status_code == 422
    assert "Bleibt" in doctor.get(url).text
    saved = doctor.post(url, do="draft", remarks="Von Hand gespeichert")
    assert saved.status_code == 200
    assert "Entwurf gespeichert um" in saved.text
    assert "Von Hand gespeichert" in doctor.get(url).text


def test_where_only_the_number_is_wanted_there_is_no_draft_either(here):
    here.caller("projectadmin").post("/admin/plugins/vinteos", count_only="y")
    doctor, url = here.caller("doctor"), step(here.ash, ended(here.ash))
    assert typed(doctor, url, remarks="weg").json == {"saved": False}
    doctor.post(url, remarks="auch weg")
    assert rows(here.ash, OpenForm) == []
    assert "Ihre Praxis zählt nur" in doctor.get(url).text


def test_a_draft_keeps_the_version_it_was_begun_in(here):
    doctor, url = here.caller("doctor"), step(here.ash, ended(here.ash))
    typed(doctor, url, remarks="Alt")
    here.caller("projectadmin").post("/p/vinteos/questionnaires/call-1")
    assert 'value="call-2"' in doctor.get(url).text
    assert 'value="call-1"' in doctor.get(step(here.ash, ended(here.ash))).text


# Put aside.


@pytest.mark.requirement("VIN-1")
def test_a_doctor_puts_a_questionnaire_aside_and_takes_it_up_again(app, here):
    doctor, call = here.caller("doctor"), ended(here.ash)
    tell(app, here.ash, call)
    path = f"/p/vinteos/calls/{call.call_id}"
    typed(doctor, path, remarks="weg damit")
    assert doctor.post(f"{path}/dismiss", because="sunshine").status_code == 422
    page = doctor.post(f"{path}/dismiss", because="no_time").text
    assert "zurückgestellt" in page
    assert "Keine Zeit" in page
    assert "Nichts offen" in page
    assert offered(here.ash, call) == []
    tell(app, here.ash, call)
    assert rows(here.ash, OpenForm)[0].draft is None
    assert "wieder offen" in doctor.post(f"{path}/take-up").text
    assert len(offered(here.ash, call)) == 1
    assert here.caller("colleague").post(f"{path}/dismiss", because="other").status_code == 404


def test_a_plugins_own_scripts_are_served_and_nothing_beside_them(client):
    good = client.get("/static/x/p/vinteos/conditions.js", buffered=True)
    assert good.status_code == 200
    assert good.mimetype == "text/javascript"
    for path in ("vinteos/../views.py", "vinteos/", "vinteos", "nobody/conditions.js", "", "../p"):
        assert client.get(f"/static/x/p/{path}").status_code == 404, path
