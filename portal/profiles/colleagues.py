"""Colleagues: the doctors of one's own organisation who want to be found, contacts or not.

Who is signed in only contacts learn; whoever rings a colleague is told like everybody who rings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from portal.accounts.models import Account, Department
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.profiles import contacts, search
from portal.profiles.models import Card, CardWord
from portal.tenants.scope import current_tenant

if TYPE_CHECKING:
    from collections.abc import Sequence

SHOWN = 10


@dataclass(frozen=True)
class Colleague:
    """A doctor of the same organisation: the card, and the department where one is named."""

    card_id: str
    name: str
    department: str


def find(account_id: str, text: str) -> tuple[Sequence[Colleague], bool]:
    """Return the first colleagues whose cards hold the words of a text, and whether there are more.

    Without a text it is the first of all, by name.
    """
    query = (
        select(Card.id, Card.name, Department.name)
        .join(
            Account,
            (Account.organisation_id == Card.organisation_id) & (Account.id == Card.account_id),
        )
        .outerjoin(
            Department,
            (Department.organisation_id == Account.organisation_id)
            & (Department.id == Account.department_id),
        )
        .where(
            Card.organisation_id == current_tenant(),
            Card.findable,
            Card.account_id != account_id,
            Card.id.not_in(contacts.apart(account_id)),
        )
        .order_by(Account.last_name, Account.first_name, Card.id)
    )
    for word in search.wanted(text):
        query = query.where(exists().where(CardWord.card_id == Card.id, search.begins(word)))
    rows = db.session.execute(query.limit(SHOWN + 1)).all()
    found = [Colleague(card_id, name, department or "") for card_id, name, department in rows]
    return found[:SHOWN], len(found) > SHOWN


def get_card(card_id: str, account_id: str) -> Card:
    """Return the card of a colleague who is findable, and neither has blocked the other.

    :raise NotFoundHereError: there is none in the own organisation.
    """
    card = contacts.findable_card(card_id, account_id)
    if card.organisation_id != current_tenant() or card.id in contacts.apart(account_id):
        raise NotFoundHereError
    return card
