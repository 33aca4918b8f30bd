"""Messages: put into the outbox with their cause, traced afterwards without the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import clock, outbox
from portal.api import MessageState
from portal.errors import PortalError
from portal.extensions import db
from portal.happenings import Happened, Happening, happened
from portal.language import language, written_moment
from portal.messages import calendar, lengths, numbers, rules, texts
from portal.messages import states as states_of
from portal.messages.declarations import TRACED
from portal.messages.models import Message
from portal.messages.numbers import BadNumberError, Number
from portal.messages.polling import FIRST
from portal.outbox import Letter
from portal.pluginhost import service as pluginhost
from portal.tenants.scope import current_tenant
from portal.tenants.service import get_company, get_organisation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portal.outbox import Done, Parcel

__all__ = [
    "AskedBeforeError",
    "BadNumberError",
    "CodeOrder",
    "NoSmsError",
    "queue_access_code",
    "queue_mail",
    "queue_sms",
    "send_code",
    "states",
]

SMS, MAIL = "sms", "mail"
QUEUED = "queued"
DAY_BEFORE = timedelta(days=1)


class NoSmsError(PortalError):
    """No provider of text messages is switched on for this organisation."""

    code = "no_sms"
    status = 422
    sentence = _l("Für Ihre Praxis ist kein Versand von SMS eingerichtet.")
    cure = _l("Geben Sie den Code am Telefon durch, oder wenden Sie sich an Ihre Anbieterin.")

    def __init__(self) -> None:
        super().__init__(fields={"phone": [self.message()]})


class AskedBeforeError(PortalError):
    """The same request arrived before and its message is under way, so this one sends none."""

    code = "asked_before"
    status = 409
    sentence = _l("Diese Nachricht ist schon unterwegs.")
    cure = _l("Laden Sie die Seite neu, dann sehen Sie, wie weit sie ist.")


@dataclass(frozen=True)
class CodeOrder:
    """An access code on its way to a guest.

    :param until: the last day on which it is valid, as people write it.
    :param request_key: names the request that asked for it; one that arrives twice sends once.
    :param starts_at: of the appointment, if there is one; a mail then brings a calendar entry.
    :param remind: whether a second message goes out a day before the appointment.
    """

    code: str
    code_id: str
    until: str = ""
    request_key: str = ""
    starts_at: datetime | None = None
    remind: bool = False

    @property
    def reminds_at(self) -> datetime | None:
        """Return when the reminder goes out."""
        return self.starts_at - DAY_BEFORE if self.starts_at and self.remind else None


def queue_access_code(phone: str, code: str, code_id: str, *, now: datetime) -> str:
    """Put the text message that brings an access code into the outbox; see ``send_code``."""
    return send_code(SMS, phone, CodeOrder(code, code_id), now=now)


def send_code(channel: str, to: str, order: CodeOrder, *, now: datetime) -> str:
    """Put the message that brings an access code into the outbox; return the message's id.

    :param channel: ``sms`` or ``mail``.
    :raise BadNumberError: the number is none that a text message can go to.
    :raise NoSmsError: the organisation has no provider.
    :raise CountryNotAllowedError: the organisation sends none to the number's country.
    :raise SmsLimitError: too many went out today, or to this number.
    :raise AskedBeforeError: this request was answered already.
    """
    when = written_moment(order.starts_at) if order.starts_at else ""
    gaps = texts.values(order.code, order.until, when)
    how: dict[str, Any] = {"subject_id": order.code_id, "now": now}
    if order.reminds_at and order.reminds_at > now:
        words = texts.filled(texts.reminder(channel), gaps)
        _queue(channel, to, texts.REMINDER, words, **how, not_before=order.reminds_at)
    if order.request_key:
        how["request_key"] = f"{order.request_key}:{channel}"
    if order.starts_at and channel == MAIL:
        how["calendar"] = calendar.entry(order.code_id, order.starts_at, gaps, now=now)
    return _queue(
        channel, to, texts.OCCASION, texts.filled(texts.in_use(channel, language()), gaps), **how
    )


def _queue(channel: str, to: str, occasion: str, words: texts.Words, **how: Any) -> str:  # noqa: ANN401  as the channel takes
    if channel == SMS:
        return queue_sms(to, occasion, words.text, **how)
    return queue_mail(to, occasion, (words.subject, words.text), **how)


def queue_sms(
    to: str,
    occasion: str,
    text: str,
    *,
    subject_id: str,
    now: datetime,
    **how: Any,  # noqa: ANN401  as a parcel takes
) -> str:
    """Put a text message into the outbox of the current transaction; return the message's id.

    :param subject_id: what it is about, a code for instance; ``states`` asks by it.
    :param how: ``request_key`` names the request that asked for it, so that one which arrives
        twice is one message; ``provider`` names the one provider that may send it;
        ``not_before`` is the time before which it does not go out.
    :raise BadNumberError: the number is none that a text message can go to.
    :raise NoSmsError: the organisation has no provider.
    :raise CountryNotAllowedError: the organisation sends none to the number's country.
    :raise SmsLimitError: too many went out today, or to this number.
    :raise AskedBeforeError: this request was answered already.
    """
    if not pluginhost.answering("send_sms"):
        raise NoSmsError
    number = numbers.read(to, get_organisation(current_tenant()).country)
    parts = lengths.measure(text).parts
    payload = {"to": number.e164, "text": text}
    letter = Letter(
        SMS, occasion, payload, subject_id, how.get("provider", ""), how.get("not_before")
    )
    message_id = _put(letter, number, now, parts=parts, request_key=how.get("request_key"))
    rules.spend(number, parts, occasion)
    return message_id


def queue_mail(
    to: str,
    occasion: str,
    words: tuple[str, str],
    *,
    subject_id: str,
    now: datetime,
    **how: Any,  # noqa: ANN401  as a parcel takes
) -> str:
    """Put a mail into the outbox of the current transaction; return the message's id.

    :param words: subject and text; neither may name a specialty or a reason.
    :param how: ``request_key`` and ``not_before``, as for a text message; ``calendar`` is an entry
        for the calendar (RFC 5545) that comes along.
    :raise AskedBeforeError: this request was answered already.
    """
    subject, text = words
    payload = {"to": to, "subject": subject, "text": text, "calendar": how.get("calendar", "")}
    letter = Letter(MAIL, occasion, payload, subject_id, not_before=how.get("not_before"))
    return _put(letter, Number("", "", ""), now, request_key=how.get("request_key"))


def _put(letter: Letter, number: Number, now: datetime, **traced: Any) -> str:  # noqa: ANN401
    message_id = outbox.put(letter, now=now)
    db.session.add(
        Message(
            id=message_id,
            organisation_id=current_tenant(),
            occasion=letter.occasion,
            channel=letter.kind,
            country=number.country,
            number=number.traceable,
            state=QUEUED,
            created_at=now,
            changed_at=now,
            subject_id=letter.subject_id,
            delete_after=TRACED.period.after(now),
            **traced,
        )
    )
    try:
        db.session.flush()
    except IntegrityError as error:
        raise AskedBeforeError from error
    return message_id


def asked_before(request_key: str) -> str | None:
    """Return what the message of an earlier, equal request is about, or None."""
    keys = [f"{request_key}:{channel}" for channel in (SMS, MAIL)]
    query = select(Message.subject_id).where(Message.request_key.in_(keys)).limit(1)
    return db.session.scalar(query) if request_key else None


def note(parcel: Parcel, done: Done) -> None:
    """Write down what became of a message, in the transaction that removes its address."""
    now = clock.now()
    state = MessageState(done.state)
    noted: dict[str, Any] = {"provider": done.provider}
    if state is MessageState.SENT and done.reports:
        state = MessageState.ACCEPTED
        noted |= {"provider_ref": done.reference, "next_poll_at": now + FIRST}
    states_of.move(parcel.id, state, now=now, **noted)
    if state in {MessageState.SENT, MessageState.ACCEPTED}:
        _count(parcel.id, now)


def _count(message_id: str, now: datetime) -> None:
    """Say that a message went out: to which country and why, or by which domain (MSG-2)."""
    row = db.session.get(Message, (current_tenant(), message_id))
    if row is None:
        return
    if row.channel == SMS:
        facts = {"country": row.country, "occasion": row.occasion}
        happened(Happened(Happening.SMS, now, current_tenant(), facts=facts))
    else:
        company = get_company(get_organisation(current_tenant()).provider_company_id)
        domain = company.email.rpartition("@")[2]
        happened(Happened(Happening.MAIL, now, current_tenant(), facts={"domain": domain}))


def states(subject_ids: Sequence[str]) -> dict[str, str]:
    """Return the state of the newest message about each subject that has one."""
    query = (
        select(Message.subject_id, Message.state)
        .where(Message.subject_id.in_(subject_ids), Message.occasion != texts.REMINDER)
        .order_by(Message.created_at)
    )
    return {row[0]: row[1] for row in db.session.execute(query)} if subject_ids else {}
