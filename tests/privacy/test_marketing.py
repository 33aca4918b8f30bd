"""Advertising and surveys: an own consent, off by default, one click to give and to end."""

from __future__ import annotations

import pytest

from portal.extensions import db
from portal.privacy.models import Consent
from portal.tenants.scope import tenant_scope

URL = "/account/marketing"


def kept(world):
    db.session.remove()
    with tenant_scope(world.ash.id):
        rows = db.session.query(Consent).filter_by(text_id="customer.marketing").all()
        found = [(row.subject_id, row.version, row.withdrawn_at is None) for row in rows]
    db.session.remove()
    return found


@pytest.mark.requirement("TEN-6")
@pytest.mark.parametrize("who", ["doctor", "assistant", "projectadmin"])
def test_it_is_off_until_the_account_itself_agrees(world, who):
    caller = world.caller(who)
    assert 'aria-checked="false"' in caller.get(URL).text
    assert kept(world) == []
    assert 'aria-checked="true"' in caller.post(URL, on="1").text
    assert kept(world) == [(world.ash.ids[who], "1", True)]


@pytest.mark.requirement("TEN-6", "PRIV-7")
def test_one_click_ends_it_without_a_reason_and_the_proof_stays(world):
    doctor = world.caller("doctor")
    doctor.post(URL, on="1")
    doctor.post(URL, on="1")
    assert 'aria-checked="false"' in doctor.post(URL).text
    doctor.post(URL)
    assert kept(world) == [(world.ash.ids["doctor"], "1", False)]


@pytest.mark.requirement("TEN-6")
def test_one_account_does_not_agree_for_another(world):
    world.caller("doctor").post(URL, on="1")
    assert 'aria-checked="false"' in world.caller("colleague").get(URL).text


@pytest.mark.parametrize("who", ["sales", "support", "operator", "guest"])
def test_staff_and_guests_have_no_such_switch(world, who):
    assert world.caller(who).get(URL).status_code == 404


@pytest.mark.requirement("TEN-6")
def test_the_page_of_ones_own_account_fetches_the_switch(world):
    assert f'hx-get="{URL}"' in world.caller("doctor").get("/account").text
    assert URL not in world.caller("sales").get("/account").text
