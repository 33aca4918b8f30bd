"""The words of messages: ours, or those of the organisation, with gaps that are filled when sent.

They name no specialty, reason or practice, because a telephone may be shared; and no address but
the portal's own, so that nothing in them can follow anybody. A word list cannot prove the first:
the page says it beside the field, and refuses the words that it knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import delete, select

from portal.extensions import db
from portal.messages import lengths
from portal.messages.models import MessageText
from portal.tenants.scope import current_tenant
from portal.tenants.service import get_organisation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SMS, MAIL = "sms", "mail"
OCCASION, REMINDER = "access_code", "reminder"
GAPS = ("code", "link", "until", "phone", "when")
MAX_PARTS = 3
_GAP = re.compile(r"\{([^{}]*)\}")
_ADDRESS = re.compile(
    r"://|\bwww\.|@|\b[\w-]+\.(?:de|at|ch|com|net|org|eu|info|io|ly|me|app|link|to|co|biz)\b",
    re.IGNORECASE,
)
# Beginnings of words that would tell others why somebody comes.
_TELLING = re.compile(
    r"\b(psych|kardio|cardio|onko|onco|gynäk|gynaec|derma|hautarzt|urolog|neurolog|orthop|frauenarzt"
    r"|frauenärzt|sucht|addiction|krebs|cancer|hiv\b|aids\b|schwanger|pregnan|diagnos|befund|therap"
    r"|dialyse|dialysis|abtreib|abort|depress|rezept|prescription)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Words:
    """Subject (of a mail) and text, with gaps or filled."""

    text: str
    subject: str = ""


def ours(channel: str) -> Words:
    """Return the words as the portal brings them, in the language in force."""
    if channel == SMS:
        return Words(_("Ihr Zugangscode: {code}. Zum Warteraum: {link}\nTermin: {when}"))
    return Words(
        _(
            "Guten Tag,\n\nIhr Termin: {when}\n\nIhr Zugangscode lautet {code}.\n\n"
            "Hier geht es zum Warteraum:\n{link}\n\n"
            "Der Code gilt bis {until}. Sie brauchen kein Konto und keine App, nur einen Browser, "
            "eine Kamera und ein Mikrofon.\n\nBei Fragen rufen Sie an: {phone}\n\n"
            "Bitte antworten Sie nicht auf diese Nachricht."
        ),
        _("Ihr Zugangscode"),
    )


def reminder(channel: str) -> Words:
    """Return the words that remind of an appointment, in the language in force."""
    if channel == SMS:
        return Words(_("Erinnerung: Ihr Termin per Video ist am {when}. Zum Warteraum: {link}"))
    return Words(
        _(
            "Guten Tag,\n\nIhr Termin per Video ist am {when}.\n\nHier geht es zum Warteraum:\n"
            "{link}\n\nIhr Zugangscode lautet {code}.\n\nBei Fragen rufen Sie an: {phone}\n\n"
            "Bitte antworten Sie nicht auf diese Nachricht."
        ),
        _("Erinnerung an Ihren Termin"),
    )


def stored(channel: str, language: str, occasion: str = OCCASION) -> Words | None:
    """Return the organisation's own words, or None while it uses ours."""
    row = db.session.scalar(
        select(MessageText).where(
            MessageText.occasion == occasion,
            MessageText.channel == channel,
            MessageText.language == language,
        )
    )
    return Words(row.text, row.subject) if row else None


def in_use(channel: str, language: str) -> Words:
    """Return the words that are sent in one language: the organisation's, or ours."""
    with force_locale(language):
        return stored(channel, language) or ours(channel)


def store(channel: str, language: str, words: Words | None, occasion: str = OCCASION) -> None:
    """Keep the organisation's words, or go back to ours; the caller commits."""
    own = delete(MessageText).where(
        MessageText.organisation_id == current_tenant(),
        MessageText.occasion == occasion,
        MessageText.channel == channel,
        MessageText.language == language,
    )
    db.session.execute(own.execution_options(synchronize_session=False))
    if words:
        db.session.add(
            MessageText(
                occasion=occasion,
                channel=channel,
                language=language,
                subject=words.subject,
                text=words.text,
            )
        )
    db.session.flush()


def values(code: str, until: str = "", when: str = "") -> dict[str, str]:
    """Return what fills the gaps; what follows the # of the link never reaches a server's log."""
    return {
        "code": code,
        "link": f"{current_app.config['BASE_URL']}/j#{code.replace('-', '')}",
        "until": until,
        "when": when,
        "phone": get_organisation(current_tenant()).phone or "",
    }


def filled(words: Words, given: Mapping[str, str]) -> Words:
    """Return the words with their gaps filled; a line whose gap stays empty is left out."""
    lines = [
        _GAP.sub(lambda gap: given.get(gap[1], gap[0]), line)
        for line in words.text.splitlines()
        if all(given.get(gap, gap) for gap in _GAP.findall(line))
    ]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return Words(text, _GAP.sub(lambda gap: given.get(gap[1], gap[0]), words.subject))


def problems(words: Words, channel: str, given: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what is wrong with an organisation's words, by field; nothing when they may go out."""
    found = misfits(words, GAPS)
    text, subject = _GAP.findall(words.text), _GAP.findall(words.subject)
    if "code" not in text and "link" not in text:
        found["text"].append(_("Ohne {code} oder {link} kommt niemand in den Warteraum."))
    if "code" in subject or "link" in subject:
        found["subject"].append(
            _("Im Betreff steht kein Code: Er ist auf gesperrten Geräten zu sehen.")
        )
    if channel == SMS and lengths.measure(filled(words, given).text).parts > MAX_PARTS:
        found["text"].append(_("Zu lang: höchstens %(parts)s SMS.", parts=MAX_PARTS))
    return {field: said for field, said in found.items() if said}


def misfits(words: Words, gaps: Sequence[str]) -> dict[str, list[str]]:
    """Return, by field, what no words of a message may hold, whatever they are for."""
    found: dict[str, list[str]] = {"text": [], "subject": []}
    for field, text in (("text", words.text), ("subject", words.subject)):
        unknown = [gap for gap in _GAP.findall(text) if gap not in gaps]
        if unknown or text.count("{") != len(_GAP.findall(text)) or "}" in _GAP.sub("", text):
            found[field].append(_only(gaps))
        if _ADDRESS.search(text):
            found[field].append(
                _("Keine Adressen: {link} führt zum Portal, und {phone} zu Ihrer Praxis.")
                if "link" in gaps
                else _("Keine Adressen: Ein Aufruf könnte zeigen, wer die Nachricht liest.")
            )
        if telling := _TELLING.search(text):
            found[field].append(
                _("„%(word)s“ verrät das Fachgebiet oder den Anlass.", word=telling[0])
            )
    return found


def _only(gaps: Sequence[str]) -> str:
    if not gaps:
        return _("Dieser Text hat keine Platzhalter.")
    return _("Platzhalter sind %(gaps)s, und keine anderen.", gaps=in_braces(gaps))


def gaps_in(*texts: str) -> tuple[str, ...]:
    """Return the names of the gaps in some texts, each once."""
    return tuple(dict.fromkeys(gap for text in texts for gap in _GAP.findall(text)))


def in_braces(gaps: Sequence[str]) -> str:
    """Return gaps as they are typed: {code}, {link}."""
    return ", ".join(f"{{{gap}}}" for gap in gaps)
