"""Personal data of calls: that one took place, what passes through, and what is never stored."""

from __future__ import annotations

from portal.personaldata import (
    Anchor,
    DataUse,
    Declaration,
    Field,
    LegalBasis,
    NotPersonal,
    Period,
    Retention,
    Storage,
    Subject,
    Text,
)
from portal.waitingroom.declarations import GUEST_CONSENT

BOTH = (Subject.GUEST, Subject.CUSTOMER)
GROUNDS = (LegalBasis.CONTRACT, LegalBasis.CONSENT, LegalBasis.HEALTH_CONSENT)

CONTENT = DataUse(
    id="calls.content",
    title=Text("Bild, Ton und Chat", "Picture, sound and chat"),
    purpose=Text(
        "Beide Seiten sehen, hören und schreiben einander. Das geht verschlüsselt von Browser zu "
        "Browser; wir haben keinen Schlüssel. Das Portal zeichnet nichts auf.",
        "Both sides see, hear and write to each other. This goes encrypted from browser to "
        "browser; we have no key. The portal records nothing.",
    ),
    subjects=BOTH,
    fields=(
        Field(Text("Bild und Ton", "Picture and sound")),
        Field(Text("Nachrichten im Chat", "Messages in the chat")),
        Field(
            Text(
                "Geteilter Bildschirm, und was darauf gezeigt und gezeichnet wird",
                "Shared screen, and what is pointed at and drawn on it",
            )
        ),
        Field(
            Text(
                "Zeichnungen und Worte auf der Tafel; sie ist nicht zur Befundung bestimmt",
                "Drawings and words on the whiteboard; it is not meant for diagnosis",
            )
        ),
        Field(Text("Angabe, wer bei Ihnen im Raum ist", "Who you say is in the room with you")),
        Field(
            Text(
                "Ein einzelnes Bild, dem Sie zugestimmt haben; es behält, wer es aufnahm",
                "A single picture that you agreed to; whoever took it keeps it",
            )
        ),
    ),
    legal_basis=GROUNDS,
    consent_id=GUEST_CONSENT,
    source=Text(
        "Kamera, Mikrofon und Eingaben der Beteiligten.",
        "Camera, microphone and input of those who take part.",
    ),
    retention=Retention(Anchor.IMMEDIATE),
    storage=Storage.NOWHERE,
)

CONNECTION = DataUse(
    id="calls.connection",
    title=Text("Aufbau der Verbindung", "Making the connection"),
    purpose=Text(
        "Damit zwei Browser einander finden, reicht das Portal ihre technischen Angaben weiter. "
        "Die andere Seite erfährt dabei Ihre Netzadresse.",
        "For two browsers to find each other, the portal passes on their technical details. The "
        "other side learns your network address by this.",
    ),
    subjects=BOTH,
    fields=(
        Field(Text("Netzadressen (IP) der Browser", "Network addresses (IP) of the browsers")),
        Field(
            Text(
                "Formate von Bild und Ton, Prüfwert der Verschlüsselung",
                "Formats of picture and sound, fingerprint of the encryption",
            )
        ),
    ),
    legal_basis=GROUNDS,
    consent_id=GUEST_CONSENT,
    source=Text("Der Browser übermittelt sie.", "The browser transmits them."),
    retention=Retention(Anchor.IMMEDIATE),
    storage=Storage.MEMORY,
)

CHECK = DataUse(
    id="calls.check",
    title=Text("Technik-Check", "Technical check"),
    purpose=Text(
        "Auf Wunsch prüfen Sie vor dem Gespräch Kamera, Mikrofon und Leitung: Bild und Ton gehen "
        "für höchstens eine halbe Minute zu unserem Server und von dort zurück zu Ihnen. Anders "
        "als im Gespräch entschlüsselt der Server sie dafür; er zeigt sie niemandem und schreibt "
        "nichts auf.",
        "If you wish, you check camera, microphone and line before the call: picture and sound go "
        "to our server and back to you for half a minute at most. Unlike in a call, the server "
        "decrypts them for this; it shows them to nobody and writes nothing down.",
    ),
    subjects=BOTH,
    fields=(
        Field(Text("Bild und Ton während des Checks", "Picture and sound during the check")),
        Field(Text("Netzadresse (IP) des Browsers", "Network address (IP) of the browser")),
    ),
    # Begun on the wish of who is told what it does; nothing is kept, not even a consent.
    legal_basis=(LegalBasis.CONTRACT,),
    source=Text(
        "Kamera, Mikrofon und Browser, sobald Sie den Check starten.",
        "Camera, microphone and browser, as soon as you start the check.",
    ),
    retention=Retention(Anchor.IMMEDIATE),
    storage=Storage.MEMORY,
)

