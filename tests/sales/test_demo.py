"""A demo in one click: it can be shown at once, and leaves nobody behind when it becomes real."""

from __future__ import annotations

import re

import pytest

from portal.extensions import db
from portal.permissions import FRESH
from portal.tenants.models import Organisation
from tests.sales.conftest import ADMIN
from tests.sales.test_termination import rows_of
from tests.world import Caller

SECRET = re.compile(r'class="secret">\s*([^<\s]+)\s*<')


@pytest.fixture
def demo(sales):
    """Make a demo; return its id and the logins that were shown."""
    page = sales.post("/sales/demo").text
    found = SECRET.findall(page)
    made = db.session.query(Organisation.id).filter_by(is_demo=True).scalar()
    db.session.rollback()
    return made, list(zip(found[::2], found[1::2], strict=True))


@pytest.mark.requirement("TEN-11")
def test_the_doctor_of_a_demo_signs_in_and_has_a_waiting_room(demo):
    _organisation, logins = demo
    name, password = logins[0]
    token = Caller().post("/sign-in", name=name, password=password).json["token"]
    desk = Caller(token).get("/desk/codes").text
    assert "Erika Muster" in desk
    assert "Sprechstunde" in desk


@pytest.mark.requirement("TEN-11")
def test_the_logins_are_shown_once(demo, sales):
    organisation, logins = demo
    page = sales.get(f"/sales/organisations/{organisation}").text
    assert all(password not in page for _name, password in logins)
    assert "erfunden" in page


@pytest.mark.requirement("TEN-11")
def test_a_demo_that_becomes_real_keeps_no_demo_guest(demo, sales):
    organisation, logins = demo
    url = f"/sales/organisations/{organisation}"
    sales.post(f"{url}/plugins/vinteos", on="1")
    sales.post(
        f"{url}/contract", name="Praxis Neu", country="DE", contract_start="2026-12-01", seats="3"
    )
    assert {"visit", "access_code", "account"} & set(rows_of(organisation))
    assert sales.post(f"{url}/make-real", word="umwandeln").status_code == 200
    assert set(rows_of(organisation)) <= {"plugin_switch", "notice_version"}
    assert Caller().post("/sign-in", name=logins[0][0], password=logins[0][1]).status_code == 422
    row = db.session.get(Organisation, organisation)
    assert (row.is_demo, row.name) == (False, "Praxis Neu")
    db.session.rollback()
    invited = sales.post(f"{url}/administrators", **{f"admin-{k}": v for k, v in ADMIN.items()})
    assert "Die Einladung ist unterwegs" in invited.text


def test_without_the_word_a_demo_stays_one(demo, sales):
    organisation, _logins = demo
    url = f"/sales/organisations/{organisation}/make-real"
    assert sales.post(url, word="ja").status_code == 422
    assert "account" in rows_of(organisation)


def test_a_demo_becomes_real_after_a_proof_only(demo, sales, clock):
    organisation, _logins = demo
    clock.move(FRESH)
    refused = sales.post(f"/sales/organisations/{organisation}/make-real", word="umwandeln")
    assert refused.headers["X-Portal-Proof"] == "needed"
    assert "account" in rows_of(organisation)


def test_a_real_organisation_cannot_be_emptied(world, sales, ash):
    assert sales.post(f"{ash}/make-real", word="umwandeln").status_code == 404
    assert "account" in rows_of(world.ash.id)
