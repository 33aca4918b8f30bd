"""The KBV sheet names what was entered and verified; an expired certificate blocks it."""

from __future__ import annotations

import io
from datetime import date

import pytest
from pypdf import PdfReader

from portal.accounts.models import Account
from portal.extensions import db
from portal.tenants.models import ProviderCertificate
from portal.tenants.scope import tenant_scope
from tests.world import CANARY, Caller

PAGE = {"Accept": "text/html", "X-Portal-Request": "content"}


@pytest.fixture
def certified(world):
    db.session.execute(db.delete(ProviderCertificate))
    for kind, number in (("security", "SEC-4711"), ("privacy", "PRI-0815")):
        db.session.add(
            ProviderCertificate(
                provider_company_id=world.ash.company_id,
                kind=kind,
                number=number,
                issuer="Prüfstelle Süd",
                valid_from=date(2026, 1, 1),
                valid_until=date(2099, 12, 31),
            )
        )
    db.session.commit()
    db.session.remove()
    return world


def text_of(answer):
    reader = PdfReader(io.BytesIO(answer.data))
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


def change(org, who, **values):
    with tenant_scope(org.id):
        row = db.session.get(Account, (org.id, org.ids[who]))
        for name, value in values.items():
            setattr(row, name, value)
        db.session.commit()
    db.session.remove()


@pytest.mark.requirement("TEN-7")
def test_a_verified_doctor_downloads_a_sheet_that_names_all_of_it(certified):
    doctor = certified.caller("doctor")
    shown = doctor.get("/certificate", headers=PAGE).get_data(as_text=True)
    assert "SEC-4711" in shown
    url = doctor.post("/tickets", path="/certificate.pdf").get_json()["url"]
    answer = Caller().get(url)
    assert answer.mimetype == "application/pdf"
    text = text_of(answer)
    for words in (
        "Ash Doctor",
        "838382202",
        "Praxisfenster",
        "Ash GmbH",
        "SEC-4711",
        "PRI-0815",
        "Prüfstelle Süd",
        "31.12.2099",
        "Praxis Ash",
    ):
        assert words in text
    assert CANARY not in text
    for claim in ("konform", "zertifiziert", "zugelassen", "entspricht"):
        assert claim not in text.lower()


@pytest.mark.requirement("TEN-7")
@pytest.mark.parametrize("kind", ["security", "privacy"])
def test_an_expired_certificate_blocks_the_sheet_and_says_what_to_do(certified, kind):
    over = db.update(ProviderCertificate).where(ProviderCertificate.kind == kind)
    db.session.execute(over.values(valid_until=date(2026, 2, 1)))
    db.session.commit()
    db.session.remove()
    doctor = certified.caller("doctor")
    shown = doctor.get("/certificate", headers=PAGE).get_data(as_text=True)
    assert "Ein gültiges Zertifikat" in shown
    assert "a@example.org" in shown
    assert 'data-path="/certificate.pdf"' not in shown
    refused = doctor.get("/certificate.pdf")
    assert refused.status_code == 409
    assert refused.json["error"]["code"] == "no_certificate"


@pytest.mark.requirement("TEN-7", "TEN-4")
@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"state": "confirmed"}, "noch nicht geprüft"),
        ({"state": "applied"}, "noch nicht geprüft"),
        ({"physician_number": ""}, "LANR fehlt"),
    ],
)
def test_without_verification_or_number_there_is_no_sheet(certified, values, words):
    change(certified.ash, "doctor", **values)
    doctor = certified.caller("doctor")
    assert words in doctor.get("/certificate", headers=PAGE).get_data(as_text=True)
    assert doctor.get("/certificate.pdf").status_code == 409


@pytest.mark.parametrize("role", ["assistant", "projectadmin", "sales", "support", "guest"])
def test_nobody_else_gets_a_sheet(certified, role):
    assert certified.caller(role).get("/certificate.pdf").status_code == 404
