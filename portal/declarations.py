"""Personal data outside the rooms: counted attempts, and what the web server writes down."""

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
from portal.tenants.declarations import AFTER_CONTRACT, PROVIDER_LEFT

EVERYBODY = (Subject.CUSTOMER, Subject.STAFF, Subject.GUEST)

ATTEMPTS = DataUse(
    id="portal.attempts",
    title=Text("Schutz gegen Ausprobieren und Übermaß", "Protection against guessing and excess"),
    purpose=Text(
        "Wer Codes oder Passwörter ausprobiert, wird gebremst, und an eine Nummer gehen an einem "
        "Tag nur wenige SMS. Dafür zählen wir Versuche. Statt der Netzadresse, des Anmeldenamens "
        "oder der Nummer speichern wir einen Prüfwert mit geheimem Schlüssel, der sich jeden Tag "
        "ändert.",
        "Those who try out codes or passwords are slowed down, and few text messages go to one "
        "number on one day. For this we count attempts. In place of the network address, login "
        "name or number we keep a keyed hash that changes every day.",
    ),
    subjects=EVERYBODY,
    fields=(
        Field(
            Text(
                "Prüfwert der Netzadresse, des Anmeldenamens oder der Mobilnummer",
                "Keyed hash of the network address, login name or mobile number",
            ),
            ("attempt.bucket",),
        ),
        Field(
            Text(
                "Zeitfenster, Zahl und letzter der Versuche",
                "Time window, number and last of the attempts",
            ),
            ("attempt.window", "attempt.count", "attempt.last_at"),
        ),
    ),
    legal_basis=(LegalBasis.LEGITIMATE_INTEREST,),
    interest=Text(
        "Schutz der Gäste und der Konten vor unbefugtem Zutritt",
        "Protecting guests and accounts against unauthorised access",
    ),
    source=Text("Der Browser übermittelt sie.", "The browser transmits them."),
    retention=Retention(Anchor.CREATED, Period(days=1), begins=("attempt.window",)),
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

AUDIT = DataUse(
    id="portal.audit",
    title=Text("Protokoll der Verwaltung", "Audit log"),
    purpose=Text(
        "Es lässt sich nachvollziehen, wer wann ein Konto, einen Vertrag oder eine Einstellung "
        "angesehen oder geändert hat. Aufgeschrieben werden die Namen der Felder, nie ihr Inhalt.",
        "It can be traced who looked at or changed an account, a contract or a setting, and when. "
        "The names of the fields are written down, never what they hold.",
    ),
    subjects=EVERYBODY,
    fields=(
        Field(
            Text("Rolle und Kennung der Person", "Role and key of the person"),
            ("audit_entry.role", "audit_entry.actor_id"),
        ),
        Field(Text("Zeitpunkt", "Time"), ("audit_entry.at",)),
        Field(
            Text(
                "Was getan wurde, woran und an welchen Feldern",
                "What was done, to what and to which fields",
            ),
            (
                "audit_entry.code",
                "audit_entry.kind",
                "audit_entry.object_id",
                "audit_entry.fields",
            ),
        ),
    ),
    legal_basis=(LegalBasis.LEGITIMATE_INTEREST,),
    interest=Text(
        "Aufklärung von Fehlern und von unbefugtem Zugriff",
        "Clearing up mistakes and unauthorised access",
    ),
    source=Text("Es entsteht bei der Arbeit im Portal.", "It arises from work in the portal."),
    retention=(AFTER_CONTRACT, Retention(PROVIDER_LEFT)),
)

TAKING_PART = DataUse(
    id="portal.plugin_accounts",
    title=Text("Teilnahme an Erweiterungen", "Taking part in extensions"),
    purpose=Text(
        "Manche Erweiterungen werden für einzelne Ärztinnen und Ärzte eingeschaltet. Wir "
        "speichern, für wen.",
        "Some extensions are switched on for single doctors. We store for whom.",
    ),
    subjects=(Subject.CUSTOMER,),
    fields=(
        Field(
            Text("Konto, Erweiterung und Zeitpunkt", "Account, extension and time"),
            ("plugin_account.account_id", "plugin_account.plugin", "plugin_account.since"),
        ),
    ),
    legal_basis=(LegalBasis.CONTRACT,),
    source=Text(
        "Die Projektadministration stellt es ein, oder Sie selbst.",
        "The administration sets it, or you do.",
    ),
    retention=Retention(Anchor.CONTRACT_END, Period(months=6)),
)

OWN_SETTINGS = DataUse(
    id="portal.plugin_settings",
    title=Text("Eigene Einstellungen in Erweiterungen", "Own settings in extensions"),
    purpose=Text(
        "Manche Erweiterungen lassen sich für die eigene Arbeit einstellen. Wir speichern, was Sie "
        "dort eintragen, verschlüsselt.",
        "Some extensions can be set up for one's own work. We store what you enter there, "
        "encrypted.",
    ),
    subjects=(Subject.CUSTOMER,),
    fields=(
        Field(
            Text("Konto und Erweiterung", "Account and extension"),
            ("plugin_own.account_id", "plugin_own.plugin"),
        ),
        Field(
            Text("Was Sie eingetragen haben", "What you have entered"),
            ("plugin_own.settings", "plugin_own.secrets"),
        ),
    ),
    legal_basis=(LegalBasis.CONTRACT,),
    source=Text("Sie tragen es selbst ein.", "You enter it yourself."),
    retention=Retention(Anchor.CONTRACT_END, Period(months=6)),
)

DECLARATIONS: tuple[Declaration, ...] = (
    ATTEMPTS,
    ACCESS_LOG,
    AUDIT,
    NotPersonal(
        "audit_entry",
        ("chain", "number", "hash"),
        "The place of an entry among the others, and the keyed hash that holds it there.",
    ),
    NotPersonal(
        "audit_chain",
        ("chain", "number", "hash"),
        "Where a chain of entries ends.",
    ),
    TAKING_PART,
    OWN_SETTINGS,
    NotPersonal(
        "plugin_company",
        ("provider_company_id", "plugin", "settings", "secrets"),
        "How a provider company has set an extension up; it names no person.",
    ),
    NotPersonal("plugin_own", ("organisation_id", "id"), "Random keys."),
    NotPersonal(
        "plugin_approval",
        ("plugin", "scopes", "hosts", "approved_at"),
        "What the operator has approved of a plugin; it names no person.",
    ),
    NotPersonal("plugin_account", ("organisation_id", "id"), "Random keys."),
    NotPersonal(
        "plugin_job",
        ("organisation_id", "id", "plugin", "name", "next_at", "last_at", "state"),
        "When work of a plugin comes round in an organisation; it names no person.",
    ),
)
