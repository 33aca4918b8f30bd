"""The end of a contract: restricted at once, erased to the second, withdrawn until then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal import audit, outbox
from portal import clock as the_clock
from portal.accounts import forgotten, links
from portal.accounts.models import Account, Token
from portal.extensions import db
from portal.jobs import clean
from portal.personaldata import Period
from portal.pluginhost import jobs as plugin_jobs
from portal.privacy.models import Consent
from portal.rights.models import RightsRequest
from portal.sales import termination
from portal.tenants.models import Organisation
from portal.tenants.scope import across_tenants, tenant_scope, tenant_tables
from portal.waitingroom import guests
from tests.accounts.post import act, keys
from tests.sales.conftest import CONTRACT
from tests.world import PASSWORD, Caller, with_password

WORD = {"word": "kündigen"}
HALF_A_YEAR = Period(months=6)
SECOND = timedelta(seconds=1)


@pytest.fixture
def ended(world, sales, ash):
    """Terminate Ash; return when."""
    assert sales.post(f"{ash}/terminate", **WORD).status_code == 200
    return row(world).terminated_at


def row(world, org="ash"):
    db.session.rollback()
    db.session.expunge_all()
    found = db.session.get(Organisation, getattr(world, org).id)
    db.session.expunge_all()
    db.session.rollback()
    return found


def rows_of(organisation_id):
    """Return how many rows each table holds of an organisation."""
    found = {}
    with across_tenants("The test counts what is left."):
        for table in db.metadata.sorted_tables:
            if "organisation_id" in table.columns:
                mine = table.c.organisation_id == organisation_id
                query = sa.select(sa.func.count()).select_from(table).where(mine)
                found[table.name] = db.session.scalar(query)
        db.session.rollback()
    return {name: number for name, number in found.items() if number}


@pytest.mark.requirement("TEN-5")
@pytest.mark.parametrize("who", ["doctor", "assistant", "projectadmin", "guest"])
def test_whoever_is_signed_in_is_out_at_once(world, ended, who):
    caller = world.caller(who)
    path = {"projectadmin": "/admin", "guest": "/visit/status"}.get(who, "/desk")
    assert caller.get(path).status_code == 401


@pytest.mark.requirement("TEN-5")
def test_nobody_can_sign_in_and_is_told_why(world, ended):
    with_password(world.ash, "doctor", "dr.ash")
    with_password(world.birch, "doctor", "dr.birch")
    answer = Caller().post("/sign-in", name="dr.ash", password=PASSWORD)
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "contract_ended")
    # Who does not know the password learns nothing of the contract.
    wrong = Caller().post("/sign-in", name="dr.ash", password="wrong")
    assert wrong.json["error"]["code"] == "wrong_password"
    assert Caller().post("/sign-in", name="dr.birch", password=PASSWORD).status_code == 200


@pytest.mark.requirement("TEN-5")
def test_its_codes_let_nobody_in(world, ended):
    answer = Caller().post("/entry/code", code=world.ash.code)
    assert (answer.status_code, answer.json["error"]["code"]) == (410, "practice_closed")
    assert Caller().post("/entry/code", code=world.birch.code).status_code == 200


@pytest.mark.requirement("TEN-5")
def test_no_link_of_its_people_holds_and_none_is_mailed(world, sales, ash):
    with_password(world.ash, "doctor", "dr.ash")
    act(world.ash, "doctor", links.reset, now=the_clock.now())
    sales.post(f"{ash}/terminate", **WORD)
    answer = Caller().post("/link/look", key=keys(world.ash)[0])
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "contract_ended")
    assert forgotten.mail("dr.ash", now=the_clock.now()) is False
    db.session.remove()
    sales.post(f"{ash}/withdraw")
    assert Caller().post("/link/look", key=keys(world.ash)[0]).status_code == 200


@pytest.mark.requirement("TEN-5")
def test_what_it_had_to_send_waits_and_goes_when_the_termination_is_taken_back(world, sales, ash):
    for org in (world.ash, world.birch):
        act(org, "doctor", links.reset, now=the_clock.now())
    sales.post(f"{ash}/terminate", **WORD)
    due = outbox.sweep(the_clock.now()).due
    assert [organisation_id for organisation_id, _row in due] == [world.birch.id]
    sales.post(f"{ash}/withdraw")
    assert {organisation_id for organisation_id, _row in outbox.sweep(the_clock.now()).due} == {
        world.ash.id,
        world.birch.id,
    }


@pytest.mark.requirement("TEN-5")
def test_a_worker_that_was_woken_before_the_termination_sends_nothing(world, sales, ash):
    act(world.ash, "doctor", links.reset, now=the_clock.now())
    ((_organisation, row_id),) = outbox.sweep(the_clock.now()).due
    sales.post(f"{ash}/terminate", **WORD)
    with tenant_scope(world.ash.id):
        assert outbox.claim(row_id, now=the_clock.now()) is None
    db.session.remove()


@pytest.mark.requirement("TEN-5")
def test_its_open_visits_end(world, ended):
    mine, other = ((org.id, org.ids["room"], org.ids["visit"]) for org in (world.ash, world.birch))
    closed = guests.close_lost(now=the_clock.now())
    assert mine in closed
    assert other not in closed


@pytest.mark.requirement("TEN-5")
def test_no_job_of_a_plugin_runs_for_it(world, sales, ash):
    for org in (world.ash, world.birch):
        caller = Caller(org.tokens["sales"])
        caller.post(f"/sales/organisations/{org.id}/plugins/vinteos", on="1")
    sales.post(f"{ash}/terminate", **WORD)
    found = {turn.organisation_id for turn in plugin_jobs.due(the_clock.now())}
    assert found == {world.birch.id}


@pytest.mark.requirement("TEN-5")
def test_sales_can_change_nothing_but_take_it_back(world, sales, ash, ended):
    for part in ("contract", "look", "administrators", "plugins/vinteos"):
        answer = sales.post(f"{ash}/{part}", **CONTRACT)
        assert (answer.status_code, answer.json["error"]["code"]) == (409, "restricted")
    with_password(world.ash, "doctor", "dr.ash")
    page = sales.post(f"{ash}/withdraw")
    assert "Vertrag kündigen" in page.text
    assert (row(world).terminated_at, row(world).contract_end) == (None, None)
    assert Caller().post("/sign-in", name="dr.ash", password=PASSWORD).status_code == 200
    assert Caller().post("/entry/code", code=world.ash.code).status_code == 200


@pytest.mark.requirement("TEN-5")
def test_the_page_shows_the_dates_and_what_a_law_keeps(world, sales, ash, clock):
    clock.move(datetime(2027, 8, 31, 12, tzinfo=UTC) - clock.now())
    world.ash.tokens["sales"] = fresh_token(world, clock)
    caller = world.caller("sales")
    caller.post(f"{ash}/terminate", **WORD)
    page = caller.get(ash).text
    assert "31.08.2027" in page
    assert "29.02.2028" in page  # half a year after the 31st of August, in a leap year
    assert "§ 257" in page
    assert "01.01.2034" in page
    assert "Nachweis der Einwilligung" in page


def fresh_token(world, clock):
    from portal.accounts import tokens
    from portal.accounts.tokens import Owner
    from portal.permissions import Role

    owner = Owner(
        Role.SALES, world.ash.ids["staff_sales"], provider_company_id=world.ash.company_id
    )
    token = tokens.issue(owner, now=clock.now())
    db.session.commit()
    return token


@pytest.mark.requirement("TEN-5", "PRIV-4")
def test_it_is_erased_six_months_later_to_the_second(world, ended):
    before = rows_of(world.birch.id)
    due = HALF_A_YEAR.after(ended)
    termination.forget(due - SECOND)
    db.session.commit()
    assert row(world).erased_at is None
    assert "account" in rows_of(world.ash.id)
    assert termination.forget(due) == 1
    db.session.commit()
    left = rows_of(world.ash.id)
    # Proof that somebody agreed, and that somebody's request was answered.
    assert set(left) <= {"notice_version", "consent", "rights_request"}
    assert rows_of(world.birch.id) == before
    kept = row(world)
    assert (kept.erased_at, kept.phone) == (due, None)
    assert kept.name.strip() == "Praxis Ash"  # the law keeps it
    assert audit.verify().problems == []


@pytest.mark.requirement("TEN-5")
def test_what_the_law_kept_goes_when_its_time_is_over(world, ended):
    termination.forget(HALF_A_YEAR.after(ended))
    db.session.commit()
    until = termination.kept(row(world)).until
    termination.forget(until - SECOND)
    db.session.commit()
    assert row(world).name
    termination.forget(until)
    db.session.commit()
    assert row(world).name == ""


@pytest.mark.requirement("TEN-5")
def test_after_the_erasure_nothing_is_taken_back(world, sales, ash, ended):
    termination.forget(HALF_A_YEAR.after(ended))
    db.session.commit()
    answer = sales.post(f"{ash}/withdraw")
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "erased")
    assert "sind gelöscht" in sales.get(ash).text


@pytest.mark.requirement("TEN-5")
def test_a_termination_that_was_taken_back_erases_nothing(world, sales, ash, ended):
    sales.post(f"{ash}/withdraw")
    termination.forget(HALF_A_YEAR.after(ended))
    db.session.commit()
    assert row(world).erased_at is None
    assert "account" in rows_of(world.ash.id)


@pytest.mark.requirement("TEN-5")
def test_the_jobs_runner_erases(world, ended):
    clean(HALF_A_YEAR.after(ended))
    assert row(world).erased_at is not None
    assert "account" not in rows_of(world.ash.id)


def test_twice_terminated_is_terminated_once(world, sales, ash, ended, clock):
    clock.move(timedelta(minutes=5))
    sales.post(f"{ash}/terminate", **WORD)
    assert row(world).terminated_at == ended


@pytest.mark.parametrize("word", ["", "ja", "KÜNDIGE", "x" * 41])
def test_without_the_word_nothing_happens(world, sales, ash, word):
    assert sales.post(f"{ash}/terminate", word=word).status_code == 422
    assert row(world).terminated_at is None


def test_a_strangers_contract_cannot_be_ended(world, sales):
    for what in ("terminate", "withdraw", "make-real"):
        url = f"/sales/organisations/{world.birch.id}/{what}"
        assert sales.post(url, **WORD).status_code == 404
    assert row(world, "birch").terminated_at is None


def test_each_own_table_is_erased_or_named_as_kept(app):
    kept = {table for use in termination._outliving() for table in termination._tables(use)}  # noqa: SLF001
    assert kept & tenant_tables() == {Consent.__tablename__, RightsRequest.__tablename__}
    assert {Account.__tablename__, Token.__tablename__}.isdisjoint(kept)
