"""Remote support: opened by the customer, entered once, watched, ended at any moment."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import audit
from portal import clock as the_clock
from portal.accounts import tokens
from portal.accounts.models import Account, Staff
from portal.accounts.tokens import Owner
from portal.extensions import db
from portal.permissions import Role, policy_of
from portal.sales import undertakings
from portal.support import acts, service
from portal.support.acts import ACTS, SCOPES
from portal.support.models import SupportAct, SupportSession
from portal.tenants.models import ProviderCompany
from portal.tenants.scope import tenant_scope
from tests.tenants.test_matrix import filled, ids_of, rules
from tests.world import Caller

SECOND = timedelta(seconds=5)
ALL = {"accounts": "y", "messages": "y", "extensions": "y", "minutes": "30", "consent": "y"}


def opened(world, **changed) -> tuple[str, str]:
    """Open a session as Ash's project administrator; return its id and its password."""
    page = world.caller("projectadmin").post("/admin/support", **{**ALL, **changed})
    assert page.status_code == 200, page.text
    (password,) = re.findall(r'data-testid="support-password">([^<]+)<', page.text)
    (session_id,) = set(re.findall(r"/admin/support/([0-9a-f]{32})/end", page.text))
    return session_id, password


def entered(world, **changed) -> str:
    """Open a session and come in; return its id."""
    session_id, password = opened(world, **changed)
    page = world.caller("support").post("/support", password=password, description="Zweiter Faktor")
    assert page.status_code == 200, page.text
    assert "support-banner" in page.text
    return session_id


def second(world, company_id: str = "", *, bound: bool = True) -> Caller:
    """Return a further member of support, of Ash's company unless another is named."""
    now = the_clock.now()
    company = company_id or world.ash.company_id
    person = Staff(
        provider_company_id=company,
        role=Role.SUPPORT,
        first_name="Zora",
        last_name="Zweit",
        email="z@example.org",
    )
    db.session.add(person)
    db.session.flush()
    if bound:
        version = db.session.get_one(ProviderCompany, company).undertaking_version
        undertakings.record(person, version, now.date(), now=now)
    owner = Owner(Role.SUPPORT, person.id, provider_company_id=company)
    token = tokens.issue(owner, now=now)
    db.session.commit()
    db.session.remove()
    return Caller(token)


def signed_in_anew(world) -> Caller:
    """Return Ash's support with a sign-in of this moment."""
    me = world.ash.ids["staff_support"]
    owner = Owner(Role.SUPPORT, me, provider_company_id=world.ash.company_id)
    token = tokens.issue(owner, now=the_clock.now())
    db.session.commit()
    db.session.remove()
    return Caller(token)


def rows(world, model):
    with tenant_scope(world.ash.id):
        found = list(db.session.scalars(select(model)))
        db.session.expunge_all()
        db.session.remove()
    return found


def codes(world) -> list[str]:
    with tenant_scope(world.ash.id):
        entries = db.session.scalars(audit.entries(world.ash.id)).all()
        found = [each.code for each in entries if each.code.startswith("support.")]
        db.session.remove()
    return found[::-1]


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


def test_there_is_one_at_a_time(world):
    opened(world)
    again = world.caller("projectadmin").post("/admin/support", **ALL)
    assert again.status_code == 409 or "schon geöffnet" in again.text
    assert len(rows(world, SupportSession)) == 1


@pytest.mark.requirement("SUP-1")
def test_it_ends_by_itself_at_its_time(world, clock):
    session_id = entered(world, minutes="15")
    support = world.caller("support")
    assert support.post(f"/support/{session_id}/do/open_accounts").status_code == 200
    clock.move(timedelta(minutes=15) - SECOND)
    assert world.caller("projectadmin").get("/admin/support").status_code == 200
    assert "support-banner" in support.get(f"/support/{session_id}").text
    clock.move(2 * SECOND)
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
@pytest.mark.parametrize("scope", sorted(SCOPES))
def test_in_each_session_every_act_outside_its_scopes_is_nothing(world, scope):
    """Every act there is, against a session that was opened for one scope."""
    none = dict.fromkeys(SCOPES, "")
    session_id = entered(world, **{**none, scope: "y"})
    support = world.caller("support")
    target = {"check_extension": "sms_dicomsys"}
    for act in ACTS.values():
        what = target.get(act.name, world.ash.ids["assistant"])
        if act.name == "check_extension":
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


# Critical acts wait for a second person (SUP-4).


def ask(world, session_id: str, act: str, account_id: str) -> str:
    answer = world.caller("support").post(f"/support/{session_id}/do/{act}", id=account_id)
    assert "wartet auf eine zweite Person" in answer.text
    (waiting,) = [each for each in rows(world, SupportAct) if each.state == "waiting"]
    return waiting.id


