"""Personal data in the tables of this room: proofs of consent, and the archive of notices."""

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
    Retention,
    Storage,
    Subject,
    Text,
)
from portal.tenants.declarations import AFTER_CONTRACT, PROVIDER_LEFT

# Claims lapse three years after the end of the year (BGB 195, 199); as long must a proof last.
LIMITATION = Period(years=3, year_end=True)
GROUND_GONE = Event(
    "consent_ground_gone",
    Text(
        "der Besuch oder das Konto gelöscht wurde, für das die Einwilligung galt",
        "the visit or the account that the consent was for has been deleted",
    ),
)

CONSENT = DataUse(
    id="privacy.consent",
    title=Text("Nachweis der Einwilligung", "Proof of consent"),
    purpose=Text(
        "Wir müssen nachweisen können, dass und in welchen Text eingewilligt wurde. Der Nachweis "
        "enthält keinen Namen.",
        "We have to be able to prove that there was consent, and to which text. The proof holds "
        "no name.",
    ),
    subjects=(Subject.GUEST, Subject.CUSTOMER),
    fields=(
        Field(
            Text("Zufällige Kennung der Person", "Random key of the person"),
            ("consent.id", "consent.subject_kind", "consent.subject_id"),
        ),
        Field(
            Text(
                "Fassung, Prüfwert und Sprache des Textes", "Version, hash and language of the text"
            ),
            ("consent.text_id", "consent.version", "consent.text_hash", "consent.language"),
        ),
        Field(
            Text(
                "Zeitpunkt und Weg der Einwilligung, Zeitpunkt des Widerrufs und des Wegfalls",
                "Time and way of the consent, time of its withdrawal and of the loss of its ground",
            ),
            ("consent.given_at", "consent.way", "consent.withdrawn_at", "consent.ground_gone_at"),
        ),
    ),
    legal_basis=(LegalBasis.LEGAL_OBLIGATION,),
    source=Text("Sie entsteht mit der Einwilligung.", "It arises with the consent."),
    retention=(
        Retention(Anchor.CONSENT_WITHDRAWN, LIMITATION, begins=("consent.withdrawn_at",)),
        Retention(GROUND_GONE, LIMITATION, begins=("consent.ground_gone_at",)),
    ),
)

ARCHIVE = DataUse(
    id="privacy.archive",
    title=Text("Archiv dieser Datenschutzerklärung", "Archive of this privacy notice"),
    purpose=Text(
        "Jede frühere Fassung bleibt nachlesbar, mit den damaligen Angaben zur Anbieterin.",
        "Each earlier version stays readable, with the details of the provider at that time.",
    ),
    subjects=(Subject.STAFF,),
    fields=(
        Field(
            Text(
                "Geschäftsführung und Datenschutzbeauftragte Person",
                "Managing directors and data protection officer",
            ),
            ("notice_content.content",),
        ),
    ),
    legal_basis=(LegalBasis.LEGAL_OBLIGATION,),
    source=Text("Die Anbieterin gibt sie an.", "The provider states them."),
    retention=Retention(PROVIDER_LEFT, LIMITATION),
)

SEEN = DataUse(
    id="privacy.notice_seen",
    title=Text("Gelesene Datenschutzerklärung", "Privacy notice that was read"),
    purpose=Text(
        "Ändert sich diese Erklärung wesentlich, weisen wir darauf hin, bis jemand es gelesen hat.",
        "If this notice changes materially, we point it out until somebody has read it.",
    ),
    subjects=(Subject.CUSTOMER,),
    fields=(
        Field(
            Text("Konto, Fassung und Zeitpunkt", "Account, version and time"),
            ("notice_seen.id", "notice_seen.number", "notice_seen.read_at"),
        ),
    ),
    legal_basis=(LegalBasis.LEGAL_OBLIGATION,),
    source=Text("Es entsteht mit einem Klick.", "It arises with a click."),
    retention=AFTER_CONTRACT,
)

MARKETING = DataUse(
    id="privacy.marketing",
    title=Text("Neues und Umfragen", "News and surveys"),
    purpose=Text(
        "Wer einwilligt, erfährt Neues zum Portal und wird zu Umfragen eingeladen.",
        "Those who consent hear of news of the portal and are invited to surveys.",
    ),
    subjects=(Subject.CUSTOMER,),
    fields=(Field(Text("E-Mail-Adresse aus dem Konto", "E-mail address of the account")),),
    legal_basis=(LegalBasis.CONSENT,),
    consent_id="customer.marketing",
    source=Text("Die Person selbst gibt sie an.", "The person states it."),
    retention=Retention(Anchor.CONSENT_WITHDRAWN),
    storage=Storage.NOWHERE,
)

DECLARATIONS: tuple[Declaration, ...] = (
    CONSENT,
    MARKETING,
    ARCHIVE,
    SEEN,
    NotPersonal("notice_seen", ("organisation_id",), "The random key of the organisation."),
    NotPersonal("consent", ("organisation_id",), "The random key of the organisation."),
    NotPersonal(
        "deletion",
        ("number", "at", "use_id", "place", "rows", "hash"),
        "How many rows a rule deleted and when; not which, nor whose.",
    ),
    NotPersonal("notice_content", ("hash",), "A hash of a public text."),
    NotPersonal(
        "notice_version",
        (
            "id",
            "provider_company_id",
            "organisation_id",
            "scope",
            "number",
            "published_at",
            "content_hash",
            "is_material",
        ),
        "Which public text was in force from when.",
    ),
)
