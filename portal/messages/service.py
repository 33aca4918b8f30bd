"""Messages: put into the outbox with their cause, traced afterwards without the address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update

from portal import clock, outbox, pluginhost
from portal.errors import PortalError
from portal.extensions import db
from portal.messages import numbers, texts
from portal.messages.declarations import TRACED
from portal.messages.models import Message
from portal.messages.numbers import BadNumberError, Number
from portal.outbox import Letter
from portal.tenants.scope import across_tenants, current_tenant
from portal.tenants.service import get_organisation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portal.outbox import Parcel

__all__ = ["BadNumberError", "NoSmsError", "queue_access_code", "queue_mail", "queue_sms", "states"]

SMS, MAIL = "sms", "mail"
QUEUED = "queued"


class NoSmsError(PortalError):
    """No provider of text messages is switched on for this organisation."""

    code = "no_sms"
    status = 422  # type: ignore[assignment]
    sentence = _l("Für Ihre Praxis ist kein Versand von SMS eingerichtet.")
    cure = _l("Geben Sie den Code am Telefon durch, oder wenden Sie sich an Ihre Anbieterin.")

    def __init__(self) -> None:
        super().__init__(fields={"phone": [self.message()]})


def queue_access_code(phone: str, code: str, code_id: str, *, now: datetime) -> str:
    """Put the text message that brings an access code into the outbox; return the message's id.

    :raise BadNumberError: the number is none that a text message can go to.
    :raise NoSmsError: the organisation has no provider.
    """
    text = texts.access_code(code)
    return queue_sms(phone, "access_code", text, subject_id=code_id, now=now)


def queue_sms(to: str, occasion: str, text: str, *, subject_id: str, now: datetime) -> str:
    """Put a text message into the outbox of the current transaction; return the message's id.

    :param subject_id: what it is about, a code for instance; ``states`` asks by it.
    :raise BadNumberError: the number is none that a text message can go to.
    :raise NoSmsError: the organisation has no provider.
    """
    if not pluginhost.answering("send_sms"):
        raise NoSmsError
    number = numbers.read(to, get_organisation(current_tenant()).country)
    letter = Letter(SMS, occasion, {"to": number.e164, "text": text}, subject_id)
    return _put(letter, number, now)


def queue_mail(
    to: str, occasion: str, words: tuple[str, str], *, subject_id: str, now: datetime
) -> str:
    """Put a mail into the outbox of the current transaction; return the message's id.

    :param words: subject and text; neither may name a specialty or a reason.
    """
    subject, text = words
    letter = Letter(MAIL, occasion, {"to": to, "subject": subject, "text": text}, subject_id)
    return _put(letter, Number("", "", ""), now)


def _put(letter: Letter, number: Number, now: datetime) -> str:
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
        )
    )
    return message_id


def note(parcel: Parcel, state: str, provider: str) -> None:
    """Write down how far a message came."""
    traced = (
        update(Message)
        .where(Message.organisation_id == current_tenant(), Message.id == parcel.id)
        .values(state=state, provider=provider, changed_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    db.session.execute(traced)


def states(subject_ids: Sequence[str]) -> dict[str, str]:
    """Return the state of the newest message about each subject that has one."""
    query = (
        select(Message.subject_id, Message.state)
        .where(Message.subject_id.in_(subject_ids))
        .order_by(Message.created_at)
    )
    return {row[0]: row[1] for row in db.session.execute(query)} if subject_ids else {}


def forget(now: datetime) -> int:
    """Delete the traces of messages three months after they arose; return how many."""
    past = delete(Message).where(Message.delete_after <= now)
    with across_tenants("The deletion job removes what is past its date in every organisation."):
        gone = db.session.execute(past.execution_options(synchronize_session=False))
    return gone.rowcount  # type: ignore[attr-defined,no-any-return]
