"""Codes by text message: to a confirmed number, seldom, and five tries each (ACC-3, T28)."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.outbox import Outbox
from portal.tenants.scope import tenant_scope
from tests.plugins.fixtures import NUMBER, ash, gateway, sms
from tests.world import PASSWORD, Caller, with_password

__all__ = ["ash", "gateway", "sms"]
DIGITS = re.compile(r"\b(\d{6})\b")


@pytest.fixture
def doctor(world, sms):
    with_password(world.ash, "doctor", "ash.doctor")
    return Caller(Caller().post("/sign-in", name="ash.doctor", password=PASSWORD).json["token"])


def codes(org):
    """Return the codes in the text messages that wait, the oldest first."""
    query = select(Outbox).where(Outbox.occasion == "second_factor")
    with tenant_scope(org.id):
        rows = db.session.scalars(query.order_by(Outbox.created_at)).all()
        texts = [json.loads(row.payload)["text"] for row in rows]
    db.session.remove()
    return [DIGITS.search(text)[1] for text in texts]


@pytest.fixture
def confirmed(doctor, world):
    """Return a doctor whose number is a second factor."""
    assert doctor.post("/account/factors/sms", phone=NUMBER).status_code == 200
    assert doctor.post("/account/factors/sms/confirm", code=codes(world.ash)[0]).status_code == 200
    return doctor


def unfinished():
    answer = Caller().post("/sign-in", name="ash.doctor", password=PASSWORD).json
    assert answer["pending"] == "factor"
    return Caller(answer["token"])


@pytest.mark.requirement("ACC-3", "MSG-2")
def test_a_code_by_text_message_finishes_the_sign_in(world, confirmed):
    half = unfinished()
    assert half.post("/proof/sms").status_code == 204
    code = codes(world.ash)[-1]
    done = half.post("/sign-in/second", kind="sms", proof=code)
    assert done.status_code == 200
    assert Caller(done.json["token"]).get("/desk").status_code == 200


def test_a_code_is_for_the_sign_in_that_asked(world, confirmed):
    half, other = unfinished(), unfinished()
    half.post("/proof/sms")
    other.post("/proof/sms")
    mine = codes(world.ash)[-2]
    if mine != codes(world.ash)[-1]:
        assert other.post("/sign-in/second", kind="sms", proof=mine).status_code == 422
    assert half.post("/sign-in/second", kind="sms", proof=mine).status_code == 200
    assert unfinished().post("/sign-in/second", kind="sms", proof=mine).status_code == 422


def test_nobody_can_send_many(noon, world, confirmed):
    half = unfinished()
    answers = [half.post("/proof/sms").status_code for _ in range(4)]
    # One was sent for the confirmation.
    assert answers == [204, 204, 429, 429]
    assert len(codes(world.ash)) == 3


@pytest.mark.parametrize("phone", ["", "abc", "+49 40 123456", "110", "x" * 100])
def test_a_number_that_gets_no_text_message_is_told(doctor, phone):
    answer = doctor.post("/account/factors/sms", phone=phone)
    assert answer.status_code == 422
    assert answer.json["error"]["details"]["fields"]["phone"]


def test_a_wrong_code_confirms_nothing(doctor, world):
    doctor.post("/account/factors/sms", phone=NUMBER)
    right = codes(world.ash)[0]
    wrong = f"{(int(right) + 1) % 10**6:06}"
    for _ in range(5):
        assert doctor.post("/account/factors/sms/confirm", code=wrong).status_code == 422
    assert doctor.post("/account/factors/sms/confirm", code=right).status_code == 422
