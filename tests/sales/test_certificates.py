"""The provider's two certificates: valid or not on a day, and told of ninety days before."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.extensions import db
from portal.sales import certificates
from portal.tenants.models import ProviderCertificate
from portal.tenants.service import valid_certificates
from tests.world import Caller

DAY = date(2026, 11, 27)
FORM = {
    "kind": "security",
    "number": "IS-7",
    "issuer": "Prüfstelle",
    "valid_from": "2026-01-01",
    "valid_until": "2027-12-31",
}


def have(company_id, kind, start, end):
    row = ProviderCertificate(
        provider_company_id=company_id,
        kind=kind,
        number="1",
        issuer="x",
        valid_from=start,
        valid_until=end,
    )
    db.session.add(row)
    db.session.commit()
    return row.id


@pytest.mark.requirement("TEN-7")
def test_a_certificate_holds_from_its_first_to_its_last_day(world):
    company = world.ash.company_id
    have(company, "security", DAY, DAY + timedelta(days=1))
    days = (DAY - timedelta(days=1), DAY, DAY + timedelta(days=1), DAY + timedelta(days=2))
    assert [set(valid_certificates(company, day)) for day in days] == [
        set(),
        {"security"},
        {"security"},
        set(),
    ]
    assert valid_certificates(world.birch.company_id, DAY) == {}


@pytest.mark.requirement("TEN-7")
@pytest.mark.parametrize(("left", "warned"), [(90, False), (89, True), (0, True), (-1, True)])
def test_sales_is_told_ninety_days_ahead(world, left, warned):
    company = world.ash.company_id
    start = DAY - timedelta(days=400)
    have(company, "privacy", start, DAY + timedelta(days=999))
    have(company, "security", start, DAY + timedelta(days=left))
    found = certificates.warnings(company, DAY)
    assert [each.kind for each in found] == (["security"] if warned else [])
    assert [each.is_over for each in found] == ([left < 0] if warned else [])


def test_a_successor_without_a_gap_ends_the_warning(world):
    company, end = world.ash.company_id, DAY + timedelta(days=10)
    have(company, "privacy", DAY, DAY + timedelta(days=999))
    have(company, "security", DAY, end)
    have(company, "security", end + timedelta(days=2), end + timedelta(days=700))
    assert len(certificates.warnings(company, DAY)) == 1  # a day between them has none
    have(company, "security", end + timedelta(days=1), end + timedelta(days=700))
    assert certificates.warnings(company, DAY) == []


@pytest.mark.requirement("TEN-7")
def test_certificates_are_entered_shown_and_removed(world, sales):
    assert "kein Zertifikat für Datenschutz" in sales.get("/sales").text
    entered = sales.post("/sales/certificates", **FORM)
    assert "IS-7" in entered.text
    row = db.session.query(ProviderCertificate).one().id
    db.session.rollback()
    foreign = Caller(world.birch.tokens["sales"])
    assert foreign.post(f"/sales/certificates/{row}/remove").status_code == 404
    assert "IS-7" not in sales.post(f"/sales/certificates/{row}/remove").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "x"},
        {"number": ""},
        {"issuer": "x" * 201},
        {"valid_until": "2025-12-31"},
        {"valid_from": "bald"},
    ],
)
def test_a_wrong_certificate_is_told(sales, wrong):
    assert sales.post("/sales/certificates", **{**FORM, **wrong}).status_code == 422
    assert db.session.query(ProviderCertificate).count() == 0
