"""Turns the values of a declaration into sentences; no sentence about retention is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal.personaldata import (
    CONSENTS,
    Anchor,
    LegalBasis,
    Storage,
    Subject,
    Text,
    Then,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.personaldata import DataUse, Period, Recipient, Retention
    from portal.tenants.models import ProviderProcessor

SUBJECTS = {
    Subject.GUEST: Text("Gäste", "Guests"),
    Subject.CUSTOMER: Text(
        "Ärztinnen, Ärzte und Mitarbeitende der Praxis oder Einrichtung",
        "Doctors and staff of the practice or institution",
    ),
    Subject.STAFF: Text("Mitarbeitende der Anbieterin", "Staff of the provider"),
}
LEGAL_BASIS = {
    LegalBasis.CONSENT: Text(
        "Art. 6 Abs. 1 lit. a DSGVO (Einwilligung)", "Art. 6(1)(a) GDPR (consent)"
    ),
    LegalBasis.CONTRACT: Text(
        "Art. 6 Abs. 1 lit. b DSGVO (Vertrag)", "Art. 6(1)(b) GDPR (contract)"
    ),
    LegalBasis.LEGAL_OBLIGATION: Text(
        "Art. 6 Abs. 1 lit. c DSGVO (rechtliche Pflicht)", "Art. 6(1)(c) GDPR (legal obligation)"
    ),
    LegalBasis.LEGITIMATE_INTEREST: Text(
        "Art. 6 Abs. 1 lit. f DSGVO (berechtigtes Interesse)",
        "Art. 6(1)(f) GDPR (legitimate interest)",
    ),
    LegalBasis.HEALTH_CONSENT: Text(
        "Art. 9 Abs. 2 lit. a DSGVO (ausdrückliche Einwilligung)",
        "Art. 9(2)(a) GDPR (explicit consent)",
    ),
}
STORAGE = {
    Storage.DATABASE: Text("In der Datenbank des Portals", "In the portal's database"),
    Storage.LOGS: Text("In Protokolldateien des Servers", "In log files of the server"),
    Storage.MEMORY: Text("Nur im Arbeitsspeicher", "In working memory only"),
    Storage.NOWHERE: Text("Nicht gespeichert", "Not stored"),
}
# Read after "sobald" and "nachdem", "as soon as" and "after".
ANCHORS = {
    Anchor.IMMEDIATE: Text("sie gebraucht wurden", "they have been used"),
    Anchor.CALL_END: Text("das Gespräch beendet ist", "the call has ended"),
    Anchor.CREATED: Text("sie entstanden sind", "they arose"),
    Anchor.CONTRACT_END: Text("der Vertrag beendet ist", "the contract has ended"),
    Anchor.UNTIL_DELETED_BY_CUSTOMER: Text("die Praxis sie entfernt", "the practice removes them"),
    Anchor.CONSENT_WITHDRAWN: Text(
        "die Einwilligung widerrufen wurde", "the consent has been withdrawn"
    ),
    Anchor.STATUTORY: Text("sie entstanden sind", "they arose"),
}
THEN = {
    Then.DELETE: Text("Wir löschen diese Daten", "We delete these data"),
    Then.ANONYMISE: Text("Wir anonymisieren diese Daten", "We anonymise these data"),
    Then.AGGREGATE: Text(
        "Wir fassen diese Daten zu Summen ohne Bezug zu Personen zusammen",
        "We turn these data into sums that refer to nobody",
    ),
}
FIRST_COUNTS = Text("Es gilt, was zuerst eintritt.", "Whichever comes first counts.")
NOT_STORED = Text("Wir speichern diese Daten nicht.", "We do not store these data.")
_NUMBERS = {
    "de": (
        "null",
        "ein",
        "zwei",
        "drei",
        "vier",
        "fünf",
        "sechs",
        "sieben",
        "acht",
        "neun",
        "zehn",
    ),
    "en": ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
}
_UNITS = {
    "de": {"days": ("Tag", "Tage"), "months": ("Monat", "Monate"), "years": ("Jahr", "Jahre")},
    "en": {"days": ("day", "days"), "months": ("month", "months"), "years": ("year", "years")},
}
# "einen Tag nachdem": German wants the accusative of the masculine units.
_MASCULINE = {"days", "months"}


def span(period: Period, lang: str) -> str:
    """Write a period in words: drei Monate, 90 Tage, a sum with *und*."""
    parts = [
        _counted(getattr(period, unit), unit, lang)
        for unit in ("years", "months", "days")
        if getattr(period, unit)
    ]
    return (" und " if lang == "de" else " and ").join(parts)


def _counted(number: int, unit: str, lang: str) -> str:
    words = _NUMBERS[lang]
    written = words[number] if number < len(words) else str(number)
    if lang == "de" and number == 1 and unit in _MASCULINE:
        written = "einen"
    return f"{written} {_UNITS[lang][unit][number != 1]}"


def rule_clause(rule: Retention, lang: str) -> str:
    """Write when one rule comes true: *sobald ...*, or *drei Monate, nachdem ...*."""
    text = ANCHORS[rule.anchor] if isinstance(rule.anchor, Anchor) else rule.anchor.clause
    clause = text.in_language(lang)
    if not rule.period:
        return f"sobald {clause}" if lang == "de" else f"as soon as {clause}"
    if rule.period.year_end:
        between = (
            "nach Ablauf des Jahres, in dem"
            if lang == "de"
            else "after the end of the year in which"
        )
    else:
        between = ", nachdem" if lang == "de" else "after"
    words = f"{span(rule.period, lang)} {between} {clause}".replace(" ,", ",")
    return f"{words} ({rule.rule.in_language(lang)})" if rule.rule else words


def retention_sentence(use: DataUse, lang: str) -> str:
    """Write how long the data of a use are kept, from its rules alone."""
    if use.storage is Storage.NOWHERE:
        return NOT_STORED.in_language(lang)
    sentences = [_sentence(then, use.rules, lang) for then in Then if _of(then, use.rules)]
    if len(use.rules) > 1:
        sentences.append(FIRST_COUNTS.in_language(lang))
    return " ".join(sentences)


def _of(then: Then, rules: tuple[Retention, ...]) -> list[Retention]:
    return [rule for rule in rules if rule.then is then]


def _sentence(then: Then, rules: tuple[Retention, ...], lang: str) -> str:
    clauses = [rule_clause(rule, lang) for rule in _of(then, rules)]
    if len(clauses) > 1:
        clauses[-1] = ("oder " if lang == "de" else "or ") + clauses[-1]
    comma = "," if lang == "de" and clauses[0].startswith("sobald") else ""
    return f"{THEN[then].in_language(lang)}{comma} {'; '.join(clauses)}."


def legal_basis(use: DataUse, lang: str) -> str:
    """Write the grounds; where guests and others are concerned, the consent is the guests'."""
    consents = [basis for basis in use.legal_basis if basis in CONSENTS]
    others = [basis for basis in use.legal_basis if basis not in CONSENTS]
    words = ", ".join(LEGAL_BASIS[basis].in_language(lang) for basis in others)
    agreed = ", ".join(LEGAL_BASIS[basis].in_language(lang) for basis in consents)
    if words and agreed and Subject.GUEST in use.subjects:
        agreed = f"für Gäste {agreed}" if lang == "de" else f"for guests {agreed}"
    sentence = "; ".join(part for part in (words, agreed) if part)
    if use.interest is not None:
        sentence += f": {use.interest.in_language(lang)}"
    return sentence


