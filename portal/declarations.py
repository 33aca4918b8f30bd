"""Personal data outside the rooms: counted attempts, and what the web server writes down."""

from __future__ import annotations

from portal.personaldata import (
    Anchor,
    DataUse,
    Declaration,
    Field,
    LegalBasis,
    Period,
    Retention,
    Storage,
    Subject,
    Text,
)

EVERYBODY = (Subject.CUSTOMER, Subject.STAFF, Subject.GUEST)

ATTEMPTS = DataUse(
    id="portal.attempts",
    title=Text("Schutz gegen Ausprobieren", "Protection against guessing"),
    purpose=Text(
        "Wer Codes oder Passwörter ausprobiert, wird gebremst. Dafür zählen wir Versuche. Statt "
        "der Netzadresse oder des Anmeldenamens speichern wir einen Prüfwert mit geheimem "
        "Schlüssel, der sich jeden Tag ändert.",
        "Those who try out codes or passwords are slowed down. For this we count attempts. In "
        "place of the network address or login name we keep a keyed hash that changes every day.",
    ),
    subjects=EVERYBODY,
    fields=(
        Field(
            Text(
                "Prüfwert der Netzadresse oder des Anmeldenamens",
                "Keyed hash of the network address or login name",
            ),
            ("attempt.bucket",),
        ),
        Field(
            Text("Zeitfenster und Zahl der Versuche", "Time window and number of attempts"),
            ("attempt.window", "attempt.count"),
        ),
    ),
    legal_basis=(LegalBasis.LEGITIMATE_INTEREST,),
    interest=Text(
        "Schutz der Gäste und der Konten vor unbefugtem Zutritt",
        "Protecting guests and accounts against unauthorised access",
    ),
    source=Text("Der Browser übermittelt sie.", "The browser transmits them."),
    retention=Retention(Anchor.CREATED, Period(days=1)),
)

ACCESS_LOG = DataUse(
    id="portal.access_log",
    title=Text("Protokoll des Webservers", "Log of the web server"),
    purpose=Text(
        "Störungen und Angriffe lassen sich finden. Die Netzadresse wird gekürzt, bevor sie zum "
        "ersten Mal geschrieben wird.",
        "Faults and attacks can be found. The network address is shortened before it is first "
        "written.",
    ),
    subjects=EVERYBODY,
    fields=(
        Field(Text("Gekürzte Netzadresse (IP)", "Shortened network address (IP)")),
        Field(
            Text(
                "Zeitpunkt, aufgerufene Seite und Ergebnis",
                "Time, page that was called, and result",
            )
        ),
    ),
    legal_basis=(LegalBasis.LEGITIMATE_INTEREST,),
    interest=Text("Sicherer und störungsfreier Betrieb", "Safe operation without faults"),
    source=Text("Der Browser übermittelt sie.", "The browser transmits them."),
    retention=Retention(Anchor.CREATED, Period(days=15)),
    storage=Storage.LOGS,
)

DECLARATIONS: tuple[Declaration, ...] = (ATTEMPTS, ACCESS_LOG)
