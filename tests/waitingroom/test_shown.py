"""What guests and files show: one's own visit and nobody else's, and text that stays text."""

from __future__ import annotations

import csv
import io

import pytest

from portal import clock as the_clock
from portal.accounts.models import Account
from portal.extensions import db
from portal.privacy import consent
from portal.sheets import FORMULA
from portal.tenants.scope import tenant_scope
from portal.waitingroom import guests
from portal.waitingroom.models import Visit
from tests.sockets import Socket
from tests.world import Caller, make_code

OTHER = "Zacharias Fremdgast"


@pytest.fixture
def crowded(world):
    """Let a second guest wait in the same room, and the doctor's details be known words."""
    org = world.ash
    with tenant_scope(org.id):
        doctor = db.session.get(Account, (org.id, org.ids["doctor"]))
        doctor.last_name, doctor.email = "Geheimname", "geheim@example.org"
        code = make_code(org.ids["doctor"], org.ids["room"], OTHER)
        guests.enter(code.id, guests.Arrival(OTHER, "de"), now=the_clock.now())
        db.session.commit()
        org.ids["other_code"] = code.code
    db.session.remove()
    return world


def secrets_of(world) -> list[str]:
    """Return what a guest may read nowhere: others who wait, and what the doctor's profile says."""
    profile = ("Geheimname", "geheim@example.org", "838382202", "3920012", "5550100", "Kardiologie")
    return [OTHER, world.ash.ids["other_code"], world.ash.ids["doctor"], *profile]


@pytest.mark.requirement("WR-5")
@pytest.mark.requirement("PRO-1")
@pytest.mark.requirement("PRIV-6")
def test_a_guest_reads_of_nobody_else_and_nothing_of_the_doctors_profile(app, crowded):
    guest = crowded.caller("guest")
    answers = [guest.get(path) for path in ("/visit", "/visit/status")]
    answers += [
        Caller().post("/entry/code", code=crowded.ash.code),
        Caller().post("/easy/code", code=crowded.ash.code),
        Caller().send(
            "POST",
            "/my-data/data.json",
            data={"code": crowded.ash.code},
            headers={"X-Portal-Request": "plain"},
        ),
    ]
    socket = Socket(app, guest.token, hello=False)
    told = [answer.text for answer in answers] + [str(socket.hello()), str(socket.heard())]
    for answer in answers:
        assert answer.status_code == 200, answer.request.path
    for text in told:
        for secret in secrets_of(crowded):
            assert secret not in text, secret
            assert secret.replace(" ", "") not in text.replace(" ", "").replace("-", ""), secret


def test_who_enters_is_answered_with_a_token_and_the_own_visit_alone(crowded):
    version, _text = consent.guest_consent("de")
    form = {"name": "Gast", "consent": "1", "consent_version": version}
    entered = Caller().post("/entry/visits", code=crowded.ash.ids["other_code"], **form)
    assert entered.status_code == 201
    assert set(entered.json) == {"token", "visit"}


@pytest.mark.parametrize("first", [each for each in FORMULA if each.isprintable()])
def test_a_name_that_a_spreadsheet_would_calculate_is_text_in_the_file(world, first):
    name = f'{first}HYPERLINK("https://evil.example";1)'
    with tenant_scope(world.ash.id):
        make_code(world.ash.ids["doctor"], world.ash.ids["room"], name)
        db.session.commit()
    db.session.remove()
    answer = world.caller("doctor").get("/desk/codes.csv")
    rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))
    cells = {cell for row in rows for cell in row}
    assert f"'{name}" in cells
    assert not any(cell.startswith(FORMULA) for cell in cells)


@pytest.mark.requirement("WR-7")
def test_who_is_back_by_another_network_is_not_gone_when_the_old_socket_ends(app, world):
    def is_connected():
        with tenant_scope(world.ash.id):
            visit = db.session.get_one(Visit, (world.ash.id, world.ash.ids["visit"]))
            connected = visit.connected
        db.session.remove()
        return connected

    db.session.remove()
    old, new = (Socket(app, world.ash.tokens["guest"]) for _each in range(2))
    old.close()
    assert is_connected()
    new.close()
    assert not is_connected()
