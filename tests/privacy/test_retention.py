"""Every rule that names a column is carried out to the second, and nothing before its time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import JSON, Date, Table, TypeDecorator, func, insert, select, update

from portal import jobs, ratelimit
from portal.accounts.models import Account, Credential, Token
from portal.audit import AuditEntry
from portal.calls.models import Call
from portal.database import glance
from portal.extensions import db
from portal.messages.models import Message
from portal.personaldata import Anchor, DataUse, Event, Period, Retention, Storage
from portal.privacy import consent, deletion, registry
from portal.privacy.models import Consent, Deletion
from portal.profiles.models import Card
from portal.ratelimit import Attempt, Limit
from portal.tenants.scope import across_tenants, new_id, tenant_scope
from portal.waitingroom.models import AccessCode, Visit
from tests.deleting import deleted
from tests.world import make_code, with_password

MOMENT = datetime(2026, 3, 30, 20, 30, tzinfo=UTC)
FAR = datetime(2099, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
# What no column dates: it happens with its cause, in a page or in the job of a room.
WITH_ITS_CAUSE = frozenset(Anchor) - {Anchor.CREATED, Anchor.CALL_END}
BY_HAND = frozenset({"staff_left", "factor_removed", "handed_over", "provider_left"})
PLACES = sorted(
    place
    for use in registry.of_rooms()
    if isinstance(use, DataUse)
    for rule in use.rules
    for place in (*rule.begins, *rule.ends)
)


def rule_of(place: str) -> deletion.Rule:
    (found,) = [rule for rule in deletion.rules() if rule.place == place]
    return found


def put(world: Any, rule: deletion.Rule, value: datetime) -> None:
    """Put a row into the table of a rule, with everything in it that must be there."""
    own = dict(world.ash.ids)
    with across_tenants("The test needs cards and a password that a row may name."):
        cards = db.session.scalars(select(Card.id)).all()
        credential = db.session.scalar(select(Credential.id))
        token = db.session.scalar(select(Token.id).limit(1))
    known = {
        "organisation_id": world.ash.id,
        "room_id": own["room"],
        "code_id": own["code"],
        "staff_id": own["staff_sales"],
        "caller_card_id": cards[0],
        "callee_card_id": cards[-1],
        "credential_id": credential,
        "token_id": token,
    }
    table: Table = rule.table
    if table.name == "board_file":
        known["call_id"] = running_call(world)
    needed = [column for column in table.columns if not column.nullable]
    values = {column.name: known.get(column.name, plausible(column)) for column in needed}
    values[rule.column.name] = value.date() if isinstance(rule.column.type, Date) else value
    with across_tenants("The test makes a row of any table."):
        db.session.execute(insert(table).values(values))
    db.session.commit()


def running_call(world: Any) -> str:
    """Make a call that has not ended, for what is kept until it has."""
    call = {"id": new_id(), "organisation_id": world.ash.id, "room_id": "", "started_at": MOMENT}
    with across_tenants("The test makes a call that its rows may name."):
        db.session.execute(insert(Call).values(call))
    db.session.commit()
    return call["id"]


def plausible(column: Any) -> Any:
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    values = {
        str: new_id()[: getattr(column.type, "length", None) or 32],
        datetime: FAR,
        date: FAR.date(),
        dict: {},
    }
    made = dict if isinstance(kind, JSON) else kind.python_type
    return values[made] if made in values else made()


def left(table: Table) -> int:
    with across_tenants("The test counts what is left."):
        return int(db.session.scalar(select(func.count()).select_from(table)))


@pytest.fixture
def full(world, clock):
    """Return a world where nothing is due by itself, with a password in it."""
    clock.move(MOMENT - clock.now())
    with_password(world.ash, "doctor", "ash.doctor")
    with across_tenants("The test takes away what the world brings along."):
        for rule in deletion.rules():
            if rule.table.name in {"token", "access_code", "visit", "account_import"}:
                continue
            db.session.execute(rule.table.delete())
        for model in (Token, AccessCode):
            column = Token.expires_at if model is Token else AccessCode.delete_after
            db.session.execute(update(model).values({column: FAR}))
    db.session.commit()
    return world


@pytest.mark.requirement("PRIV-4")
@pytest.mark.parametrize("place", PLACES)
def test_a_row_goes_when_its_declaration_says_and_not_a_second_before(place, full):
    rule = rule_of(place)
    if rule.holds_the_end:
        end = MOMENT
    elif isinstance(rule.column.type, Date):
        end = rule.retention.period.after(MOMENT.replace(hour=0, minute=0)) + timedelta(days=1)
    else:
        end = rule.retention.period.after(MOMENT.astimezone(deletion.ZONE))
    before = left(rule.table)
    put(full, rule, MOMENT)
    assert deleted(rule.table.name, end - SECOND) == 0
    assert left(rule.table) == before + 1
    assert deleted(rule.table.name, end) == 1
    assert left(rule.table) == before


@pytest.mark.requirement("PRIV-4")
def test_every_rule_that_a_period_belongs_to_names_the_column_that_dates_it():
    for use in registry.of_rooms():
        if not isinstance(use, DataUse) or use.storage is not Storage.DATABASE:
            continue
        for rule in use.rules:
            named = rule.begins or rule.ends
            happens = rule.anchor in WITH_ITS_CAUSE or (
                isinstance(rule.anchor, Event) and rule.anchor.name in BY_HAND
            )
            assert named or happens, f"{use.id}: nothing carries out {rule.anchor}"
            if rule.begins:
                assert not rule.period.months, f"{use.id}: months need a column with the end"


@pytest.mark.requirement("PRIV-4")
def test_the_year_ends_as_the_calendar_of_the_practice_has_it(full):
    rule = rule_of("consent.withdrawn_at")
    # Half past midnight in Berlin on the first of January: still December in UTC.
    put(full, rule, datetime(2025, 12, 31, 23, 30, tzinfo=UTC))
    assert deleted("consent", datetime(2029, 12, 31, 22, 59, 59, tzinfo=UTC)) == 0
    assert deleted("consent", datetime(2029, 12, 31, 23, 0, tzinfo=UTC)) == 1


@pytest.mark.requirement("PRIV-4", "COD-4")
def test_what_is_past_its_date_is_invisible_before_any_job_ran(full, clock):
    code_id = full.ash.ids["code"]
    with tenant_scope(full.ash.id):
        db.session.execute(update(AccessCode).values(delete_after=MOMENT))
        db.session.commit()
        clock.move(MOMENT - clock.now() - SECOND)
        assert db.session.get(AccessCode, (full.ash.id, code_id))
        db.session.remove()
        clock.move(SECOND)
        assert db.session.get(AccessCode, (full.ash.id, code_id)) is None
        assert db.session.scalars(select(AccessCode)).all() == []
        assert left(AccessCode.__table__) > 0


@pytest.mark.requirement("PRIV-4")
def test_a_dry_run_counts_and_deletes_nothing(full):
    put(full, rule_of("call.ended_at"), MOMENT)
    counted = {rule.place: rows for rule, rows in deletion.due(MOMENT + timedelta(days=90))}
    assert counted["call.ended_at"] == 1
    db.session.remove()
    assert left(rule_of("call.ended_at").table) == 1
    assert db.session.scalars(select(Deletion)).all() == []


@pytest.mark.requirement("PRIV-4")
def test_many_rows_go_in_steps_and_each_step_is_in_the_protocol(full, monkeypatch):
    monkeypatch.setattr(deletion, "STEP", 2)
    for _ in range(5):
        put(full, rule_of("call.ended_at"), MOMENT)
    assert deleted("call", MOMENT + timedelta(days=90)) == 5
    assert steps_of("call.ended_at") == [2, 2, 1]
    assert deletion.verify() == []


@pytest.mark.requirement("PRIV-4")
def test_steps_that_take_long_become_smaller(full, monkeypatch):
    monkeypatch.setattr(deletion, "STEP", 4)
    monkeypatch.setattr(deletion, "FEWEST", 1)
    monkeypatch.setattr(deletion, "SECONDS", 0)
    for _ in range(8):
        put(full, rule_of("call.ended_at"), MOMENT)
    assert deleted("call", MOMENT + timedelta(days=90)) == 8
    assert steps_of("call.ended_at") == [4, 2, 1, 1]


def steps_of(place):
    query = select(Deletion.rows).where(Deletion.place == place)
    return db.session.scalars(query.order_by(Deletion.number)).all()


@pytest.mark.requirement("PRIV-4")
def test_a_runner_that_dies_between_two_steps_has_told_what_it_did(full, monkeypatch):
    monkeypatch.setattr(deletion, "STEP", 2)
    for _ in range(5):
        put(full, rule_of("call.ended_at"), MOMENT)
    due = MOMENT + timedelta(days=90)
    begun = deletion.steps(rule_of("call.ended_at"), due)
    assert next(begun) == 2
    begun.close()
    db.session.remove()
    assert left(rule_of("call.ended_at").table) == 3
    assert [line.rows for line in deletion.protocol()] == [2]
    db.session.remove()
    assert deleted("call", due) == 3
    assert deletion.verify() == []


@pytest.mark.requirement("PRIV-4")
def test_a_changed_a_removed_and_a_cut_off_line_are_found(full):
    def forged(act: Any) -> list[str]:
        db.session.execute(act)
        db.session.flush()
        problems = deletion.verify()
        db.session.rollback()
        return problems

    for _ in range(3):
        put(full, rule_of("call.ended_at"), MOMENT)
        deleted("call", MOMENT + timedelta(days=90))
    assert deletion.verify() == []
    table = Deletion.__table__
    fewer = table.update().where(table.c.number == 2).values(rows=0)
    assert forged(fewer) == ["Line 2 of the deletion protocol was changed."]
    assert "Line 2 of the deletion protocol was removed." in forged(
        table.delete().where(table.c.number == 2)
    )
    (lost,) = forged(table.delete().where(table.c.number == 3))
    number = db.session.scalar(
        select(func.max(AuditEntry.number)).where(AuditEntry.code == deletion.RAN)
    )
    assert lost == f"The line that audit entry {number} names was removed."


@pytest.mark.requirement("PRIV-4")
def test_what_is_a_day_late_raises_an_alarm_and_the_other_rules_go_on(full, caplog, monkeypatch):
    put(full, rule_of("call.ended_at"), MOMENT)
    put(full, rule_of("ring.ended_at"), MOMENT)
    real = deletion.steps

    def broken(rule: deletion.Rule, now: datetime) -> Any:
        if rule.place == "call.ended_at":
            raise OSError
        return real(rule, now)

    monkeypatch.setattr(deletion, "steps", broken)
    due = MOMENT + timedelta(days=90)
    assert deleted("ring", due) == 1
    assert "deletion failed rule=calls.call" in caplog.text
    assert "overdue" not in caplog.text
    deletion.run(due + timedelta(days=1))
    assert "deletion overdue rule=calls.call place=call.ended_at rows=1" in caplog.text


@pytest.mark.requirement("PRIV-4")
def test_the_protocol_names_no_row_and_nobody(full):
    put(full, rule_of("access_code.delete_after"), MOMENT)
    deleted("access_code", MOMENT)
    (line,) = [each for each in deletion.protocol() if each.place == "access_code.delete_after"]
    told = {column.name: getattr(line, column.name) for column in Deletion.__table__.columns}
    del told["hash"], told["at"], told["number"]
    assert told == {"use_id": "waitingroom.code", "place": "access_code.delete_after", "rows": 1}


@pytest.mark.requirement("PRIV-7")
@pytest.mark.parametrize("kind", ["visit", "account"])
def test_the_proof_of_a_consent_goes_years_after_its_visit_or_account_is_gone(kind, world, clock):
    org = world.ash
    subject = org.ids["visit" if kind == "visit" else "colleague"]
    with tenant_scope(org.id):
        db.session.query(Consent).delete()
        consent.record(kind, subject, language="de", way="entry", now=clock.now())
        db.session.commit()
        jobs.clean(clock.now())
        assert db.session.scalar(select(Consent)).ground_gone_at is None
        model = Visit if kind == "visit" else Account
        db.session.delete(db.session.get(model, (org.id, subject)))
        db.session.commit()
    db.session.remove()
    jobs.clean(clock.now())
    with across_tenants("The test reads a proof."):
        gone_at = db.session.scalar(select(Consent.ground_gone_at))
    assert gone_at is not None
    db.session.remove()
    end = rule_of("consent.ground_gone_at").retention.period.after(
        gone_at.astimezone(deletion.ZONE)
    )
    assert deleted("consent", end - SECOND) == 0
    assert deleted("consent", end) == 1


@pytest.mark.requirement("PRIV-1")
def test_the_trace_of_a_message_ends_three_months_after_it_arose(world):
    (months,) = {rule.period.months for rule in registry.use("messages.trace").rules}
    assert months == 3
    assert rule_of("message.delete_after").table is Message.__table__


@pytest.mark.requirement("PRIV-1")
def test_a_code_is_kept_as_long_as_the_notice_says(world):
    with tenant_scope(world.ash.id):
        code = make_code(world.ash.ids["doctor"], world.ash.ids["room"])
        rule = rule_of("access_code.delete_after").retention
        assert code.delete_after == rule.period.after(code.created_at)


@pytest.mark.requirement("STA-3")
@pytest.mark.usefixtures("app")
def test_counted_attempts_hold_no_address(clock):
    limit = Limit("trial", attempts=1, seconds=60)
    ratelimit.spend(limit, "192.0.2.7")
    ((bucket,),) = glance(db.select(Attempt.bucket))
    assert "192.0.2" not in bucket
    assert len(bucket) == 64
    clock.move(timedelta(days=1))
    ratelimit.spend(limit, "192.0.2.7")
    assert len(set(glance(db.select(Attempt.bucket)))) == 2


@pytest.mark.requirement("PRIV-4", "PLG-3")
@pytest.mark.parametrize(
    "rule",
    [
        Retention(Anchor.CREATED, Period(days=1), begins=("gone.at",)),
        Retention(Anchor.CREATED, Period(days=1), ends=("call.gone",)),
        Retention(Anchor.CREATED, Period(months=1), begins=("call.ended_at",)),
        Retention(Anchor.CREATED, Period(years=1), begins=("call.ended_at",)),
    ],
)
def test_a_rule_of_a_plugin_that_is_wrong_stops_no_other(full, monkeypatch, caplog, rule):
    wrong = replace(registry.use("calls.call"), id="plugin.wrong", retention=rule)
    real = registry.everything()
    monkeypatch.setattr(registry, "everything", lambda: (wrong, *real))
    put(full, rule_of("call.ended_at"), MOMENT)
    assert deleted("call", MOMENT + timedelta(days=89)) == 0
    assert deleted("call", MOMENT + timedelta(days=90)) == 1
    assert "deletion rule cannot be carried out plugin.wrong" in caplog.text
