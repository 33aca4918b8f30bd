"""Carries messages out: text messages through the organisation's providers, mails over SMTP."""

from __future__ import annotations

import re
import smtplib
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from flask import current_app
from markupsafe import escape

from portal import clock
from portal.api import SendState, TextMessage
from portal.extensions import db
from portal.messages import reports, service
from portal.outbox import UNKNOWN, Again, Carrier, Done
from portal.pluginhost import service as pluginhost
from portal.tenants.models import Organisation, ProviderCompany
from portal.tenants.scope import current_tenant, new_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.outbox import Parcel

SMTP_SECONDS = 20
HEAD = '<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head>'
REFUSED_FOR_GOOD = 500
MINUTE = timedelta(minutes=1)
# A code is wanted soon or not at all; a mail may wait for its server over night.
SMS_PAUSES = (MINUTE, 5 * MINUTE)
MAIL_PAUSES = (MINUTE, 5 * MINUTE, 30 * MINUTE, 120 * MINUTE, 720 * MINUTE)


def send_sms(parcel: Parcel) -> Done | Again:
    """Ask the organisation's providers, in its order, until one has taken the message."""
    words = (parcel.payload["to"], parcel.payload["text"], parcel.occasion, parcel.id)
    sender = db.session.get_one(Organisation, current_tenant()).sms_sender
    provider, receipt = pluginhost.provider(
        "send_sms",
        only=parcel.provider,
        message=lambda plugin: TextMessage(*words, reports.address(plugin), sender),
    )
    if receipt.state is SendState.NOT_SENT:
        return Again(receipt.reason)
    fates = {SendState.SENT: "sent", SendState.REFUSED: "rejected", SendState.UNCLEAR: UNKNOWN}
    reference = receipt.reference[:100] if reports.is_plain(receipt.reference) else ""
    return Done(fates[receipt.state], provider, reference, receipt.reports)


SMS = Carrier(send_sms, SMS_PAUSES, note=service.note)


def mail(post: Callable[[str, EmailMessage], None]) -> Carrier:
    """Return the carrier of mails for one way of posting them."""
    return Carrier(partial(send_mail, post), MAIL_PAUSES, note=service.note)


def send_mail(post: Callable[[str, EmailMessage], None], parcel: Parcel) -> Done | Again:
    """Post one mail; only what the server has certainly not taken is tried again."""
    to = parcel.payload["to"]
    try:
        mail = written(to, parcel.payload["subject"], parcel.payload["text"], key=parcel.id)
    except ValueError:  # a header that would become two (T29); nothing was handed over
        return Done("rejected", "smtp")
    try:
        if calendar := parcel.payload.get("calendar"):
            mail.add_attachment(
                calendar, subtype="calendar", filename="termin.ics", params={"method": "PUBLISH"}
            )
        post(to, mail)
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


def written(to: str, subject: str, text: str, key: str = "") -> EmailMessage:
    """Return a mail of the current organisation, sent from its provider company's address.

    All that a signature (DKIM, RFC 6376) covers is there before the mail leaves: From, Date and
    Message-ID are of the company's own domain. The Message-ID stays the same at each try, so that
    a mail server can tell a second one. The HTML part says the same words and loads nothing.

    :param key: the message's id.
    :raise ValueError: a line break stands in a header; EmailMessage refuses it.
    """
    organisation = db.session.get_one(Organisation, current_tenant())
    company = db.session.get_one(ProviderCompany, organisation.provider_company_id)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = company.email, to, subject
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<{key or new_id()}@{company.email.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    mail.add_alternative(_as_html(text), subtype="html")
    return mail


def _as_html(text: str) -> str:
    """Return a text as a page of paragraphs, in which only the portal's own address is a link."""
    base = re.escape(str(escape(current_app.config["BASE_URL"])))
    paragraphs = (str(escape(each)).replace("\n", "<br>\n") for each in text.split("\n\n"))
    body = "\n".join(f"<p>{each}</p>" for each in paragraphs)
    linked = re.sub(rf"{base}/[^\s<]*", lambda found: f'<a href="{found[0]}">{found[0]}</a>', body)
    return f"{HEAD}<body>\n{linked}\n</body></html>\n"


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
