"""The words of a plugin's mails, as an organisation may write them itself."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.messages import plugin_texts
from portal.outbox import Outbox
from portal.pluginhost import service as pluginhost
from portal.tenants.scope import tenant_scope
from tests.world import Caller

PATH = "/admin/messages/texts/plugins/consent_form/monthly"


@pytest.fixture
def admin(app, world) -> Caller:
    """Return the administrator of Ash, where the consent form is on."""
    with tenant_scope(world.ash.id):
        pluginhost.switch_on("consent_form")
        db.session.commit()
    db.session.remove()
    return world.caller("projectadmin")


def mailed(world) -> tuple[str, str]:
    """Return subject and text of a mail that the plugin sends now."""
    with tenant_scope(world.ash.id):
        ctx = pluginhost.context("consent_form")
        ctx.notify(world.ash.ids["projectadmin"], "monthly", month="10/2026", number=7)
        mail = json.loads(db.session.scalar(select(Outbox.payload)))
        db.session.rollback()
    db.session.remove()
    return mail["subject"], mail["text"]


@pytest.mark.requirement("PLG-4")
def test_own_words_are_previewed_sent_and_given_up_again(admin, world):
    page = admin.get("/admin/messages/texts").text
    assert "im Monat 10/2026 haben 12 Gäste" in page
    assert "Platzhalter: {month}, {number}." in page
    assert "Zeichen von höchstens 4.000" in page
    own = {"subject": "Zahlen {month}", "text": "Moin, {number} waren es."}
    page = admin.post(f"{PATH}/de", **own).text
    assert "ist gespeichert" in page
    assert "Moin, 12 waren es." in page
    assert mailed(world) == ("Zahlen 10/2026", "Moin, 7 waren es.")
    assert "Moin" not in admin.post(f"{PATH}/de", reset="1", text="x").text
    assert "haben 7 Gäste" in mailed(world)[1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Es waren {count}.", "Platzhalter sind {month}, {number}, und keine anderen."),
        ("{number} bei https://track.example", "Keine Adressen"),
        ("{number} in der Psychotherapie", "verrät das Fachgebiet"),
        ("", "füllen Sie dieses Feld aus"),
        ("x" * 4001, "4000 Zeichen"),
    ],
)
def test_words_that_may_not_go_out_are_told_and_not_kept(admin, world, text, said):
    page = admin.post(f"{PATH}/de", subject="Zahlen", text=text).text
    assert "noch nicht gespeichert" in page
    assert said in page
    assert "haben 7 Gäste" in mailed(world)[1]


def test_the_preview_says_what_is_wrong_while_somebody_types(admin):
    shown = admin.post(f"{PATH}/en/preview", subject="In {month}", text="{who} agreed").text
    assert "In 10/2026" in shown
    assert "keine anderen" in shown
    assert "12 Zeichen" in shown


@pytest.mark.requirement("TEN-1")
def test_where_the_plugin_is_off_or_brings_no_such_mail_there_is_none(admin, world):
    birch = Caller(world.birch.tokens["projectadmin"])
    for caller, path in (
        (birch, f"{PATH}/de"),
        (admin, f"{PATH}/fr"),
        (admin, PATH.replace("monthly", "daily") + "/de"),
        (admin, PATH.replace("consent_form", "vinteos") + "/de/preview"),
    ):
        assert caller.post(path, subject="x", text="y").status_code == 404
    assert "consent_form" not in birch.get("/admin/messages/texts").text
    admin.post(f"{PATH}/de", subject="Zahlen", text="Moin")
    with tenant_scope(world.birch.id):
        words = plugin_texts.written("consent_form.monthly", "de", ("a", "b"), {})
        assert words == ("a", "b")


def test_a_mail_is_written_in_the_language_of_who_gets_it(admin, world):
    admin.post("/account/language", language="en")
    assert mailed(world)[0] == "Consents in the month 10/2026"
