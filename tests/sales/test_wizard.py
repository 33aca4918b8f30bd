"""A new organisation, step by step: one can stop, go on elsewhere, and nothing half done counts."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from PIL import Image

from portal.accounts.models import Account
from portal.extensions import db
from portal.jobs import clean
from portal.sales.models import OrganisationDraft
from portal.tenants.models import Organisation
from portal.tenants.scope import tenant_scope
from tests.sales.conftest import ADMIN, CONTRACT, stored

LOOK = {"accent": "#0E5C55", "accent_2": "#a86a24", "support_contact": "Finn, +49 40 5"}


def step(caller, number, values):
    return caller.post("/sales/new", step=str(number), **values)


def logo():
    out = io.BytesIO()
    Image.new("RGB", (720, 96), (1, 90, 80)).save(out, "PNG")
    out.seek(0)
    return out


def walk(caller, **contract):
    assert step(caller, 1, {**CONTRACT, **contract}).status_code == 200
    assert step(caller, 2, {**LOOK, "logo": (logo(), "logo.png")}).status_code == 200
    assert step(caller, 3, {"plugins": ["vinteos"]}).status_code == 200
    return step(caller, 4, ADMIN)


@pytest.mark.requirement("TEN-2")
def test_five_steps_make_an_organisation_and_invite_its_administrator(world, sales):
    review = walk(sales)
    assert "Praxis am Deich" in review.text
    assert stored("Praxis am Deich") is None
    done = step(sales, 5, {})
    made = stored("Praxis am Deich")
    assert done.headers["HX-Redirect"] == f"/sales/organisations/{made.id}"
    assert (made.provider_company_id, made.seats, made.accent) == (
        world.ash.company_id,
        4,
        "#0e5c55",
    )
    assert made.logo.startswith("data:image/webp;base64,")
    page = sales.get(f"/sales/organisations/{made.id}").text
    assert "Vera Waltung" in page
    assert 'aria-checked="true"' in page
    made_id = made.id
    db.session.remove()
    with tenant_scope(made_id):
        (account,) = db.session.query(Account).all()
        assert (account.role, account.email) == ("projectadmin", "vera@deich.example")


@pytest.mark.requirement("TEN-2")
def test_the_wizard_remembers_where_one_was(sales):
    step(sales, 1, CONTRACT)
    page = sales.get("/sales/new").text
    assert "Schritt 2 von 5" in page
    assert 'value="Praxis am Deich"' in sales.get("/sales/new?step=1").text
    assert "Schritt 2 von 5" in sales.get("/sales/new?step=5").text  # no step is skipped


def test_a_draft_is_its_writers_own(world, sales):
    step(sales, 1, CONTRACT)
    assert "Praxis am Deich" not in world.caller("support").get("/sales/new").text
    birch = type(sales)(world.birch.tokens["sales"])
    assert "Praxis am Deich" not in birch.get("/sales/new").text


@pytest.mark.parametrize(
    ("days", "left"), [(timedelta(days=14, seconds=-1), 1), (timedelta(days=14), 0)]
)
def test_a_draft_is_deleted_after_two_weeks(sales, clock, days, left):
    step(sales, 1, CONTRACT)
    db.session.rollback()
    updated = db.session.query(OrganisationDraft.updated_at).scalar()
    db.session.rollback()
    clean(updated + days)
    assert db.session.query(OrganisationDraft).count() == left


def test_a_draft_can_be_dropped(sales):
    step(sales, 1, CONTRACT)
    assert sales.post("/sales/new/discard").headers["HX-Redirect"] == "/sales"
    assert "Schritt 1 von 5" in sales.get("/sales/new").text


def test_the_last_step_twice_makes_one_organisation(sales):
    walk(sales)
    step(sales, 5, {})
    again = step(sales, 5, {})
    assert "Schritt 1 von 5" in again.text
    assert db.session.query(Organisation).filter_by(name="Praxis am Deich").count() == 1


@pytest.mark.requirement("TEN-10")
def test_a_model_brings_its_look_and_extensions_along(world, sales, ash):
    sales.post(f"{ash}/look", accent="#7a1f1f", support_contact="Ida")
    sales.post(f"{ash}/plugins/vinteos", on="1")
    step(sales, 1, {**CONTRACT, "model": world.ash.id})
    assert 'value="#7a1f1f"' in sales.get("/sales/new?step=2").text
    step(sales, 2, {"accent": "#7a1f1f", "support_contact": "Ida"})
    assert "checked" in sales.get("/sales/new?step=3").text


def test_a_foreign_model_does_not_exist(world, sales):
    assert step(sales, 1, {**CONTRACT, "model": world.birch.id}).status_code == 404


WRONG = {
    "empty": {"name": "", "seats": "", "contract_start": ""},
    "blank": {"name": " \u200b "},
    "huge": {"name": "x" * 201},
    "no number": {"seats": "viele"},
    "too many": {"seats": "100001"},
    "none": {"seats": "0"},
    "no day": {"contract_start": "31.02.2026"},
    "no year": {"contract_start": "0001-01-01"},
    "no country": {"country": "XX"},
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_contract_is_told_and_nothing_is_kept(sales, name):
    answer = step(sales, 1, {**CONTRACT, **WRONG[name]})
    assert answer.status_code == 422
    assert 'data-code="invalid_form"' in answer.text
    assert "Schritt 1 von 5" in sales.get("/sales/new").text


@pytest.mark.parametrize("wrong", ["x", "a@b", "a b@c.de", "a@c.de,b@c.de", "<a@c.de>", ""])
def test_a_wrong_address_is_told_and_what_was_typed_stays(sales, wrong):
    walk(sales)
    answer = step(sales, 4, {**ADMIN, "email": wrong})
    assert answer.status_code == 422
    assert 'value="Vera"' in answer.text


def test_a_file_that_is_no_picture_is_told(sales):
    step(sales, 1, CONTRACT)
    answer = step(sales, 2, {**LOOK, "logo": (io.BytesIO(b"<svg/>"), "logo.svg")})
    assert answer.status_code == 422
    assert "PNG, JPEG oder WebP" in answer.text
    huge = {"data": b"0" * 4_000_000, "content_type": "multipart/form-data; boundary=x"}
    assert sales.send("POST", "/sales/new", **huge).status_code == 413


def test_what_is_typed_is_shown_as_text(sales):
    step(sales, 1, {**CONTRACT, "name": "<script>alert(1)</script>"})
    assert "<script>alert" not in sales.get("/sales/new?step=1").text


@pytest.mark.parametrize("number", ["0", "-1", "99", "x", ""])
def test_a_step_that_does_not_exist_does_no_harm(sales, number):
    assert sales.post("/sales/new", step=number).status_code in {200, 422}
    assert db.session.query(Organisation).count() == 2
