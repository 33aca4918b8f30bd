"""Personal data in the tables of people who sign in."""

from __future__ import annotations

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
from portal.tenants.declarations import AFTER_CONTRACT

STAFF_LEFT = Event(
    "staff_left",
    Text("die Person aufgehört hat, für uns zu arbeiten", "the person has ceased to work for us"),
)
FACTOR_REMOVED = Event(
    "factor_removed",
    Text(
        "die Person den Faktor entfernt oder ihre Projektadministration ihn zurücksetzt",
        "the person removes the factor, or their project administration resets it",
    ),
)
LAST_SIGN_IN = Event(
    "last_sign_in_there",
    Text("die Person sich dort zuletzt angemeldet hat", "the person has last signed in there"),
)
LINK_ENDED = Event("link_ended", Text("der Link abgelaufen ist", "the link has expired"))
QUESTION_OVER = Event(
    "question_over",
    Text(
        "die Frage beantwortet oder nach zehn Minuten abgelaufen ist",
        "the question has been answered or has expired after ten minutes",
    ),
)
SESSION_ENDED = Event(
    "session_ended",
    Text("die Sitzung beendet oder abgelaufen ist", "the session has ended or expired"),
)

ACCOUNT = DataUse(
    id="accounts.account",
    title=Text("Konto", "Account"),
    purpose=Text(
        "Wer im Portal arbeitet, braucht ein Konto. Mit der LANR oder der Nummer des Arztausweises "
        "prüfen wir, ob eine Ärztin oder ein Arzt dahinter steht.",
        "Those who work in the portal need an account. With the physician's number we check that "
        "there is a doctor behind it.",
    ),
    subjects=(Subject.CUSTOMER,),
    fields=(
        Field(
            Text("Titel, Vor- und Nachname", "Title, first and last name"),
            ("account.title", "account.first_name", "account.last_name"),
        ),
        Field(Text("Geschlecht", "Gender"), ("account.gender",)),
        Field(Text("Adresse", "Address"), ("account.address",)),
        Field(
            Text(
                "E-Mail-Adresse und wann sie bestätigt wurde",
                "E-mail address, and when it was confirmed",
            ),
            ("account.email", "account.email_confirmed_at"),
        ),
        Field(
            Text("LANR oder Nummer des Arztausweises", "Physician's number (LANR or EFN)"),
            ("account.physician_number",),
        ),
        Field(
            Text("Kennung, Rolle und Stand des Kontos", "Key, role and state of the account"),
            (
                "account.id",
                "account.role",
                "account.state",
                "account.state_since",
                "account.suspended_from",
                "account.restricted_at",
                "account.rejection",
                "account.created_at",
            ),
        ),
        Field(
            Text("Abteilung", "Department"),
            ("account.department_id",),
        ),
        Field(
            Text(
                "Suchworte aus Namen, Nummern und Adressen",
                "Search words out of names, numbers and addresses",
            ),
            ("account_word.word", "account_word.account_id"),
        ),
        Field(
            Text("Tag der letzten Anmeldung, ohne Uhrzeit", "Day of the last sign-in, no time"),
            ("account.last_sign_in_on",),
        ),
        Field(Text("Signalton ein oder aus", "Chime on or off"), ("account.chime",)),
        Field(Text("Sprache der Nachrichten", "Language of messages"), ("account.language",)),
    ),
    legal_basis=(LegalBasis.CONTRACT,),
    source=Text(
        "Die Person selbst oder die Projektadministration ihrer Praxis oder Einrichtung.",
        "The person, or the project administration of their practice or institution.",
    ),
    retention=AFTER_CONTRACT,
)

CONTACT = DataUse(
    id="accounts.contact",
    title=Text("Freiwillige Angaben im Konto", "Optional details of the account"),
    purpose=Text(
        "Die Projektadministration derselben Praxis oder Einrichtung kann die Person erreichen. "
        "Gäste sehen diese Angaben nie.",
        "The project administration of the same practice or institution can reach the person. "
        "Guests never see these details.",
    ),
    subjects=(Subject.CUSTOMER,),
    fields=(
        Field(Text("Telefon", "Telephone"), ("account.phone",)),
        Field(Text("Mobilnummer", "Mobile number"), ("account.mobile",)),
        Field(Text("Fax", "Fax"), ("account.fax",)),
        Field(Text("Website", "Website"), ("account.website",)),
    ),
    legal_basis=(LegalBasis.CONTRACT,),
    source=ACCOUNT.source,
    retention=AFTER_CONTRACT,
)

