"""Bank details: checked, encrypted, shown by four characters, read in clear with a trace."""

from __future__ import annotations

import pytest

from portal.audit import AuditEntry
from portal.extensions import db
from portal.tenants.scope import across_tenants

PAGE = {"Accept": "text/html", "X-Portal-Request": "content"}
IBAN = "DE89370400440532013000"
GOOD = {
    "holder": "Praxis Ash",
    "iban": "DE89 3704 0044 0532 0130 00",
    "mandate_reference": "ASH-2026/1",
    "mandate_on": "2026-11-01",
}


@pytest.fixture
def admin(world):
    return world.caller("projectadmin")


def shown(admin):
    return admin.get("/admin/bank", headers=PAGE).get_data(as_text=True)


@pytest.mark.requirement("TEN-3")
def test_a_number_is_kept_encrypted_and_shown_by_its_last_four(world, admin):
    assert admin.post("/admin/bank", **GOOD).status_code == 200
    text = shown(admin)
    assert "3000" in text
    assert "013000" not in text.replace(" ", "")
    with across_tenants("The test reads what is really stored."):
        stored = db.session.execute(db.text("SELECT iban, holder FROM bank_details")).one()
    db.session.remove()
    assert stored.iban.startswith("k1:")
    assert "Ash" not in stored.holder


@pytest.mark.requirement("TEN-3", "PRIV-11")
def test_reading_in_clear_is_in_the_log_each_time_and_the_log_has_no_number(world, admin):
    admin.post("/admin/bank", **GOOD)
    for _twice in range(2):
        assert IBAN in admin.post("/admin/bank/reveal").get_data(as_text=True).replace(" ", "")
    assert IBAN not in shown(admin).replace(" ", "")
    entries = db.session.scalars(
        db.select(AuditEntry)
        .where(AuditEntry.chain == world.ash.id, AuditEntry.kind == "bank_details")
        .order_by(AuditEntry.number)
    ).all()
    assert [entry.code for entry in entries] == [
        "projectadmin.bank.saved",
        "projectadmin.bank.read",
        "projectadmin.bank.read",
    ]
    assert "3000" not in repr([(entry.code, entry.fields, entry.object_id) for entry in entries])


@pytest.mark.requirement("TEN-3")
@pytest.mark.parametrize(
    "change",
    [
        {"iban": "DE89370400440532013001"},
        {"iban": "DE8937040044053201300"},
        {"iban": "XX89370400440532013000"},
        {"iban": ""},
        {"iban": "'; DROP TABLE bank_details"},
        {"mandate_reference": "x" * 36},
        {"mandate_reference": "mit Ümlaut"},
        {"mandate_on": "gestern"},
        {"holder": "\u200b"},
    ],
)
def test_what_does_not_fit_is_refused_and_stays_typed(admin, change):
    answer = admin.post("/admin/bank", **{**GOOD, **change})
    assert answer.status_code == 422
    assert 'value="Praxis Ash"' in answer.get_data(as_text=True) or "holder" in change
    assert "••••" not in shown(admin)


@pytest.mark.requirement("TEN-3")
def test_an_austrian_number_fits_another_replaces_it_and_both_can_go(admin):
    admin.post("/admin/bank", **GOOD)
    assert admin.post("/admin/bank", **{**GOOD, "iban": "AT611904300234573201"}).status_code == 200
    assert "3201" in shown(admin)
    assert admin.post("/admin/bank/delete").status_code == 200
    assert "••••" not in shown(admin)
    assert admin.post("/admin/bank/reveal").status_code == 200


@pytest.mark.parametrize("role", ["doctor", "assistant", "sales", "support", "operator"])
def test_nobody_else_sees_bank_details(world, role):
    assert world.caller(role).get("/admin/bank").status_code == 404
    assert world.caller(role).post("/admin/bank/reveal").status_code == 404
