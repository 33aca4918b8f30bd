"""Organisations from a file: nothing is written before it is confirmed, and it can be undone."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from html import unescape

import pytest

from portal import audit
from portal.extensions import db
from portal.sales import imports
from portal.sales.models import OrganisationImport
from portal.tenants.models import Organisation
from tests.sales.conftest import ADMIN, stored
from tests.world import Caller

GOOD = """Name;Land;Vertragsbeginn;Plätze;Telefon
Praxis Eins;DE;01.12.2026;3;+49 40 1234
Praxis Zwei;Österreich;2026-12-01;7;
"""
ROWS = re.compile(r'name="rows" value="([^"]*)"')


def upload(caller, text):
    data = text.encode() if isinstance(text, str) else text
    return caller.post("/sales/imports", file=(io.BytesIO(data), "liste.csv"))


def confirm(caller, page):
    return caller.post("/sales/imports/confirm", rows=unescape(ROWS.search(page.text)[1]))


def count():
    db.session.rollback()
    number = db.session.query(Organisation).count()
    db.session.rollback()
    return number


@pytest.fixture
def imported(sales):
    """Import two organisations; return the id of the import."""
    assert confirm(sales, upload(sales, GOOD)).status_code == 200
    made = db.session.query(OrganisationImport.id).scalar()
    db.session.rollback()
    return made


@pytest.mark.requirement("TEN-10")
def test_a_dry_run_shows_what_would_be_and_writes_nothing(sales):
    page = upload(sales, GOOD)
    assert "2 Organisationen werden angelegt" in page.text
    assert count() == 2


@pytest.mark.requirement("TEN-10")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_what_is_confirmed_is_written(world, sales, encoding):
    confirm(sales, upload(sales, GOOD.encode(encoding)))
    made = stored("Praxis Zwei")
    assert (made.provider_company_id, made.country, made.seats) == (world.ash.company_id, "AT", 7)
    assert made.contract_start.isoformat() == "2026-12-01"
    assert stored("Praxis Eins").phone == "+49 40 1234"


WRONG = {
    "no name": ("Name;Vertragsbeginn;Plätze\nA;2026-12-01;3\n;2026-12-01;3\n", ">3<"),
    "no day": ("Name;Vertragsbeginn;Plätze\nA;31.02.2026;3\n", "Vertragsbeginn"),
    "no number": ("Name;Vertragsbeginn;Plätze\nA;2026-12-01;viele\n", "Plätze"),
    "no country": ("Name;Land;Vertragsbeginn;Plätze\nA;FR;2026-12-01;3\n", "Land"),
    "twice": ("Name;Vertragsbeginn;Plätze\nA;2026-12-01;3\na;2026-12-01;3\n", "gibt es schon"),
}


@pytest.mark.requirement("TEN-10")
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_row_is_named_with_its_line_and_nothing_can_be_written(sales, name):
    text, said = WRONG[name]
    page = upload(sales, text)
    assert said in page.text
    assert not ROWS.search(page.text)
    assert count() == 2


@pytest.mark.parametrize(
    "data", [b"", b"\0\1\2", b"Name\nA\n", b"PK\3\4 broken", "Name;Vertragsbeginn;Plätze\n=1+1;x;3"]
)
def test_a_file_that_is_no_table_of_organisations_is_refused(sales, data):
    assert upload(sales, data).status_code == 422
    assert count() == 2


def test_too_many_rows_are_refused(sales):
    rows = "".join(f"P{number};2026-12-01;1\n" for number in range(501))
    assert upload(sales, f"Name;Vertragsbeginn;Plätze\n{rows}").status_code == 422


@pytest.mark.parametrize("rows", ["", "x", "{}", "[1, 2]", '[{"name": "A"}]', "[[]]"])
def test_rows_that_were_tampered_with_are_judged_again(sales, rows):
    assert sales.post("/sales/imports/confirm", rows=rows).status_code == 422
    assert count() == 2


def test_confirmed_twice_is_written_once(sales):
    page = upload(sales, GOOD)
    confirm(sales, page)
    assert confirm(sales, page).status_code == 422
    assert count() == 4


@pytest.mark.requirement("TEN-10")
def test_an_import_is_undone_but_what_is_used_stays(world, sales, imported):
    used = stored("Praxis Eins").id
    invited = {f"admin-{key}": value for key, value in ADMIN.items()}
    sales.post(f"/sales/organisations/{used}/administrators", **invited)
    page = sales.post(f"/sales/imports/{imported}/undo")
    assert "sie bleiben: Praxis Eins" in page.text
    assert stored("Praxis Eins") is not None
    assert stored("Praxis Zwei") is None
    assert audit.verify().problems == []
    assert sales.post(f"/sales/imports/{imported}/undo").status_code == 422


@pytest.mark.requirement("TEN-10")
def test_after_thirty_days_it_cannot_be_undone(world, imported, app):
    row = db.session.query(OrganisationImport).one()
    late = row.made_at + timedelta(days=30)
    with pytest.raises(imports.ImportOverError):
        imports.undo(world.ash.company_id, imported, now=late)
    db.session.rollback()
    early = late - timedelta(seconds=1)
    assert imports.undo(world.ash.company_id, imported, now=early) == []


def test_a_strangers_import_does_not_exist(world, imported):
    foreign = Caller(world.birch.tokens["sales"])
    assert foreign.post(f"/sales/imports/{imported}/undo").status_code == 404
    assert count() == 4
