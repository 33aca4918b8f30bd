"""What the declarations say is shown, printed and reckoned with, and a new one changes it all."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner

from portal import jobs
from portal.extensions import db
from portal.personaldata import DataUse, Recipient, Text
from portal.privacy import coverage, registry, service
from portal.privacy.commands import privacy
from portal.tenants.models import Organisation
from portal.tenants.service import switch_plugin
from tests.deleting import deleted
from tests.world import Caller

NEW = Text("Ganz neue Verarbeitung", "Quite new processing")
SHOUT = Recipient("Beispiel Druck GmbH", "Weg 1, 20095 Hamburg", "DE", Text("Druck", "printing"))


@pytest.fixture
def declared(monkeypatch):
    """Add a declaration, as a new column or a new plugin would."""
    old = registry.use("waitingroom.code")
    new = replace(old, id="trial.new", title=NEW, recipients=(SHOUT,))
    monkeypatch.setattr(registry, "of_rooms", lambda: (old, new))


def on(world, plugin: str, *, is_on: bool = True) -> None:
    switch_plugin(db.session.get(Organisation, world.ash.id), plugin, on=is_on)
    db.session.commit()
    db.session.remove()


@pytest.mark.requirement("PRIV-2")
def test_the_record_has_a_line_for_every_use_and_a_plugin_adds_its_own(world):
    admin = world.caller("projectadmin")
    page = admin.get("/privacy/record").text
    for use in registry.of_rooms():
        if isinstance(use, DataUse):
            assert f'data-use="{use.id}"' in page
    assert "vinteos.filled" not in page
    on(world, "vinteos")
    assert 'data-use="vinteos.filled"' in admin.get("/privacy/record").text
    assert "Art. 30 GDPR" in admin.get("/privacy/record?lang=en").text


@pytest.mark.requirement("PRIV-2")
@pytest.mark.usefixtures("declared")
def test_a_new_declaration_changes_notice_record_schedule_and_processors(world, clock):
    service.publish(clock.now())
    db.session.commit()
    company = f"company={world.ash.company_id}"
    for path in ("/privacy", "/privacy/retention", "/privacy/processors"):
        assert NEW.de in Caller().get(f"{path}?{company}").text, path
        assert NEW.en in Caller().get(f"{path}?{company}&lang=en").text, path
    for role in ("projectadmin", "sales", "operator"):
        assert NEW.de in world.caller(role).get("/privacy/record").text


@pytest.mark.requirement("PRIV-2")
@pytest.mark.parametrize("role", ["projectadmin", "sales", "operator"])
def test_the_record_is_a_file_too(world, role):
    reader = world.caller(role)
    text = Caller().get(ticket(reader, "/privacy/record.csv")).get_data(as_text=True)
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))
    assert rows[0][:3] == ["Kennung", "Verarbeitung", "Zweck"]
    assert {row[0] for row in rows[1:]} >= {"waitingroom.code", "messages.trace"}
    assert Caller().get(ticket(reader, "/privacy/record.pdf")).data.startswith(b"%PDF-")


def ticket(reader: Caller, path: str) -> str:
    return reader.post("/tickets", path=path).json["url"]


@pytest.mark.requirement("PRIV-4")
def test_the_simulator_reckons_with_the_day_that_was_chosen(world):
    address = f"/privacy/retention?company={world.ash.company_id}"
    page = Caller().get(f"{address}&date=2026-11-30").text
    row = page[page.index('data-use="messages.trace"') :]
    assert "28.02.2027" in row[: row.index("</tr>")]
    assert "drei Monate" in row[: row.index("</tr>")]
    proof = page[page.index('data-use="privacy.consent"') :]
    assert "01.01.2030" in proof[: proof.index("</tr>")]
    # Kept by the day, so gone with the end of the ninetieth.
    network = page[page.index('data-use="accounts.network"') :]
    assert "01.03.2027" in network[: network.index("</tr>")]
    # What is never stored says so, and no day.
    content = page[page.index('data-use="calls.content"') :]
    assert "Wir speichern diese Daten nicht." in content[: content.index("</tr>")]
    for wrong in ("2026-02-30", "yesterday", "9999-12-31", "0001-01-01"):
        answer = Caller().get(f"{address}&date={wrong}")
        assert answer.status_code == 200
        assert "Diesen Tag gibt es nicht" in answer.text


@pytest.mark.requirement("PRIV-2")
def test_a_processor_stays_in_the_history_with_its_time(world, clock):
    service.publish(clock.now())
    db.session.commit()
    on(world, "sms_dicomsys")
    address = f"/privacy/processors?organisation={world.ash.id}"
    page = Caller().get(address).text
    assert "dicomsys GmbH" in page
    assert "heute" in page
    on(world, "sms_dicomsys", is_on=False)
    page = Caller().get(address).text
    assert "dicomsys GmbH" in page
    assert "heute" not in page
    other = Caller().get(f"/privacy/processors?organisation={world.birch.id}").text
    assert "dicomsys" not in other


@pytest.mark.requirement("PRIV-2", "PRIV-3")
def test_whom_a_company_names_is_in_notice_record_and_list_and_stays_in_the_history(world, clock):
    service.publish(clock.now())
    db.session.commit()
    sales = world.caller("sales")
    named = {
        "name": "Beispiel Rechenzentrum GmbH",
        "address": "Weg 2, 20095 Hamburg",
        "country": "DE",
        "service_de": "Betrieb der Server",
        "service_en": "running the servers",
    }
    assert sales.post("/sales/processors", **named).status_code == 200
    notice, listed = (
        f"/privacy{part}?company={world.ash.company_id}" for part in ("", "/processors")
    )
    for path in (notice, listed, f"/privacy?organisation={world.ash.id}"):
        assert "Beispiel Rechenzentrum GmbH" in Caller().get(path).text, path
        assert "(running the servers)" in Caller().get(f"{path}&lang=en").text, path
    for role in ("projectadmin", "sales"):
        assert "Beispiel Rechenzentrum" in world.caller(role).get("/privacy/record").text
    # Whoever is signed in is told of a new recipient.
    assert "notice-news" in world.caller("doctor").get("/desk").text
    assert (
        "Beispiel Rechenzentrum"
        not in Caller().get(f"/privacy?company={world.birch.company_id}").text
    )
    again = sales.post("/sales/processors", **named)
    assert again.status_code == 422
    assert "schon genannt" in again.text
    shout = sales.post("/sales/processors", **{**named, "name": "BEISPIEL RECHENZENTRUM GMBH"})
    assert "schon genannt" in shout.text
    page = sales.get("/sales/processors").text
    (row_id,) = set(re.findall(r"/sales/processors/([0-9a-f]{32})/remove", page))
    assert sales.post(f"/sales/processors/{row_id}/remove").status_code == 200
    assert "Beispiel Rechenzentrum" not in Caller().get(notice).text
    history = Caller().get(listed).text
    assert "Beispiel Rechenzentrum GmbH" in history
    assert "heute" not in history


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"country": "US"}, {"service_en": " "}, {"address": "x" * 301}]
)
def test_half_a_processor_is_refused(world, wrong):
    named = {"name": "X", "address": "Y", "country": "DE", "service_de": "Z", "service_en": "Z"}
    assert world.caller("sales").post("/sales/processors", **{**named, **wrong}).status_code == 422


@pytest.mark.requirement("PRIV-4")
def test_the_operator_sees_what_is_due_what_is_late_and_what_was_deleted(world, clock):
    operator = world.caller("operator")
    assert "Noch nichts gelöscht" in operator.get("/operator/deletion").text
    assert world.caller("projectadmin").get("/operator/deletion").status_code == 404
    due = clock.now() + timedelta(days=91)
    clock.move(timedelta(days=92))
    fresh = Caller(_operator(clock))
    page = fresh.get("/operator/deletion").text
    assert 'data-testid="deletion-late"' in page
    assert deleted("access_code", due) == 2
    page = fresh.get("/operator/deletion").text
    assert "waitingroom.code" in page


def _operator(clock) -> str:
    from portal.accounts import tokens
    from portal.accounts.models import Staff
    from portal.accounts.tokens import Owner
    from portal.permissions import Role

    person = db.session.scalar(db.select(Staff).where(Staff.role == Role.OPERATOR))
    token = tokens.issue(Owner(Role.OPERATOR, person.id), now=clock.now())
    db.session.commit()
    db.session.remove()
    return token


@pytest.fixture
def run(app, monkeypatch):
    """Run a command in the application of the test."""
    for name in ("PORTAL_TEST_DATABASE", "PORTAL_TEST_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("portal.create_app", lambda *_: app)
    return lambda *words: CliRunner().invoke(privacy, list(words))


@pytest.mark.requirement("PRIV-2")
def test_the_commands_print_what_the_declarations_say(world, run):
    assert '"id": "waitingroom.code"' in run("notice").output
    assert run("record", "--lang", "en").output.startswith("\ufeff")
    assert "dicomsys GmbH" in run("processors").output
    assert '"where": "sessionStorage"' in run("storage", "--lang", "en").output
    assert f"{len(coverage.rows())}" == str(len(run("coverage").output.splitlines()))


@pytest.mark.requirement("PRIV-4")
def test_the_command_counts_alarms_deletes_and_verifies(world, run, clock):
    jobs.clean(clock.now())
    assert run("deletion").exit_code == 0
    ahead = f"{clock.now() + timedelta(days=91):%Y-%m-%dT%H:%M:%S}"
    assert "        2  waitingroom.code  access_code.delete_after" in (
        run("deletion", "--at", ahead).output
    )
    clock.move(timedelta(days=92))
    late = run("deletion")
    assert late.exit_code == 1
    assert "overdue: 2 rows of access_code.delete_after" in late.output
    done = run("deletion", "--run")
    assert done.exit_code == 0
    assert "rows deleted." in done.output
    assert run("deletion", "--verify").exit_code == 0
