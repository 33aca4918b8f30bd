"""Every template is rendered with what it really gets; every page has a title and one heading."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyotp
import pytest
from jinja2 import Environment

from portal import clock
from portal import clock as the_clock
from portal.accounts import links, states
from portal.accounts.models import Account
from portal.accounts.service import require_factor
from portal.extensions import db
from portal.outbox import Outbox
from portal.permissions import policy_of
from portal.projectadmin import importing
from portal.tenants.scope import tenant_scope
from portal.waitingroom import visits
from portal.waitingroom.models import Visit
from portal.waitingroom.rooms import get_room
from tests.world import PASSWORD, Caller, make_code, with_password

ROOT = Path(__file__).parents[2]
TITLE = re.compile(r"<title>\s*(\S.*?)\s*</title>", re.DOTALL)
KEY = re.compile(r"/link#([\w-]+)")
HEADING = re.compile(r"<h1[\s>]")
PAGES = {"Accept": "text/html", "X-Portal-Request": "content"}
ELSEWHERE = ("calls/_s", "consent_form/", "operations/", "plugins/", "support/", "vinteos/")
ROLES = ("doctor", "assistant", "unverified", "projectadmin", "sales", "support")


def templates():
    """Return the names of all templates, those of plugins too."""
    folders = [ROOT / "templates", *ROOT.glob("plugins/*/templates")]
    return {
        path.relative_to(folder).as_posix() for folder in folders for path in folder.rglob("*.html")
    }


@pytest.fixture
def loaded(monkeypatch):
    """Collect the name of each template that is rendered, includes and macros as well."""
    names = set()
    load = Environment._load_template  # noqa: SLF001  the one place that all of them pass

    def noted(self, name, values):
        names.add(name)
        return load(self, name, values)

    monkeypatch.setattr(Environment, "_load_template", noted)
    return names


def page_paths(app):
    """Return the addresses without ids that show a page."""
    for rule in app.url_map.iter_rules():
        declared = policy_of(app, rule.endpoint)
        if "GET" in rule.methods and not rule.arguments and declared and rule.endpoint != "static":
            yield str(rule)


def in_state(org, state):
    """Bring the guest's visit into a state, as if all before it had happened."""
    with tenant_scope(org.id):
        visit = db.session.get(Visit, (org.id, org.ids["visit"]))
        visit.state, visit.declined_text = state, "Bitte rufen Sie an."
        visit.camera, visit.microphone = "denied", "ok"
        db.session.commit()
    db.session.remove()


def public(world):
    nobody = Caller()
    for path in (
        "/",
        "/j",
        "/sign-in",
        "/privacy",
        "/imprint",
        "/terms",
        "/link",
        "/forgotten",
        "/no-such-page",
    ):
        yield nobody.get(path, headers={"Accept": "text/html", "X-Portal-Request": ""})
        yield nobody.get(f"{path}?organisation={world.ash.id}", headers=PAGES)
    yield nobody.get("/no-such-piece", headers={"HX-Request": "true", "X-Portal-Request": ""})
    yield nobody.get("/desk", headers={"Accept": "text/html", "X-Portal-Request": ""})
    yield nobody.post("/entry/code", code=world.ash.code)
    yield nobody.post("/easy/code", code=world.ash.code)
    yield nobody.send(
        "POST",
        "/entry/code",
        data={"code": "x"},
        headers={"X-Portal-Request": "", "Accept": "text/html"},
    )


def links_of_accounts(world):
    nobody, now = Caller(), the_clock.now()
    with tenant_scope(world.ash.id):
        account = db.session.get(Account, (world.ash.id, world.ash.ids["doctor"]))
        links.change_email(account, "new@ash.example", now=now)
        links.invite(account, now=now)
        letters = db.session.scalars(db.select(Outbox).order_by(Outbox.created_at)).all()
        keys = KEY.findall("".join(json.loads(letter.payload)["text"] for letter in letters))
        db.session.commit()
    db.session.remove()
    assert len(keys) == 2
    for key in keys:
        yield nobody.post("/link/look", key=key)
        yield nobody.post("/link/email", key=key)
    yield nobody.post("/forgotten", name="nobody-at-all")
    with_password(world.ash, "doctor", "ash.doctor")
    yield world.caller("doctor").get("/proof")


def second_factors(world):
    doctor = world.caller("doctor")
    offered = doctor.post("/account/factors/totp")
    yield offered
    secret = re.search(r'totp-secret">([A-Z2-7]+)<', offered.text)[1]
    path = re.search(r'action="(/account/factors/totp/[0-9a-f]{32})"', offered.text)[1]
    yield doctor.post(path, code=pyotp.TOTP(secret).at(the_clock.now()))
    yield doctor.post("/account/password", password="four quite random words")
    yield doctor.post("/account/email", email="another@ash.example")
    half = Caller(
        Caller()
        .post("/sign-in", name="ash.doctor", password="four quite random words")
        .json["token"]
    )
    yield half.get("/sign-in/second", headers=PAGES)
    with_password(world.ash, "colleague", "ash.colleague")
    require_factor(world.ash.id, on=True, now=the_clock.now())
    db.session.commit()
    db.session.remove()
    yield nobody_yet("ash.colleague").get("/sign-in/second", headers=PAGES)


def nobody_yet(name):
    return Caller(Caller().post("/sign-in", name=name, password=PASSWORD).json["token"])


def everybodys(app, world):
    for role in (*ROLES, "operator"):
        caller = world.caller(role)
        for path in page_paths(app):
            yield caller.get(path, headers=PAGES)


