"""The log: lines of JSON that name nobody, whatever went wrong."""

from __future__ import annotations

import io
import json
import logging

import pytest
from flask import g
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Account
from portal.extensions import db
from portal.operations import logs, masking
from portal.tenants.scope import tenant_scope
from tests.world import Caller

logger = logging.getLogger("portal.errors")


@pytest.fixture
def lines(monkeypatch):
    """Return what gives the lines that were written since."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter())
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(each) for each in stream.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


@pytest.mark.requirement("OPS-3")
@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("mail to erika.muster@example.org failed", "mail to *** failed"),
        ("sent to +49 171 3920012, 0171/3920012", "sent to ***, ***"),
        ("code K7MR-4TXP-9WQB or K7MR4TXP9WQB", "code *** or ***"),
        ("Bearer mF_9.B5f-4.1JqM0123456789abcdefghijklmnopqrstuvwxyzABC", "Bearer mF_9.B5f-4.***"),
        ("LANR 838382202", "LANR ***"),
        ("IBAN DE02 1203 0000 0000 2020 51", "IBAN ***"),
        ("at 198.51.100.77 and 2001:db8:1:2::5", "at 198.51.100.0/24 and 2001:db8:1::/48"),
        ("postgresql://app:secret@db/portal", "postgresql://***@db/portal"),
        ("GET /files?ticket=abc failed", "GET /files?*** failed"),
        # What the portal says itself is left as it is.
        ("cleaned portal.jobs: 12 rows, 2026-11-28", "cleaned portal.jobs: 12 rows, 2026-11-28"),
        ("organisation 0123456789abcdef0123456789abcdef", None),
        ("plugin vinteos failed in hook after_call_steps", None),
        ("deletion overdue rule=calls.call place=call.ended_at rows=1", None),
    ],
)
def test_what_looks_personal_is_masked(app, said, written):
    assert masking.masked(said) == (said if written is None else written)


@pytest.mark.requirement("OPS-3")
def test_values_of_declared_columns_are_masked_by_what_they_are(app, world, lines):
    with tenant_scope(world.ash.id):
        row = db.session.get(Account, (world.ash.id, world.ash.ids["doctor"]))
        logger.warning("%s %s of %s cannot", row.first_name, row.last_name, row.id)
    (line,) = lines()
    assert line["event"] == f"*** *** of {world.ash.ids['doctor']} cannot"


@pytest.mark.requirement("OPS-3")
def test_an_error_tells_kind_and_place_and_none_of_its_values(world, lines, monkeypatch):
    def fail(*_args, **_options):
        try:
            int("Erika Kanari")
        except ValueError as error:
            message = "no room for Erika Kanari at Kanari Street"
            raise RuntimeError(message) from error

    monkeypatch.setattr("portal.waitingroom.access.make_code", fail)
    answer = world.caller("doctor").post(
        "/desk/codes", guest_name="Erika Kanari", room=world.ash.ids["room"], uses="single"
    )
    assert answer.status_code == 500
    (line,) = [each for each in lines() if each["event"] == "unhandled"]
    assert [each["type"] for each in line["errors"]] == [
        "builtins.RuntimeError",
        "builtins.ValueError",
    ]
    assert "test_logs.py" in line["errors"][0]["places"][-1]
    assert "Kanari" not in json.dumps(line["errors"][1])
    assert "Erika Kanari" not in json.dumps(line)
    assert (line["level"], line["logger"]) == ("error", "portal.errors")
    assert line["request"] == answer.headers["X-Request-Id"]


@pytest.mark.requirement("OPS-3")
def test_a_database_names_no_value_in_its_errors(app, world):
    with tenant_scope(world.ash.id):
        db.session.add(Account(id=world.ash.ids["doctor"], role="doctor", last_name="Kanari"))
        with pytest.raises(IntegrityError) as raised:
            db.session.flush()
        told = masking.masked_words(raised.value)
        db.session.rollback()
    assert "Kanari" not in told
    assert world.ash.ids["doctor"] not in told


def test_a_line_is_one_line_whatever_is_written_into_it(lines):
    logger.warning("first\nsecond \x1b[31mred \u202e")
    (line,) = lines()
    assert line["event"].startswith("first\nsecond")


def test_every_answer_has_a_number_of_its_own(world):
    numbers = {Caller().get("/healthz").headers["X-Request-Id"] for _ in range(3)}
    assert len(numbers) == 3


def test_masking_reads_no_body_and_no_row(app):
    with app.test_request_context("/", method="POST", data={"name": "Erika"}):
        g.untouched = True
        assert masking.masked("Erika") == "Erika"
