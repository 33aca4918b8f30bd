"""The administrator's pages: who sends, what is allowed, how far messages came, and a test."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.audit import AuditEntry
from portal.extensions import db
from portal.messages import figures, rules, service
from portal.messages.models import Message
from portal.pluginhost import service as pluginhost
from portal.tenants.scope import tenant_scope
from tests.plugins.fixtures import set_up, work


@pytest.fixture
def admin(world):
    return world.caller("projectadmin")


@pytest.fixture
def providers(world, gateway):
    """Let Ash have both providers."""
    with tenant_scope(world.ash.id):
        set_up(gateway, prices="DE = 0,075")
        pluginhost.switch_on("sms_lox24")
        db.session.commit()
    db.session.remove()
    return gateway


def queue(world, clock, to: str, occasion: str = "access_code") -> None:
    with tenant_scope(world.ash.id):
        service.queue_sms(to, occasion, "Hallo", subject_id=to, now=clock.now())
        db.session.commit()
    db.session.remove()


@pytest.mark.requirement("MSG-2")
def test_messages_are_counted_by_country_and_occasion(app, world, admin, providers, clock):
    for to, occasion in (
        ("0171 3920012", "access_code"),
        ("0171 3920013", "access_code"),
        ("+43 664 1234567", "second_factor"),
    ):
        queue(world, clock, to, occasion)
    work(app)
    db.session.remove()
    with tenant_scope(world.ash.id):
        found = [
            (each.country, each.occasion, each.messages, each.parts)
            for each in figures.counts(clock.now() - timedelta(days=1))
        ]
        assert figures.counts(clock.now() + timedelta(days=1)) == []
    db.session.remove()
    assert found == [("DE", "access_code", 2, 2), ("AT", "second_factor", 1, 1)]
    page = admin.get("/admin/messages").text
    for words in (
        "Deutschland",
        "Österreich",
        "Zugangscode",
        "Anmeldung",
        "+49 … 12",
        "verschickt",
    ):
        assert words in page
    assert "3920012" not in page
    assert 'role="img"' in page


def test_the_list_is_searched_and_paged(app, world, admin, providers, clock):
    for each in range(12, 42):
        queue(world, clock, f"0171 39200{each}")
    first = admin.get("/admin/messages").text
    assert first.count("+49 … ") == 25
    assert admin.get("/admin/messages?page=2").text.count("+49 … ") == 5
    assert admin.get("/admin/messages?q=… 17").text.count("+49 … ") == 1
    assert admin.get("/admin/messages?q=wartet").text.count("+49 … ") == 25
    assert "Nichts gefunden" in admin.get("/admin/messages?q=zugestellt").text


@pytest.mark.requirement("TEN-1")
def test_no_administrator_sees_anothers_messages(app, world, providers, clock):
    queue(world, clock, "0171 3920077")
    assert "77" in world.caller("projectadmin").get("/admin/messages").text
    birch = type(world.caller("projectadmin"))(world.birch.tokens["projectadmin"])
    assert "… 77" not in birch.get("/admin/messages").text


@pytest.mark.requirement("SMS-2")
def test_the_order_of_providers_is_changed_and_noted(app, world, admin, providers):
    page = admin.get("/admin/messages/sending").text
    assert page.index("dicomsys") < page.index("LOX24")
    page = admin.post("/admin/messages/providers/sms_lox24/up").text
    assert page.index("LOX24") < page.index("dicomsys")
    with tenant_scope(world.ash.id):
        assert pluginhost.answering("send_sms") == ["sms_lox24", "sms_dicomsys"]
        codes = db.session.scalars(select(AuditEntry.code)).all()
    db.session.remove()
    assert "messages.order.changed" in codes
    assert admin.post("/admin/messages/providers/vinteos/up").status_code == 404


@pytest.mark.requirement("SMS-1")
def test_rules_are_set_and_wrong_ones_told(app, world, admin, providers):
    right = {"countries": "de, fr", "daily_parts": "10", "per_number": "2"}
    assert "Regeln sind gespeichert" in admin.post("/admin/messages/sending", **right).text
    for field, value in (
        ("countries", "XX"),
        ("countries", ""),
        ("countries", "DE " * 300),
        ("daily_parts", "viele"),
        ("daily_parts", "-1"),
        ("daily_parts", "999999999999"),
        ("per_number", "0"),
    ):
        page = admin.post("/admin/messages/sending", **{**right, field: value}).text
        assert "Bitte prüfen Sie Ihre Angaben" in page, (field, value)
    with tenant_scope(world.ash.id):
        held = rules.get()
    db.session.remove()
    assert (held.countries, held.daily_parts, held.per_number) == (("DE", "FR"), 10, 2)


@pytest.mark.requirement("SMS-1")
def test_a_test_message_goes_through_one_provider_only(app, world, admin, providers):
    page = admin.get("/admin/plugins/sms_dicomsys").text
    assert "Test-SMS senden" in page
    assert f"/messages/reports/{world.ash.id}/sms_dicomsys/" in page
    providers.answer = (403, b"")
    shown = admin.post("/admin/messages/providers/sms_dicomsys/trial", phone="0171 3920012").text
    assert "wartet auf Versand" in shown
    work(app)
    db.session.remove()
    with tenant_scope(world.ash.id):
        row = db.session.scalar(select(Message))
        message_id, state = row.id, row.state
    db.session.remove()
    assert state == "rejected"
    assert len(providers.seen) == 1
    assert "abgelehnt" in admin.get(f"/admin/messages/trials/{message_id}").text


@pytest.mark.parametrize(
    ("phone", "said"),
    [("", "füllen"), ("12", "Telefonnummer"), ("+33 6 12 34 56 78", "Land"), ("x" * 99, "40")],
)
def test_a_test_to_a_wrong_number_is_told_beside_the_field(app, admin, providers, phone, said):
    shown = admin.post("/admin/messages/providers/sms_dicomsys/trial", phone=phone).text
    assert said in shown
    assert "wartet" not in shown
    assert admin.post("/admin/messages/providers/vinteos/trial", phone=phone).status_code == 404


def test_new_addresses_of_reports_are_made_and_noted(app, world, admin, providers):
    before = admin.get("/admin/plugins/sms_dicomsys").text
    assert "Die Adressen sind neu" in admin.post("/admin/messages/report-addresses").text
    assert admin.get("/admin/plugins/sms_dicomsys").text != before