# What a notice says of those whom the provider names; their names are the only news in it.
NAMED = {
    "title": Text("Auftragsverarbeiter der Anbieterin", "Processors of the provider"),
    "purpose": Text(
        "Andere Firmen arbeiten für die Anbieterin und können dabei mit Daten dieses Portals in "
        "Berührung kommen. Sie sind vertraglich gebunden und handeln nur auf Weisung.",
        "Other companies work for the provider and may come into contact with data of this portal. "
        "They are bound by contract and act on instructions only.",
    ),
    "data": Text(
        "Die Daten dieser Erklärung, soweit die jeweilige Leistung sie braucht",
        "The data of this notice, as far as the service of each needs them",
    ),
    "legal_basis": Text("Art. 28 DSGVO (Auftragsverarbeitung)", "Art. 28 GDPR (processing)"),
    "source": Text("Sie entstehen bei der Nutzung des Portals.", "They arise from use."),
    "place": Text("Im genannten Land", "In the country that is named"),
    "retention_sentence": Text(
        "So lange, wie es bei der jeweiligen Verarbeitung steht.",
        "For as long as is said of each processing.",
    ),
}


def recipient(who: Recipient, lang: str) -> str:
    """Write a recipient with address, country and what they do."""
    return f"{who.name}, {who.address}, {who.country} ({who.role.in_language(lang)})"


def named_processors(named: Sequence[ProviderProcessor], lang: str) -> dict[str, Any]:
    """Return whom a provider company has named, in the form of a section of the notice."""
    said = {name: text.in_language(lang) for name, text in NAMED.items()}
    return {
        **said,
        "id": "provider.processors",
        "subjects": [each.in_language(lang) for each in SUBJECTS.values()],
        "data": [said["data"]],
        "recipients": [
            f"{each.name}, {each.address}, {each.country} "
            f"({each.service_en if lang == 'en' else each.service_de})"
            for each in named
        ],
        "third_country": None,
    }


def third_country(use: DataUse, lang: str) -> str | None:
    """Write where data go outside the EU and EEA and what protects them there; None for nowhere."""
    if use.third_country is None:
        return None
    return f"{use.third_country.country} ({use.third_country.safeguard.in_language(lang)})"
