"""The operator's pages: provider companies, their staff, and who is bound to secrecy."""

from __future__ import annotations

import re

import pytest

from portal import audit
from portal.accounts.models import Staff
from portal.extensions import db
from portal.permissions import FRESH
from portal.sales import undertakings
from portal.tenants.models import ProviderCompany
from tests.world import Caller

COMPANY = {
    "name": "Westwind Videodienste GmbH",
    "country": "AT",
    "address": "Musterweg 3, 8010 Graz",
    "phone": "+43 316 5550",
    "email": "kontakt@westwind.example",
    "managing_directors": "Resi Muster",
    "privacy_officer": "Hanna Schutz",
    "privacy_officer_contact": "dsb@westwind.example",
    "authority": "Österreichische Datenschutzbehörde",
    "authority_contact": "Wien",
    "undertaking_version": "1",
}
PERSON = {
    "new-first_name": "Toni",
    "new-last_name": "Neu",
    "new-email": "toni@westwind.example",
    "new-role": "sales",
}
LINK = re.compile(r'data-testid="staff-link">\s*\S+/link#(\S+?)\s*<')


def one(query):
    """Return what a query finds, and leave no transaction open."""
    db.session.rollback()
    found = db.session.scalars(query).one()
    db.session.expunge_all()
    db.session.rollback()
    return found


@pytest.mark.requirement("TEN-1")
def test_a_company_is_made_and_its_imprint_says_so(operator):
    made = operator.post("/operator/companies", **COMPANY)
    assert made.status_code == 204
    page = operator.get(made.headers["HX-Redirect"]).text
    for value in COMPANY.values():
        assert value in page
    assert "Westwind" in operator.get("/operator").text


def test_a_key_to_an_account_of_staff_is_shown_after_a_proof_only(world, operator, clock):
    clock.move(FRESH)
    company = f"/operator/companies/{world.ash.company_id}"
    link = f"/operator/staff/{world.ash.ids['staff_sales']}/link"
    for refused in (operator.post(f"{company}/staff", **PERSON), operator.post(link)):
        assert refused.status_code == 403
        assert refused.headers["X-Portal-Proof"] == "needed"


@pytest.mark.requirement("TEN-1")
def test_a_change_is_stored_shown_and_written_down_by_name_only(world, operator):
    url = f"/operator/companies/{world.ash.company_id}"
    changed = operator.post(url, **{**COMPANY, "name": "Ash GmbH "})
    assert changed.status_code == 200
    row = one(db.select(ProviderCompany).where(ProviderCompany.id == world.ash.company_id))
    assert (row.country, row.privacy_officer) == ("AT", "Hanna Schutz")
    entry = one(audit.of_object("company", world.ash.company_id))
    assert "privacy_officer" in entry.fields.split()
    assert "undertaking_version" not in entry.fields.split()  # it stayed as it was
    assert "Angaben des Anbieters geändert" in changed.text
    assert "Ole Ops" in changed.text
    imprint = Caller().get(f"/imprint?organisation={world.ash.id}").text
    assert "Resi Muster" in imprint


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 201},
        {"email": "nobody"},
        {"phone": "abc"},
        {"country": "FR"},
        {"managing_directors": "\u200b"},
        {"name": "birch gmbh ZZB-canary"},
    ],
)
def test_wrong_data_of_a_company_are_told_and_not_stored(world, operator, wrong):
    answer = operator.post("/operator/companies", **{**COMPANY, **wrong})
    assert answer.status_code == 422
    assert 'data-code="invalid_form"' in answer.text
    assert db.session.query(ProviderCompany).count() == 2


def test_nothing_sent_is_answered_with_a_line_for_each_field(operator):
    answer = operator.post("/operator/companies")
    assert answer.status_code == 422
    assert answer.text.count("Bitte füllen Sie dieses Feld aus.") >= 9


