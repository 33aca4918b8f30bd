"""An organisation's contract: found, changed with its history, read in the log by its people."""

from __future__ import annotations

from datetime import date

import pytest

from portal import audit
from portal.accounts.models import Account
from portal.extensions import db
from portal.tenants.models import Organisation
from portal.tenants.scope import tenant_scope
from tests.sales.conftest import ADMIN, CONTRACT, stored
from tests.world import Caller


def add(world, name, **more):
    values = {"country": "DE", "contract_start": date(2026, 5, 1), "seats": 3, **more}
    row = Organisation(provider_company_id=world.ash.company_id, name=name, **values)
    db.session.add(row)
    db.session.commit()
    db.session.remove()


def names(answer):
    return [name for name in ("Praxis Ash", "Praxis Ulme", "Klinik Linde") if name in answer.text]


@pytest.mark.requirement("TEN-2")
def test_the_list_is_searched_filtered_sorted_and_paged(world, sales, clock):
    add(world, "Praxis Ulme", contract_start=date(2026, 9, 1), seats=50, is_demo=True)
    add(world, "Klinik Linde", terminated_at=clock.now(), seats=900)
    assert names(sales.get("/sales?q=praxis")) == ["Praxis Ash", "Praxis Ulme"]
    assert names(sales.get("/sales?state=terminated")) == ["Klinik Linde"]
    assert names(sales.get("/sales?state=running")) == ["Praxis Ash", "Praxis Ulme"]
    assert names(sales.get("/sales?state=demo")) == ["Praxis Ulme"]
    page = sales.get("/sales?sort=seats").text
    assert page.index("Klinik Linde") < page.index("Praxis Ulme") < page.index("Praxis Ash")
    for number in range(30):
        add(world, f"Zweig {number:02}")
    assert "Nächste Seite" in sales.get("/sales").text
    assert "Zweig 29" in sales.get("/sales?page=2").text


@pytest.mark.parametrize(
    "query", ["?sort=x", "?state=%27", "?page=-1", "?page=x", "?q=" + "x" * 999]
)
def test_an_odd_wish_is_answered_with_a_list(sales, query):
    assert sales.get(f"/sales{query}").status_code == 200


@pytest.mark.requirement("TEN-2", "PRIV-11")
def test_a_change_has_a_history_of_names_and_no_values(world, sales, ash):
    changed = sales.post(f"{ash}/contract", **{**CONTRACT, "name": "Praxis Neu", "seats": "77"})
    assert changed.status_code == 200
    assert "Vertrag oder Auftritt geändert" in changed.text
    assert "Plätze" in changed.text
    assert "Sam Staff" in changed.text
    assert stored("Praxis Neu").seats == 77
    entry = db.session.scalars(audit.entries(world.ash.id)).first()
    assert set(entry.fields.split()) == {"name", "contract_start", "seats"}


def codes_of_sales(world):
    """Return what sales did to Ash; its doctors have done things of their own."""
    entries = db.session.scalars(audit.entries(world.ash.id))
    return [entry.code for entry in entries if entry.code.startswith("sales.")]


def test_saving_without_a_change_leaves_no_entry(world, sales, ash):
    for _each in range(2):
        assert sales.post(f"{ash}/contract", **CONTRACT).status_code == 200
    assert codes_of_sales(world) == ["sales.organisation.changed"]


@pytest.mark.requirement("TEN-2")
@pytest.mark.parametrize(
    ("colour", "said"),
    [
        ("#ffff00", "1,0 : 1"),
        ("#8a8a8a", "3,1 : 1"),
        ("red", "#0e5c55"),
        ("#0e5c5", "#0e5c55"),
        ("#0e5c55;}", "#0e5c55"),
    ],
)
def test_a_colour_that_is_not_legible_is_refused_with_its_ratio(sales, ash, colour, said):
    answer = sales.post(f"{ash}/look", accent=colour)
    assert answer.status_code == 422
    assert said in answer.text
    assert stored("Praxis Ash ").accent == ""


def test_the_second_colour_needs_less(sales, ash):
    assert sales.post(f"{ash}/look", accent_2="#999999").status_code == 422
    assert sales.post(f"{ash}/look", accent_2="#8a8a8a").status_code == 200


@pytest.mark.parametrize("sender", ["Praxis & Co", "Zwölfe", "x" * 12])
def test_a_sender_that_networks_refuse_is_told(sales, ash, sender):
    assert sales.post(f"{ash}/look", sms_sender=sender).status_code == 422


