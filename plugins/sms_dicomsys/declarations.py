"""Personal data that leave for the gateway. The plugin itself stores none."""

from __future__ import annotations

from portal.api import Declaration, Recipient, Text, text_messages_sent

LABEL = Text("SMS über dicomsys", "Text messages by dicomsys")
DICOMSYS = Recipient(
    name="dicomsys GmbH",
    address="Campusallee 10, 51379 Leverkusen",
    country="DE",
    role=Text("Versand von SMS", "Sending text messages"),
)

DECLARATIONS: tuple[Declaration, ...] = (text_messages_sent("sms_dicomsys", LABEL, DICOMSYS),)
