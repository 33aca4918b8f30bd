"""What an organisation allows: countries, so many a day, so many to one number, also under load."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.errors import PortalError
from portal.extensions import db
from portal.messages import rules, service
from portal.messages.models import Message
from portal.messages.rules import CountryNotAllowedError, NumberLimitError, SmsLimitError
from portal.outbox import Outbox
from portal.tenants.scope import tenant_scope
from tests.plugins.fixtures import work

KEY = "r" * 32
NUMBERS = [f"0171 39200{each:02}" for each in range(12, 40)]


def queue(clock, number: str = NUMBERS[0], text: str = "Hallo", **how: str) -> str:
    message_id = service.queue_sms(
        number, "access_code", text, subject_id="c", now=clock.now(), **how
    )
    db.session.commit()
    return message_id


def number_of_messages() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Message))


@pytest.mark.requirement("SMS-1")
@pytest.mark.usefixtures("sms")
def test_a_country_that_is_not_allowed_gets_nothing(app, clock):
    with pytest.raises(CountryNotAllowedError) as refused:
        queue(clock, "+33 6 12 34 56 78")
    assert refused.value.details["fields"]["phone"]
    db.session.rollback()
    assert db.session.scalar(select(Outbox)) is None
    rules.store(countries="DE FR")
    queue(clock, "+33 6 12 34 56 78")


@pytest.mark.requirement("SMS-1")
@pytest.mark.usefixtures("sms")
def test_a_number_gets_so_many_a_day_and_again_tomorrow(app, clock):
    for _ in range(rules.PER_NUMBER):
        queue(clock)
    with pytest.raises(NumberLimitError):
        queue(clock)
    db.session.rollback()
    queue(clock, NUMBERS[1])
    clock.move(timedelta(days=1))
    queue(clock)


@pytest.mark.requirement("SMS-1")
@pytest.mark.usefixtures("sms")
def test_the_day_counts_parts_and_what_was_refused_does_not_count(app, clock):
    rules.store(daily_parts=5)
    queue(clock, NUMBERS[0], "a" * 400)
    assert rules.spent_today() == 3
    with pytest.raises(SmsLimitError):
        queue(clock, NUMBERS[1], "a" * 400)
    db.session.rollback()
    assert rules.spent_today() == 3
    queue(clock, NUMBERS[1], "a" * 200)
    assert rules.spent_today() == 5


@pytest.mark.usefixtures("sms")
def test_who_signs_in_often_gets_a_code_each_time(app, clock):
    for _ in range(rules.PER_NUMBER + 1):
        service.queue_sms(NUMBERS[0], "second_factor", "1", subject_id="c", now=clock.now())
    queue(clock)


@pytest.mark.requirement("TEN-1")
@pytest.mark.usefixtures("sms")
def test_the_limit_of_one_organisation_is_not_anothers(app, world, clock):
    rules.store(daily_parts=1)
    queue(clock)
    db.session.remove()
    with tenant_scope(world.birch.id):
        assert rules.spent_today() == 0
        assert rules.get().daily_parts == rules.DAILY_PARTS
    db.session.remove()


def at_once(app, ash, act, number: int = 12) -> list[object]:
    """Do something in so many threads at once; return what came of it."""
    gate, came = threading.Barrier(number), []

    def one(place: int) -> None:
        with app.app_context(), tenant_scope(ash):
            gate.wait()
            try:
                came.append(act(place))
            except PortalError as error:
                db.session.rollback()
                came.append(error)

    threads = [threading.Thread(target=one, args=(each,)) for each in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


@pytest.mark.requirement("SMS-1")
@pytest.mark.usefixtures("sms")
def test_the_daily_limit_holds_when_many_send_at_once(app, ash, clock):
    rules.store(daily_parts=4)
    db.session.commit()
    came = at_once(app, ash, lambda place: queue(clock, NUMBERS[place]))
    assert sum(isinstance(each, str) for each in came) == 4
    assert sum(isinstance(each, SmsLimitError) for each in came) == 8
    assert number_of_messages() == 4


@pytest.mark.requirement("MSG-1")
def test_one_request_that_arrives_many_times_at_once_is_one_message(app, ash, sms, clock):
    came = at_once(app, ash, lambda _place: queue(clock, request_key=f"{KEY}:sms"), 24)
    assert sum(isinstance(each, str) for each in came) == 1
    assert {each.code for each in came if isinstance(each, PortalError)} == {"asked_before"}
    work(app)
    assert len(sms.seen) == 1
    assert service.asked_before(KEY) == "c"
    assert rules.spent_today() == 1
