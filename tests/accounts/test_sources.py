"""Where a directory decides about accounts, the portal has no passwords (ADM-7: the seam alone)."""

from __future__ import annotations

import pytest

from portal import clock as the_clock
from portal.accounts import forgotten, links
from portal.accounts.sources import DirectoryDecidesError
from portal.extensions import db
from portal.tenants.models import Organisation
from tests.accounts.post import act, keys, mails
from tests.world import PASSWORD, Caller, with_password


@pytest.fixture
def ash(world):
    """Return Ash with a doctor who can sign in and has a link; then its directory decides."""
    with_password(world.ash, "doctor", "dr.ash")
    act(world.ash, "doctor", links.reset, now=the_clock.now())
    db.session.get_one(Organisation, world.ash.id).identity_source = "scim"
    db.session.commit()
    db.session.remove()
    return world.ash


def test_no_password_signs_in(ash):
    answer = Caller().post("/sign-in", name="dr.ash", password=PASSWORD)
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "directory_decides")
    # Who does not know the password learns nothing.
    assert Caller().post("/sign-in", name="dr.ash", password="wrong").status_code == 422


def test_no_link_for_a_password_holds_and_none_is_made(ash):
    answer = Caller().post("/link/look", key=keys(ash)[0])
    assert answer.json["error"]["code"] == "directory_decides"
    assert forgotten.mail("dr.ash", now=the_clock.now()) is False
    db.session.remove()
    for make in (links.invite, links.reset):
        with pytest.raises(DirectoryDecidesError):
            act(ash, "doctor", make, now=the_clock.now())
        db.session.remove()
    assert len(mails(ash)) == 1


def test_other_organisations_notice_nothing(ash, world):
    with_password(world.birch, "doctor", "dr.birch")
    assert Caller().post("/sign-in", name="dr.birch", password=PASSWORD).status_code == 200
