"""A search among accounts finds the same whichever way the database is asked."""

from __future__ import annotations

import pytest

from portal.accounts import search
from portal.accounts.models import Account
from portal.extensions import db
from portal.tenants.scope import tenant_scope
from tests.projectadmin.test_accounts import page


@pytest.mark.requirement("ADM-4")
@pytest.mark.parametrize("few", [0, 1, 9, 20, 300])
def test_a_search_finds_the_same_however_many_have_its_words(world, monkeypatch, few):
    monkeypatch.setattr(search, "FEW", few)
    admin = world.caller("projectadmin")
    with tenant_scope(world.ash.id):
        for number in range(20):
            name = {"first_name": "Nele", "last_name": f"Weit{number:02}"}
            email = f"{'eng' if number < 3 else 'x'}{number}@w.example"
            db.session.add(Account(role="assistant", state="active", email=email, **name))
        db.session.commit()
    db.session.remove()
    for q in ("eng nele", "nele eng", "weit eng ne"):
        text = page(admin, q=q, down="1")
        assert text.index("Weit02") < text.index("Weit01") < text.index("Weit00")
        assert "Weit03" not in text
    assert "Weit19" in page(admin, q="weit nele")
    assert "Kein Konto passt dazu" in page(admin, q="weit eng doctor")
