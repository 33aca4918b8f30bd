"""What plugins let the portal tell others: mails to accounts, and desks that a visit changed.

No plugin sees an address, or speaks with a socket.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from flask import current_app
from sqlalchemy import select

from portal import clock
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.tenants.scope import current_tenant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from flask import Flask

    from portal.pluginhost.values import MessageText


class QueueMail(Protocol):
    """What puts a mail into the outbox; it stands in a room above this one."""

    def __call__(
        self, to: str, occasion: str, words: tuple[str, str], *, subject_id: str, now: datetime
    ) -> str:
        """Queue a mail of subject and text."""


class Written(Protocol):
    """What fills the words of a mail: the organisation's own, or those that are given."""

    def __call__(
        self, occasion: str, lang: str, words: tuple[str, str], values: Mapping[str, str], /
    ) -> tuple[str, str]:
        """Return subject and text as they go out."""


def install(
    app: Flask, queue: QueueMail, written: Written, tell_desks: Callable[[str], None]
) -> None:
    """Let plugins' mails go out by this queue, in these words; let desks hear of a visit so."""
    app.extensions["portal_plugin_mails"] = queue
    app.extensions["portal_plugin_words"] = written
    app.extensions["portal_plugin_tells"] = tell_desks


def visit_changed(visit_id: str) -> None:
    """Let the desks that show a visit fetch its row again; after the commit.

    :raise NotFoundHereError: there is no such visit here.
    """
    current_app.extensions["portal_plugin_tells"](visit_id)


def notify(plugin: str, account_id: str, occasion: str, values: Mapping[str, object]) -> None:
    """Queue one of a plugin's mails for an account, in its language; see ``PluginContext``.

    :raise NotFoundHereError: there is no such account here, or no such text.
    """
    words = _words(plugin, occasion)
    account = db.metadata.tables["account"]
    query = select(account.c.email, account.c.language, account.c.restricted_at).where(
        account.c.organisation_id == current_tenant(), account.c.id == account_id
    )
    found = db.session.execute(query).first()
    if words is None or found is None or not found.email:
        raise NotFoundHereError
    if found.restricted_at is not None:  # the data may only be kept (Art. 18 GDPR)
        return
    known, lang = f"{plugin}.{occasion}", found.language
    brought = (words.subject.in_language(lang), words.text.in_language(lang))
    written: Written = current_app.extensions["portal_plugin_words"]
    filled = written(known, lang, brought, {name: str(value) for name, value in values.items()})
    queue: QueueMail = current_app.extensions["portal_plugin_mails"]
    queue(found.email, known, filled, subject_id=account_id, now=clock.now())


def _words(plugin: str, occasion: str) -> MessageText | None:
    loaded = current_app.extensions["portal_plugins"].plugins.loaded
    texts = loaded[plugin].texts if plugin in loaded else ()
    return next((each for each in texts if each.occasion == occasion), None)