CREDENTIAL = DataUse(
    id="accounts.credential",
    title=Text("Anmeldename und Passwort", "Login name and password"),
    purpose=Text(
        "Nur wer beides kennt, kommt in das Konto. Vom Passwort speichern wir einen Prüfwert "
        "(Argon2id), aus dem es sich nicht zurückrechnen lässt.",
        "Only those who know both can open the account. Of the password we keep a check value "
        "(Argon2id) from which it cannot be computed back.",
    ),
    subjects=(Subject.CUSTOMER, Subject.STAFF),
    fields=(
        Field(Text("Anmeldename", "Login name"), ("credential.login_name",)),
        Field(
            Text("Prüfwert des Passworts", "Hash of the password"), ("credential.password_hash",)
        ),
        Field(
            Text("Kennung des Kontos", "Key of the account"),
            ("credential.organisation_id", "credential.account_id", "credential.staff_id"),
        ),
    ),
    legal_basis=(LegalBasis.CONTRACT,),
    source=ACCOUNT.source,
    retention=(AFTER_CONTRACT, Retention(STAFF_LEFT)),
)

STAFF = DataUse(
    id="accounts.staff",
    title=Text("Unsere Mitarbeitenden", "Our staff"),
    purpose=Text(
        "Mitarbeitende von Betrieb, Vertrieb und Betreuung melden sich mit eigenem Namen an. So "
        "ist klar, wer was darf und wer etwas getan hat.",
        "Staff of operations, sales and support sign in under their own names. So it is clear who "
        "may do what, and who did something.",
    ),
    subjects=(Subject.STAFF,),
    fields=(
        Field(
            Text("Vor- und Nachname", "First and last name"),
            ("staff.first_name", "staff.last_name"),
        ),
        Field(Text("E-Mail-Adresse", "E-mail address"), ("staff.email",)),
        Field(
            Text("Kennung, Arbeitgeber, Rolle und Stand", "Key, employer, role and state"),
            ("staff.id", "staff.provider_company_id", "staff.role", "staff.state"),
        ),
    ),
    legal_basis=(LegalBasis.CONTRACT,),
    source=Text("Der Arbeitgeber gibt sie an.", "The employer states them."),
    retention=Retention(STAFF_LEFT),
)

LINK = DataUse(
    id="accounts.link",
    title=Text("Links zum Einrichten des Kontos", "Links for setting up an account"),
    purpose=Text(
        "Einladung, neues Passwort und Wechsel der E-Mail-Adresse geschehen über einen Link, der "
        "einmal und kurz gilt. Von ihm speichern wir einen Prüfwert.",
        "Invitation, new password and change of the e-mail address happen by a link that holds "
        "once and for a short time. Of it we keep a check value.",
    ),
    subjects=(Subject.CUSTOMER, Subject.STAFF),
    fields=(
        Field(Text("Prüfwert des Links", "Hash of the link"), ("link.hash",)),
        Field(
            Text("Kennung des Kontos, Zweck", "Key of the account, purpose"),
            ("link.organisation_id", "link.account_id", "link.staff_id", "link.purpose"),
        ),
        Field(
            Text(
                "Neue E-Mail-Adresse, die bestätigt werden soll",
                "New e-mail address that is to be confirmed",
            ),
            ("link.new_email",),
        ),
        Field(
            Text("Zeitpunkte: gemacht, gültig bis, benutzt", "Times: made, valid until, used"),
            ("link.created_at", "link.expires_at", "link.used_at"),
        ),
    ),
    legal_basis=(LegalBasis.CONTRACT,),
    source=Text(
        "Sie entstehen bei der Einladung oder auf Wunsch der Person.",
        "They arise from the invitation or at the person's wish.",
    ),
    retention=Retention(LINK_ENDED, Period(days=30), begins=("link.expires_at",)),
)

FACTOR = DataUse(
    id="accounts.factor",
    title=Text("Zweite Faktoren", "Second factors"),
    purpose=Text(
        "Wer nur das Passwort kennt, kommt nicht in ein Konto mit einem zweiten Faktor: einer App, "
        "einem Passkey oder einem Code per SMS. Für den Notfall gibt es Codes auf Papier.",
        "Those who know the password alone cannot open an account with a second factor: an app, a "
        "passkey or a code by text message. For an emergency there are codes on paper.",
    ),
    subjects=(Subject.CUSTOMER, Subject.STAFF),
    fields=(
        Field(
            Text(
                "Schlüssel der App, Mobilnummer, öffentlicher Schlüssel des Passkeys",
                "Key of the app, mobile number, public key of the passkey",
            ),
            ("factor.secret", "factor.passkey_id", "factor.public_key", "factor.counter"),
        ),
        Field(
            Text("Art, Bezeichnung und Zeitpunkte", "Kind, label and times"),
            (
                "factor.id",
                "factor.credential_id",
                "factor.kind",
                "factor.label",
                "factor.created_at",
                "factor.confirmed_at",
                "factor.last_used_on",
            ),
        ),
        Field(
            Text(
                "Prüfwerte der Wiederherstellungscodes und wann sie benutzt wurden",
                "Hashes of the recovery codes, and when they were used",
            ),
            (
                "recovery_code.hash",
                "recovery_code.credential_id",
                "recovery_code.created_at",
                "recovery_code.used_at",
            ),
        ),
    ),
    legal_basis=(LegalBasis.CONTRACT,),
    source=Text("Die Person richtet sie ein.", "The person sets them up."),
    retention=(AFTER_CONTRACT, Retention(FACTOR_REMOVED), Retention(STAFF_LEFT)),
)

