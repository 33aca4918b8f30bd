"""Personal data that leave for LOX24. The plugin itself stores none."""

from __future__ import annotations

from portal.api import Declaration, Recipient, Text, text_messages_sent

LABEL = Text("SMS über LOX24", "Text messages by LOX24")
LOX24 = Recipient(
    name="LOX24 GmbH",
    address="Berlin",
    country="DE",
    role=Text("Versand von SMS", "Sending text messages"),
)

DECLARATIONS: tuple[Declaration, ...] = (text_messages_sent("sms_lox24", LABEL, LOX24),)
