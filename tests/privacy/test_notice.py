"""The notice: from the declarations alone, numbered when it changes, readable by anybody."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest

from portal.extensions import db
from portal.happenings import Happening
from portal.personaldata import LegalBasis, Subject
from portal.privacy import registry, service
from portal.privacy.models import NoticeVersion
from portal.tenants.models import Organisation, ProviderCompany
from portal.tenants.scope import tenant_scope
from portal.tenants.service import switch_plugin
from tests.statements import noted
from tests.world import CANARY, Caller


def newest(scope: str) -> int:
    query = db.select(db.func.max(NoticeVersion.number)).where(NoticeVersion.scope == scope)
    return db.session.scalar(query)


def switch(organisation_id: str, plugin: str, *, on: bool) -> None:
    with tenant_scope(organisation_id):
        switch_plugin(db.session.get(Organisation, organisation_id), plugin, on=on)
        db.session.commit()
    db.session.remove()


@pytest.mark.requirement("PRIV-1", "PRIV-3", "TEN-1")
@pytest.mark.parametrize("lang", ["de", "en"])
def test_anybody_reads_the_notice_of_a_provider_without_signing_in(world, lang):
    page = Caller().get(f"/privacy?company={world.ash.company_id}&lang={lang}")
    assert page.status_code == 200
    text = unescape(page.text)
    for use in registry.uses():
        assert use.title.in_language(lang) in text
    for value in ("Ash GmbH", "Ashweg 1", "+49 40 1", "Direktorin", "Schutz", "Aufsicht"):
        assert value in page.text
    assert CANARY not in page.text


@pytest.mark.requirement("PRIV-1")
def test_every_retention_in_the_notice_is_rendered_from_its_values(world, clock):
    company = db.session.get(ProviderCompany, world.ash.company_id)
    shown = service.show(company, None, "de", now=clock.now())
    kept = {section["id"]: section["retention_sentence"] for section in shown.sections}
    assert "90 Tage, nachdem sie entstanden sind" in kept["waitingroom.code"]
    assert kept["accounts.account"].endswith("sechs Monate, nachdem der Vertrag beendet ist.")
    assert kept["calls.content"] == "Wir speichern diese Daten nicht."


def test_who_names_no_provider_is_asked_which(world):
    page = Caller().get("/privacy")
    assert f"company={world.ash.company_id}" in page.text
    assert f"company={world.birch.company_id}" in page.text


@pytest.mark.requirement("TEN-1")
def test_an_organisations_notice_names_it_and_its_own_provider(world):
    page = Caller().get(f"/privacy?organisation={world.birch.id}")
    assert "Praxis Birch" in page.text
    assert "Birch GmbH" in page.text
    assert "Ash GmbH" not in page.text


@pytest.mark.parametrize(
    "query",
    ["company=" + "0" * 32, "company=' or 1=1", "organisation=%00", "company=&organisation=ffff"],
)
def test_an_unknown_provider_is_not_found(world, query):
    assert Caller().get(f"/privacy?{query}").status_code == 404


def test_an_organisation_under_another_provider_is_not_found(world):
    path = f"/privacy?company={world.ash.company_id}&organisation={world.birch.id}"
    assert Caller().get(path).status_code == 404


def test_reading_writes_nothing(world):
    with noted() as asked:
        Caller().get(f"/privacy?company={world.ash.company_id}")
    assert asked
    reads = ("SELECT", "PRAGMA", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")
    assert [each for each in asked if not each.lstrip().upper().startswith(reads)] == []


def test_publishing_twice_gives_no_new_number(world, clock):
    before = newest(world.ash.company_id)
    assert service.publish(clock.now()) == 0
    assert newest(world.ash.company_id) == before


@pytest.mark.requirement("PRIV-3")
def test_a_changed_address_makes_a_new_number_and_keeps_the_old_text(world, clock):
    before = newest(world.ash.id)
    clock.move(timedelta(days=40))
    company = db.session.get(ProviderCompany, world.ash.company_id)
    company.address = "Neue Straße 7"
    db.session.commit()
    assert newest(world.ash.id) == before + 1
    path = f"/privacy?organisation={world.ash.id}"
    assert "Neue Straße 7" in Caller().get(path).text
    earlier = Caller().get(f"{path}&number={before}").text
    assert "Ashweg 1" in earlier
    assert "Neue Straße 7" not in earlier


@pytest.mark.parametrize("number", [0, -1, 77, 10**30])
def test_a_number_that_was_never_given_is_not_found(world, number):
    path = f"/privacy?organisation={world.ash.id}&number={number}"
    assert Caller().get(path).status_code == 404


def test_what_happens_in_one_organisation_changes_no_other_provider(world):
    before = newest(world.birch.id)
    company = db.session.get(ProviderCompany, world.ash.company_id)
    company.phone = "+49 40 9"
    db.session.commit()
    assert newest(world.birch.id) == before


@pytest.mark.requirement("PRIV-1")
def test_a_plugin_that_is_switched_on_adds_its_sections_with_a_new_number(world):
    declared = registry.of_plugins()["sms_dicomsys"]
    titles = [use.title.de for use in declared if hasattr(use, "title")]
    path = f"/privacy?organisation={world.ash.id}"
    before, page = newest(world.ash.id), Caller().get(path).text
    assert titles
    assert not any(title in page for title in titles)
    switch(world.ash.id, "sms_dicomsys", on=True)
    assert newest(world.ash.id) == before + 1
    page = Caller().get(path).text
    assert all(title in page for title in titles)
    switch(world.ash.id, "sms_dicomsys", on=False)
    assert newest(world.ash.id) == before + 2


@pytest.mark.requirement("PRIV-1")
@pytest.mark.parametrize("plugin", ["sms_dicomsys", "sms_lox24"])
def test_a_provider_of_text_messages_gets_the_numbers_of_guests_and_of_accounts(world, plugin):
    (use,) = registry.of_plugins()[plugin]
    assert set(use.subjects) == {Subject.GUEST, Subject.CUSTOMER}
    assert {LegalBasis.CONTRACT, LegalBasis.CONSENT} < set(use.legal_basis)
    switch(world.ash.id, plugin, on=True)
    page = Caller().get(f"/privacy?organisation={world.ash.id}").text
    assert use.purpose.de in page
    assert use.recipients[0].name in page


@pytest.mark.requirement("TEN-1")
def test_the_imprint_names_each_provider_with_officer_and_authority(world):
    page = Caller().get(f"/imprint?company={world.ash.company_id}").text
    for value in ("Ash GmbH", "Ashweg 1", "Direktorin", "Schutz", "Aufsicht", "a@example.org"):
        assert value in page


@pytest.mark.requirement("PRIV-2")
@pytest.mark.parametrize("path", ["/privacy", "/imprint"])
def test_whoever_reads_an_address_of_mail_is_told_that_others_may_read_along(world, path):
    page = Caller().get(f"{path}?company={world.ash.company_id}").text
    assert "Vertrauliches senden Sie bitte mit der Post" in page


@pytest.mark.requirement("PRIV-2")
def test_the_notice_names_each_kind_of_event_that_is_kept(world):
    named = {
        Happening.SIGN_IN: "Anmeldung:",
        Happening.CALL: "Gespräch:",
        Happening.SMS: "SMS:",
        Happening.CODE: "Code:",
        Happening.CONTACT_ADDED: "Kontakt: hinzugefügt oder entfernt",
        Happening.CONTACT_REMOVED: "Kontakt: hinzugefügt oder entfernt",
        Happening.ROOM: "Wartezimmer: erstellt",
        Happening.MAIL: "E-Mail:",
        Happening.EXPORT: "Export:",
        Happening.TELEMETRY: "Verbindung:",
    }
    assert set(named) == set(Happening)
    page = Caller().get(f"/privacy?company={world.ash.company_id}").text
    for words in named.values():
        assert words in page, words


@pytest.mark.requirement("ACC-7")
@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_browser_storage_is_listed_for_anybody(app, lang):
    from portal.accounts.storage import INVENTORY

    page = Caller().get(f"/privacy/storage?lang={lang}").text
    for item in INVENTORY:
        assert item.key in page
        assert item.lifetime.in_language(lang) in page


def test_the_terms_are_readable_without_signing_in(app):
    assert Caller().get("/terms").status_code == 200
