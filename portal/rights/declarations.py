"""Personal data in the table of requests: kept as proof, as long as claims may be raised."""

from __future__ import annotations

from portal.personaldata import (
    DataUse,
    Declaration,
    Event,
    Field,
    LegalBasis,
    NotPersonal,
    Retention,
    Subject,
    Text,
)
from portal.privacy.declarations import LIMITATION

CLOSED = Event(
    "rights_request_closed",
    Text("das Anliegen beantwortet ist", "the request has been answered"),
)

REQUESTS = DataUse(
    id="rights.requests",
    title=Text("Anliegen zum Datenschutz und Beschwerden", "Privacy requests and complaints"),
    purpose=Text(
        "Wer Auskunft, Berichtigung, Löschung oder anderes verlangt oder sich beschwert, bekommt "
        "innerhalb eines Monats eine Antwort. Wir müssen nachweisen können, dass es so war.",
        "Those who ask for access, rectification, erasure or something else, or complain, get an "
        "answer within a month. We have to be able to prove that it was so.",
    ),
    subjects=(Subject.CUSTOMER,),
    fields=(
        Field(
            Text("Nummer, Art und Stand des Anliegens", "Number, kind and state of the request"),
            (
                "rights_request.number",
                "rights_request.kind",
                "rights_request.state",
                "rights_request.account_id",
            ),
        ),
        Field(
            Text("Was die Person schrieb, und unsere Antwort", "What the person wrote, our answer"),
            ("rights_request.text", "rights_request.answer"),
        ),
        Field(
            Text("Zeitpunkte und Frist", "Times and deadline"),
            (
                "rights_request.asked_at",
                "rights_request.due_at",
                "rights_request.reminded_at",
                "rights_request.closed_at",
            ),
        ),
        Field(
            Text("Kennung der Person, die antwortete", "Key of the person who answered"),
            ("rights_request.closed_by",),
        ),
    ),
    legal_basis=(LegalBasis.LEGAL_OBLIGATION,),
    source=Text("Die Person selbst gibt sie an.", "The person states them."),
    retention=Retention(CLOSED, LIMITATION, begins=("rights_request.closed_at",)),
)

DECLARATIONS: tuple[Declaration, ...] = (
    REQUESTS,
    NotPersonal("rights_request", ("organisation_id", "id"), "Random keys."),
)
