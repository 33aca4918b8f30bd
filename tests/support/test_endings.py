"""A session that ends in the middle of an act: one step is finished at most, and none begins."""

from __future__ import annotations

import threading

import pytest

from portal.extensions import db
from portal.pluginhost import service as pluginhost
from portal.pluginhost.values import Health
from portal.support import acts
from portal.support.models import SupportAct, SupportSession
from portal.tenants.scope import tenant_scope
from tests.support.customer import codes, entered, rows

# A transaction that is not held up has ended long before.
A_WHILE = 0.5


@pytest.mark.requirement("SUP-1")
def test_an_end_in_the_middle_of_a_step_waits_for_it_and_none_follows(app, world, monkeypatch):
    """Both write in the order in which they hold the session: the step first, then its end."""
    session_id = entered(world)
    admin, support = world.caller("projectadmin"), world.caller("support")
    in_the_middle, has_ended = threading.Event(), threading.Event()
    record = acts.audit.record

    def slow(code, *args, **options):
        if code == "support.act.open_accounts":
            in_the_middle.set()
            has_ended.wait(A_WHILE)
        record(code, *args, **options)

    def end() -> None:
        with app.app_context():
            in_the_middle.wait()
            admin.post(f"/admin/support/{session_id}/end")
            has_ended.set()
            db.session.remove()

    monkeypatch.setattr(acts.audit, "record", slow)
    ending = threading.Thread(target=end)
    ending.start()
    support.post(f"/support/{session_id}/do/open_accounts")
    ending.join()
    assert codes(world)[2:] == ["support.act.open_accounts", "support.session.ended"]
    assert support.post(f"/support/{session_id}/do/open_accounts").status_code == 409
    assert len(rows(world, SupportAct)) == 1


@pytest.mark.requirement("SUP-1")
@pytest.mark.requirement("SUP-3")
def test_while_a_partner_answers_the_customer_ends_it_and_nothing_is_shown(world, monkeypatch):
    with tenant_scope(world.ash.id):
        pluginhost.switch_on("sms_lox24")
        db.session.commit()
        db.session.remove()
    session_id = entered(world)

    def slow(_plugin, _whose):
        ended = world.caller("projectadmin").post(f"/admin/support/{session_id}/end")
        assert ended.status_code == 200
        return Health(ok=True, sentence="Die Verbindung steht.")

    monkeypatch.setattr(acts, "check", slow)
    page = world.caller("support").post(f"/support/{session_id}/do/check_extension", id="sms_lox24")
    assert "Diese Fernwartung ist beendet" in page.text
    assert "Die Verbindung steht." not in page.text
    assert "LOX24" not in page.text
    assert rows(world, SupportSession)[0].ended_by == "customer"
