"""Messages: in the outbox with their cause, traced for three months without the address."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from portal.extensions import db
from portal.messages import service, texts
from portal.messages.models import Message
from portal.messages.numbers import BadNumberError
from portal.messages.service import NoSmsError
from portal.outbox import Outbox
from portal.tenants.scope import tenant_scope
from tests.deleting import deleted
from tests.plugins.fixtures import plugins, switch_on, work

CODE = "ABCD-EFGH-JKLM"
SECOND = timedelta(seconds=1)
# What a message may never name; a telephone may be shared.
FORBIDDEN = ("praxis", "arzt", "ärzt", "doctor", "clinic", "klinik", "haut", "psych", "termin")


def queue(clock, code_id="code-1") -> str:
    message_id = service.queue_access_code("0171 3920098", CODE, code_id, now=clock.now())
    db.session.commit()
    return message_id


@pytest.mark.requirement("COD-5")
@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_text_names_code_and_address_and_nothing_else(app, ash, lang):
    with app.test_request_context(), force_locale(lang):
        text = texts.filled(texts.ours("sms"), texts.values(CODE)).text
    assert CODE in text
    assert "http://localhost/j#ABCDEFGHJKLM" in text
    assert "?" not in text
    assert len(text) <= 160
    assert not any(word in text.lower() for word in FORBIDDEN)


@pytest.mark.requirement("MSG-1")
@pytest.mark.usefixtures("sms")
def test_a_message_is_queued_with_its_cause_or_not_at_all(app, clock):
    service.queue_access_code("0171 3920098", CODE, "code-1", now=clock.now())
    db.session.rollback()
    assert db.session.scalar(select(Outbox)) is None
    assert service.states(["code-1"]) == {}
    queue(clock)
    row = db.session.scalar(select(Outbox))
    assert (row.kind, row.occasion, row.subject_id) == ("sms", "access_code", "code-1")
    assert service.states(["code-1"]) == {"code-1": "queued"}


@pytest.mark.usefixtures("sms")
def test_a_bad_number_is_told_before_anything_is_queued(app, clock):
    with pytest.raises(BadNumberError):
        service.queue_access_code("040 5550100", CODE, "code-1", now=clock.now())
    db.session.commit()
    assert db.session.scalar(select(Outbox)) is None


def test_an_organisation_without_a_provider_is_told_so_at_once(app, ash, clock):
    with pytest.raises(NoSmsError) as refused:
        service.queue_access_code("0171 3920098", CODE, "code-1", now=clock.now())
    assert refused.value.details["fields"]["phone"]


@pytest.mark.requirement("MSG-2")
@pytest.mark.usefixtures("sms")
def test_messages_can_be_counted_by_country_and_occasion(app, clock):
    queue(clock)
    service.queue_sms("+43 664 1234567", "contact", "Hallo", subject_id="x", now=clock.now())
    work(app)
    rows = db.session.execute(select(Message.country, Message.occasion, Message.state))
    assert sorted(map(tuple, rows)) == [("AT", "contact", "sent"), ("DE", "access_code", "sent")]


@pytest.mark.usefixtures("sms")
def test_of_several_messages_about_a_code_the_newest_counts(app, clock, sms):
    queue(clock)
    work(app)
    sms.answer = (400, b"")
    clock.move(SECOND)
    queue(clock)
    work(app)
    queue(clock, "code-2")
    assert service.states(["code-1", "code-2", "code-3"]) == {
        "code-1": "rejected",
        "code-2": "queued",
    }
    assert service.states([]) == {}


@pytest.mark.requirement("TEN-1")
@pytest.mark.usefixtures("sms")
def test_no_organisation_learns_the_state_of_anothers_message(app, world, clock):
    queue(clock)
    db.session.remove()
    with tenant_scope(world.birch.id):
        assert service.states(["code-1"]) == {}


@pytest.mark.requirement("COD-3")
@pytest.mark.usefixtures("sms")
def test_the_trace_is_gone_after_three_months(app, clock):
    queue(clock)
    made = db.session.scalar(select(Message))
    end = made.delete_after
    assert (made.delete_after.month - made.created_at.month) % 12 == 3
    assert deleted("message", end - SECOND) == 0
    assert deleted("message", end) == 1


@pytest.mark.requirement("COD-3")
@pytest.mark.parametrize("answer", [(202, b'{"id": 1}'), (400, b""), (500, b"")])
def test_after_the_final_answer_the_number_is_nowhere(app, ash, sms, clock, answer):
    sms.answer = answer
    queue(clock)
    work(app)
    for table in db.metadata.sorted_tables:
        if "organisation_id" in table.primary_key.columns:
            query = select(table).where(table.c.organisation_id == ash)
            rows = [str(row) for row in db.session.execute(query)]
            assert not any("3920098" in row for row in rows), table.name


@pytest.mark.requirement("MSG-1")
def test_a_provider_that_fails_leaves_the_message_unknown(app, ash, clock):
    with plugins(app, "raises", "refuses"):
        switch_on("raises", "refuses")
        queue(clock)
        work(app)
    assert service.states(["code-1"]) == {"code-1": "unknown"}
