"""Personal data of the form: in which visit a guest agreed, and when."""

from __future__ import annotations

from portal.api import (
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

# The portal deletes the rows itself, ninety days after the moment in this column.
KEPT = Retention(Anchor.CREATED, Period(days=90), begins=("p_consent_form_agreement.agreed_at",))

DECLARATIONS: tuple[Declaration, ...] = (
    DataUse(
        id="consent_form.agreement",
        title=Text("Einwilligungsbogen der Praxis", "The practice's consent form"),
        purpose=Text(
            "Die Praxis kann Sie im Wartezimmer um eine eigene Einwilligung bitten. Wir speichern, "
            "dass und wann Sie eingewilligt haben, damit die Praxis es nachweisen kann.",
            "In the waiting room the practice can ask you for a consent of its own. We store that "
            "and when you agreed, so that the practice can prove it.",
        ),
        subjects=(Subject.GUEST,),
        fields=(
            Field(
                Text("Kennung des Besuchs", "Key of the visit"),
                ("p_consent_form_agreement.id", "p_consent_form_agreement.visit_id"),
            ),
            Field(
                Text("Zeitpunkt und Fassung des Textes", "Time, and version of the text"),
                ("p_consent_form_agreement.agreed_at", "p_consent_form_agreement.version"),
            ),
        ),
        legal_basis=(LegalBasis.LEGAL_OBLIGATION,),
        source=Text("Sie geben die Einwilligung.", "You give the consent."),
        retention=KEPT,
    ),
    NotPersonal(
        "p_consent_form_agreement", ("organisation_id",), "The random key of the organisation."
    ),
    NotPersonal(
        "p_consent_form_month",
        ("organisation_id", "id", "month", "number"),
        "A number for a whole month; it names no guest.",
    ),
)