CHALLENGE = DataUse(
    id="accounts.challenge",
    title=Text("Offene Rückfragen einer Anmeldung", "Open questions of a sign-in"),
    purpose=Text(
        "Der zweite Faktor wird zu der Anmeldung geprüft, für die nach ihm gefragt wurde.",
        "The second factor is checked for the sign-in that it was asked for.",
    ),
    subjects=(Subject.CUSTOMER, Subject.STAFF),
    fields=(
        Field(
            Text(
                "Sitzung, Art und Prüfwert der Rückfrage, Ende und Zahl der Versuche",
                "Session, kind and check value of the question, its end and the number of tries",
            ),
            (
                "challenge.token_id",
                "challenge.kind",
                "challenge.value",
                "challenge.expires_at",
                "challenge.tries",
            ),
        ),
    ),
    legal_basis=(LegalBasis.CONTRACT,),
    source=Text("Sie entsteht bei der Anmeldung.", "It arises at the sign-in."),
    retention=Retention(QUESTION_OVER, ends=("challenge.expires_at",)),
)

NETWORK = DataUse(
    id="accounts.network",
    title=Text("Woher sich jemand anmeldet", "From where somebody signs in"),
    purpose=Text(
        "Wer ein fremdes Passwort errät, soll die Person nicht aussperren können, der das Konto "
        "gehört: Woher sie sich schon angemeldet hat, warten nur ihre eigenen Versuche. Dafür "
        "speichern wir einen Prüfwert, aus dem sich keine IP-Adresse zurückrechnen lässt.",
        "Whoever guesses at a password shall not be able to lock out the person who owns the "
        "account: from where they signed in before, only their own attempts wait. For this we keep "
        "a check value from which no IP address can be computed back.",
    ),
    subjects=(Subject.CUSTOMER, Subject.STAFF),
    fields=(
        Field(
            Text("Prüfwert von Anmeldename und Netz, Tag", "Hash of login name and network, day"),
            ("known_network.credential_id", "known_network.hash", "known_network.seen_on"),
        ),
    ),
    legal_basis=(LegalBasis.CONTRACT,),
    source=Text("Sie entstehen bei der Anmeldung.", "They arise at sign-in."),
    retention=(
        Retention(LAST_SIGN_IN, Period(days=90), begins=("known_network.seen_on",)),
        AFTER_CONTRACT,
    ),
)

SESSION = DataUse(
    id="accounts.session",
    title=Text("Sitzungen", "Sessions"),
    purpose=Text(
        "Das Portal erkennt die Seite wieder, auf der sich jemand angemeldet hat oder wartet. Es "
        "setzt dafür keine Cookies.",
        "The portal recognises the page on which somebody signed in or waits. It sets no cookies "
        "for this.",
    ),
    subjects=(Subject.CUSTOMER, Subject.STAFF, Subject.GUEST),
    fields=(
        Field(
            Text("Prüfwert des Sitzungsschlüssels", "Hash of the session key"),
            ("token.hash", "ticket.hash", "ticket.token_id", "ticket.path"),
        ),
        Field(
            Text("Kennung und Rolle der Person", "Key and role of the person"),
            (
                "token.id",
                "token.role",
                "token.organisation_id",
                "token.provider_company_id",
                "token.subject_id",
            ),
        ),
        Field(
            Text(
                "Beginn, letzte Nutzung und Ende der Sitzung",
                "Start, last use and end of the session",
            ),
            (
                "token.created_at",
                "token.last_seen_at",
                "token.expires_at",
                "token.ended_at",
                "token.factor_at",
                "token.pending",
                "ticket.expires_at",
            ),
        ),
    ),
    legal_basis=(LegalBasis.CONTRACT, LegalBasis.CONSENT, LegalBasis.HEALTH_CONSENT),
    consent_id="guest.visit",
    source=Text("Sie entstehen bei der Anmeldung.", "They arise at sign-in."),
    retention=Retention(
        SESSION_ENDED,
        Period(days=1),
        begins=("token.ended_at", "token.expires_at", "ticket.expires_at"),
    ),
)

DECLARATIONS: tuple[Declaration, ...] = (
    ACCOUNT,
    CONTACT,
    CREDENTIAL,
    FACTOR,
    CHALLENGE,
    LINK,
    NETWORK,
    SESSION,
    STAFF,
    NotPersonal(
        "account",
        ("organisation_id",),
        "The random key of the practice or institution.",
    ),
    NotPersonal(
        "account_word", ("organisation_id",), "The random key of the practice or institution."
    ),
    NotPersonal(
        "department",
        ("organisation_id", "id", "name"),
        "A part of the organisation; it names no person.",
    ),
    NotPersonal("credential", ("id",), "A random key that nothing else refers to."),
)
