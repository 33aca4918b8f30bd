"""Personal data of the special project: which doctor filled in how many questionnaires."""

from __future__ import annotations

from portal.api import (
    Anchor,
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

ENDED = Event(
    "participation_ended",
    Text(
        "die Teilnahme der Praxis am Sonderprojekt beendet ist",
        "the practice's participation in the special project has ended",
    ),
)
AFTER_PARTICIPATION = Retention(ENDED, Period(months=3))
OPEN_KEPT = Retention(Anchor.CALL_END, Period(days=90))

FILLED = DataUse(
    id="vinteos.filled",
    title=Text("Fragebögen für Vinteos", "Questionnaires for Vinteos"),
    purpose=Text(
        "Ärztinnen und Ärzte füllen nach einem Gespräch einen Fragebogen aus. Gezählt wird, wie "
        "viele es sind. Die Antworten liest nur, wer sie gegeben hat.",
        "Doctors fill in a questionnaire after a call. It is counted how many there are. The "
        "answers are read only by the person who gave them.",
    ),
    subjects=(Subject.CUSTOMER,),
    fields=(
        Field(
            Text("Wer den Fragebogen wann ausfüllte", "Who filled in the form, and when"),
            (
                "p_vinteos_filled.id",
                "p_vinteos_filled.account_id",
                "p_vinteos_filled.filled_at",
                "p_vinteos_filled.delete_after",
            ),
        ),
        Field(Text("Kennung des Gesprächs", "Key of the call"), ("p_vinteos_filled.call_id",)),
        Field(
            Text(
                "Antworten, verschlüsselt; auf Wunsch der Praxis werden sie nicht gespeichert",
                "Answers, encrypted; if the practice wishes they are not stored",
            ),
            ("p_vinteos_filled.answers",),
        ),
    ),
    legal_basis=(LegalBasis.CONTRACT,),
    source=Text("Die Ärztin oder der Arzt gibt die Antworten.", "The doctor gives the answers."),
    retention=AFTER_PARTICIPATION,
)

OPEN = DataUse(
    id="vinteos.open",
    title=Text("Offene Fragebögen für Vinteos", "Open questionnaires for Vinteos"),
    purpose=Text(
        "Ein Fragebogen, der nach dem Gespräch nicht ausgefüllt wurde, lässt sich nachholen. Was "
        "schon eingetragen ist, geht nicht verloren.",
        "A questionnaire that was not filled in after the call can be done later. What was typed "
        "already is not lost.",
    ),
    subjects=(Subject.CUSTOMER,),
    fields=(
        Field(
            Text("Wer ihn ausfüllen kann", "Who can fill it in"),
            ("p_vinteos_open.id", "p_vinteos_open.account_id"),
        ),
        Field(
            Text("Kennung und Ende des Gesprächs", "Key and end of the call"),
            ("p_vinteos_open.call_id", "p_vinteos_open.ended_at"),
        ),
        Field(
            Text("Entwurf der Antworten, verschlüsselt", "Draft of the answers, encrypted"),
            ("p_vinteos_open.draft", "p_vinteos_open.draft_at"),
        ),
        Field(
            Text("Dass und warum er zurückgestellt wurde", "That it was put aside, and why"),
            ("p_vinteos_open.dismissed_at", "p_vinteos_open.dismissed_because"),
        ),
    ),
    legal_basis=(LegalBasis.CONTRACT,),
    source=Text("Er entsteht mit dem Gespräch.", "It arises with the call."),
    retention=OPEN_KEPT,
)

DECLARATIONS: tuple[Declaration, ...] = (
    FILLED,
    OPEN,
    NotPersonal(
        "p_vinteos_filled",
        ("organisation_id", "questionnaire"),
        "The random key of the organisation, and which questions were asked.",
    ),
    NotPersonal(
        "p_vinteos_open",
        ("organisation_id", "questionnaire"),
        "The random key of the organisation, and which questions were begun.",
    ),
    NotPersonal(
        "p_vinteos_questionnaire",
        ("organisation_id", "id", "key", "data", "added_at", "chosen_at"),
        "Questions that an organisation may ask, and when it began to.",
    ),
)
