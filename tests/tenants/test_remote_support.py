"""What remote support reaches in a doctor's own area, walked over all acts, ids and routes."""

from __future__ import annotations

import pytest

from portal.accounts.models import Account
from portal.extensions import db
from portal.permissions import Role, policy_of
from portal.pluginhost import service as pluginhost
from portal.profiles.models import Card, Contact, Profile
from portal.support.acts import ACTS
from portal.tenants.scope import across_tenants, tenant_scope
from portal.waitingroom.models import AccessCode, Visit
from tests.support.customer import own_entered
from tests.tenants.test_matrix import filled, ids_of, rules
from tests.world import CANARY, make_code

# In every cell of a colleague and of each guest; whoever reads it looked too far.
MARK = "ZZC-mark"
# What a session itself writes, and what each request moves.
MOVED = {"audit_entry", "support_act", "support_session", "token"}


@pytest.fixture
def marked(world):
    """Mark what is somebody else's in Ash: a colleague's rows, guests, codes, the other's card."""
    org = world.ash
    with tenant_scope(org.id):
        for who in ("colleague", "assistant", "projectadmin", "unverified"):
            row = db.session.get(Account, (org.id, org.ids[who]))
            row.last_name, row.phone, row.email = MARK, "+49 40 777777", f"{MARK}-{who}@ash.example"
        theirs = db.session.get(Profile, (org.id, org.ids["colleague"]))
        theirs.practice_name = theirs.specialty = MARK
        make_code(org.ids["colleague"], org.ids["closed_room"], MARK)
        for code in db.session.scalars(db.select(AccessCode)):
            code.guest_name = MARK
        for visit in db.session.scalars(db.select(Visit)):
            visit.name = MARK
        db.session.commit()
        db.session.remove()
    with across_tenants("The test marks the card that the doctor's contact shows."):
        for card in db.session.scalars(db.select(Card).where(Card.account_id != org.ids["doctor"])):
            card.name = MARK
        db.session.commit()
        db.session.remove()
    return world


def everything(org) -> list[tuple[str, ...]]:
    """Return every row of an organisation that a session of remote support may not move."""
    with across_tenants("The test compares every row of both organisations."):
        found = [
            (table.name, *map(str, row))
            for table in db.metadata.sorted_tables
            if "organisation_id" in table.columns and table.name not in MOVED
            for row in db.session.execute(table.select().where(table.c.organisation_id == org.id))
        ]
        db.session.remove()
    return sorted(found)


def all_ids(world) -> list[str]:
    return sorted({*world.ash.ids.values(), *world.birch.ids.values(), world.birch.id, "x", ""})


@pytest.mark.requirement("SUP-1")
@pytest.mark.requirement("TEN-8")
def test_no_act_with_any_id_shows_or_changes_what_is_not_the_doctors(marked):
    world = marked
    session_id, before = own_entered(world), (everything(world.ash), everything(world.birch))
    support, plugins = world.caller("support"), [each["name"] for each in pluginhost.known()]
    done = set()
    for act in ACTS.values():
        for what in plugins if act.asks_plugin else all_ids(world):
            page = support.post(f"/support/{session_id}/do/{act.name}", id=what, q=MARK)
            assert MARK not in page.text.replace(f'value="{MARK}"', ""), (act.name, what)
            assert CANARY not in page.text, (act.name, what)
            assert world.ash.code not in page.text.replace("-", ""), act.name
            assert page.status_code in {200, 404, 409}, (act.name, what)
            if page.status_code == 200:
                done.add((act.name, what if act.critical else ""))
    assert (everything(world.ash), everything(world.birch)) == before
    me = world.ash.ids["doctor"]
    assert {name for name, _what in done} == {
        each.name
        for each in ACTS.values()
        if each.scope in {"codes", "contacts", "profile", "own_extensions"} and not each.asks_plugin
    }
    assert {what for name, what in done if ACTS[name].critical} == {me}


@pytest.mark.requirement("SUP-1")
def test_the_pages_show_the_doctors_own_rows_and_none_of_a_colleague(marked):
    world, session_id = marked, own_entered(marked)
    with tenant_scope(world.ash.id):
        mine = db.select(AccessCode.id).where(AccessCode.made_by == world.ash.ids["doctor"])
        own_codes = len(db.session.execute(mine).all())
        mine = db.select(Contact.id).where(Contact.account_id == world.ash.ids["doctor"])
        own_contacts = len(db.session.execute(mine).all())
        make_code(world.ash.ids["colleague"], world.ash.ids["room"], MARK)
        db.session.commit()
        db.session.remove()
    support = world.caller("support")
    for act, count in (("open_codes", own_codes), ("open_contacts", own_contacts)):
        page = support.post(f"/support/{session_id}/do/{act}").text
        assert page.count("<tr>") == count + 1, act  # and the head of the table


@pytest.mark.requirement("SUP-1")
def test_an_own_session_opens_no_other_page_of_the_portal(app, world):
    """With a session and without one, the supporter gets the same from every route."""
    support = world.caller("support")

    def answers() -> dict[tuple[str, str], int]:
        return {
            (method, endpoint): support.send(
                method, filled(pattern, ids_of(world.ash)), data={"on": "1"}
            ).status_code
            for method, pattern, endpoint in rules(app)
            if Role.SUPPORT not in (policy_of(app, endpoint).roles or {Role.SUPPORT})
        }

    before = answers()
    own_entered(world)
    assert len(before) > 50
    assert answers() == before
    assert set(before.values()) == {404}


@pytest.mark.requirement("SUP-1")
@pytest.mark.requirement("SUP-3")
def test_nobody_but_its_doctor_watches_or_ends_a_session(app, world):
    session_id, foreign = own_entered(world), world.birch.ids["support"]
    own = [each for each in rules(app) if each[2].startswith("own_support.") and "<" in each[1]]
    assert len(own) == 3
    for who in (
        "colleague",
        "unverified",
        "assistant",
        "projectadmin",
        "guest",
        "support",
        "sales",
    ):
        for method, pattern, _endpoint in own:
            for url in (pattern, pattern.replace("/account/", "/admin/")):
                path = url.replace("<support_id>", session_id)
                assert world.caller(who).send(method, path).status_code == 404, (who, path)
    for method, pattern, endpoint in own:
        path = pattern.replace("<support_id>", foreign)
        assert world.caller("doctor").send(method, path).status_code == 404, endpoint
    assert world.caller("doctor").get(f"/account/support/{session_id}").status_code == 200