CALL = DataUse(
    id="calls.call",
    title=Text("Gespräche, die stattfanden", "Calls that took place"),
    purpose=Text(
        "Nur wer hereingebeten wurde, ist im Gespräch, auch nach einem Abbruch der Verbindung. "
        "Danach sehen beide Seiten, wie lange es dauerte.",
        "Only those who were admitted are in the call, even after the connection broke. Afterwards "
        "both sides see how long it lasted.",
    ),
    subjects=BOTH,
    fields=(
        Field(
            Text(
                "Beginn und Ende des Gesprächs, Anlass des Endes",
                "Start and end of the call, and why it ended",
            ),
            (
                "call.id",
                "call.room_id",
                "call.started_at",
                "call.connected_at",
                "call.ended_at",
                "call.end_reason",
            ),
        ),
        Field(Text("Benutzte Funktionen", "Functions that were used"), ("call.used",)),
        Field(
            Text("Wer beteiligt war, als Kennung", "Who took part, as a key"),
            (
                "call_member.id",
                "call_member.call_id",
                "call_member.role",
                "call_member.subject_id",
                "call_member.session",
                "call_member.joined_at",
                "call_member.left_at",
            ),
        ),
    ),
    legal_basis=GROUNDS,
    consent_id=GUEST_CONSENT,
    source=Text("Sie entstehen beim Gespräch.", "They arise with the call."),
    retention=Retention(Anchor.CALL_END, Period(days=90), begins=("call.ended_at",)),
)

RING = DataUse(
    id="calls.ring",
    title=Text("Anrufe zwischen Ärztinnen und Ärzten", "Calls between doctors"),
    purpose=Text(
        "Ein Kontakt wird angerufen, nimmt an oder lehnt ab. Wer angenommen hat, kommt auch nach "
        "einem Abbruch der Verbindung in dieses eine Gespräch zurück.",
        "A contact is called, accepts or declines. Those who accepted come back into this one "
        "call, also after the connection broke.",
    ),
    subjects=(Subject.CUSTOMER,),
    fields=(
        Field(
            Text("Wer wen anruft, als Kennung", "Who calls whom, as a key"),
            (
                "ring.id",
                "ring.caller_card_id",
                "ring.callee_card_id",
                "ring.pair",
                "ring.call_id",
            ),
        ),
        Field(
            Text("Wann es klingelte, angenommen wurde und endete", "When it rang, began and ended"),
            ("ring.started_at", "ring.answered_at", "ring.ended_at"),
        ),
    ),
    legal_basis=(LegalBasis.CONTRACT,),
    source=Text("Sie entstehen beim Anruf.", "They arise with the call."),
    # The way into a call is also the way to its summary; longer than any call is kept open.
    retention=Retention(Anchor.CALL_END, Period(days=1), begins=("ring.ended_at",)),
)

BOARD_FILES = DataUse(
    id="calls.board_files",
    title=Text("Bilder auf der Tafel", "Pictures on the whiteboard"),
    purpose=Text(
        "Ein Bild oder eine PDF-Seite auf der Tafel sehen alle, auch wer später kommt. Ihr Browser "
        "verschlüsselt sie, bevor er sie sendet; den Schlüssel haben nur die Browser im Gespräch. "
        "Die Tafel ist nicht zur Befundung bestimmt.",
        "All see a picture or a page of a PDF file on the whiteboard, also those who come later. "
        "Your browser encrypts it before it is sent; only the browsers in the call have the key. "
        "The whiteboard is not meant for diagnosis.",
    ),
    subjects=BOTH,
    fields=(
        Field(
            Text(
                "Verschlüsselte Bilder, Größe und Zeitpunkt",
                "Encrypted pictures, their size and time",
            ),
            (
                "board_file.id",
                "board_file.call_id",
                "board_file.size",
                "board_file.sealed",
                "board_file.made_at",
                "board_file.lease_until",
            ),
        ),
    ),
    legal_basis=GROUNDS,
    consent_id=GUEST_CONSENT,
    source=Text("Wer im Gespräch ist, wählt sie aus.", "Those in the call choose them."),
    # The lease is renewed while somebody of the call is connected; the end of the call ends it.
    retention=Retention(Anchor.CALL_END, ends=("board_file.lease_until",)),
)

DECLARATIONS: tuple[Declaration, ...] = (
    CONTENT,
    CONNECTION,
    CHECK,
    CALL,
    RING,
    BOARD_FILES,
    NotPersonal("board_file", ("organisation_id",), "The random key of the organisation."),
    NotPersonal("call", ("organisation_id",), "The random key of the organisation."),
    NotPersonal("call_member", ("organisation_id",), "The random key of the organisation."),
)
