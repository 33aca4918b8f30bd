"""Remote support: opened by the customer, entered once, watched, ended at any moment."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest

from portal.accounts.models import Account
from portal.extensions import db
from portal.permissions import Role, policy_of
from portal.support import acts, service
from portal.support.acts import ACTS, ORGANISATION
from portal.support.models import SupportAct, SupportSession
from portal.tenants.scope import tenant_scope
from tests.support.customer import ALL, SECOND, codes, entered, opened, rows, second, signed_in_anew
from tests.tenants.test_matrix import filled, ids_of, rules
from tests.world import Caller

# Closed by default; only the customer opens it (SUP-1).


@pytest.mark.requirement("SUP-1")
def test_without_a_session_support_reaches_nothing_of_an_organisation(app, world):
    support = world.caller("support")
    for session_id in (world.ash.id, "0" * 32, "x"):
        for path in ("", "/state"):
            assert support.get(f"/support/{session_id}{path}").status_code == 404
        for path in ("/do/open_accounts", "/do/suspend", "/end"):
            assert support.post(f"/support/{session_id}{path}").status_code == 404


@pytest.mark.requirement("SUP-1")
@pytest.mark.parametrize("role", ["support", "sales", "operator", "doctor", "assistant", "guest"])
def test_nobody_but_the_customer_opens_one(world, role):
    assert world.caller(role).post("/admin/support", **ALL).status_code == 404


@pytest.mark.requirement("SUP-3")
@pytest.mark.parametrize(
    "left_out", [("consent",), ("accounts", "messages", "extensions"), ("minutes",)]
)
def test_without_consent_or_purpose_nothing_opens(world, left_out):
    sent = {name: value for name, value in ALL.items() if name not in left_out}
    if "minutes" in left_out:
        sent["minutes"] = "600"
    assert world.caller("projectadmin").post("/admin/support", **sent).status_code == 422
    assert rows(world, SupportSession) == []


@pytest.mark.requirement("SUP-1", "TEN-5")
def test_with_the_contract_remote_support_is_over(world):
    session_id, password = opened(world)
    url = f"/sales/organisations/{world.ash.id}/terminate"
    assert world.caller("sales").post(url, word="KÜNDIGEN").status_code == 200
    support = world.caller("support")
    came = support.post("/support", password=password, description="Zweiter Faktor")
    assert came.status_code == 403
    with tenant_scope(world.ash.id):
        assert db.session.get(SupportSession, (world.ash.id, session_id)).begun_at is None


@pytest.mark.requirement("SUP-1", "TEN-5")
def test_whoever_is_in_does_nothing_after_the_contract(world):
    session_id = entered(world)
    url = f"/sales/organisations/{world.ash.id}/terminate"
    assert world.caller("sales").post(url, word="KÜNDIGEN").status_code == 200
    answer = world.caller("support").post(f"/support/{session_id}/do/open_accounts")
    assert answer.status_code == 409
    assert "doctor@Ash.example" not in answer.text


def test_there_is_one_at_a_time(world):
    opened(world)
    again = world.caller("projectadmin").post("/admin/support", **ALL)
    assert again.status_code == 409 or "schon geöffnet" in again.text
    assert len(rows(world, SupportSession)) == 1


def test_of_two_who_open_at_once_one_does(app, world):
    begin, found = threading.Barrier(2), []

    def press() -> None:
        with app.app_context():
            begin.wait()
            found.append(world.caller("projectadmin").post("/admin/support", **ALL).status_code)
            db.session.remove()

    threads = [threading.Thread(target=press) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [200, 409]
    assert len(rows(world, SupportSession)) == 1


@pytest.mark.requirement("SUP-1")
def test_it_ends_by_itself_at_its_time(world, clock):
    session_id = entered(world, minutes="15")
    support = world.caller("support")
    assert support.post(f"/support/{session_id}/do/open_accounts").status_code == 200
    clock.move(timedelta(minutes=15) - 10 * SECOND)
    assert world.caller("projectadmin").get("/admin/support").status_code == 200
    assert "support-banner" in support.get(f"/support/{session_id}").text
    clock.move(10 * SECOND)
    assert support.post(f"/support/{session_id}/do/open_accounts").status_code == 409
    assert "support-banner" not in support.get(f"/support/{session_id}").text
    assert len(rows(world, SupportAct)) == 1
    assert "nach Ablauf der Zeit" in world.caller("projectadmin").get("/admin/support").text


@pytest.mark.requirement("SUP-1")
def test_the_customer_ends_it_at_once_and_for_good(world):
    session_id = entered(world)
    admin, support = world.caller("projectadmin"), world.caller("support")
    assert "Jetzt beenden" in admin.get(f"/admin/support/{session_id}").text
    assert "Der Zugang ist geschlossen" in admin.post(f"/admin/support/{session_id}/end").text
    assert support.post(f"/support/{session_id}/do/open_accounts").status_code == 409
    # What the supporter had on the page is taken away with the next look, two seconds later.
    assert (
        '<div id="support-work" hx-swap-oob="true"></div>'
        in support.get(f"/support/{session_id}/state?mark=old").text
    )
    assert admin.post(f"/admin/support/{session_id}/end").status_code == 200
    assert rows(world, SupportAct) == []
    (row,) = rows(world, SupportSession)
    assert (row.ended_by, row.password_hash) == ("customer", None)
    assert codes(world) == [
        "support.session.opened",
        "support.session.entered",
        "support.session.ended",
    ]


# The one-time password (SUP-2).


@pytest.mark.requirement("SUP-2")
def test_the_password_opens_once_and_is_kept_nowhere(world):
    session_id, password = opened(world)
    (row,) = rows(world, SupportSession)
    assert row.password_hash
    assert password.replace("-", "") not in str(vars(row))
    first, other = world.caller("support"), second(world)
    assert first.post("/support", password=password, description="Test").status_code == 200
    for who in (first, other):
        again = who.post("/support", password=password, description="Test")
        assert again.status_code == 422
        assert "keine Fernwartung geöffnet" in again.text
    assert other.get(f"/support/{session_id}").status_code == 404
    assert rows(world, SupportSession)[0].password_hash is None
    assert password not in world.caller("projectadmin").get(f"/admin/support/{session_id}").text


@pytest.mark.requirement("SUP-2")
def test_it_opens_nothing_for_another_company_nor_after_the_end(world, clock):
    _session_id, password = opened(world)
    foreign = Caller(world.birch.tokens["support"])
    assert foreign.post("/support", password=password, description="Test").status_code == 422
    clock.move(timedelta(minutes=30))
    late = signed_in_anew(world).post("/support", password=password, description="Test")
    assert late.status_code == 422


@pytest.mark.requirement("SUP-2")
def test_another_sign_in_of_the_same_person_is_not_in(world):
    session_id = entered(world)
    elsewhere = signed_in_anew(world)
    assert elsewhere.get(f"/support/{session_id}").status_code == 404
    assert elsewhere.post(f"/support/{session_id}/do/open_accounts").status_code == 404


@pytest.mark.requirement("SUP-2")
def test_passwords_are_not_guessed(world):
    support = world.caller("support")
    answers = [
        support.post("/support", password="2345-6789-ABCD", description="x").status_code
        for _ in range(service.GUESSES.attempts + 1)
    ]
    assert answers == [*[422] * service.GUESSES.attempts, 429]


# Watched (SUP-3), by scope.


@pytest.mark.requirement("SUP-3")
def test_the_customer_sees_each_step_as_it_happens(world):
    session_id = entered(world)
    admin, support = world.caller("projectadmin"), world.caller("support")
    page = admin.get(f"/admin/support/{session_id}").text
    (mark,) = re.findall(r"acts\?mark=([\w.]+)", page)
    assert "ist gerade in Ihren Daten" in page
    watched = f"/admin/support/{session_id}/acts"
    assert admin.get(f"{watched}?mark={mark}").status_code == 204
    for name in ("open_accounts", "open_messages", "open_extensions"):
        assert support.post(f"/support/{session_id}/do/{name}").status_code == 200
        assert str(ACTS[name].words) in admin.get(f"{watched}?mark={mark}").text
    assert codes(world)[2:] == [
        "support.act.open_accounts",
        "support.act.open_messages",
        "support.act.open_extensions",
    ]


@pytest.mark.requirement("SUP-3")
def test_what_cannot_be_written_down_is_not_done(world, monkeypatch):
    session_id = entered(world)

    def full(*_args, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(acts.audit, "record", full)
    answer = world.caller("support").post(f"/support/{session_id}/do/open_accounts")
    assert answer.status_code == 500
    monkeypatch.undo()
    assert "Muster" not in answer.text
    assert rows(world, SupportAct) == []


@pytest.mark.requirement("SUP-1")
@pytest.mark.parametrize("scope", sorted(ORGANISATION))
def test_in_each_session_every_act_outside_its_scopes_is_nothing(world, scope):
    """Every act there is, against a session that was opened for one scope."""
    none = dict.fromkeys(ORGANISATION, "")
    session_id = entered(world, **{**none, scope: "y"})
    support = world.caller("support")
    target = {"check_extension": "sms_dicomsys"}
    for act in ACTS.values():
        what = target.get(act.name, world.ash.ids["assistant"])
        if act.asks_plugin:
            continue  # it needs an extension that is on; see below
        answer = support.post(f"/support/{session_id}/do/{act.name}", id=what)
        assert answer.status_code == (200 if act.scope == scope else 404), act.name
    done = {each.name for each in rows(world, SupportAct)}
    assert done == {
        each.name for each in ACTS.values() if each.scope == scope and each.name not in target
    }
    assert support.post(f"/support/{session_id}/do/nonsense").status_code == 404


@pytest.mark.requirement("SUP-1")
def test_a_session_opens_no_other_page_of_the_portal(app, world):
    """The matrix: with a session and without one, the supporter gets the same from every route."""
    support = world.caller("support")

    def answers() -> dict[tuple[str, str], int]:
        found = {}
        for method, pattern, endpoint in rules(app):
            own = endpoint.startswith("support_desk.")
            if own or Role.SUPPORT in (policy_of(app, endpoint).roles or {Role.SUPPORT}):
                continue
            path = filled(pattern, ids_of(world.ash))
            found[method, endpoint] = support.send(method, path, data={"on": "1"}).status_code
        return found

    before = answers()
    entered(world)
    assert len(before) > 50
    assert answers() == before
    assert set(before.values()) == {404}


@pytest.mark.requirement("SUP-3")
def test_the_pages_show_no_address_and_no_number(world):
    session_id = entered(world)
    with tenant_scope(world.ash.id):
        account = db.session.get_one(Account, (world.ash.id, world.ash.ids["doctor"]))
        account.phone, account.email = "+49 40 777777", "geheim@example.org"
        db.session.commit()
        db.session.remove()
    for act in ("open_accounts", "open_messages", "open_extensions"):
        page = world.caller("support").post(f"/support/{session_id}/do/{act}").text
        assert "777777" not in page
        assert "geheim@example.org" not in page
