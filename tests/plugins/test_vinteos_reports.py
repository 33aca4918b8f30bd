"""Vinteos tells its partner a number a month, once, and can tell nothing else."""

from __future__ import annotations

import ast
import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

import plugins.vinteos
from plugins.vinteos import report
from plugins.vinteos.count_models import Completion
from plugins.vinteos.report import State
from plugins.vinteos.report_models import Report, ReportLine
from portal.extensions import db
from portal.personaldata import Period
from portal.pluginhost import service as pluginhost
from portal.tenants.scope import tenant_scope
from tests.plugins.reporting import (
    CANARY,
    LAST_MONTH,
    REPORTS,
    completed,
    part,
    release,
    settings,
    work,
)
from tests.plugins.test_vinteos_questionnaires import typed
from tests.plugins.vinteos import ANSWERS, clean, ended, rows, step
from tests.world import Caller

# What is counted, and released once.


@pytest.mark.requirement("VIN-2")
def test_a_month_is_previewed_and_told_by_participant(app, practice, partner):
    admin = practice.caller("projectadmin")
    page = admin.get(f"{REPORTS}/{LAST_MONTH}").text
    assert "Zusammen: 4" in page
    assert "Meldung Oktober 2026" in page
    assert ">Oktober 2026</a>" in admin.get(REPORTS).text
    assert ">October 2026</a>" in admin.get(f"{REPORTS}?lang=en").text
    assert partner.raw == []
    assert "Fassung 1 ist freigegeben" in release(practice).text
    work(app, practice.ash)
    (sent,) = partner.bodies
    assert sent.keys() == {"project", "reference", "period", "version", "total", "participants"}
    assert (sent["period"], sent["version"], sent["total"]) == (LAST_MONTH, 1, 4)
    assert {each["participant"]: each["completed"] for each in sent["participants"]} == {
        part(practice, "doctor").participant: 3,
        part(practice, "colleague").participant: 1,
    }
    assert partner.accounts == ["ash:geheim"]
    assert "vom Partner bestätigt" in admin.get(f"{REPORTS}/{LAST_MONTH}").text
    assert 'data-standing="same"' in admin.get(REPORTS).text


@pytest.mark.requirement("VIN-2")
def test_a_month_that_did_not_change_is_not_released_twice(app, practice, partner):
    assert release(practice).status_code == 200
    assert release(practice).status_code == 409
    work(app, practice.ash)
    work(app, practice.ash)
    assert release(practice).status_code == 409
    assert len(rows(practice.ash, Report)) == len(partner.raw) == 1


@pytest.mark.requirement("VIN-2")
def test_a_correction_is_a_new_version_of_the_whole_month(app, practice, partner):
    release(practice)
    work(app, practice.ash)
    completed(practice, "colleague", datetime(2026, 10, 20, tzinfo=UTC))
    admin = practice.caller("projectadmin")
    assert "Als Korrektur freigeben" in admin.get(f"{REPORTS}/{LAST_MONTH}").text
    release(practice)
    work(app, practice.ash)
    first, second = partner.bodies
    assert (second["version"], second["total"]) == (2, 5)
    assert first["reference"] != second["reference"]
    assert len(second["participants"]) == 2


def test_a_version_that_had_not_gone_out_is_not_sent_after_its_correction(app, practice, partner):
    release(practice)
    completed(practice, "colleague", datetime(2026, 10, 20, tzinfo=UTC))
    release(practice)
    work(app, practice.ash)
    assert [each["version"] for each in partner.bodies] == [2]
    assert {row.version: row.state for row in rows(practice.ash, Report)} == {
        1: State.REPLACED,
        2: State.DELIVERED,
    }
    again = practice.caller("projectadmin").post(f"{REPORTS}/{LAST_MONTH}/1/send")
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("period", "status"),
    [
        ("2026-11", 409),
        ("2026-12", 404),
        ("2026-13", 404),
        ("2026-1", 404),
        ("1999-01", 404),
        ("x", 404),
    ],
)
def test_only_a_month_that_is_over_is_released(practice, period, status):
    assert release(practice, period).status_code == status
    assert rows(practice.ash, Report) == []


def test_only_the_project_administrator_releases(practice):
    for who in ("doctor", "assistant", "guest", "sales", "support", "operator"):
        someone = practice.caller(who)
        assert someone.get(REPORTS).status_code == 404
        assert someone.post(f"{REPORTS}/{LAST_MONTH}").status_code == 404
    release(practice)
    stranger = Caller(practice.birch.tokens["projectadmin"])
    assert stranger.get(f"{REPORTS}/{LAST_MONTH}/1.csv").status_code == 404
    assert "Zusammen" not in stranger.get(f"{REPORTS}/{LAST_MONTH}").text


def test_two_who_release_at_once_make_one_version(app, practice):
    from portal.errors import PortalError

    came, start = [], threading.Barrier(2)

    def both() -> None:
        start.wait(10)
        with app.app_context(), tenant_scope(practice.ash.id):
            try:
                report.release(pluginhost.context("vinteos"), LAST_MONTH)
                db.session.commit()
                came.append("released")
            except PortalError as error:
                came.append(error.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=both) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert sorted(came) == ["released", "vinteos_not_releasable"]
    assert [row.version for row in rows(practice.ash, Report)] == [1]


