"""Taking part in Vinteos: agreed to, counted against a quota, ended, and erased to the second."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from plugins.vinteos.count_models import Completion, Participation
from plugins.vinteos.models import FilledForm, OpenForm
from plugins.vinteos.participation import ZONE
from portal import clock as the_clock
from portal.extensions import db
from portal.language import written_month
from portal.personaldata import Period
from portal.pluginhost import switches
from portal.tenants.scope import tenant_scope
from portal.tenants.service import get_switch
from tests.plugins.test_vinteos_questionnaires import typed
from tests.plugins.vinteos import (
    ANSWERS,
    DAY,
    audited,
    clean,
    ended,
    offered,
    rows,
    step,
    take_part,
    tell,
)
from tests.world import Caller

SECOND = timedelta(seconds=1)
OWN, ADMIN = "/p/vinteos/", "/p/vinteos/participants"


@pytest.fixture
def invited(world):
    """Return the world, with the doctor of Ash switched on, who has not agreed yet."""
    take_part(world.ash)
    with tenant_scope(world.ash.id):
        switches.set_account("vinteos", world.ash.ids["doctor"], on=True, now=the_clock.now())
        db.session.commit()
    db.session.remove()
    return world


def fill_in(world, who: str = "doctor"):
    return world.caller(who).post(step(world.ash, ended(world.ash, who)), **ANSWERS)


def part(world, who: str = "doctor") -> Participation:
    found = [row for row in rows(world.ash, Participation) if row.account_id == world.ash.ids[who]]
    return found[-1]


def set_up(world, **values) -> str:
    return world.caller("projectadmin").post("/admin/plugins/vinteos", **values).text


def change(world, row, **values):
    form = {"participant": row.participant, "quota": row.quota, "ends_on": "", **values}
    return world.caller("projectadmin").post(f"{ADMIN}/{row.id}", **form)


def move_to(moment: datetime) -> None:
    the_clock.move(moment - the_clock.now())


# The agreement.


@pytest.mark.requirement("VIN-3")
def test_a_doctor_takes_part_by_agreeing_and_not_before(app, invited):
    doctor, call = invited.caller("doctor"), ended(invited.ash)
    assert offered(invited.ash, call) == []
    tell(app, invited.ash, call)
    assert rows(invited.ash, OpenForm) == []
    page = doctor.get(OWN).text
    assert "Am Sonderprojekt teilnehmen" in page
    assert "20 Fragebögen" in page
    assert doctor.post(f"{OWN}participation").status_code == 422
    assert rows(invited.ash, Participation) == []
    for _twice in range(2):
        assert 'data-state="running"' in doctor.post(f"{OWN}participation", agreed="1").text
    (row,) = rows(invited.ash, Participation)
    assert (row.account_id, row.terms) == (invited.ash.ids["doctor"], "1")
    assert row.participant.startswith("V-")
    assert len(offered(invited.ash, call)) == 1


def test_a_doctor_who_is_not_switched_on_finds_nothing(invited):
    colleague = invited.caller("colleague")
    for path in (OWN, f"{OWN}answers.csv"):
        assert colleague.get(path).status_code == 404
    assert colleague.post(f"{OWN}participation", agreed="1").status_code == 404


def test_the_settings_say_what_is_agreed_to(invited, clock):
    later, last = ((the_clock.now() + days * DAY).astimezone(ZONE).date() for days in (3, 10))
    assert "gespeichert" in set_up(invited, quota="2", starts_on=later, ends_on=last)
    assert f'value="{last}"' in invited.caller("projectadmin").get("/admin/plugins/vinteos").text
    doctor = invited.caller("doctor")
    assert "beginnt am" in doctor.post(f"{OWN}participation", agreed="1").text
    assert offered(invited.ash, ended(invited.ash)) == []
    clock.move(3 * DAY)
    assert len(offered(invited.ash, ended(invited.ash))) == 1
    clock.move(8 * DAY)
    assert offered(invited.ash, ended(invited.ash)) == []


@pytest.mark.parametrize(
    "values",
    [
        {"quota": "0"},
        {"quota": "-1"},
        {"quota": "many"},
        {"quota": "10001"},
        {"starts_on": "2026-12-02", "ends_on": "2026-12-01"},
        {"ends_on": "31.02.2026"},
    ],
)
def test_settings_that_cannot_be_are_refused(invited, values):
    assert 'data-code="invalid_form"' in set_up(invited, **values)


def test_a_project_that_is_over_takes_nobody(invited):
    set_up(invited, ends_on="2020-01-01")
    doctor = invited.caller("doctor")
    assert "nicht mehr möglich" in doctor.get(OWN).text
    assert doctor.post(f"{OWN}participation", agreed="1").status_code == 409
    assert rows(invited.ash, Participation) == []


# The quota, and the other ends.


@pytest.mark.requirement("VIN-3")
def test_the_last_of_the_quota_ends_the_participation(here):
    change(here, part(here), quota="2")
    late = step(here.ash, ended(here.ash))
    for _each in range(2):
        assert fill_in(here).status_code == 200
    doctor = here.caller("doctor")
    assert "die vereinbarte Zahl ist erreicht" in doctor.get(OWN).text
    assert offered(here.ash, ended(here.ash)) == []
    assert doctor.get(late).status_code == 409
    assert doctor.post(late, **ANSWERS).status_code == 409
    assert typed(doctor, late, remarks="x").status_code == 409
    assert len(rows(here.ash, Completion)) == 2
    assert part(here).closed_because == "quota"


@pytest.mark.requirement("VIN-3")
def test_a_doctor_ends_early_and_reads_the_answers_until_they_are_erased(here):
    fill_in(here)
    doctor = here.caller("doctor")
    page = doctor.post(f"{OWN}participation/end").text
    assert "auf eigenen Wunsch" in page
    assert "Am Sonderprojekt teilnehmen" in page
    assert len(doctor.get(f"{OWN}answers.json").json) == 1
    before = part(here).closed_at
    doctor.post(f"{OWN}participation/end")
    assert part(here).closed_at == before
    # Taking part again begins a new count.
    assert "0 Fragebögen von 20" in doctor.post(f"{OWN}participation", agreed="1").text


@pytest.mark.requirement("VIN-3")
def test_the_project_administrator_changes_and_ends_a_participation(here):
    admin, row = here.caller("projectadmin"), part(here)
    fill_in(here)
    page = admin.get(ADMIN).text
    assert "1 von 20 Fragebögen" in page
    assert "Ash Doctor" in page
    assert "geändert" in change(here, row, participant="P-017", quota="5").text
    assert (part(here).participant, part(here).quota) == ("P-017", 5)
    assert "beendet" in admin.post(f"{ADMIN}/{row.id}/end").text
    assert part(here).closed_because == "admin"
    assert change(here, row, quota="9").status_code == 409
    assert audited(row.id) == [
        ("vinteos.participation.changed", "participant quota"),
        ("vinteos.participation.ended", ""),
    ]
    assert "P-017" in admin.get(f"{ADMIN}?q=p-017").text
    assert "Niemand gefunden" in admin.get(f"{ADMIN}?q=nobody").text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("participant", ""),
        ("participant", "Dr. Mara Probe"),
        ("participant", "x" * 41),
        ("participant", "taken"),
        ("quota", "0"),
        ("quota", ""),
        ("ends_on", "tomorrow"),
    ],
)
def test_a_change_that_cannot_be_changes_nothing(here, field, value):
    row = part(here)
    if value == "taken":
        value = part(here, "colleague").participant
    answer = change(here, row, **{field: value})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert part(here).participant == row.participant
    assert part(here).quota == row.quota


@pytest.mark.requirement("VIN-1")
def test_the_project_administrator_sees_numbers_and_no_answer(here):
    doctor = here.caller("doctor")
    doctor.post(step(here.ash, ended(here.ash)), **{**ANSWERS, "remarks": "Kanarienvogel"})
    admin = here.caller("projectadmin")
    for path in (ADMIN, "/p/vinteos/questionnaires", "/admin/plugins/vinteos", "/admin"):
        assert "Kanarienvogel" not in admin.get(path).text
    for who in ("projectadmin", "assistant", "guest", "sales", "support", "operator"):
        for path in (OWN, f"{OWN}answers.csv", f"{OWN}answers.json"):
            assert here.caller(who).get(path).status_code == 404, (who, path)
    for who in ("doctor", "assistant", "sales", "operator"):
        assert here.caller(who).get(ADMIN).status_code == 404
        assert here.caller(who).post(f"{ADMIN}/{part(here).id}/end").status_code == 404
    stranger = Caller(here.birch.tokens["projectadmin"])
    assert stranger.post(f"{ADMIN}/{part(here).id}/end").status_code == 404


def test_the_desk_reminds_of_what_waits(app, here):
    doctor = here.caller("doctor")
    assert "wartet" not in doctor.get("/slots/desk/vinteos/waiting").text
    tell(app, here.ash, ended(here.ash))
    assert "1 Fragebogen wartet" in doctor.get("/slots/desk/vinteos/waiting").text
    assert "wartet" not in here.caller("colleague").get("/slots/desk/vinteos/waiting").text


# The export.


@pytest.mark.requirement("VIN-1")
def test_a_doctor_exports_the_own_answers_and_nobody_elses(here):
    doctor = here.caller("doctor")
    doctor.post(step(here.ash, ended(here.ash)), **{**ANSWERS, "remarks": "=1+1;2"})
    here.caller("colleague").post(step(here.ash, ended(here.ash, "colleague")), **ANSWERS)
    (one,) = doctor.get(f"{OWN}answers.json").json
    assert one["answers"]["remarks"] == "=1+1;2"
    assert one["in_words"][1] == {
        "question": "Wie gut waren Bild und Ton?",
        "answers": ["5: sehr gut"],
    }
    ticket = doctor.post("/tickets", path=f"{OWN}answers.csv").json["url"]
    answer = Caller().get(ticket)
    assert answer.mimetype == "text/csv"
    assert '"\'=1+1;2"' in answer.get_data(as_text=True)
    assert Caller().get(ticket).status_code == 401


# Erasure, to the second.


def all_of(org) -> int:
    return sum(len(rows(org, model)) for model in (Participation, Completion, FilledForm, OpenForm))


def with_everything(app, world) -> None:
    """Give the doctor an answer, a draft and a count; the colleague and Birch keep theirs."""
    fill_in(world)
    waits = ended(world.ash)
    tell(app, world.ash, waits)
    typed(world.caller("doctor"), f"/p/vinteos/calls/{waits.call_id}", remarks="Entwurf")
    assert all_of(world.ash) == 5


def by_quota(world) -> None:
    change(world, part(world), quota="2")
    fill_in(world)


def by_doctor(world) -> None:
    world.caller("doctor").post(f"{OWN}participation/end")


def by_admin(world) -> None:
    world.caller("projectadmin").post(f"{ADMIN}/{part(world).id}/end")


@pytest.mark.requirement("VIN-3")
@pytest.mark.parametrize("ends", [by_quota, by_doctor, by_admin])
def test_three_months_after_the_end_all_is_erased_to_the_second(app, here, clock, ends):
    with_everything(app, here)
    clock.move(timedelta(minutes=5))
    ends(here)
    over = part(here).closed_at
    erased = Period(months=3).after(over)
    move_to(erased - SECOND)
    clean(app)
    assert len(rows(here.ash, Completion)) == len(rows(here.ash, FilledForm)) >= 1
    assert part(here).closed_at == over
    move_to(erased)
    clean(app)
    left = rows(here.ash, Participation)
    assert [row.account_id for row in left] == [here.ash.ids["colleague"]]
    assert [rows(here.ash, model) for model in (Completion, FilledForm, OpenForm)] == [[], [], []]
    assert len(rows(here.birch, Participation)) == 2


@pytest.mark.requirement("VIN-3")
def test_the_last_day_counts_from_its_midnight_whenever_that_is_noted(app, here, clock):
    with_everything(app, here)
    last = the_clock.now().astimezone(ZONE).date() + 5 * DAY
    change(here, part(here), ends_on=str(last))
    midnight = datetime.combine(last + DAY, datetime.min.time(), ZONE)
    move_to(midnight - SECOND)
    assert len(offered(here.ash, ended(here.ash))) == 1
    move_to(midnight)
    assert offered(here.ash, ended(here.ash)) == []
    # Nothing ran in between; the period is none the longer.
    move_to(Period(months=3).after(midnight) - SECOND)
    clean(app)
    assert len(rows(here.ash, Completion)) == 1
    move_to(Period(months=3).after(midnight))
    clean(app)
    assert rows(here.ash, Completion) == rows(here.ash, FilledForm) == []


@pytest.mark.requirement("PRIV-4")
def test_what_is_past_its_date_is_invisible_before_the_job_ran(app, here, clock):
    from plugins.vinteos import answers, participation
    from portal.pluginhost import service as pluginhost

    with_everything(app, here)
    here.caller("doctor").post(f"{OWN}participation/end")
    erased, account_id = part(here).erase_at, here.ash.ids["doctor"]

    def seen() -> tuple[int, int, int]:
        with app.app_context(), tenant_scope(here.ash.id):
            ctx = pluginhost.context("vinteos")
            return (
                len(participation.of_account(ctx, account_id)),
                len(answers.export(ctx, account_id, "de")),
                len(answers.newest(ctx, account_id)),
            )

    move_to(erased - SECOND)
    assert seen() == (1, 1, 1)
    move_to(erased)
    assert seen() == (0, 0, 0)


@pytest.mark.requirement("VIN-3")
def test_a_practice_or_a_doctor_that_is_switched_off_has_ended(app, here):
    with tenant_scope(here.ash.id):
        colleague = here.ash.ids["colleague"]
        switches.set_account("vinteos", colleague, on=False, now=the_clock.now())
        db.session.commit()
    db.session.remove()
    clean(app)
    assert part(here, "colleague").closed_because == "admin"
    assert part(here).closed_because == ""
    with tenant_scope(here.ash.id):
        get_switch("vinteos").is_on = False
        db.session.commit()
    db.session.remove()
    clean(app)
    assert part(here).closed_because == "practice"
    assert [row.closed_at for row in rows(here.birch, Participation)] == [None, None]


@pytest.mark.requirement("VIN-3")
def test_the_notice_says_when_it_is_erased(here):
    from plugins.vinteos import declarations

    assert declarations.AFTER_PARTICIPATION.period == Period(months=3)
    uses = {use.id: use for use in declarations.DECLARATIONS if hasattr(use, "id")}
    for name in ("participation", "filled", "open"):
        assert declarations.AFTER_PARTICIPATION in uses[f"vinteos.{name}"].rules


def test_progress_is_told_as_a_sentence_a_picture_and_a_table(here):
    fill_in(here)
    month = written_month(the_clock.now().astimezone(ZONE).date())
    for who, path in (("doctor", OWN), ("projectadmin", ADMIN)):
        page = here.caller(who).get(path).text
        assert "In den letzten sechs Monaten wurde 1 Fragebogen ausgefüllt." in page
        assert f"<td>{month}</td>" in page
        assert 'role="img"' in page
        assert json.dumps(ANSWERS["remarks"])[1:-1] not in page
