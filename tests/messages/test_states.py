"""The states of a message: what may follow what, whoever says so, in whatever order."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import select, update

from portal.api import MessageState
from portal.extensions import db
from portal.messages import service, states
from portal.messages.models import Message
from portal.messages.states import DELIVERED, FINAL, QUEUED, SENT

PAIRS = list(itertools.product(MessageState, MessageState))


@pytest.fixture
def message(ash, clock) -> str:
    message_id = service.queue_mail(
        "a@example.org", "test", ("S", "T"), subject_id="x", now=clock.now()
    )
    db.session.commit()
    return message_id


def put_into(message_id: str, state: MessageState) -> None:
    row = update(Message).where(Message.id == message_id)
    db.session.execute(row.values(state=state, provider_ref="p-1", next_poll_at=Message.created_at))


def row() -> Message:
    db.session.expire_all()
    return db.session.scalar(select(Message))


@pytest.mark.requirement("MSG-3")
def test_every_pair_of_states_is_as_the_table_says(message, clock):
    lines = (states.__doc__ or "").split("| --- | --- |")[1].split("\n\n")[0].strip().splitlines()
    table = {}
    for line in lines:
        froms, tos = (cell.strip() for cell in line.strip("| ").split("|"))
        for one in froms.split(", "):
            table[one] = set() if tos == "nothing" else set(tos.split(", "))
    assert set(table) == set(MessageState)
    for before, after in PAIRS:
        put_into(message, before)
        moved = states.move(message, after, now=clock.now())
        assert moved == (after in table[before]), (before, after)
        assert row().state == (after if moved else before)


@pytest.mark.requirement("MSG-3")
@pytest.mark.parametrize("final", sorted(FINAL))
def test_with_a_final_state_the_providers_name_for_it_goes(message, clock, final):
    put_into(message, SENT)
    assert states.move(message, final, now=clock.now())
    assert (row().provider_ref, row().next_poll_at) == ("", None)


@pytest.mark.requirement("MSG-3")
def test_reports_in_any_order_end_where_the_last_word_leads(message, clock):
    words = ["accepted", "sent", "delivered", "sent"]
    for said in itertools.permutations(words):
        put_into(message, QUEUED)
        for word in said:
            states.move(message, MessageState(word), now=clock.now())
        assert row().state == DELIVERED


def test_a_message_of_another_organisation_is_not_moved(message, world, clock):
    from portal.tenants.scope import tenant_scope

    db.session.commit()
    db.session.remove()
    with tenant_scope(world.birch.id):
        assert not states.move(message, DELIVERED, now=clock.now())
    db.session.remove()
