"""Personal data in the tables of imports and of bank details."""

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

KEPT = Period(days=30)

IMPORT = DataUse(
    id="projectadmin.import",
    title=Text("Import von Konten", "Import of accounts"),
    purpose=Text(
        "Die Projektadministration kann viele Konten aus einer Datei anlegen, vorher sehen, was "
        "sich ändert, und den Import zurücknehmen.",
        "The project administration can create many accounts from a file, see beforehand what "
        "changes, and undo the import.",
    ),
    subjects=(Subject.CUSTOMER,),
    fields=(
        Field(
            Text(
                "Zeilen der Datei, Vorschau und vorige Werte geänderter Konten",
                "Rows of the file, preview and former values of changed accounts",
            ),
            ("account_import.payload", "account_import.report", "account_import.undo"),
        ),
        Field(
            Text("Wer wann importiert hat", "Who imported, and when"),
            ("account_import.made_by", "account_import.created_at"),
        ),
    ),
    legal_basis=(LegalBasis.CONTRACT,),
    source=Text(
        "Die Projektadministration lädt die Datei hoch.",
        "The project administration uploads the file.",
    ),
    retention=Retention(Anchor.CREATED, KEPT, ends=("account_import.delete_after",)),
)

BANK = DataUse(
    id="projectadmin.bank",
    title=Text("Bankverbindung", "Bank details"),
    purpose=Text(
        "Wer per Lastschrift zahlen möchte, gibt eine Bankverbindung und ein SEPA-Mandat an. Die "
        "Nummer ist verschlüsselt; gezeigt werden die letzten vier Zeichen, und wer sie ganz "
        "ansieht, steht im Protokoll.",
        "Those who wish to pay by direct debit state bank details and a SEPA mandate. The number "
        "is encrypted; its last four characters are shown, and whoever looks at all of it is in "
        "the log.",
    ),
    subjects=(Subject.CUSTOMER,),
    fields=(
        Field(Text("Name auf dem Konto", "Name on the account"), ("bank_details.holder",)),
        Field(Text("IBAN", "IBAN"), ("bank_details.iban", "bank_details.last_four")),
        Field(
            Text("Referenz und Datum des SEPA-Mandats", "Reference and date of the SEPA mandate"),
            ("bank_details.mandate_reference", "bank_details.mandate_on"),
        ),
    ),
    legal_basis=(LegalBasis.CONTRACT,),
    source=Text(
        "Die Projektadministration gibt sie freiwillig an.",
        "The project administration states them of its own accord.",
    ),
    retention=AFTER_CONTRACT,
)

DECLARATIONS: tuple[Declaration, ...] = (
    IMPORT,
    BANK,
    NotPersonal("bank_details", ("organisation_id", "id"), "Random keys."),
    NotPersonal(
        "account_import",
        (
            "organisation_id",
            "id",
            "state",
            "language",
            "done",
            "total",
            "fresh",
            "changed",
            "same",
            "faults",
            "invites",
            "delete_after",
        ),
        "Random keys, the state of the import, and numbers of rows.",
    ),
)
