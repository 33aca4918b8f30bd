"""Carries messages out: text messages through the organisation's providers, mails over SMTP."""

from __future__ import annotations

import smtplib
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from portal import pluginhost
from portal.api import SendState, TextMessage
from portal.extensions import db
from portal.messages import reports, service
from portal.outbox import UNKNOWN, Again, Carrier, Done
from portal.tenants.models import Organisation, ProviderCompany
from portal.tenants.scope import current_tenant

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.outbox import Parcel

SMTP_SECONDS = 20
REFUSED_FOR_GOOD = 500
MINUTE = timedelta(minutes=1)
# A code is wanted soon or not at all; a mail may wait for its server over night.
SMS_PAUSES = (MINUTE, 5 * MINUTE)
MAIL_PAUSES = (MINUTE, 5 * MINUTE, 30 * MINUTE, 120 * MINUTE, 720 * MINUTE)


def send_sms(parcel: Parcel) -> Done | Again:
    """Ask the organisation's providers, in its order, until one has taken the message."""
    words = (parcel.payload["to"], parcel.payload["text"], parcel.occasion, parcel.id)
    provider, receipt = pluginhost.provider(
        "send_sms",
        only=parcel.provider,
        message=lambda plugin: TextMessage(*words, report_url=reports.address(plugin)),
    )
    if receipt.state is SendState.NOT_SENT:
        return Again(receipt.reason)
    fates = {SendState.SENT: "sent", SendState.REFUSED: "rejected", SendState.UNCLEAR: UNKNOWN}
    return Done(fates[receipt.state], provider, receipt.reference[:100], receipt.reports)


SMS = Carrier(send_sms, SMS_PAUSES, note=service.note)


def mail(post: Callable[[str, EmailMessage], None]) -> Carrier:
    """Return the carrier of mails for one way of posting them."""
    return Carrier(partial(send_mail, post), MAIL_PAUSES, note=service.note)


def send_mail(post: Callable[[str, EmailMessage], None], parcel: Parcel) -> Done | Again:
    """Post one mail; only what the server has certainly not taken is tried again."""
    to = parcel.payload["to"]
    try:
        post(to, written(to, parcel.payload["subject"], parcel.payload["text"]))
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
        return Done("rejected", "smtp") if _for_good(error) else Again(type(error).__name__)
    except NotConnectedError:
        return Again("no connection")
    except smtplib.SMTPNotSupportedError:
        return Done("rejected", "smtp")
    except (smtplib.SMTPException, OSError):
        return Done(UNKNOWN, "smtp")
    return Done("sent", "smtp")


def _for_good(error: smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _words in error.recipients.values()]
    else:
        codes = [error.smtp_code]
    return min(codes) >= REFUSED_FOR_GOOD


def written(to: str, subject: str, text: str) -> EmailMessage:
    """Return a mail of the current organisation, sent from its provider company's address.

    :raise ValueError: a line break stands in a header; EmailMessage refuses it.
    """
    organisation = db.session.get_one(Organisation, current_tenant())
    company = db.session.get_one(ProviderCompany, organisation.provider_company_id)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = company.email, to, subject
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    return mail


class NotConnectedError(Exception):
    """The mail server was not reached; nothing was handed over."""


def smtp(url: str) -> Callable[[str, EmailMessage], None]:
    """Return what posts through a server, ``smtp://name:password@host:port`` or ``smtps://``."""
    parts = urlsplit(url)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP

    def post(_to: str, mail: EmailMessage) -> None:
        try:
            server = kind(parts.hostname or "", parts.port or 0, timeout=SMTP_SECONDS)
        except (OSError, smtplib.SMTPException) as error:
            raise NotConnectedError from error
        try:
            if parts.username:
                _sign_in(server, unquote(parts.username), unquote(parts.password or ""))
            server.send_message(mail)
        finally:
            # Whatever the server says to QUIT, it has taken the mail by now, or it has not.
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    return post


def _sign_in(server: smtplib.SMTP, name: str, password: str) -> None:
    """Sign in, over TLS only; a server that refuses has certainly taken nothing."""
    try:
        if not isinstance(server, smtplib.SMTP_SSL):
            server.starttls()
        server.login(name, password)
    except (OSError, smtplib.SMTPException) as error:
        raise NotConnectedError from error


def nowhere(_to: str, _mail: EmailMessage) -> None:
    """Post without a mail server: nothing goes out, and it may be set up later."""
    raise NotConnectedError
