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
    Recipient,
    Retention,
    Subject,
    Text,
)

ENDED = Event(
    "participation_ended",
    Text(
        "die vereinbarte Zahl von Fragebögen ausgefüllt ist oder die Teilnahme am Sonderprojekt "
        "vorzeitig endet",
        "the agreed number of questionnaires is filled in, or the participation in the special "
        "project ends early",
    ),
)
AFTER_PARTICIPATION = Retention(ENDED, Period(months=3))
OPEN_KEPT = Retention(Anchor.CALL_END, Period(days=90))

PARTNER = Recipient(
    "Auftraggeber des Sonderprojekts Vinteos",
    "Name und Anschrift stehen im Vertrag Ihrer Praxis",
    "DE",
    Text(
        "erhält monatlich die Zahl der ausgefüllten Fragebögen je Kennung, keine Antworten",
        "gets the number of completed questionnaires by participant each month, no answers",
    ),
)

PARTICIPATION = DataUse(
    id="vinteos.participation",
    title=Text("Teilnahme am Sonderprojekt Vinteos", "Taking part in the special project Vinteos"),
    purpose=Text(
        "Ärztinnen und Ärzte nehmen am Sonderprojekt teil. Gezählt wird, wie viele Fragebögen sie "
        "nach Gesprächen ausfüllen. Der Auftraggeber erfährt monatlich diese Zahl unter einer "
        "Kennung, die nichts über die Person sagt.",
        "Doctors take part in the special project. It is counted how many questionnaires they fill "
        "in after calls. The client learns this number each month, under a name that says nothing "
        "about the person.",
    ),
    subjects=(Subject.CUSTOMER,),
    fields=(
        Field(
            Text("Wer teilnimmt, und unter welcher Kennung", "Who takes part, and as whom"),
            (
                "p_vinteos_participation.id",
                "p_vinteos_participation.account_id",
                "p_vinteos_participation.participant",
            ),
        ),
        Field(
            Text(
                "Vereinbarte Zahl, Beginn und Ende der Teilnahme",
                "Agreed number, beginning and end of taking part",
            ),
            (
                "p_vinteos_participation.quota",
                "p_vinteos_participation.starts_on",
                "p_vinteos_participation.ends_on",
                "p_vinteos_participation.agreed_at",
                "p_vinteos_participation.terms",
                "p_vinteos_participation.running",
                "p_vinteos_participation.closed_at",
                "p_vinteos_participation.closed_because",
                "p_vinteos_participation.erase_at",
            ),
        ),
        Field(
            Text(
                "Zu welchem Gespräch wann ein Fragebogen ausgefüllt wurde",
                "After which call a questionnaire was filled in, and when",
            ),
            (
                "p_vinteos_completion.id",
                "p_vinteos_completion.participation_id",
                "p_vinteos_completion.call_id",
                "p_vinteos_completion.completed_at",
            ),
        ),
        Field(
            Text(
                "Was davon für welchen Monat gemeldet wurde",
                "What of it was reported, and for which month",
            ),
            (
                "p_vinteos_report_line.id",
                "p_vinteos_report_line.report_id",
                "p_vinteos_report_line.participation_id",
                "p_vinteos_report_line.participant",
                "p_vinteos_report_line.completed",
            ),
        ),
    ),
    legal_basis=(LegalBasis.CONTRACT,),
    source=Text(
        "Die Ärztin oder der Arzt stimmt der Teilnahme zu; gezählt wird mit jedem Fragebogen.",
        "The doctor agrees to take part; each questionnaire is counted.",
    ),
    recipients=(PARTNER,),
    retention=AFTER_PARTICIPATION,
)

FILLED = DataUse(
    id="vinteos.filled",
    title=Text("Fragebögen für Vinteos", "Questionnaires for Vinteos"),
    purpose=Text(
        "Ärztinnen und Ärzte füllen nach einem Gespräch einen Fragebogen aus. Die Antworten liest "
        "und exportiert nur, wer sie gegeben hat; weitergegeben werden sie nicht.",
        "Doctors fill in a questionnaire after a call. The answers are read and exported only by "
        "the person who gave them; they are passed on to nobody.",
    ),
    subjects=(Subject.CUSTOMER,),
    fields=(
        Field(
            Text("Wer den Fragebogen wann ausfüllte", "Who filled in the form, and when"),
            (
                "p_vinteos_filled.id",
                "p_vinteos_filled.participation_id",
                "p_vinteos_filled.account_id",
                "p_vinteos_filled.filled_at",
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
            ("p_vinteos_open.id", "p_vinteos_open.participation_id", "p_vinteos_open.account_id"),
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
    retention=(OPEN_KEPT, AFTER_PARTICIPATION),
)

DECLARATIONS: tuple[Declaration, ...] = (
    PARTICIPATION,
    FILLED,
    OPEN,
    NotPersonal(
        "p_vinteos_participation", ("organisation_id",), "The random key of the organisation."
    ),
    NotPersonal(
        "p_vinteos_completion", ("organisation_id",), "The random key of the organisation."
    ),
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
        "p_vinteos_report_line", ("organisation_id",), "The random key of the organisation."
    ),
    NotPersonal(
        "p_vinteos_report",
        (
            "organisation_id",
            "id",
            "period",
            "version",
            "reference",
            "total",
            "participants",
            "digest",
            "released_at",
            "state",
            "problem",
            "tries",
            "next_try_at",
            "answered_at",
        ),
        "A practice's sum for one month, and whether it was sent; its lines are personal.",
    ),
    NotPersonal(
        "p_vinteos_questionnaire",
        ("organisation_id", "id", "key", "data", "added_at", "chosen_at"),
        "Questions that an organisation may ask, and when it began to.",
    ),
)
