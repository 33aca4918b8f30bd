"""The tables of profiles: what a doctor states, and what other customers may see of it.

A profile is a row of its organisation. What others may see of it is copied to a card, which stands
outside the fence and holds nothing else: who searches reads cards, and a hidden doctor has none.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    Boolean,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from portal.columns import UtcDateTime
from portal.extensions import Model
from portal.tenants.scope import TenantOwned, new_id

# Compared byte by byte on both databases, so that a prefix is a range of the index.
WORD = String(60).with_variant(postgresql.VARCHAR(60, collation="C"), "postgresql")


class Profile(TenantOwned, Model):
    """What a doctor states beside the account, and what of all that others may see.

    The id is the account's. Telephone, fax, mobile number and website stand in the account, where
    the project administration sees and corrects them; only the switches for them stand here.
    """

    __tablename__ = "profile"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "id"],
            ["account.organisation_id", "account.id"],
            ondelete="CASCADE",
        ),
    )

    country: Mapped[str] = mapped_column(String(2), default="")
    practice_name: Mapped[str] = mapped_column(String(200), default="")
    practice_address: Mapped[str] = mapped_column(String(300), default="")
    specialty: Mapped[str] = mapped_column(String(120), default="")
    show_country: Mapped[bool] = mapped_column(Boolean, default=False)
    show_phone: Mapped[bool] = mapped_column(Boolean, default=False)
    show_fax: Mapped[bool] = mapped_column(Boolean, default=False)
    show_practice_name: Mapped[bool] = mapped_column(Boolean, default=False)
    show_practice_address: Mapped[bool] = mapped_column(Boolean, default=False)
    show_website: Mapped[bool] = mapped_column(Boolean, default=False)
    show_specialty: Mapped[bool] = mapped_column(Boolean, default=False)
    findable: Mapped[bool] = mapped_column(Boolean, default=False)
    # Whether the question of the first sign-in was answered, either way.
    asked: Mapped[bool] = mapped_column(Boolean, default=False)


class Card(Model):
    """What other customers may see of one doctor; made for the findable and for contacts only."""

    __tablename__ = "profile_card"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["account.organisation_id", "account.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("organisation_id", "account_id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    organisation_id: Mapped[str] = mapped_column(String(32))
    account_id: Mapped[str] = mapped_column(String(32), index=True)
    name: Mapped[str] = mapped_column(String(250))
    specialty: Mapped[str] = mapped_column(String(120), default="")
    practice_name: Mapped[str] = mapped_column(String(200), default="")
    practice_address: Mapped[str] = mapped_column(String(300), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    fax: Mapped[str] = mapped_column(String(40), default="")
    website: Mapped[str] = mapped_column(String(200), default="")
    findable: Mapped[bool] = mapped_column(Boolean, default=False)
    # When a page of theirs was last connected; nothing when the last one closed.
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CardWord(Model):
    """A word by which a findable doctor is found, without capitals and accents."""

    __tablename__ = "profile_word"

    word: Mapped[str] = mapped_column(WORD, primary_key=True)
    card_id: Mapped[str] = mapped_column(
        ForeignKey("profile_card.id", ondelete="CASCADE"), primary_key=True, index=True
    )


def _to_account(column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["organisation_id", column], ["account.organisation_id", "account.id"], ondelete="CASCADE"
    )


class Contact(TenantOwned, Model):
    """One side of a contact: whom a doctor of this organisation knows, by the other's card.

    The other side is a row of the other's organisation with the two cards exchanged. Each row
    points at its mirror, so that whoever deletes one side deletes both, across the fence and
    without reading through it.
    """

    __tablename__ = "contact"
    __table_args__ = (
        _to_account("account_id"),
        UniqueConstraint("own_card_id", "card_id"),
        ForeignKeyConstraint(
            ["card_id", "own_card_id"],
            ["contact.own_card_id", "contact.card_id"],
            ondelete="CASCADE",
            deferrable=True,
            initially="DEFERRED",
        ),
        Index("ix_contact_list", "organisation_id", "account_id", "state"),
    )

    account_id: Mapped[str] = mapped_column(String(32))
    own_card_id: Mapped[str] = mapped_column(
        ForeignKey("profile_card.id", ondelete="CASCADE"), index=True
    )
    card_id: Mapped[str] = mapped_column(
        ForeignKey("profile_card.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[str] = mapped_column(String(10))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
