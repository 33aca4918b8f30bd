"""Known and unknown names cost the same work, over 200 samples each.

Seconds would tell how busy the machine is. What is compared instead is the work that takes them:
which hashes are computed, at which cost, and which statements are run, in their order. A sign-in
that hashes once for each name and asks the database the same questions takes equally long; one that
answers an unknown name early, or looks up one row more for a known one, fails here at once.
"""

from __future__ import annotations

import argon2
import pytest
from argon2.exceptions import VerifyMismatchError

from portal.accounts import passwords
from portal.accounts.models import Account, Credential
from portal.extensions import db
from portal.permissions import Role
from portal.profiles import search
from portal.tenants.scope import tenant_scope
from tests.statements import noted
from tests.world import PASSWORD, Caller

SAMPLES = 200


@pytest.fixture
def statements(app):
    """Collect each statement as the database gets it, without its values."""
    with noted() as seen:
        yield seen


@pytest.fixture
def hashed(monkeypatch):
    """Note the cost of each hash that is computed, and refuse at once instead of computing it."""
    costs = []

    class Refusing(argon2.PasswordHasher):
        def verify(self, password_hash, _password):
            costs.append(argon2.extract_parameters(password_hash))
            raise VerifyMismatchError

    real = passwords.hash_password(PASSWORD)
    refusing = Refusing.from_parameters(argon2.extract_parameters(real))
    monkeypatch.setattr(passwords, "hasher", refusing)
    return costs, real


def with_people(world, password_hash=None):
    """Give Ash as many doctors as there are samples; none is findable."""
    with tenant_scope(world.ash.id):
        for number in range(SAMPLES):
            row = Account(
                role=Role.DOCTOR,
                state="active",
                first_name="Vera",
                last_name=f"Verborgen{number}",
                email=f"v{number}@ash.example",
            )
            db.session.add(row)
            db.session.flush()
            if password_hash:
                login = Credential(login_name=f"known{number}", password_hash=password_hash)
                login.organisation_id, login.account_id = world.ash.id, row.id
                db.session.add(login)
        db.session.commit()
    db.session.remove()


def work_of(seen, act, *values):
    """Act in a transaction of its own; return the answer and the statements that it took."""
    db.session.rollback()
    seen.clear()
    answer = act(*values)
    return answer, tuple(seen)


@pytest.mark.requirement("ACC-5")
def test_200_known_and_200_unknown_names_are_refused_by_the_same_work(world, statements, hashed):
    costs, real = hashed
    with_people(world, real)
    costs.clear()

    def sign_in(name, network):
        sent = {"name": name, "password": "wrong"}
        answer = Caller().send(
            "POST", "/sign-in", data=sent, environ_base={"REMOTE_ADDR": f"10.{network}.1"}
        )
        return answer.status_code, answer.data

    found = {"known": set(), "unknown": set()}
    for number in range(SAMPLES):
        for place, kind in enumerate(found):
            # Each from a network of its own, as pauses are counted by network too.
            network = f"{place}.{number}"
            found[kind].add(work_of(statements, sign_in, f"{kind}{number}", network))
    assert len(found["known"]) == 1
    assert found["known"] == found["unknown"]
    ((status, _words), done) = found["known"].pop()
    assert status == 422
    assert any("credential" in statement for statement in done)
    assert len(costs) == 2 * SAMPLES
    assert len({repr(each) for each in costs}) == 1


@pytest.mark.requirement("PRO-2")
def test_200_hidden_and_200_unknown_doctors_are_not_found_by_the_same_work(world, statements):
    with_people(world)
    found = {"Verborgen": set(), "Niemand": set()}
    with tenant_scope(world.ash.id):
        for number in range(SAMPLES):
            for name, works in found.items():
                answer, done = work_of(
                    statements, search.search, world.ash.ids["colleague"], f"Vera {name}{number}"
                )
                works.add((tuple(answer.cards), answer.more, done))
    assert len(found["Verborgen"]) == 1
    assert found["Verborgen"] == found["Niemand"]
    ((cards, more, done),) = found["Niemand"]
    assert (cards, more) == ((), False)
    assert done
