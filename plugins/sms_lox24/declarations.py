"""Personal data that leave for LOX24. The plugin itself stores none."""

from __future__ import annotations

from portal.api import (
    Anchor,
    DataUse,
    Declaration,
    Field,
    LegalBasis,
    Recipient,
    Retention,
    Storage,
    Subject,
    Text,
)

LOX24 = Recipient(
    name="LOX24 GmbH",
    address="Berlin",
    country="DE",
    role=Text("Versand von SMS", "Sending text messages"),
)

DECLARATIONS: tuple[Declaration, ...] = (
    DataUse(
        id="sms_lox24.send",
        title=Text("SMS über LOX24", "Text messages by LOX24"),
        purpose=Text(
            "Wünscht die Praxis, dass Ihr Zugangscode als SMS kommt, geht Ihre Mobilnummer mit dem "
            "Text an diesen Dienst. Der Text nennt weder Fachgebiet noch Anlass. Der Dienst meldet "
            "zurück, ob die SMS ankam.",
            "If the practice wants your access code to come as a text message, your mobile number "
            "goes to this service together with the text. The text names no specialty or reason. "
            "The service reports whether the message arrived.",
        ),
        subjects=(Subject.GUEST,),
        fields=(
            Field(Text("Mobilnummer", "Mobile number")),
            Field(Text("Text der SMS mit dem Zugangscode", "Text of the message with the code")),
        ),
        legal_basis=(LegalBasis.CONSENT, LegalBasis.HEALTH_CONSENT),
        consent_id="guest.visit",
        source=Text("Die Praxis gibt die Nummer an.", "The practice states the number."),
        recipients=(LOX24,),
        retention=Retention(Anchor.IMMEDIATE),
        storage=Storage.NOWHERE,
    ),
)