def state_of(world, account_id: str) -> str:
    with tenant_scope(world.ash.id):
        found = db.session.get_one(Account, (world.ash.id, account_id)).state
        db.session.remove()
    return found


@pytest.mark.requirement("SUP-4")
def test_a_critical_act_is_done_only_when_a_second_person_agrees(world):
    session_id, account_id = entered(world), world.ash.ids["assistant"]
    before = state_of(world, account_id)
    act_id = ask(world, session_id, "suspend", account_id)
    assert state_of(world, account_id) == before
    own = world.caller("support").post(f"/support/second/{act_id}", agrees="1")
    assert own.status_code == 409
    assert "support-waiting" not in world.caller("support").get("/support").text
    other = second(world)
    assert "support-waiting" in other.get("/support").text
    assert "Der Schritt ist getan" in other.post(f"/support/second/{act_id}", agrees="1").text
    assert state_of(world, account_id) == "suspended"
    assert other.post(f"/support/second/{act_id}", agrees="0").status_code == 409
    page = world.caller("projectadmin").get("/admin/support").text
    assert "mit Zustimmung von Zora Zweit" in page
    assert codes(world)[-2:] == ["support.act.asked", "support.act.suspend"]


@pytest.mark.requirement("SUP-4")
def test_a_refused_act_is_not_done(world):
    session_id, account_id = entered(world), world.ash.ids["assistant"]
    before = state_of(world, account_id)
    act_id = ask(world, session_id, "suspend", account_id)
    assert "abgelehnt" in second(world).post(f"/support/second/{act_id}", agrees="0").text
    assert state_of(world, account_id) == before
    assert codes(world)[-1] == "support.act.refused"


@pytest.mark.requirement("SUP-4")
def test_who_may_be_the_second_person(world):
    act_id = ask(world, entered(world), "suspend", world.ash.ids["assistant"])
    path = f"/support/second/{act_id}"
    foreign = Caller(world.birch.tokens["support"])
    assert foreign.post(path, agrees="1").status_code == 404
    assert "support-waiting" not in foreign.get("/support").text
    unbound = second(world, bound=False)
    assert unbound.post(path, agrees="1").status_code == 403
    for role in ("sales", "operator", "projectadmin", "doctor"):
        assert world.caller(role).post(path, agrees="1").status_code == 404
    assert state_of(world, world.ash.ids["assistant"]) != "suspended"


@pytest.mark.requirement("SUP-4")
def test_a_session_that_ended_meanwhile_takes_the_waiting_act_along(world):
    session_id, account_id = entered(world), world.ash.ids["assistant"]
    act_id = ask(world, session_id, "suspend", account_id)
    world.caller("projectadmin").post(f"/admin/support/{session_id}/end")
    other = second(world)
    assert "support-waiting" not in other.get("/support").text
    assert other.post(f"/support/second/{act_id}", agrees="1").status_code == 409
    assert state_of(world, account_id) != "suspended"


def test_an_account_of_another_organisation_is_nothing(world):
    session_id = entered(world)
    foreign = world.birch.ids["assistant"]
    answer = world.caller("support").post(f"/support/{session_id}/do/suspend", id=foreign)
    assert answer.status_code == 404
    assert rows(world, SupportAct) == []


# The protocol (SUP-5).


@pytest.mark.requirement("SUP-5")
def test_the_protocol_says_what_it_must_and_the_customer_reads_it(world, clock):
    session_id = entered(world)
    ask(world, session_id, "suspend", world.ash.ids["assistant"])
    (waiting,) = rows(world, SupportAct)
    second(world).post(f"/support/second/{waiting.id}", agrees="1")
    clock.move(timedelta(minutes=7))
    world.caller("support").post(f"/support/{session_id}/end")
    page = world.caller("projectadmin").get("/admin/support").text
    (row,) = rows(world, SupportSession)
    for said in (
        row.supporter_name,  # who
        "7 Minuten",  # how long
        row.target,  # which system
        "Fernwartung im Portal, ohne Aufzeichnung",  # by which medium
        "Zweiter Faktor",  # what, in short
        "Zora Zweit",  # the second person
        "Konto gesperrt",
    ):
        assert said in page, said
    assert f"{row.begun_at:%Y}" in page


@pytest.mark.requirement("SUP-5")
def test_nothing_of_what_was_shown_is_kept(world):
    session_id = entered(world)
    with tenant_scope(world.ash.id):
        name = db.session.get_one(Account, (world.ash.id, world.ash.ids["doctor"])).last_name
        db.session.remove()
    page = world.caller("support").post(f"/support/{session_id}/do/open_accounts").text
    assert name in page
    (act,) = rows(world, SupportAct)
    assert name not in str(vars(act))
    columns = {column.name for column in SupportAct.__table__.columns}
    assert columns == {
        "organisation_id",
        "id",
        "session_id",
        "at",
        "name",
        "object_id",
        "state",
        "second_id",
        "second_name",
        "decided_at",
    }
