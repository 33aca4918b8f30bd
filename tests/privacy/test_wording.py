"""Retention is told from its values, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from portal.personaldata import (
    Anchor,
    DataUse,
    Event,
    Field,
    LegalBasis,
    Period,
    Retention,
    Storage,
    Subject,
    Text,
    Then,
)
from portal.privacy import wording

WORD = Text("Wort", "word")
QUOTA = Event("quota", Text("die Zahl erreicht ist", "the number has been reached"))
USE = DataUse(
    id="trial.use",
    title=WORD,
    purpose=WORD,
    subjects=(Subject.GUEST, Subject.CUSTOMER),
    fields=(Field(WORD),),
    legal_basis=(LegalBasis.CONTRACT,),
    source=WORD,
    retention=Retention(Anchor.CONTRACT_END, Period(months=6)),
)


def sentences(*rules: Retention) -> tuple[str, str]:
    use = replace(USE, retention=rules)
    return wording.retention_sentence(use, "de"), wording.retention_sentence(use, "en")


@pytest.mark.requirement("PRIV-1")
@pytest.mark.parametrize(
    ("rule", "german", "english"),
    [
        (
            Retention(Anchor.CONTRACT_END, Period(months=6)),
            "Wir löschen diese Daten sechs Monate, nachdem der Vertrag beendet ist.",
            "We delete these data six months after the contract has ended.",
        ),
        (
            Retention(Anchor.CALL_END),
            "Wir löschen diese Daten, sobald das Gespräch beendet ist.",
            "We delete these data as soon as the call has ended.",
        ),
        (
            Retention(QUOTA, Period(months=3), Then.ANONYMISE),
            "Wir anonymisieren diese Daten drei Monate, nachdem die Zahl erreicht ist.",
            "We anonymise these data three months after the number has been reached.",
        ),
        (
            Retention(Anchor.CREATED, Period(days=1)),
            "Wir löschen diese Daten einen Tag, nachdem sie entstanden sind.",
            "We delete these data one day after they arose.",
        ),
        (
            Retention(
                Anchor.STATUTORY,
                Period(years=1, year_end=True),
                rule=Text("AO", "AO"),
            ),
            (
                "Wir löschen diese Daten ein Jahr nach Ablauf des Jahres, in dem sie "
                "entstanden sind (AO)."
            ),
            "We delete these data one year after the end of the year in which they arose (AO).",
        ),
    ],
    ids=["contract", "call", "event", "one day", "law"],
)
def test_a_rule_reads_as_a_sentence(rule, german, english):
    assert sentences(rule) == (german, english)


def test_of_several_rules_the_first_to_come_true_counts():
    german, english = sentences(
        Retention(Anchor.UNTIL_DELETED_BY_CUSTOMER), Retention(Anchor.CREATED, Period(days=90))
    )
    assert german == (
        "Wir löschen diese Daten, sobald die Praxis sie entfernt; oder 90 Tage, nachdem sie "
        "entstanden sind. Es gilt, was zuerst eintritt."
    )
    assert english.endswith("Whichever comes first counts.")


def test_what_is_not_stored_has_no_period():
    use = replace(USE, storage=Storage.NOWHERE)
    assert wording.retention_sentence(use, "de") == "Wir speichern diese Daten nicht."


def test_a_consent_beside_a_contract_is_the_guests():
    use = replace(USE, legal_basis=(LegalBasis.CONTRACT, LegalBasis.CONSENT))
    assert "für Gäste Art. 6 Abs. 1 lit. a" in wording.legal_basis(use, "de")


@pytest.mark.parametrize("anchor", Anchor)
def test_every_anchor_has_words(anchor):
    rule = Text("Gesetz", "law") if anchor is Anchor.STATUTORY else None
    for sentence in sentences(Retention(anchor, Period(years=1), rule=rule)):
        assert "None" not in sentence


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        (Period(months=1), "2026-01-31T10:00", "2026-02-28T10:00"),
        (Period(months=6), "2026-08-31T10:00", "2027-02-28T10:00"),
        (Period(years=4), "2028-02-29T10:00", "2032-02-29T10:00"),
        (Period(days=90), "2026-11-23T10:00", "2027-02-21T10:00"),
        (Period(years=3, year_end=True), "2026-11-23T10:00", "2030-01-01T00:00"),
    ],
    ids=["short month", "half a year", "leap day", "days", "year end"],
)
def test_a_period_ends_on_the_calendar(period, start, end):
    moment = datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert period.after(moment) == datetime.fromisoformat(end).replace(tzinfo=UTC)
