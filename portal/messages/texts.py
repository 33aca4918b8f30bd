"""The words of messages. They name no specialty, reason or practice: a telephone may be shared."""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext as _


def access_code(code: str) -> str:
    """Return the text message that brings an access code, in the language in force.

    It fits into one message of 160 characters; the link leads to the portal itself, and what
    follows its # never reaches a server's log.
    """
    link = f"{current_app.config['BASE_URL']}/j#{code.replace('-', '')}"
    return _("Ihr Zugangscode: %(code)s. Zum Warteraum: %(link)s", code=code, link=link)
