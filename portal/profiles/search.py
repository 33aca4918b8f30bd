"""The contact search: among findable doctors of the whole installation, by the words of a card.

It reads cards and words, which exist for the findable alone: a hidden doctor is not left out of an
answer, there is nothing to leave out. So answer and work are the same for one who is hidden and for
one who does not exist. Nobody can list everybody: at least two letters, a hundred hits at most.

Customers find each other across organisations and provider companies, as the privacy policy speaks
of "andere Kunden" of the service.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select

from portal import ratelimit
from portal.extensions import db
from portal.profiles import contacts, words
from portal.profiles.models import Card, CardWord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Select

SEARCHES = ratelimit.Limit("contact-search", attempts=60, seconds=300)
SHORTEST = 2
MOST = 100
MOST_WORDS = 5
# From so many rows on a word counts as frequent, however many there are.
FREQUENT = 500
# Greater than every other character, on both databases.
_LAST = "\U0010ffff"


@dataclass(frozen=True)
class Found:
    """What a search found: the cards by name, and whether there are more than are shown."""

    cards: Sequence[Card]
    more: bool = False


def is_long_enough(text: str) -> bool:
    """Tell whether a text can be searched for."""
    return any(len(word) >= SHORTEST for word in words.typed(text))


def wanted(text: str) -> list[str]:
    """Return the words of a text that are searched for."""
    return [word for word in words.typed(text) if len(word) >= SHORTEST][:MOST_WORDS]


def spend(organisation_id: str | None, account_id: str) -> None:
    """Count a search.

    :raise TooManyError: this doctor has searched as often as one may for now.
    """
    subject = f"{organisation_id}:{account_id}"
    ratelimit.check(SEARCHES, subject)
    ratelimit.spend(SEARCHES, subject)


def search(account_id: str, text: str) -> Found:
    """Return the findable doctors on whose cards each word of a text begins a word."""
    typed = wanted(text)
    if not typed:
        return Found([])
    hidden = contacts.barred(account_id)
    rarest, *others = sorted(typed, key=_how_many)
    ids = _card_ids(rarest, others)
    shown = select(Card).where(
        Card.id.in_(ids), Card.findable, Card.account_id != account_id, contacts.in_contract()
    )
    found = [card for card in db.session.scalars(shown) if card.id not in hidden]
    found.sort(key=lambda card: (words.typed(card.name)[-1:], card.name, card.id))
    return Found(found[:MOST], more=len(found) > MOST)


def begins(word: str) -> ColumnElement[bool]:
    """Return the condition that a word of a card begins so."""
    return (CardWord.word >= word) & (CardWord.word < word + _LAST)


def _how_many(word: str) -> int:
    """Return how often a word begins one, counted no further than needed to compare."""
    some = select(CardWord.word).where(begins(word)).limit(FREQUENT).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def _card_ids(word: str, others: Sequence[str]) -> Select[str]:
    """Return the query of the first cards that have a word, and all the others."""
    query = select(CardWord.card_id).where(begins(word))
    for other in others:
        same = CardWord.__table__.alias()
        query = query.where(
            exists().where(
                same.c.card_id == CardWord.card_id,
                same.c.word >= other,
                same.c.word < other + _LAST,
            )
        )
    # A card may hold two words that begin alike.
    return query.order_by(CardWord.word, CardWord.card_id).limit(3 * MOST)