@pytest.mark.requirement("TEN-2")
def test_an_administrator_is_invited_by_a_link(world, sales, ash):
    answer = sales.post(f"{ash}/administrators", **{f"admin-{k}": v for k, v in ADMIN.items()})
    assert "Die Einladung ist unterwegs" in answer.text
    db.session.rollback()
    db.session.remove()
    with tenant_scope(world.ash.id):
        account = db.session.query(Account).filter_by(email=ADMIN["email"]).one()
        assert account.role == "projectadmin"
        (mail,) = db.session.execute(
            db.text("SELECT count(*) FROM outbox WHERE organisation_id = :tenant"),
            {"tenant": world.ash.id},
        ).one()
        assert mail == 1


@pytest.mark.requirement("TEN-2")
def test_another_companys_contract_does_not_exist(world, sales):
    foreign = f"/sales/organisations/{world.birch.id}"
    for answer in (
        sales.get(foreign),
        sales.post(f"{foreign}/contract", **CONTRACT),
        sales.post(f"{foreign}/look"),
        sales.post(f"{foreign}/administrators"),
        sales.post(f"{foreign}/plugins/vinteos", on="1"),
    ):
        assert answer.status_code == 404


@pytest.mark.requirement("TEN-2")
def test_sales_sees_no_guest_no_code_and_no_call(world, sales, ash):
    pages = [sales.get(path).text for path in ("/sales", ash, "/sales/new", "/sales/certificates")]
    seen = " ".join(pages)
    for secret in (world.ash.code, "Gast", world.ash.ids["visit"], world.ash.ids["room"], "Zimmer"):
        assert secret.strip() not in seen
    for path in ("/desk", "/desk/codes", "/desk/queue", "/visit", "/admin"):
        assert sales.get(path).status_code == 404


@pytest.mark.requirement("TEN-8")
def test_the_organisation_reads_who_of_the_staff_looked_at_it(world, sales, ash, projectadmin):
    sales.get(ash)
    sales.post(f"{ash}/contract", **CONTRACT)
    page = projectadmin.get("/admin/audit").text
    assert "Sam Staff" in page
    assert "Vertrieb" in page
    assert "Vertragsdaten angesehen" in page
    assert "Vertrag oder Auftritt geändert" in page
    assert "Praxis am Deich" not in page.split("<main", 1)[1].replace("Praxis am Deich</", "")
    other = Caller(world.birch.tokens["projectadmin"])
    assert "Sam Staff" not in other.get("/admin/audit").text


@pytest.mark.requirement("TEN-8")
def test_the_log_is_searched_by_what_and_by_whom_and_paged(world, sales, ash, projectadmin):
    for number in range(30):
        sales.post(f"{ash}/contract", **{**CONTRACT, "seats": str(number + 1)})
    sales.get(ash)
    assert "Nächste Seite" in projectadmin.get("/admin/audit").text
    found = projectadmin.get("/admin/audit?q=angesehen").text
    assert "Vertragsdaten angesehen" in found
    assert "Auftritt geändert" not in found
    assert "Vertragsdaten angesehen" in projectadmin.get("/admin/audit?q=staff").text
    assert "Nichts gefunden" in projectadmin.get("/admin/audit?q=niemand").text
    assert projectadmin.get("/admin/audit?who=all&q=%25_'").status_code == 200


def test_looking_leaves_an_entry_each_time(world, sales, ash):
    sales.get(ash)
    sales.get(ash)
    assert codes_of_sales(world) == ["sales.organisation.opened"] * 2
    assert audit.verify().problems == []


@pytest.mark.requirement("TEN-2")
@pytest.mark.parametrize("role", ["doctor", "assistant", "projectadmin"])
def test_whom_to_ask_for_help_stands_on_every_page_of_the_customer(world, sales, ash, role):
    sales.post(f"{ash}/look", support_contact="Finn Hilfe, +49 40 5")
    own = Caller(world.ash.tokens[role])
    for path in ("/account", "/no-such-page"):
        page = own.get(path, headers={"X-Portal-Request": "frame"})
        assert "Finn Hilfe, +49 40 5" in page.text
    assert "Finn Hilfe" not in Caller(world.birch.tokens[role]).get("/account").text
    assert "Finn Hilfe" not in Caller(world.ash.tokens["guest"]).get("/visit").text
