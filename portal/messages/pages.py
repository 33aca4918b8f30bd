"""What the pages of messages show and change, put together for their views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from portal import audit
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.language import language, written_date
from portal.messages import lengths, reports, rules, service, texts
from portal.messages.models import Message
from portal.pluginhost import service as pluginhost
from portal.tenants.scope import current_tenant, new_id
from portal.tenants.service import get_organisation, get_switch

if TYPE_CHECKING:
    from datetime import datetime

    from portal.api import Price
    from portal.messages.forms import RulesForm
    from portal.messages.lengths import Length
    from portal.messages.texts import Words

SEND = "send_sms"
SAMPLE = "K7MR-4TXP-9WQ2"
LANGUAGES = ("de", "en")
CHANNELS = ("sms", "mail")
audit.words(
    {
        "messages.rules.changed": _l("Regeln für SMS geändert"),
        "messages.order.changed": _l("Reihenfolge der Versanddienste geändert"),
        "messages.report_addresses.renewed": _l("Adressen für Zustellberichte erneuert"),
        "messages.text.changed": _l("Text einer Nachricht geändert"),
        "messages.text.reset": _l("Text einer Nachricht zurückgesetzt"),
        "messages.trial.sent": _l("Test-SMS verschickt"),
    },
    {
        "countries": _l("Länder"),
        "daily_parts": _l("SMS am Tag"),
        "per_number": _l("SMS an eine Nummer"),
    },
)


@dataclass(frozen=True)
class Provider:
    """One provider of text messages in the organisation's order."""

    name: str
    label: str
    report_url: str
    place: int


def providers() -> list[Provider]:
    """Return the providers that are on here, in the order in which they are asked."""
    labels = {each["name"]: each["label"] for each in pluginhost.known()}
    names = pluginhost.answering(SEND)
    return [
        Provider(name, labels[name], reports.address(name), place)
        for place, name in enumerate(names)
    ]


def provider(name: str) -> Provider:
    """Return one provider that is on here.

    :raise NotFoundHereError: it is off here, or sends no text messages.
    """
    for each in providers():
        if each.name == name:
            return each
    raise NotFoundHereError


def move_up(name: str, *, now: datetime) -> None:
    """Let a provider be asked one place earlier; the caller commits.

    :raise NotFoundHereError: it is off here.
    """
    place = provider(name).place
    order = pluginhost.answering(SEND)
    if place:
        order[place - 1], order[place] = order[place], order[place - 1]
    for rank, each in enumerate(order):
        get_switch(each).rank = rank
    db.session.flush()
    audit.record(
        "messages.order.changed", "organisation", current_tenant(), fields=("order",), now=now
    )


def change_rules(form: RulesForm, *, now: datetime) -> None:
    """Keep the rules of a valid form; the caller commits."""
    before = rules.get()
    after = {
        "countries": " ".join(form.country_list()),
        "daily_parts": form.daily_parts.data,
        "per_number": form.per_number.data,
    }
    held = {**before.__dict__, "countries": " ".join(before.countries)}
    changed = [name for name, value in after.items() if held[name] != value]
    rules.store(**after)
    if changed:
        organisation = current_tenant()
        audit.record(
            "messages.rules.changed", "organisation", organisation, fields=changed, now=now
        )


def renew_report_addresses(*, now: datetime) -> None:
    """Make the secret part of all addresses of reports anew; the caller commits."""
    rules.store(report_salt=new_id())
    audit.record("messages.report_addresses.renewed", "organisation", current_tenant(), now=now)


def try_provider(name: str, phone: str, *, now: datetime) -> str:
    """Put a test message for one provider into the outbox; return its id. The caller commits.

    :raise NotFoundHereError: it is off here.
    """
    known = provider(name)
    text = str(_l("Test der SMS von Praxisfenster. Sie müssen nichts tun."))
    subject = f"trial-{new_id()}"
    message_id = service.queue_sms(
        phone, "test", text, subject_id=subject, now=now, provider=known.name
    )
    audit.record("messages.trial.sent", "plugin", known.name, now=now)
    return message_id


def get_trial(message_id: str) -> Message:
    """Return a test message.

    :raise NotFoundHereError: there is none with this id here.
    """
    found = db.session.get(Message, (current_tenant(), message_id))
    if found is None or found.occasion != "test":
        raise NotFoundHereError
    return found


@dataclass(frozen=True)
class Draft:
    """The words of one way and language, and how they would arrive.

    :param plugin: which brings them, with its occasion; empty for the portal's own.
    :param title: what the plugin's words are for.
    """

    channel: str
    language: str
    words: Words
    own: bool
    preview: Words
    length: Length
    price: Price | None = None
    gaps: tuple[str, ...] = texts.GAPS
    plugin: str = ""
    occasion: str = ""
    title: str = ""

    @property
    def key(self) -> str:
        """Return what tells it apart from the others on the page."""
        return "-".join(filter(None, (self.plugin, self.occasion, self.channel, self.language)))

    @property
    def placeholders(self) -> str:
        """Return the gaps as they are typed."""
        return texts.in_braces(self.gaps)


def sample(now: datetime) -> dict[str, str]:
    """Return what fills the gaps of a preview."""
    return texts.values(SAMPLE, written_date(now.date()))


def draft(channel: str, lang: str, words: Words | None, *, now: datetime) -> Draft:
    """Return words as they would arrive; those in use when none are given.

    :raise NotFoundHereError: there is no such way or language.
    """
    if channel not in CHANNELS or lang not in LANGUAGES:
        raise NotFoundHereError
    own = texts.stored(channel, lang) is not None
    shown = words or texts.in_use(channel, lang)
    preview = texts.filled(shown, sample(now))
    length = lengths.measure(preview.text)
    return Draft(channel, lang, shown, own, preview, length, _price(length.parts, channel))


def _price(parts: int, channel: str) -> Price | None:
    if channel != "sms":
        return None
    home = get_organisation(current_tenant()).country
    found: Price | None = pluginhost.first("sms_quote", country=home, parts=parts)
    return found


@dataclass(frozen=True)
class Quote:
    """In how many parts the message with a code goes, and what it costs."""

    parts: int
    price: Price | None


def quote(now: datetime) -> Quote | None:
    """Return what a code by text message would cost; nothing where no provider is on."""
    if not pluginhost.answering(SEND):
        return None
    found = draft("sms", language(), None, now=now)
    return Quote(found.length.parts, found.price)
