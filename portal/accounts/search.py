"""Finds an account among a hundred thousand by the beginnings of its words.

Each account has its words in a table of its own: of the names, the number, the e-mail address
and the telephone numbers, in small letters. The index answers a beginning at once, where a search
through the texts would read every account. Whatever writes an account through the ORM keeps the
words with it; an import writes both.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ForeignKeyConstraint,
    Index,
    String,
    UnaryExpression,
    and_,
    delete,
    event,
    exists,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.models import Account
from portal.extensions import Model, db
from portal.tenants.scope import current_tenant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Select
    from sqlalchemy.orm import Mapper

# Up to so many hits are fetched and sorted; of more, the sorted list is walked until a page is
# full, which is short because every few hundredth account fits.
FEW = 300
MAX_WORDS = 6
LAST = "\U0010ffff"
FIELDS = ("first_name", "last_name", "physician_number", "email", "phone", "mobile", "fax")
BY_NAME = (Account.last_name, Account.first_name, Account.id)
NUMBERS = ("phone", "mobile", "fax")
_WORD = re.compile(r"[\w.+@-]+")


class AccountWord(Model):
    """One word by which an account is found."""

    __tablename__ = "account_word"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["account.organisation_id", "account.id"],
            ondelete="CASCADE",
        ),
        # Without the word, SQLite would read through all words of the organisation instead.
        Index("ix_account_word_account", "organisation_id", "account_id", "word"),
    )

    organisation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    # Compared by its bytes on both databases, so that the index serves beginnings.
    word: Mapped[str] = mapped_column(
        String(200).with_variant(String(200, collation="C"), "postgresql"), primary_key=True
    )
    account_id: Mapped[str] = mapped_column(String(32), primary_key=True)


_WORDS = db.metadata.tables[AccountWord.__tablename__]


def folded(text: str) -> str:
    """Return a text in small letters and without accents: Ünal is found by unal."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in parts if not unicodedata.combining(each))


def words_of(values: Mapping[str, Any]) -> set[str]:
    """Return the words of an account's fields; a telephone number is one word of digits."""
    found: set[str] = set()
    for name in ("first_name", "last_name", "physician_number"):
        for word in _WORD.findall(folded(values.get(name) or "")):
            found.add(word)
            found.update(word.split("-"))
    email = folded(values.get("email") or "")
    found |= {email, email.partition("@")[2]}
    for name in NUMBERS:
        text = values.get(name) or ""
        digits = _digits(text)
        # Found with the country's number and as people dial it at home.
        found |= {digits, f"0{digits[2:]}"} if text.startswith("+") else {digits}
    return {each[:200] for each in found if each}


def with_email(emails: Sequence[str]) -> Select[Account]:
    """Return the query of the accounts that have one of these addresses, large or small letters.

    It asks the index of words; a handful with other accents may come along, so compare again.
    """
    words = [folded(each)[:200] for each in emails]
    ids = select(_WORDS.c.account_id).where(
        _WORDS.c.organisation_id == current_tenant(), _WORDS.c.word.in_(words)
    )
    return select(Account).where(Account.id.in_(ids))


def _digits(text: str) -> str:
    return "".join(each for each in text if each.isdecimal())


def asked(q: str) -> list[str]:
    """Return the words that a search looks for; digits that were typed apart are one number."""
    if len(_digits(q)) > 2 and not any(each.isalpha() for each in q):  # noqa: PLR2004
        return [_digits(q)]
    return [each for each in _WORD.findall(folded(q)) if each.strip("-.@+")][:MAX_WORDS]


def _begins(word: str) -> ColumnElement[bool]:
    return and_(
        _WORDS.c.organisation_id == current_tenant(),
        _WORDS.c.word >= word,
        _WORDS.c.word < word + LAST,
    )


def found(query: Select[Account], q: str, order: Sequence[Any]) -> Select[Account]:
    """Return a query of accounts narrowed to those that have all words of a search, in an order.

    :param order: columns of the account, or these with ``desc()``.
    """
    words = asked(q)
    if q and not words:
        return query.where(Account.id == "")
    if not words:
        return query.order_by(*order)
    few = _few(words)
    if few is None:
        for word in words:
            held = exists().where(_WORDS.c.account_id == Account.id, _begins(word))
            query = query.where(held.correlate(Account.__table__))
        return query.order_by(*order)
    # Sorted by what is no index, or SQLite would walk through all accounts in their order.
    return query.where(Account.id.in_(few)).order_by(*(_unindexed(each) for each in order))


def _unindexed(column: Any) -> Any:  # noqa: ANN401  a column, or one with desc()
    if isinstance(column, UnaryExpression):
        return _unindexed(column.element).desc()
    return func.coalesce(column, column)


def _few(words: Sequence[str]) -> list[str] | None:
    """Return who has all words, or None where each of the words has many."""
    rare, wide = [], []
    for word in words:
        # Not DISTINCT: for its sake SQLite would read all words, sorted by account.
        hits = select(_WORDS.c.account_id).where(_begins(word)).limit(FEW + 1)
        ids = db.session.scalars(hits).all()
        if len(ids) <= FEW:
            rare.append(set(ids))
        else:
            wide.append(word)
    if not rare:
        return None
    few = set.intersection(*rare)
    for word in wide:
        hits = select(_WORDS.c.account_id).where(_WORDS.c.account_id.in_(few), _begins(word))
        few &= set(db.session.scalars(hits))
    return sorted(few)


def rows_for(
    organisation_id: str, account_id: str, values: Mapping[str, Any]
) -> list[dict[str, str]]:
    """Return the rows of an account's words."""
    return [
        {"organisation_id": organisation_id, "account_id": account_id, "word": word}
        for word in sorted(words_of(values))
    ]


def write(connection: Any, rows: Iterable[dict[str, str]]) -> None:  # noqa: ANN401  or a session
    """Insert rows of words."""
    many = list(rows)
    if many:
        connection.execute(insert(_WORDS), many)


def drop(connection: Any, organisation_id: str, account_ids: Sequence[str]) -> None:  # noqa: ANN401
    """Delete the words of accounts."""
    connection.execute(
        delete(_WORDS).where(
            _WORDS.c.organisation_id == organisation_id, _WORDS.c.account_id.in_(list(account_ids))
        )
    )


@event.listens_for(Account, "after_insert")
def _begin(_mapper: Mapper[Any], connection: Connection, account: Account) -> None:
    values = {name: getattr(account, name) for name in FIELDS}
    write(connection, rows_for(account.organisation_id, account.id, values))


@event.listens_for(Account, "after_update")
def _follow(mapper: Mapper[Any], connection: Connection, account: Account) -> None:
    seen = inspect(account).attrs
    if any(seen[name].history.has_changes() for name in FIELDS):
        drop(connection, account.organisation_id, [account.id])
        _begin(mapper, connection, account)