def guests(world):
    guest = world.caller("guest")
    for state in visits.STATES:
        in_state(world.ash, state)
        yield guest.get("/visit", headers=PAGES)
        yield guest.get("/visit/status")
    in_state(world.ash, visits.WAITING)
    yield guest.post("/visit/companions")


def staff(world):
    ash = f"/sales/organisations/{world.ash.id}"
    sales, operator = world.caller("sales"), world.caller("operator")
    yield sales.get(ash, headers=PAGES)
    yield sales.post(f"{ash}/plugins/vinteos", on="1")
    yield sales.post("/sales/demo", headers=PAGES)
    values = {"name": "Neu", "country": "DE", "contract_start": "2026-11-01", "seats": "1"}
    values |= {"first_name": "Vera", "last_name": "Waltung", "email": "vera@neu.example"}
    for step in range(1, 5):
        yield sales.post("/sales/new", step=str(step), **values)
    yield operator.get(f"/operator/companies/{world.ash.company_id}", headers=PAGES)
    yield operator.get(f"/operator/staff/{world.ash.ids['staff_sales']}", headers=PAGES)


def desk(world):
    doctor, org = world.caller("doctor"), world.ash
    with tenant_scope(org.id):
        gone = make_code(org.ids["doctor"], org.ids["room"], "Jan Beispiel").id
        db.session.commit()
    db.session.remove()
    with tenant_scope(org.id):
        get_room(org.ids["room"]).kind = "group"
        db.session.commit()
    db.session.remove()
    yield doctor.get("/desk", headers=PAGES)
    yield doctor.get("/desk/queue")
    yield doctor.get(f"/desk/visits/{org.ids['visit']}")
    yield doctor.post("/desk/codes", guest_name="Erika Muster", room=org.ids["room"], uses="single")
    yield doctor.get(f"/desk/visits/{org.ids['visit']}/destinations")
    yield doctor.post(f"/desk/codes/{gone}/send", to="gast@example.org")
    yield doctor.post(f"/desk/codes/{gone}/delete")
    yield doctor.get("/demo/messages", headers=PAGES)
    yield doctor.post("/profile", specialty="Chirurgie")
    yield doctor.post("/profile/findable", way="desk")
    yield doctor.get("/contacts/badge")
    colleague = Caller(org.tokens["colleague"])
    yield colleague.post("/profile/findable", findable="1")
    found = doctor.get("/contacts/search?q=kollege")
    yield found
    card = found.text.partition('id="found-')[2][:32]
    yield doctor.post("/contacts/requests", card=card)


def administration(world):
    admin, ids = world.caller("projectadmin"), [world.ash.ids["colleague"]]
    yield admin.get(f"/admin/accounts/{ids[0]}", headers=PAGES)
    yield admin.post("/admin/actions/ask", action="suspend")
    yield admin.post("/admin/actions/ask", action="suspend", ids=ids)
    yield admin.post("/admin/actions", action="suspend", ids=ids)
    yield admin.get(f"/admin/accounts/{ids[0]}", headers=PAGES)
    yield admin.get(f"/admin/imports/{world.ash.ids['import']}", headers=PAGES)
    with tenant_scope(world.ash.id):
        importing.get(world.ash.ids["import"]).state = importing.CHECKED
        db.session.commit()
    db.session.remove()
    yield admin.get(f"/admin/imports/{world.ash.ids['import']}", headers=PAGES)
    yield admin.get(f"/rooms/{world.ash.ids['room']}", headers=PAGES)
    with tenant_scope(world.ash.id):
        states.confirm([world.ash.ids["unverified"]], now=clock.now())
        db.session.commit()
    db.session.remove()
    yield world.caller("support").get("/verification", headers=PAGES)
    for what in ("", "/erase"):
        yield Caller().send("POST", f"/my-data{what}", data={"code": world.ash.code}, headers=PAGES)


def test_every_template_is_rendered(app, world, loaded):
    parts = (public(world), links_of_accounts(world), everybodys(app, world), guests(world))
    for part in (*parts, desk(world), staff(world), second_factors(world), administration(world)):
        for answer in part:
            assert answer.status_code < 500, answer.request.path
    # Rendered by the stories of plugins, of calls and of sales, where their rows are made.
    elsewhere = {name for name in templates() if name.startswith(ELSEWHERE)}
    elsewhere |= {"accounts/_factor_sms.html"}
    # Beside the settings of a provider that is on; see tests/messages/test_pages.py.
    elsewhere |= {"messages/_provider.html", "messages/_trial.html"}
    # Of a notice that has changed; see tests/privacy/test_announcing.py.
    elsewhere |= {"privacy/changes.html"}
    # Of a company that employs somebody; see tests/privacy/test_records.py.
    elsewhere |= {"privacy/_history.html"}
    assert sorted(templates() - loaded - elsewhere) == []


@pytest.mark.requirement("UX-2")
def test_every_page_has_a_title_and_one_heading(app, world):
    wrong = []
    for part in (public(world), everybodys(app, world), guests(world)):
        for answer in part:
            if answer.mimetype != "text/html":
                continue  # a file to take away
            text = answer.get_data(as_text=True)
            if 'id="main"' not in text or 'data-wake="frame"' in text:
                continue
            title = TITLE.search(text)
            if not title or len(HEADING.findall(text)) != 1 or title[1].startswith("\u2013"):
                wrong.append(f"{answer.request.path}: {title and title[1]}")
    assert wrong == []
