"""Personal data in the tables of profiles."""

from __future__ import annotations

from portal.personaldata import (
    Anchor,
    DataUse,
    Declaration,
    Field,
    LegalBasis,
    NotPersonal,
    Retention,
    Subject,
    Text,
)
from portal.tenants.declarations import AFTER_CONTRACT

FINDABLE = "profiles.findable"
OWN = Text("Die Ärztin oder der Arzt selbst.", "The doctor.")

PROFILE = DataUse(
    id="profiles.profile",
    title=Text("Profil", "Profile"),
    purpose=Text(
        "Ärztinnen und Ärzte können Angaben zu sich machen und einzeln festlegen, welche andere "
        "Kunden sehen. Anfangs ist keine sichtbar, die Mobilnummer nie. Gäste sehen nichts davon.",
        "Doctors can state details of themselves and decide one by one which of them other "
        "customers see. At first none is visible, the mobile number never. Guests see none of it.",
    ),
    subjects=(Subject.CUSTOMER,),
    fields=(
        Field(Text("Land", "Country"), ("profile.country",)),
        Field(
            Text("Name und Anschrift der Praxis", "Name and address of the practice"),
            ("profile.practice_name", "profile.practice_address"),
        ),
        Field(Text("Fachbereich", "Specialty"), ("profile.specialty",)),
        Field(
            Text("Was davon andere Kunden sehen", "What of it other customers see"),
            (
                "profile.id",
                "profile.show_country",
                "profile.show_phone",
                "profile.show_fax",
                "profile.show_practice_name",
                "profile.show_practice_address",
                "profile.show_website",
                "profile.show_specialty",
            ),
        ),
        Field(
            Text("Ob andere sie finden dürfen", "Whether others may find them"),
            ("profile.findable", "profile.asked"),
        ),
    ),
    legal_basis=(LegalBasis.CONTRACT,),
    source=OWN,
    retention=AFTER_CONTRACT,
)

CARD = DataUse(
    id="profiles.card",
    title=Text("Karte in der Kontaktsuche", "Card in the contact search"),
    purpose=Text(
        "Wer eingewilligt hat, den finden andere Ärztinnen und Ärzte des Portals, auch aus anderen "
        "Praxen und Einrichtungen. Sie sehen den Namen und was im Profil freigegeben ist. Kontakte "
        "sehen dasselbe, und ob jemand gerade angemeldet ist. Wer jemanden der eigenen Einrichtung "
        "ins Gespräch ruft, hat dafür eine Karte, die niemand findet und die am Tag darauf "
        "gelöscht wird.",
        "Those who consented are found by other doctors of the portal, those of other practices "
        "and institutions too. They see the name and what the profile releases. Contacts see the "
        "same, and whether somebody is signed in. Who calls somebody of the own institution into a "
        "call has a card for it, which nobody finds and which is deleted the day after.",
    ),
    subjects=(Subject.CUSTOMER,),
    fields=(
        Field(
            Text("Name, und was im Profil freigegeben ist", "Name, and what the profile releases"),
            (
                "profile_card.name",
                "profile_card.specialty",
                "profile_card.practice_name",
                "profile_card.practice_address",
                "profile_card.country",
                "profile_card.phone",
                "profile_card.fax",
                "profile_card.website",
            ),
        ),
        Field(
            Text("Wörter für die Suche", "Words for the search"),
            ("profile_word.word", "profile_word.card_id", "profile_card.findable"),
        ),
        Field(
            Text("Wann zuletzt eine Seite geöffnet war", "When a page was last open"),
            ("profile_card.seen_at",),
        ),
        Field(
            Text("Kennung des Kontos", "Key of the account"),
            ("profile_card.id", "profile_card.organisation_id", "profile_card.account_id"),
        ),
    ),
    legal_basis=(LegalBasis.CONSENT,),
    consent_id=FINDABLE,
    source=Text("Sie wird aus dem Profil gebildet.", "It is made from the profile."),
    retention=(Retention(Anchor.CONSENT_WITHDRAWN), AFTER_CONTRACT),
)

CONTACT = DataUse(
    id="profiles.contact",
    title=Text("Kontaktliste", "Contact list"),
    purpose=Text(
        "Ärztinnen und Ärzte halten fest, wen sie im Portal kennen, und rufen einander an. Erst "
        "wenn beide zugestimmt haben, sieht jede Seite, ob die andere angemeldet ist. Löscht eine "
        "Seite den Kontakt, ist er auf beiden gelöscht.",
        "Doctors note whom they know on the portal, and call each other. Only after both have "
        "agreed does each side see whether the other is signed in. When one side deletes the "
        "contact, it is deleted on both.",
    ),
    subjects=(Subject.CUSTOMER,),
    fields=(
        Field(
            Text("Wer wen kennt, als Kennung", "Who knows whom, as a key"),
            ("contact.id", "contact.account_id", "contact.own_card_id", "contact.card_id"),
        ),
        Field(
            Text("Stand der Anfrage und seit wann", "State of the request, and since when"),
            ("contact.state", "contact.changed_at"),
        ),
    ),
    legal_basis=(LegalBasis.CONTRACT,),
    source=Text("Die beiden Ärztinnen oder Ärzte.", "The two doctors."),
    retention=(Retention(Anchor.UNTIL_DELETED_BY_CUSTOMER), AFTER_CONTRACT),
)

DECLARATIONS: tuple[Declaration, ...] = (
    PROFILE,
    CARD,
    CONTACT,
    NotPersonal("contact", ("organisation_id",), "The random key of the organisation."),
    NotPersonal("profile", ("organisation_id",), "The random key of the organisation."),
)
