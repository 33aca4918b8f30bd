"""Names, codes, numbers and tokens that are planted, and looked for wherever they must not be."""

from __future__ import annotations

import io
import logging
import re

import pyrage
import pytest
from flask import request_started
from sqlalchemy import literal_column, select

from portal import clock as the_clock
from portal.accounts.models import Account
from portal.extensions import db
from portal.operations import archive, backup, demo_box, logs
from portal.personaldata import DataUse
from portal.privacy import consent, registry
from portal.rights import guests
from portal.tenants.scope import tenant_scope
from tests import databases
from tests.operations.test_readiness import read
from tests.plugins.fixtures import gateway, set_up, work
from tests.rights.test_guests import PLAIN
from tests.world import Caller, with_password

__all__ = ["gateway"]

NAME, MAIL, PHONE = "Zoe Kanariengast", "zoe.kanarie@gast.example", "+49 160 4567899"
DOCTOR, ADDRESS, LOGIN = "Kanarienfach", "kanarie@praxis.example", "kanarien.login"
WRONG = "Kanarienpasswort"


class Planted:
    """What must not be found; tokens and code are known only on the way."""

    def __init__(self) -> None:
        self.guest = [NAME, "Kanariengast", MAIL, "4567899", "160 456"]
        self.people = [DOCTOR, ADDRESS, LOGIN, WRONG]
        self.asked: list[str] = []

    def found_in(self, where: str, values: list[str] | None = None) -> list[str]:
        return [each for each in values or self.guest + self.people if each in where]


@pytest.fixture
def planted():
    return Planted()


@pytest.fixture
def log():
    """Return the stream that the log of this process goes to, libraries included."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter())
    root, own = logging.getLogger(), logging.getLogger("portal")
    before = root.level, own.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    own.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before[0])
    own.setLevel(before[1])


@pytest.fixture
def gone_through(app, world, gateway, log, planted, monkeypatch):
    """Let a code be sent, a guest come, things go wrong, and copies be taken."""

    def note(_sender, **_more):
        from flask import request

        planted.asked.append(request.full_path)

    with tenant_scope(world.ash.id):
        set_up(gateway)
        row = db.session.get_one(Account, (world.ash.id, world.ash.ids["doctor"]))
        row.last_name, row.email = DOCTOR, ADDRESS
        db.session.commit()
    db.session.remove()
    with_password(world.ash, "doctor", LOGIN)
    doctor = world.caller("doctor")
    with request_started.connected_to(note, app):
        Caller().post("/sign-in", name=LOGIN, password=WRONG)
        _visit(world, doctor, planted)
        with tenant_scope(world.ash.id):
            gateway.answer = (500, f"no such number {PHONE}".encode())
            work(app)
        db.session.remove()
        doctor.post("/rights/access")
        assert NAME not in doctor.get("/rights/data.json").text
        doctor.get("/statistics")
        _fail(monkeypatch, planted)
    return planted


def _visit(world, doctor: Caller, planted: Planted) -> None:
    made = doctor.post(
        "/desk/codes",
        guest_name=NAME,
        room=world.ash.ids["room"],
        uses="several",
        phone=PHONE,
        email=MAIL,
    )
    assert made.status_code == 200, made.text
    alone = made.text.partition('id="recent-codes"')[0]
    (code,) = set(re.findall(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", alone))
    version, _words = consent.guest_consent("de")
    form = {"code": code, "name": NAME, "consent": "1", "consent_version": version}
    entered = Caller().send("POST", "/entry/visits", data=form)
    assert entered.status_code == 201, entered.text
    planted.guest += [code, code.replace("-", ""), entered.json["token"], doctor.token]


def _fail(monkeypatch, planted: Planted) -> None:
    """Let the page of a guest's data fail with all that it knows in the words of the error."""
    code = planted.guest[-4]

    def fail(row):
        message = f"{row.guest_name} ({code}, {PHONE}, {MAIL}, {planted.guest[-2]})"
        raise RuntimeError(message)

    monkeypatch.setattr(guests, "see", fail)
    answer = Caller().send("POST", "/my-data", data={"code": code}, headers=PLAIN)
    assert answer.status_code == 500
    assert planted.found_in(answer.text) == []


@pytest.mark.requirement("OPS-3", "PRIV-1", "PRIV-10")
def test_what_is_planted_is_found_in_declared_columns_alone(
    app, world, gone_through, log, tmp_path
):
    planted = gone_through
    written = log.getvalue()
    assert "RuntimeError" in written
    assert "***" in written
    assert planted.found_in(written) == []
    assert planted.found_in("\n".join(planted.asked)) == []
    assert planted.found_in(read(app)) == []
    _database(app, planted)
    _files(app, planted)
    _mails(planted)
    _backup(planted, tmp_path)


def _database(app, planted: Planted) -> None:
    """Look at every column of every table, as somebody with a dump would."""
    declared = {
        place for use in registry.everything() if isinstance(use, DataUse) for place in use.columns
    }
    with app.extensions["test_owner"].connect() as there:
        for table in db.metadata.sorted_tables:
            everything = select(literal_column("*")).select_from(table)
            for row in there.execute(everything).mappings():
                for column, value in row.items():
                    place = f"{table.name}.{column}"
                    assert planted.found_in(str(value), planted.guest) == [], place
                    assert planted.found_in(str(value)) == [] or place in declared, place


def _files(app, planted: Planted) -> None:
    """Look into every file of the data folder, the queue and the write-ahead log among them."""
    for path in app.extensions["portal_config"].data.rglob("*"):
        if path.is_file() and path.name != "demo-messages.jsonl":
            held = databases.content(path).decode("utf-8", "replace")
            assert planted.found_in(held, planted.guest) == [], path.name


def _mails(planted: Planted) -> None:
    """A mail holds the code and nothing else of anybody (COD-5)."""
    sent = [each for each in demo_box.newest() if each.to == MAIL]
    assert sent
    for each in sent:
        assert (
            planted.found_in(each.text, [NAME, "Kanariengast", MAIL, "4567899", *planted.people])
            == []
        )


def _backup(planted: Planted, folder) -> None:
    key = pyrage.x25519.Identity.generate()
    path = backup.create(folder, [key.to_public()])
    assert planted.found_in(path.read_bytes().decode("latin-1")) == []
    with archive.reading(path, key) as tar:
        plain = "\n".join(content.decode() for _name, content in archive.members(tar))
    # Who finds the backup and its key still reads no guest's name, code or number (T21).
    assert planted.found_in(plain, planted.guest) == []
    assert DOCTOR in plain


def test_the_canaries_sing(world, planted):
    """The search itself finds what it is given, so that an empty answer means something."""
    assert planted.found_in(f"x {NAME} y") == [NAME, "Kanariengast"]
    assert the_clock.now()
