"""Personal data in the tables of the provider company's own work."""

from __future__ import annotations

from portal.accounts.declarations import STAFF_LEFT
from portal.personaldata import (
    DataUse,
    Declaration,
    Event,
    Field,
    LegalBasis,
    NotPersonal,
    Period,
    Retention,
    Subject,
    Text,
)

LAST_TOUCHED = Event(
    "draft_touched",
    Text("der Entwurf zuletzt bearbeitet wurde", "the draft was last worked on"),
)

UNDERTAKING = DataUse(
    id="sales.undertaking",
    title=Text(
        "Verpflichtung unserer Mitarbeitenden auf die Verschwiegenheit",
        "Our staff's undertaking of secrecy",
    ),
    purpose=Text(
        "Nur wer sich zur Verschwiegenheit verpflichtet hat, öffnet bei uns Daten von Kundinnen "
        "und Kunden.",
        "Only those of us who have undertaken to keep secrecy open data of customers.",
    ),
    subjects=(Subject.STAFF,),
    fields=(
        Field(
            Text("Wer welche Fassung wann unterschrieben hat", "Who signed which version when"),
            (
                "undertaking.staff_id",
                "undertaking.version",
                "undertaking.signed_on",
                "undertaking.recorded_at",
                "undertaking.ended_at",
            ),
        ),
    ),
    legal_basis=(LegalBasis.LEGAL_OBLIGATION,),
    source=Text("Die Person selbst unterschreibt sie.", "The person signs it."),
    retention=Retention(STAFF_LEFT),
)

DRAFT = DataUse(
    id="sales.draft",
    title=Text("Begonnene Verträge", "Contracts that were begun"),
    purpose=Text(
        "Wer einen Vertrag eingibt, kann unterbrechen und später weitermachen.",
        "Those who enter a contract can stop and go on later.",
    ),
    subjects=(Subject.CUSTOMER, Subject.STAFF),
    fields=(
        Field(
            Text(
                "Vertragsdaten sowie Name und E-Mail-Adresse der Projektadministration",
                "Contract data, name and e-mail address of the project administrator",
            ),
            ("organisation_draft.values",),
        ),
        Field(
            Text("Wer sie eingibt, wie weit und wann", "Who enters them, how far and when"),
            (
                "organisation_draft.staff_id",
                "organisation_draft.step",
                "organisation_draft.updated_at",
            ),
        ),
    ),
    legal_basis=(LegalBasis.CONTRACT,),
    source=Text(
        "Die Praxis oder Einrichtung gibt sie beim Abschluss des Vertrags an.",
        "The practice or institution states them when the contract is made.",
    ),
    retention=Retention(LAST_TOUCHED, Period(days=14), begins=("organisation_draft.updated_at",)),
)

DECLARATIONS: tuple[Declaration, ...] = (
    UNDERTAKING,
    DRAFT,
    NotPersonal("undertaking", ("id",), "A random key that nothing else refers to."),
    NotPersonal(
        "organisation_import",
        ("id", "provider_company_id", "made_at", "count", "undone_at"),
        "When how many organisations were taken over from a file; it names no person.",
    ),
)