@pytest.mark.requirement("TEN-1")
def test_a_new_colleague_gets_a_link_that_is_shown_once(world, operator):
    url = f"/operator/companies/{world.ash.company_id}"
    shown = operator.post(f"{url}/staff", **PERSON)
    assert LINK.search(shown.text)
    assert not LINK.search(operator.get(url).text)
    staff = one(db.select(Staff).where(Staff.email == "toni@westwind.example"))
    assert (staff.role, staff.state) == ("sales", "active")
    again = operator.post(f"{url}/staff", **PERSON)
    assert again.status_code == 422
    assert "gibt es schon ein Konto" in again.text


def test_nobody_is_made_operator_by_a_form(world, operator):
    url = f"/operator/companies/{world.ash.company_id}/staff"
    assert operator.post(url, **{**PERSON, "new-role": "operator"}).status_code == 422


def test_who_is_suspended_is_out_at_once_and_can_come_back(world, operator, sales):
    url = f"/operator/staff/{world.ash.ids['staff_sales']}"
    assert sales.get("/sales").status_code == 200
    assert "Konto wieder freigeben" in operator.post(f"{url}/suspend").text
    assert sales.get("/sales").status_code == 401
    assert "Konto sperren" in operator.post(f"{url}/reactivate").text
    assert LINK.search(operator.post(f"{url}/link").text)


def test_the_operator_cannot_shut_themselves_out(world, operator):
    own = one(db.select(Staff).where(Staff.role == "operator"))
    assert operator.post(f"/operator/staff/{own.id}/suspend").status_code == 422
    assert operator.get("/operator").status_code == 200


@pytest.mark.requirement("TEN-9")
def test_without_a_valid_undertaking_no_customer_data_open(world, operator, sales, clock):
    staff_id = world.ash.ids["staff_sales"]
    (signed,) = undertakings.of_staff([staff_id])[staff_id]
    signed_id = signed.id
    db.session.rollback()
    operator.post(f"/operator/undertakings/{signed_id}/end")
    for path in ("/sales", "/sales/new", f"/sales/organisations/{world.ash.id}"):
        answer = sales.get(path)
        assert (answer.status_code, answer.json["error"]["code"]) == (403, "undertaking_missing")
    # What is one's own stays open.
    assert sales.get("/sessions").status_code == 200
    page = operator.post(
        f"/operator/staff/{staff_id}/undertakings", version="1", signed_on="2026-11-02"
    )
    assert "2.11.2026" in page.text.replace("02.11", "2.11")
    assert sales.get("/sales").status_code == 200


@pytest.mark.requirement("TEN-9")
def test_a_new_version_makes_the_old_signature_invalid(world, operator, sales):
    url = f"/operator/companies/{world.ash.company_id}"
    operator.post(url, **{**COMPANY, "undertaking_version": "2"})
    assert sales.get("/sales").status_code == 403
    assert Caller(world.birch.tokens["sales"]).get("/sales").status_code == 200
    staff = f"/operator/staff/{world.ash.ids['staff_sales']}"
    operator.post(f"{staff}/undertakings", version="1", signed_on="2026-11-02")
    assert sales.get("/sales").status_code == 403
    operator.post(f"{staff}/undertakings", version="2", signed_on="2026-11-02")
    assert sales.get("/sales").status_code == 200


@pytest.mark.parametrize("wrong", [{"version": ""}, {"signed_on": ""}, {"signed_on": "gestern"}])
def test_a_wrong_signature_is_told(world, operator, wrong):
    url = f"/operator/staff/{world.ash.ids['staff_sales']}/undertakings"
    answer = operator.post(url, **{"version": "1", "signed_on": "2026-11-02", **wrong})
    assert answer.status_code == 422


def test_an_undertaking_ends_once(world, operator):
    staff_id = world.ash.ids["staff_sales"]
    (signed,) = undertakings.of_staff([staff_id])[staff_id]
    url = f"/operator/undertakings/{signed.id}/end"
    db.session.rollback()
    assert operator.post(url).status_code == 200
    assert operator.post(url).status_code == 404