@pytest.mark.requirement("VIN-2")
def test_the_file_says_the_same_and_without_an_address_nothing_is_sent(app, practice, partner):
    settings(practice, "")
    admin = practice.caller("projectadmin")
    named = {"participant": "-A1", "quota": "20", "ends_on": ""}
    admin.post(f"/p/vinteos/participants/{part(practice, 'colleague').id}", **named)
    assert "zum Herunterladen" in release(practice).text
    work(app, practice.ash)
    assert partner.raw == []
    ticket = admin.post("/tickets", path=f"{REPORTS}/{LAST_MONTH}/1.csv").json["url"]
    text = Caller().get(ticket).get_data(as_text=True)
    assert text.splitlines()[0] == "\ufeffperiod;version;participant;completed"
    assert f"{LAST_MONTH};1;{part(practice, 'doctor').participant};3" in text
    # What a spreadsheet would take for a formula.
    assert f"{LAST_MONTH};1;'-A1;1" in text
    assert admin.post(f"{REPORTS}/{LAST_MONTH}/1/send").status_code == 409


# Answers cannot leave.


@pytest.mark.requirement("VIN-2")
def test_nothing_but_numbers_arrives_at_the_partner(app, practice, partner):
    doctor = practice.caller("doctor")
    typed(doctor, step(practice.ash, ended(practice.ash)), remarks=f"{CANARY} im Entwurf")
    doctor.post(step(practice.ash, ended(practice.ash)), **{**ANSWERS, "remarks": CANARY})
    with tenant_scope(practice.ash.id):
        for row in db.session.query(Completion).all():
            row.completed_at = datetime(2026, 10, 10, tzinfo=UTC)
        db.session.commit()
    db.session.remove()
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        asked.append(statement)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
    try:
        release(practice)
        work(app, practice.ash)
    finally:
        with app.app_context():
            event.remove(db.engine, "before_cursor_execute", note)
    (raw,) = partner.raw
    text = raw.decode()
    for secret in (CANARY, *ANSWERS, "Ash", practice.ash.ids["doctor"], practice.ash.id):
        assert json.dumps(secret)[1:-1] not in text
    allowed = {"project", "reference", "period", "version", "total", "participants"}
    assert json.loads(raw).keys() == allowed
    assert all(
        each.keys() == {"participant", "completed"} for each in json.loads(raw)["participants"]
    )
    # Nor was it ever asked for.
    assert any("p_vinteos_completion" in each for each in asked)
    assert not any("p_vinteos_filled" in each or "p_vinteos_open" in each for each in asked)


@pytest.mark.requirement("VIN-2")
@pytest.mark.parametrize("module", ["report", "delivery"])
def test_the_code_of_the_report_knows_no_module_that_knows_answers(module):
    folder = Path(plugins.vinteos.__file__).parent
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        tree = ast.parse((folder / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "plugins.vinteos":
                waiting += [each.name for each in node.names]
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("plugins."):
                waiting.append(node.module.rpartition(".")[2])
    assert seen.isdisjoint({"answers", "forms", "inbox", "library", "models", "questionnaire"})
    words = (folder / f"{module}.py").read_text(encoding="utf-8")
    assert "filled" not in words
    assert "text(" not in words


# Erasure.


@pytest.mark.requirement("VIN-3")
def test_the_lines_of_a_report_go_with_the_participation_and_no_lower_count_follows(
    app, practice, partner, clock
):
    release(practice)
    work(app, practice.ash)
    admin = practice.caller("projectadmin")
    admin.post(f"/p/vinteos/participants/{part(practice, 'doctor').id}/end")
    erased = Period(months=3).after(part(practice, "doctor").closed_at)
    clock.move(erased - clock.now() - timedelta(seconds=1))
    clean(app)
    assert len(rows(practice.ash, ReportLine)) == 2
    clock.move(timedelta(seconds=1))
    clean(app)
    assert [row.completed for row in rows(practice.ash, ReportLine)] == [1]
    with app.app_context(), tenant_scope(practice.ash.id):
        ctx = pluginhost.context("vinteos")
        seen = report.preview(ctx, LAST_MONTH)
        assert seen.standing == "erased"
        with pytest.raises(report.NotReleasableError):
            report.release(ctx, LAST_MONTH)


@pytest.mark.requirement("VIN-3")
def test_a_report_is_not_sent_once_a_part_of_it_is_erased(app, practice, partner, clock):
    partner.mode = 500
    release(practice)
    work(app, practice.ash)
    sent = len(partner.raw)
    admin = practice.caller("projectadmin")
    admin.post(f"/p/vinteos/participants/{part(practice, 'doctor').id}/end")
    clock.move(Period(months=3).after(part(practice, "doctor").closed_at) - clock.now())
    clean(app)
    work(app, practice.ash)
    assert len(partner.raw) == sent
    (row,) = rows(practice.ash, Report)
    assert (row.state, row.next_try_at) == (State.ERASED, None)
    with app.app_context(), tenant_scope(practice.ash.id):
        ctx = pluginhost.context("vinteos")
        with pytest.raises(report.NotReleasableError):
            report.send_again(ctx, report.get(ctx, LAST_MONTH, "1"))


def test_a_release_is_in_the_audit_log(practice):
    from portal.audit import AuditEntry

    release(practice)
    codes = {row.code for row in db.session.query(AuditEntry).all()}
    assert "vinteos.report.released" in codes
