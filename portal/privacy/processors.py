"""The sub-processors (Art. 28 GDPR), and since when and until when a notice named them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from portal.extensions import db
from portal.privacy import registry, wording
from portal.privacy.models import NoticeContent, NoticeVersion

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


@dataclass(frozen=True)
class Processor:
    """One recipient as the notices named it; ``until`` is None while the newest one does."""

    words: str
    uses: tuple[str, ...]
    since: datetime
    until: datetime | None = None


def named(plugins: Iterable[str], lang: str) -> list[tuple[str, str]]:
    """Return recipient and use for each that the declarations name at present."""
    return [
        (wording.recipient(each, lang), use.title.in_language(lang))
        for use in registry.uses(plugins)
        for each in use.recipients
    ]


def history(scope: str, lang: str) -> list[Processor]:
    """Return all that the notices of a company or an organisation ever named, the present first.

    It is read from the archive of notices: whoever was named, and when, cannot be changed later.

    :param scope: the id of the organisation, else of the provider company.
    """
    query = (
        select(NoticeVersion.published_at, NoticeContent.content)
        .join(NoticeContent, NoticeContent.hash == NoticeVersion.content_hash)
        .where(NoticeVersion.scope == scope)
        .order_by(NoticeVersion.number)
    )
    now_named: dict[str, tuple[datetime, tuple[str, ...]]] = {}
    over: list[Processor] = []
    for published_at, content in db.session.execute(query):
        there = _recipients(content[lang]["sections"])
        for words in now_named.keys() - there.keys():
            since, uses = now_named.pop(words)
            over.append(Processor(words, uses, since, published_at))
        for words, uses in there.items():
            now_named[words] = (now_named.get(words, (published_at,))[0], uses)
    present = [Processor(words, uses, since) for words, (since, uses) in now_named.items()]
    by_name = sorted(present, key=lambda each: each.words)
    return by_name + sorted(over, key=lambda each: each.since, reverse=True)


def _recipients(sections: list[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for section in sections:
        for words in section.get("recipients") or ():
            found[str(words)] = (*found.get(str(words), ()), str(section["title"]))
    return found
