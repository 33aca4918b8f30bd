"""Consents: kept with version, language and time, and outliving their withdrawal."""

from __future__ import annotations

from hashlib import sha256

import pytest

from portal.extensions import db
from portal.privacy import consent
from portal.privacy.models import Consent
from portal.tenants.scope import tenant_scope

# A changed text needs a new version: then its hashes stand here beside the old ones.
HASHES = {
    ("guest.visit", "1"): (
        "3ad4e5e47050ed37e7ed09738c19d0bb892bdfdb5d196fce6d06ae2b8ae0ae12",
        "f98fc5ba31d598f557f7c7a01b75448dead712382a8f8b83af2868523cc8de3b",
    ),
    ("guest.group", "1"): (
        "edeafa2c585e4b12f56b67366ef1ea480388a0fee80e2b37b55f2928f8efe6d7",
        "588a0004b5e279ec303d09418ffa7843e24366746f443bcfb5af62bd12a1e9d4",
    ),
    ("profiles.findable", "1"): (
        "e30a4dff7edfada2aab9c55d9870955aa4fb43dd0a600749aa4cbffea10f5a67",
        "a6489d05e73e8370dc74abda6601236aba2ec7fa658c5372c717dfdc623048b6",
    ),
    ("customer.marketing", "1"): (
        "d5bdbab8b7d28e53e3bb19288647c54166ac8036a171e5b086242b9a37920535",
        "e444f21746beb16d1000e2c20ba99a3f7b7148a678f92723cb168756145d348f",
    ),
}


@pytest.mark.parametrize(("text_id", "text"), consent.TEXTS.items())
def test_a_text_does_not_change_under_its_version(text_id, text):
    assert (text.digest("de"), text.digest("en")) == HASHES[text_id, text.version]


@pytest.mark.parametrize("group", [False, True])
@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_entry_page_gets_five_short_sentences(lang, group):
    points = consent.notice_points(lang, group=group)
    assert len(points) == 5
    assert all(len(point) <= 120 for point in points)
    assert not any("{" in point for point in points)


@pytest.mark.requirement("PRIV-1")
def test_the_entry_page_says_the_period_that_the_code_is_kept():
    from portal.waitingroom import access

    assert f"{access.KEPT.days} Tage" in consent.notice_points("de")[3]
    assert f"{access.KEPT.days} days" in consent.notice_points("en")[3]


def given(world, clock, language="de"):
    with tenant_scope(world.ash.id):
        row = consent.record(
            "visit", world.ash.ids["visit"], language=language, way="entry", now=clock.now()
        )
        db.session.commit()
        return row.id


def kept(world, consent_id):
    with tenant_scope(world.ash.id):
        db.session.expire_all()
        return db.session.get_one(Consent, (world.ash.id, consent_id))


def test_a_consent_keeps_the_version_and_hash_of_the_text_that_was_shown(world, clock):
    row = kept(world, given(world, clock, "en"))
    version, shown = consent.guest_consent("en")
    assert (row.version, row.language, row.way) == (version, "en", "entry")
    assert row.text_hash == sha256(shown.encode()).hexdigest()


def test_a_withdrawal_keeps_the_proof_and_counts_once(world, clock):
    consent_id = given(world, clock)
    with tenant_scope(world.ash.id):
        visit = world.ash.ids["visit"]
        assert consent.withdraw("visit", visit, now=clock.now())
        assert not consent.withdraw("visit", visit, now=clock.now())
        db.session.commit()
    assert kept(world, consent_id).withdrawn_at is not None


def test_another_organisation_withdraws_nothing(world, clock):
    consent_id = given(world, clock)
    db.session.remove()
    with tenant_scope(world.birch.id):
        assert not consent.withdraw("visit", world.ash.ids["visit"], now=clock.now())
        db.session.commit()
    db.session.remove()
    assert kept(world, consent_id).withdrawn_at is None


def test_the_proof_of_a_consent_holds_no_name(world, clock):
    row = kept(world, given(world, clock))
    values = [str(getattr(row, column.name)) for column in Consent.__table__.columns]
    assert not any("Gast" in value for value in values)
