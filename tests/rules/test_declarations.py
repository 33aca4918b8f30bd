"""Every column of every table is declared, once, as personal or as not personal (PRIV-1)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Column, MetaData, String, Table

from portal.extensions import db
from portal.personaldata import (
    Anchor,
    DataUse,
    Field,
    LegalBasis,
    NotPersonal,
    Period,
    Recipient,
    Retention,
    Storage,
    Subject,
    Text,
)
from portal.privacy import consent, registry
from portal.privacy.checks import problems

WORD = Text("Wort", "word")
GOOD = DataUse(
    id="trial.guest",
    title=WORD,
    purpose=WORD,
    subjects=(Subject.GUEST,),
    fields=(Field(WORD, ("trial.name",)),),
    legal_basis=(LegalBasis.CONTRACT,),
    source=WORD,
    retention=Retention(Anchor.CREATED, Period(days=1)),
)
REST = NotPersonal("trial", ("id",), "A random key.")
SHOUT = Recipient("Beispiel GmbH", "", "DE", WORD)


def trial_table(*more: str) -> Table:
    return Table("trial", MetaData(), *(Column(name, String) for name in ("id", "name", *more)))


@pytest.mark.requirement("PRIV-1")
def test_every_column_is_declared_once_and_every_declaration_is_whole(app):
    # A plugin that was refused would take its tables out of the question.
    assert set(registry.of_plugins()) == set(app.extensions["portal_config"].plugins)
    found = problems(db.metadata.tables.values(), registry.everything(), consent.known())
    assert found == []


@pytest.mark.requirement("PRIV-4")
@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        (Retention(Anchor.CREATED, Period(days=1), begins=("trial.at",)), "trial.at dates"),
        (Retention(Anchor.CREATED, Period(days=1), ends=("other.id",)), "declares nothing"),
        (Retention(Anchor.CREATED, Period(months=1), begins=("trial.name",)), "counts months"),
    ],
)
def test_a_rule_that_cannot_be_carried_out_is_found(rule, problem):
    found = problems([trial_table()], (replace(GOOD, retention=rule), REST), ())
    assert any(problem in each for each in found), found


@pytest.mark.requirement("PRIV-1")
def test_a_new_column_without_a_declaration_is_found():
    assert problems([trial_table("phone")], (GOOD, REST), ()) == [
        "trial.phone is declared neither as personal nor as not personal."
    ]


def test_a_whole_declaration_has_no_problem():
    assert problems([trial_table()], (GOOD, REST), ()) == []


def test_a_column_that_is_gone_is_found():
    gone = NotPersonal("trial", ("id", "fax"), "Gone.")
    assert problems([trial_table()], (GOOD, gone), ()) == [
        "trial.fax is declared and does not exist."
    ]


def test_a_column_that_is_declared_twice_is_found():
    twice = NotPersonal("trial", ("id", "name"), "Twice.")
    assert problems([trial_table()], (GOOD, twice), ()) == ["trial.name is declared 2 times."]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"legal_basis": (LegalBasis.CONSENT,)}, "names a consent if"),
        ({"consent_id": "trial"}, "names a consent if"),
        (
            {"legal_basis": (LegalBasis.HEALTH_CONSENT,), "consent_id": "trial"},
            "whose text does not exist",
        ),
        ({"legal_basis": (LegalBasis.LEGITIMATE_INTEREST,)}, "names an interest if"),
        ({"legal_basis": ()}, "leaves out"),
        ({"subjects": ()}, "leaves out"),
        ({"retention": ()}, "leaves out"),
        ({"storage": Storage.NOWHERE}, "stored in the database"),
        ({"recipients": (SHOUT,)}, "without address or country"),
        ({"retention": Retention(Anchor.STATUTORY, Period(years=6))}, "names a law if"),
        ({"purpose": Text("Nur deutsch", " ")}, "lacks a text in one language"),
    ],
)
def test_an_incomplete_declaration_is_found(change, said):
    found = problems([trial_table()], (replace(GOOD, **change), REST), ())
    assert len(found) == 1
    assert said in found[0]
