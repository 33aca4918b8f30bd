"""Codes on their way from the desk: by SMS, by mail over a real server, once for each request."""

from __future__ import annotations

import threading
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from portal import jobs, outbox
from portal.extensions import db
from portal.messages import sending, service
from portal.messages.models import Message
from portal.outbox import Outbox
from portal.tenants.scope import tenant_scope
from portal.waitingroom.models import AccessCode
from tests.messages.smtp_server import Server, running
from tests.plugins.fixtures import set_up, work

if TYPE_CHECKING:
    from tests.world import Caller

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def mailer():
    with running(Server()) as server:
        yield server


@pytest.fixture
def doctor(world, gateway) -> Caller:
    with tenant_scope(world.ash.id):
        set_up(gateway, prices="DE = 0,075")
        db.session.commit()
    db.session.remove()
    return world.caller("doctor")


def order(world, **more: str) -> dict[str, str]:
    room = world.ash.ids["room"]
    return {"guest_name": "Erika Muster", "room": room, "uses": "single", **more}


def carry(app, world, clock, url: str) -> None:
    """Post the mail in the outbox."""
    with app.app_context(), tenant_scope(world.ash.id):
        for row_id in db.session.scalars(select(Outbox.id)).all():
            carriers = {**jobs.carriers(app), "mail": sending.mail(sending.smtp(url))}
            outbox.deliver(row_id, carriers, now=clock.now())


def count(app, world, table) -> int:
    with app.app_context(), tenant_scope(world.ash.id):
        return db.session.scalar(select(func.count()).select_from(table))


@pytest.mark.requirement("COD-3")
def test_a_code_goes_by_mail_and_the_address_is_gone_as_soon_as_it_was_handed_over(
    app, world, doctor, clock, mailer
):
    page = doctor.post("/desk/codes", **order(world, email="gast@example.org"))
    assert page.status_code == 200
    assert "Nachricht wird verschickt" in page.text
    carry(app, world, clock, mailer.url)
    (raw,) = mailer.mails
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail["To"] == "gast@example.org"
    plain, _html = mail.iter_parts()
    assert "http://localhost/j#" in plain.get_content()
    assert "+49 40 2" in plain.get_content()
    with app.app_context(), tenant_scope(world.ash.id):
        (traced,) = db.session.scalars(select(Message)).all()
        assert (traced.channel, traced.state, traced.number) == ("mail", "sent", "")
        for table in db.metadata.sorted_tables:
            if "organisation_id" in table.primary_key.columns:
                query = select(table).where(table.c.organisation_id == world.ash.id)
                rows = [str(row) for row in db.session.execute(query)]
                assert not any("gast@example" in row for row in rows), table.name


@pytest.mark.requirement("COD-5")
def test_a_mail_can_be_signed_and_follows_nobody(app, world, doctor, clock, mailer):
    doctor.post("/desk/codes", **order(world, email="gast@example.org"))
    carry(app, world, clock, mailer.url)
    mail = message_from_bytes(mailer.mails[0], policy=policy.default)
    domain = mail["From"].addresses[0].domain
    assert mail["Message-ID"].endswith(f"@{domain}>")
    assert abs((mail["Date"].datetime - clock.now()).total_seconds()) < 600
    html = mail.get_body(("html",)).get_content()
    for loaded in ("<img", "src=", "url(", "<link", "<script", "<iframe", "@import"):
        assert loaded not in html
    links = [part.split('"')[0] for part in html.split('href="')[1:]]
    assert len(links) == 1
    assert links[0].startswith("http://localhost/j#")
    assert "?" not in links[0]


def test_the_message_id_is_the_same_at_each_try(app, world, doctor, clock, mailer):
    mailer.answers = {".": "451 later"}
    doctor.post("/desk/codes", **order(world, email="gast@example.org"))
    carry(app, world, clock, mailer.url)
    clock.move(sending.MAIL_PAUSES[0])
    mailer.answers = {}
    carry(app, world, clock, mailer.url)
    ids = {message_from_bytes(raw)["Message-ID"] for raw in mailer.mails}
    assert (len(mailer.mails), len(ids)) == (2, 1)


@pytest.mark.parametrize(
    "address",
    [
        "gast",
        "gast@",
        "@example.org",
        "a b@example.org",
        "a@b@example.org",
        "gast@example.org\r\nBcc: x@example.org",
        "gast@example.org, x@example.org",
        "<gast@example.org>",
        "gast@localhost",
        "x" * 250 + "@example.org",
    ],
)
def test_a_wrong_address_is_told_at_its_field_and_makes_no_code(app, world, doctor, address):
    before = count(app, world, AccessCode)
    answer = doctor.post("/desk/codes", **order(world, email=address))
    assert answer.status_code == 422
    assert answer.get_json()["error"]["details"]["fields"]["email"]
    assert count(app, world, AccessCode) == before


@pytest.mark.requirement("SMS-1")
def test_the_desk_says_beforehand_what_an_sms_costs(doctor):
    page = doctor.get("/desk").text
    assert "1 SMS" in page
    assert "etwa 0,075 €" in page


@pytest.mark.requirement("COD-3")
def test_a_request_that_arrives_many_times_makes_one_code_and_one_sms(app, world, doctor, gateway):
    before = count(app, world, AccessCode)
    gate, pages = threading.Barrier(20), []

    def press() -> None:
        with app.app_context():
            gate.wait()
            values = order(world, phone="0171 3920012", request_key=KEY)
            pages.append(doctor.post("/desk/codes", **values))

    threads = [threading.Thread(target=press) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {page.status_code for page in pages} == {200}
    assert len({page.text for page in pages}) == 1
    assert count(app, world, AccessCode) == before + 1
    work(app)
    assert len(gateway.seen) == 1


def test_a_request_of_another_organisation_with_the_same_name_is_another(app, world, doctor, clock):
    doctor.post("/desk/codes", **order(world, phone="0171 3920012", request_key=KEY))
    with app.app_context(), tenant_scope(world.birch.id):
        assert service.asked_before(KEY) is None


@pytest.mark.requirement("SMS-1")
def test_what_is_refused_makes_no_code_and_keeps_what_was_typed(app, world, doctor):
    before = count(app, world, AccessCode)
    for phone, status in (("+33 6 12 34 56 78", 422), ("040 5550100", 422)):
        answer = doctor.post("/desk/codes", **order(world, phone=phone))
        assert answer.status_code == status
        assert answer.get_json()["error"]["details"]["fields"]["phone"]
    for _ in range(5):
        assert doctor.post("/desk/codes", **order(world, phone="0171 3920012")).status_code == 200
    assert doctor.post("/desk/codes", **order(world, phone="0171 3920012")).status_code == 429
    assert count(app, world, AccessCode) == before + 5
