"""What can be wrong with a message, in the one shape that every client understands."""


def N_(sentence: str) -> str:  # noqa: N802 - the name that the extractor of translations looks for
    """Mark a sentence for translation; the portal translates, because it knows the reader."""
    return sentence


SENTENCES = {
    "invalid_message": N_("Diese Nachricht ist nicht richtig aufgebaut. Laden Sie die Seite neu."),
    "unknown_type": N_("Diese Art von Nachricht gibt es nicht. Laden Sie die Seite neu."),
    "not_joined": N_("Sie sind nicht in diesem Gespräch."),
    "not_host": N_("Das kann nur, wer das Gespräch leitet."),
    "too_large": N_("Diese Nachricht ist zu groß."),
    "too_many": N_("Zu viele Nachrichten auf einmal. Warten Sie einen Augenblick."),
    "bad_description": N_("Der Verbindungsvorschlag wurde abgelehnt. Laden Sie die Seite neu."),
    "bad_candidate": N_("Die Verbindungsadresse wurde abgelehnt. Laden Sie die Seite neu."),
    "hello_required": N_("Die Verbindung muss sich zuerst vorstellen. Laden Sie die Seite neu."),
    "version": N_("Diese Seite ist zu alt für den Server. Laden Sie die Seite neu."),
}


class EngineError(Exception):
    """A message that is refused; nothing was changed and nobody else was told."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details

    @property
    def sentence(self) -> str:
        """Say in German what happened and what to do; it is also the key of the translation."""
        return SENTENCES[self.code]
