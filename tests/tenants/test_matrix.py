"""Every route x every caller x own, foreign, random and malformed ids, found by walking the map."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from portal.permissions import policy_of
from portal.tenants.scope import new_id
from tests.world import CANARY, Caller

if TYPE_CHECKING:
    from flask import Flask

    from tests.world import Org, World

CALLERS = (
    "nobody",
    "garbage",
    "guest",
    "doctor",
    "colleague",
    "unverified",
    "assistant",
    "projectadmin",
    "sales",
    "support",
    "operator",
)
ARGUMENT = re.compile(r"<(?:[^:<>]+:)?([a-z_]+)>")
# The ids of a world that fit the name of a route's argument.
FITS = {
    "visit_id": "visit",
    "code_id": "code",
    "call_id": "call",
    "file_id": "board_file",
    "organisation_id": "organisation",
    "session_id": "token",
    "message_id": "message",
    "company_id": "company",
    "staff_id": "staff_sales",
    "undertaking_id": "undertaking",
    "certificate_id": "certificate",
    "processor_id": "processor",
    "contact_id": "contact",
    "account_id": "unverified",
    "department_id": "department",
    "import_id": "import",
    "room_id": "room",
    "request_id": "request",
    "support_id": "support",
    "act_id": "support_act",
}
MALFORMED = ("x", "0" * 31, "' OR 1=1 --", "%00", "..", "ä" * 40)
# What the operator's own pages may show of every provider company: its name.
ABOVE = {"companies.all_companies"}
# The operator stands above all provider companies: to them no id of these is foreign.
OPERATORS = "companies."
# Answers of a route for which an unknown id is not told apart by 404, with the reason.
NO_IDS = {"version", "path", "plugin"}


def caller(world: World, name: str) -> Caller:
    if name == "garbage":
        return Caller("not-a-token")
    return Caller() if name == "nobody" else world.caller(name)


def rules(app: Flask) -> list[tuple[str, str, str]]:
    """Return method, path pattern and endpoint of every route."""
    return sorted(
        (method, str(rule), rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    )


def filled(pattern: str, values: dict[str, str]) -> str:
    return ARGUMENT.sub(lambda found: values.get(found[1], "vinteos"), pattern)


def ids_of(org: Org) -> dict[str, str]:
    known = {
        **org.ids,
        "organisation": org.id,
        "company": org.company_id,
        "call": org.ids.get("call", "0" * 32),
    }
    return {name: known.get(kind, "0" * 32) for name, kind in FITS.items()}


@pytest.mark.requirement("TEN-1")
@pytest.mark.requirement("ADM-1")
@pytest.mark.parametrize("name", CALLERS)
def test_a_foreign_id_looks_like_one_that_does_not_exist(app, world, name):
    who = caller(world, name)
    random_ids = dict.fromkeys(FITS, new_id())
    for method, pattern, endpoint in rules(app):
        arguments = set(ARGUMENT.findall(pattern)) - NO_IDS
        if not arguments or (name == "operator" and endpoint.startswith(OPERATORS)):
            continue
        foreign = who.send(method, filled(pattern, ids_of(world.birch)), data={"on": "1"})
        unknown = who.send(method, filled(pattern, random_ids), data={"on": "1"})
        assert foreign.status_code == unknown.status_code, (method, endpoint)
        if name == "nobody" and method == "GET" and policy_of(app, endpoint).page:
            assert foreign.status_code == 200  # the frame, which holds no data; see below
            continue
        assert foreign.status_code >= 400, (method, endpoint)
        assert foreign.data == unknown.data, (method, endpoint)
        assert CANARY.encode() not in foreign.data, (method, endpoint)


@pytest.mark.parametrize("name", CALLERS)
def test_no_answer_shows_another_organisation(app, world, name):
    who = caller(world, name)
    for method, pattern, endpoint in rules(app):
        if endpoint.startswith("privacy.") or (name == "operator" and endpoint in ABOVE):
            continue  # notices are public; the operator stands above the provider companies
        answer = who.send(method, filled(pattern, ids_of(world.ash)))
        assert CANARY.encode() not in answer.data, (method, endpoint)
        assert answer.status_code < 500, (method, endpoint)


@pytest.mark.parametrize("malformed", MALFORMED)
def test_a_malformed_id_is_answered_like_an_unknown_one(app, world, malformed):
    for name in ("doctor", "sales", "projectadmin"):
        for method, pattern, endpoint in rules(app):
            if set(ARGUMENT.findall(pattern)) - NO_IDS:
                answer = world.caller(name).send(
                    method, filled(pattern, dict.fromkeys(FITS, malformed))
                )
                assert answer.status_code in {404, 405, 308}, (method, endpoint, malformed)


@pytest.mark.requirement("TEN-2")
@pytest.mark.parametrize("name", CALLERS)
def test_a_route_answers_only_the_roles_of_its_policy(app, world, name):
    who = caller(world, name)
    role = {"colleague": "doctor", "unverified": "doctor"}.get(name, name)
    for method, pattern, endpoint in rules(app):
        declared = policy_of(app, endpoint)
        if not declared.roles or role in declared.roles:
            continue
        answer = who.send(method, filled(pattern, ids_of(world.ash)))
        if name in {"nobody", "garbage"}:
            framed = declared.page and method == "GET" and name == "nobody"
            assert answer.status_code == (200 if framed else 401), (method, endpoint)
        else:
            assert answer.status_code == 404, (method, endpoint)


def test_the_frame_of_a_page_holds_no_data(app, world):
    frames = {
        Caller().get(filled(pattern, ids_of(world.ash))).data
        for method, pattern, endpoint in rules(app)
        if method == "GET" and policy_of(app, endpoint).page
    }
    without_nonce = {re.sub(rb'nonce(-|=")[^\s\'"]+', b"", frame) for frame in frames}
    assert len(without_nonce) == 1


def test_birch_is_unchanged_after_ash_tried_everything(app, world):
    before = birch_rows(app, world)
    for name in CALLERS:
        for method, pattern, _endpoint in rules(app):
            caller(world, name).send(method, filled(pattern, ids_of(world.birch)), data={"on": "1"})
    assert birch_rows(app, world) == before


def birch_rows(app, world):
    from portal.extensions import db
    from portal.tenants.scope import across_tenants

    with app.app_context(), across_tenants("The test compares every row of Birch."):
        rows = []
        for table in db.metadata.sorted_tables:
            if "organisation_id" in table.columns and table.name != "token":
                query = table.select().where(table.c.organisation_id == world.birch.id)
                rows += [(table.name, *map(str, row)) for row in db.session.execute(query)]
        return sorted(rows)
