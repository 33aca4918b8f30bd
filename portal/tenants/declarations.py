"""Personal data in the tables of the customers and of those who provide the service."""

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
    Subject,
    Text,
)

AFTER_CONTRACT = Retention(Anchor.CONTRACT_END, Period(months=6))
# What a contract and its termination are in commercial and tax law: letters that are kept.
HOLDS = {
    "DE": Retention(
        Anchor.STATUTORY,
        Period(years=6, year_end=True),
        rule=Text(
            "§ 257 Abs. 1 Nr. 2 und Abs. 4 HGB, § 147 Abs. 1 Nr. 2 und Abs. 3 AO (Deutschland)",
            "Section 257 (1) no. 2, (4) HGB, section 147 (1) no. 2, (3) AO (Germany)",
        ),
    ),
    "AT": Retention(
        Anchor.STATUTORY,
        Period(years=7, year_end=True),
        rule=Text(
            "§ 212 Abs. 1 UGB, § 132 Abs. 1 BAO (Österreich)",
            "Section 212 (1) UGB, section 132 (1) BAO (Austria)",
        ),
    ),
}
PROVIDER_LEFT = Event(
    "provider_left",
    Text(
        "die Anbieterin den Betrieb des Portals beendet hat",
        "the provider has ceased to run the portal",
    ),
)

DECLARATIONS: tuple[Declaration, ...] = (
    DataUse(
        id="tenants.provider",
        title=Text("Angaben zur Anbieterin", "Details of the provider"),
        purpose=Text(
            "Wer das Portal nutzt, soll wissen, wer dafür verantwortlich ist und an wen man sich "
            "wenden kann.",
            "Those who use the portal shall know who is responsible for it and whom to turn to.",
        ),
        subjects=(Subject.STAFF,),
        fields=(
            Field(
                Text("Geschäftsführung", "Managing directors"),
                ("provider_company.managing_directors",),
            ),
            Field(
                Text("Datenschutzbeauftragte Person", "Data protection officer"),
                ("provider_company.privacy_officer", "provider_company.privacy_officer_contact"),
            ),
        ),
        legal_basis=(LegalBasis.LEGAL_OBLIGATION,),
        source=Text("Die Anbieterin gibt sie an.", "The provider states them."),
        retention=Retention(PROVIDER_LEFT),
    ),
    DataUse(
        id="tenants.contract",
        title=Text("Vertragsdaten", "Contract data"),
        purpose=Text(
            "Wir führen den Vertrag mit der Praxis oder Einrichtung und betreuen sie.",
            "We carry out the contract with the practice or institution and support it.",
        ),
        subjects=(Subject.CUSTOMER,),
        fields=(
            Field(
                Text(
                    "Telefon, Logo, Farben und SMS-Absender der Praxis oder Einrichtung",
                    "Telephone, logo, colours and SMS sender of the practice or institution",
                ),
                (
                    "organisation.phone",
                    "organisation.logo",
                    "organisation.accent",
                    "organisation.accent_2",
                    "organisation.sms_sender",
                ),
            ),
            Field(
                Text("Ansprechperson bei uns", "Contact person on our side"),
                ("organisation.support_contact",),
            ),
        ),
        legal_basis=(LegalBasis.CONTRACT,),
        source=Text(
            "Die Praxis oder Einrichtung gibt sie beim Abschluss des Vertrags an.",
            "The practice or institution states them when the contract is made.",
        ),
        retention=AFTER_CONTRACT,
    ),
    DataUse(
        id="tenants.contract_kept",
        title=Text("Vertrag und seine Kündigung", "Contract and its termination"),
        purpose=Text(
            "Wir führen den Vertrag und heben auf, was das Handels- und Steuerrecht verlangt.",
            "We carry out the contract and keep what commercial and tax law demand.",
        ),
        subjects=(Subject.CUSTOMER,),
        fields=(
            Field(
                Text(
                    "Name und Land der Praxis oder Einrichtung",
                    "Name and country of the practice or institution",
                ),
                ("organisation.name", "organisation.country"),
            ),
            Field(
                Text("Beginn und Ende des Vertrags", "Start and end of the contract"),
                (
                    "organisation.contract_start",
                    "organisation.contract_end",
                    "organisation.terminated_at",
                    "organisation.erased_at",
                    "organisation.created_at",
                ),
            ),
            Field(
                Text("Zahl der Plätze", "Number of seats"),
                ("organisation.seats",),
            ),
        ),
        legal_basis=(LegalBasis.CONTRACT, LegalBasis.LEGAL_OBLIGATION),
        source=Text(
            "Die Praxis oder Einrichtung gibt sie beim Abschluss des Vertrags an.",
            "The practice or institution states them when the contract is made.",
        ),
        retention=tuple(HOLDS.values()),
    ),
    NotPersonal(
        "provider_company",
        (
            "id",
            "name",
            "country",
            "address",
            "phone",
            "email",
            "authority",
            "authority_contact",
            "undertaking_version",
        ),
        "They belong to a company and to a public authority, not to a person.",
    ),
    NotPersonal(
        "organisation",
        (
            "id",
            "provider_company_id",
            "relay_only",
            "factor_required",
            "is_demo",
            "import_id",
            "identity_source",
        ),
        "Random keys, and technical choices for the organisation.",
    ),
    NotPersonal(
        "provider_certificate",
        ("id", "provider_company_id", "kind", "number", "issuer", "valid_from", "valid_until"),
        "A certificate of a company, issued by another one.",
    ),
    NotPersonal(
        "provider_processor",
        (
            "id",
            "provider_company_id",
            "name",
            "address",
            "country",
            "service_de",
            "service_en",
        ),
        "Companies that work for the provider, as its notice names them.",
    ),
    NotPersonal(
        "plugin_switch",
        ("organisation_id", "id", "plugin", "is_on", "rank", "settings"),
        "What the organisation has switched on, and how it is set up; it names no person.",
    ),
)
