"""Personal data in the tables of the waiting room: rooms, codes and visits."""

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
    Subject,
    Text,
)
from portal.tenants.declarations import AFTER_CONTRACT

GUEST_CONSENT = "guest.visit"
GUEST_GROUNDS = (LegalBasis.CONSENT, LegalBasis.HEALTH_CONSENT)
# Whichever comes first; also what the guest's own page says about name and code.
SOONER = (Retention(Anchor.UNTIL_DELETED_BY_CUSTOMER), Retention(Anchor.CONSENT_WITHDRAWN))
KEPT = Period(days=90)

ROOM = DataUse(
    id="waitingroom.room",
    title=Text("Wartezimmer", "Waiting rooms"),
    purpose=Text(
        "Gäste sehen, bei wem sie warten und wie sie die Praxis erreichen. Das Portal weiß, wer in "
        "welchem Wartezimmer arbeitet und ob gerade jemand da ist.",
        "Guests see for whom they wait and how to reach the practice. The portal knows who works "
        "in which waiting room, and whether somebody is there.",
    ),
    subjects=(Subject.CUSTOMER,),
    fields=(
        Field(
            Text("Name des Wartezimmers und der Ärztin oder des Arztes", "Name of room and doctor"),
            ("room.name", "room.doctor_name"),
        ),
        Field(
            Text(
                "Text, Anschrift, Telefonnummer, E-Mail-Adresse und Sprechzeiten für Wartende",
                "Text, address, telephone number, e-mail address and opening hours for guests",
            ),
            ("room.text", "room.phone", "room.address", "room.email", "room.hours"),
        ),
        Field(
            Text(
                "Bild der Ärztin oder des Arztes und Hintergrundbild, wenn sie hochgeladen sind",
                "Picture of the doctor and background picture, if they were uploaded",
            ),
            ("room.portrait", "room.background"),
        ),
        Field(
            Text("Wer in welchem Wartezimmer arbeitet", "Who works in which waiting room"),
            ("room_member.account_id", "room_member.room_id", "room_member.id"),
        ),
        Field(
            Text(
                "Wann das Wartezimmer zuletzt betreut war",
                "When the waiting room was last attended",
            ),
            ("room.attended_at",),
        ),
    ),
    legal_basis=(LegalBasis.CONTRACT,),
    source=Text("Die Praxis oder Einrichtung.", "The practice or institution."),
    retention=AFTER_CONTRACT,
)

CODE = DataUse(
    id="waitingroom.code",
    title=Text("Name und Zugangscode des Gastes", "The guest's name and access code"),
    purpose=Text(
        "Mit dem Code kommt ein Gast in genau ein Wartezimmer, ohne Konto und ohne E-Mail-Adresse. "
        "Der Name zeigt der Praxis, für wen sie den Code erstellt hat.",
        "With the code a guest gets into exactly one waiting room, without an account and without "
        "an e-mail address. The name shows the practice for whom the code was made.",
    ),
    subjects=(Subject.GUEST, Subject.CUSTOMER),
    fields=(
        Field(Text("Name des Gastes", "Name of the guest"), ("access_code.guest_name",)),
        Field(
            Text("Zugangscode und sein Prüfwert", "Access code and its keyed hash"),
            (
                "access_code.code",
                "access_code.id",
                "code_index.code_hash",
                "code_index.code_id",
                "code_index.organisation_id",
            ),
        ),
        Field(
            Text(
                "Wartezimmer, Gültigkeit, Termin, wer den Code erstellt hat, und wessen Begleitung "
                "mit ihm kommt",
                "Waiting room, validity, appointment, who made the code, and whose companion comes "
                "with it",
            ),
            (
                "access_code.room_id",
                "access_code.made_by",
                "access_code.companion_of",
                "access_code.uses",
                "access_code.valid_on",
                "access_code.starts_at",
                "access_code.valid_until",
            ),
        ),
        Field(
            Text("Wann erstellt, benutzt und zu löschen", "When made, used and to be deleted"),
            ("access_code.created_at", "access_code.used_at", "access_code.delete_after"),
        ),
    ),
    # Of the guest by consent; that somebody of the practice made it, by the contract.
    legal_basis=(LegalBasis.CONTRACT, *GUEST_GROUNDS),
    consent_id=GUEST_CONSENT,
    source=Text(
        "Die Praxis gibt den Namen an; der Code wird ausgelost. Den Code einer Begleitung fordert "
        "ihr Gast an, ohne einen Namen zu nennen.",
        "The practice states the name; the code is drawn at random. The code of a companion is "
        "asked for by their guest, who names nobody.",
    ),
    retention=(*SOONER, Retention(Anchor.CREATED, KEPT, ends=("access_code.delete_after",))),
)

VISIT = DataUse(
    id="waitingroom.visit",
    title=Text("Besuch im Wartezimmer", "Visit to the waiting room"),
    purpose=Text(
        "Die Praxis sieht, wer wartet, seit wann, und ob Bild und Ton bereit sind. Gäste behalten "
        "ihren Platz, wenn sie die Seite neu laden oder die Verbindung abreißt. In einem "
        "Gespräch zu mehreren lesen auch die anderen den Namen.",
        "The practice sees who waits, since when, and whether picture and sound are ready. Guests "
        "keep their place when they reload the page or the connection breaks. In a call of several "
        "the others read the name as well.",
    ),
    subjects=(Subject.GUEST,),
    fields=(
        Field(
            Text("Name, wie der Gast ihn angibt", "Name as the guest states it"), ("visit.name",)
        ),
        Field(Text("Sprache der Seite", "Language of the page"), ("visit.language",)),
        Field(
            Text("Ankunft, Verlauf und Ende des Besuchs", "Arrival, course and end of the visit"),
            (
                "visit.id",
                "visit.room_id",
                "visit.code_id",
                "visit.state",
                "visit.arrived_at",
                "visit.last_seen_at",
                "visit.ended_at",
                "visit.connected",
                "visit.moved",
                "visit.call_id",
                "visit.admitted_by",
            ),
        ),
        Field(
            Text("Ob Kamera und Mikrofon bereit sind", "Whether camera and microphone are ready"),
            ("visit.camera", "visit.microphone"),
        ),
        Field(
            Text("Text der Praxis bei einer Absage", "Text of the practice when it declines"),
            ("visit.declined_text",),
        ),
        Field(
            Text(
                "Nachricht der Praxis an Wartende, bis das Warten endet",
                "Message of the practice to those who wait, until the waiting ends",
            ),
            ("visit.message", "visit.message_at"),
        ),
    ),
    legal_basis=GUEST_GROUNDS,
    consent_id=GUEST_CONSENT,
    source=Text(
        "Der Gast gibt den Namen an; das Übrige entsteht beim Besuch.",
        "The guest states the name; the rest arises during the visit.",
    ),
    retention=(*SOONER, Retention(Anchor.CREATED, KEPT, begins=("visit.ended_at",))),
)

DECLARATIONS: tuple[Declaration, ...] = (
    CODE,
    VISIT,
    ROOM,
    NotPersonal(
        "room",
        ("organisation_id", "id", "kind", "language"),
        "The random keys of organisation and room, the kind of room, and its language.",
    ),
    NotPersonal("room_member", ("organisation_id",), "The random key of the organisation."),
    NotPersonal("access_code", ("organisation_id",), "The random key of the organisation."),
    NotPersonal("visit", ("organisation_id",), "The random key of the organisation."),
)
