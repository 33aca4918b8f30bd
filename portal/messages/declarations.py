"""Personal data in the outbox, and in the traces that messages leave."""

from __future__ import annotations

from portal.personaldata import (
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
    Storage,
    Subject,
    Text,
)

# The consent that a guest gives on entering; its text stands in the room of privacy.
GUEST_CONSENT = "guest.visit"
GROUNDS = (LegalBasis.CONTRACT, LegalBasis.CONSENT, LegalBasis.HEALTH_CONSENT)
BOTH = (Subject.GUEST, Subject.CUSTOMER)
HANDED_OVER = Event(
    "handed_over",
    Text("der Versand abgeschlossen ist", "sending has come to its end"),
)
TRACED = Retention(Anchor.CREATED, Period(months=3), ends=("message.delete_after",))

OUTBOX = DataUse(
    id="messages.outbox",
    title=Text("Versand von Nachrichten", "Sending messages"),
    purpose=Text(
        "SMS und E-Mails gehen nicht verloren und kommen nicht doppelt an. Nummer oder Adresse und "
        "Text liegen verschlüsselt bereit, bis der Versand abgeschlossen ist, bei einer Erinnerung "
        "bis zum Tag vor dem Termin. Auf demselben Weg "
        "erfahren Sonderprojekte, die Ihre Praxis eingeschaltet hat, dass ein Gespräch endete.",
        "Text messages and e-mails are not lost and do not arrive twice. Number or address and "
        "text are kept encrypted until sending has come to its end, for a reminder until the day "
        "before the appointment. In the same way special "
        "projects that your practice has switched on learn that a call has ended.",
    ),
    subjects=BOTH,
    fields=(
        Field(
            Text(
                "Mobilnummer oder E-Mail-Adresse und Text der Nachricht; was der Versanddienst zur "
                "Zustellung meldet; bei Sonderprojekten Kennung, Beginn und Ende des Gesprächs",
                "Mobile number or e-mail address and text of the message; what the provider "
                "reports of its delivery; for special projects key, start and end of the call",
            ),
            ("outbox.payload",),
        ),
        Field(
            Text("Anlass und Bezug der Nachricht", "Occasion and subject of the message"),
            ("outbox.kind", "outbox.occasion", "outbox.subject_id", "outbox.provider"),
        ),
        Field(
            Text("Stand und Zeitpunkte des Versands", "State and times of sending"),
            (
                "outbox.id",
                "outbox.state",
                "outbox.tries",
                "outbox.next_try_at",
                "outbox.claimed_until",
                "outbox.created_at",
            ),
        ),
    ),
    legal_basis=GROUNDS,
    consent_id=GUEST_CONSENT,
    source=Text(
        "Die Praxis gibt die Nummer oder Adresse an.", "The practice states number or address."
    ),
    retention=(
        Retention(HANDED_OVER),
        Retention(Anchor.CREATED, Period(days=90), begins=("outbox.created_at",)),
    ),
)

TRACE = DataUse(
    id="messages.trace",
    title=Text("Sendungsverfolgung von Nachrichten", "Tracing messages"),
    purpose=Text(
        "Die Praxis sieht, ob eine Nachricht ankam, und der Versand lässt sich nach Land und "
        "Anlass zählen. Die Nummer ist dabei anonymisiert.",
        "The practice sees whether a message arrived, and messages can be counted by country and "
        "occasion. The number is anonymised.",
    ),
    subjects=BOTH,
    fields=(
        Field(
            Text(
                "Land und die letzten zwei Ziffern der Nummer",
                "Country and the last two digits of the number",
            ),
            ("message.country", "message.number"),
        ),
        Field(
            Text(
                "Anlass, Weg, Umfang und Bezug der Nachricht; bis zum Ergebnis auch die Kennung, "
                "unter der sie beim Versanddienst läuft",
                "Occasion, way, size and subject of the message; until the result is known also "
                "the key under which the provider runs it",
            ),
            (
                "message.id",
                "message.occasion",
                "message.channel",
                "message.subject_id",
                "message.provider",
                "message.provider_ref",
                "message.parts",
                "message.request_key",
            ),
        ),
        Field(
            Text("Ergebnis und Zeitpunkte des Versands", "Result and times of sending"),
            (
                "message.state",
                "message.created_at",
                "message.changed_at",
                "message.delete_after",
                "message.next_poll_at",
            ),
        ),
    ),
    legal_basis=GROUNDS,
    consent_id=GUEST_CONSENT,
    source=Text("Sie entstehen beim Versand.", "They arise from sending."),
    retention=TRACED,
)


def text_messages_sent(plugin: str, title: Text, recipient: Recipient) -> DataUse:
    """Return the declaration of a plugin that sends text messages and stores nothing of them.

    Who gets one, on which occasion and by which right, is the portal's to say: a plugin sends
    what it is handed.
    """
    return DataUse(
        id=f"{plugin}.send",
        title=title,
        purpose=Text(
            "Kommt ein Code als SMS, geht die Mobilnummer mit dem Text an diesen Dienst: der "
            "Zugangscode eines Gastes, wenn die Praxis ihn so verschickt, oder der Code für die "
            "Anmeldung an einem Konto. Ebenso geht eine Test-SMS der Projektadministration. Der "
            "Text nennt weder Fachgebiet noch Anlass. Der Dienst kann zurückmelden, ob die SMS "
            "ankam.",
            "Where a code comes as a text message, the mobile number goes to this service together "
            "with the text: a guest's access code, if the practice sends it in this way, or the "
            "code for signing in to an account. A test message of the project administration goes "
            "in the same way. The text names no specialty or reason. The service can report "
            "whether the message arrived.",
        ),
        subjects=BOTH,
        fields=(
            Field(Text("Mobilnummer", "Mobile number")),
            Field(Text("Text der SMS", "Text of the message")),
        ),
        legal_basis=GROUNDS,
        consent_id=GUEST_CONSENT,
        source=Text(
            "Die Praxis gibt die Nummer eines Gastes an, wer ein Konto hat, die eigene.",
            "The practice states the number of a guest; holders of an account state their own.",
        ),
        recipients=(recipient,),
        retention=Retention(Anchor.IMMEDIATE),
        storage=Storage.NOWHERE,
    )


DECLARATIONS: tuple[Declaration, ...] = (
    OUTBOX,
    TRACE,
    NotPersonal("outbox", ("organisation_id",), "The random key of the organisation."),
    NotPersonal("message", ("organisation_id",), "The random key of the organisation."),
    NotPersonal(
        "message_rules",
        ("organisation_id", "id", "countries", "daily_parts", "per_number", "report_salt"),
        "What an organisation allows; it names nobody.",
    ),
    NotPersonal(
        "message_text",
        ("organisation_id", "id", "occasion", "channel", "language", "subject", "text"),
        "The words of an organisation, with gaps where code and address are filled in.",
    ),
)
