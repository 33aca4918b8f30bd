"""Cards: what other customers may see of a doctor, copied whenever its source changes.

A card stands outside the tenant fence, as the index of access codes does, and carries only what is
shown. It exists for doctors who want to be found, for those who have a contact, and until the next
daily cleaning for who rang a colleague; the words that the search reads exist for the first alone.
So who is hidden is not there to be reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, event, exists, inspect, select, update

from portal.accounts import service as accounts
from portal.accounts.models import Account
from portal.database import TenantSession
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.profiles import words
from portal.profiles.models import Card, CardWord, Contact, Profile
from portal.tenants.scope import current_tenant, tenant_in_force, tenant_scope

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import ORMExecuteState

# What has a switch, in the order in which pages show it. The mobile number is not among them.
SHOWABLE = (
    "specialty",
    "practice_name",
    "practice_address",
    "country",
    "phone",
    "fax",
    "website",
)
# These stand in the account; all others in the profile.
IN_ACCOUNT = frozenset({"phone", "fax", "website"})
NAMED = ("title", "first_name", "last_name")
CHANGED = "cards_to_publish"
# What a card shows of the account, or depends on.
SPOKEN_OF = frozenset({*NAMED, *IN_ACCOUNT, "state", "role", "restricted_at"})


@dataclass(frozen=True)
class Shown:
    """A doctor as other customers see them; what is not shown is empty."""

    name: str
    specialty: str = ""
    practice_name: str = ""
    practice_address: str = ""
    country: str = ""
    phone: str = ""
    fax: str = ""
    website: str = ""


def shown(account: Account, profile: Profile) -> Shown:
    """Return what others may see of a doctor, whether or not anybody can find them."""
    values = {}
    for name in SHOWABLE:
        if getattr(profile, f"show_{name}"):
            values[name] = getattr(account if name in IN_ACCOUNT else profile, name)
    return Shown(account.full_name, **values)


def get_profile(account_id: str) -> Profile:
    """Return an account's profile, a new empty one when nothing was stated yet."""
    found = db.session.get(Profile, (current_tenant(), account_id))
    if found is not None:
        return found
    fresh = Profile(organisation_id=current_tenant(), id=account_id)
    for column in Profile.__table__.columns:
        if column.default is not None and getattr(fresh, column.key) is None:
            setattr(fresh, column.key, column.default.arg)
    return fresh


def of_account(account_id: str) -> Card | None:
    """Return the card of an account of the current organisation, if it has one."""
    return db.session.scalar(
        select(Card).where(Card.organisation_id == current_tenant(), Card.account_id == account_id)
    )


def name_of(account_id: str) -> str:
    """Return the name on the card of an account of any organisation.

    :raise NotFoundHereError: it has no card, or none any more.
    """
    name = db.session.scalar(select(Card.name).where(Card.account_id == account_id))
    if name is None:
        raise NotFoundHereError
    return name


def publish(account: Account, *, wanted: bool = False) -> Card | None:
    """Bring an account's card up to date; make one if it is findable, or wanted for a contact."""
    profile = get_profile(account.id)
    public = profile.findable and accounts.may_admit(account)
    card = of_account(account.id)
    if not (public or wanted or _has_contacts(account.id)):
        if card is not None:
            db.session.delete(card)
            db.session.flush()
        return None
    if card is None:
        card = Card(organisation_id=account.organisation_id, account_id=account.id)
        db.session.add(card)
    visible = shown(account, profile)
    for name in ("name", *SHOWABLE):
        setattr(card, name, getattr(visible, name))
    card.findable = public
    db.session.flush()
    _index(card)
    return card


def _has_contacts(account_id: str) -> bool:
    found = exists().where(
        Contact.organisation_id == current_tenant(), Contact.account_id == account_id
    )
    return bool(db.session.scalar(select(found)))


def _index(card: Card) -> None:
    """Let a findable card be found by its name and by what it shows of work and place."""
    db.session.execute(delete(CardWord).where(CardWord.card_id == card.id))
    if card.findable:
        texts = (card.name, card.specialty, card.practice_name, card.practice_address)
        found = words.kept(*texts)
        db.session.add_all(CardWord(word=word, card_id=card.id) for word in sorted(found))
        db.session.flush()


def note_seen(account_ids: Iterable[str], *, now: datetime) -> None:
    """Note that pages of doctors are connected, or were until a moment ago."""
    statement = update(Card).where(Card.account_id.in_(list(account_ids))).values(seen_at=now)
    db.session.execute(statement.execution_options(synchronize_session=False))


def watch() -> None:
    """Follow each change of an account in the transaction that makes it."""
    if not event.contains(TenantSession, "before_commit", _publish):
        event.listen(TenantSession, "after_flush", _note)
        event.listen(TenantSession, "do_orm_execute", _note_many)
        event.listen(TenantSession, "before_commit", _publish)


def _note(session: TenantSession, _context: object) -> None:
    for row in session.dirty:
        if isinstance(row, Account) and _speaks_of(row):
            session.info.setdefault(CHANGED, set()).add((row.organisation_id, row.id))


def _speaks_of(account: Account) -> bool:
    """Tell whether something changed that a card shows or depends on."""
    history = inspect(account).attrs
    return any(history[name].history.has_changes() for name in SPOKEN_OF)


def _note_many(state: ORMExecuteState) -> None:
    """Note a statement that changes many accounts at once: suspends, verifies, imports them."""
    mapper = state.bind_mapper
    tenant = tenant_in_force()
    # Which columns it sets is not asked: cards that are up to date are left as they are.
    if state.is_update and mapper is not None and mapper.class_ is Account and tenant is not None:
        state.session.info.setdefault(CHANGED, set()).add((tenant, ""))


def _publish(session: TenantSession) -> None:
    session.flush()
    for organisation_id, account_id in sorted(session.info.pop(CHANGED, ())):
        with tenant_scope(organisation_id):
            if not account_id:
                _publish_all()
                continue
            account = db.session.get(Account, (organisation_id, account_id))
            if account is not None:
                publish(account)


def _publish_all() -> None:
    """Bring every card of the organisation up to date, and make those that are due."""
    fresh = {"populate_existing": True}
    mine = select(Card).where(Card.organisation_id == current_tenant())
    made = {card.account_id: card for card in db.session.scalars(mine, execution_options=fresh)}
    query = (
        select(Account, Profile)
        .join(Profile, Profile.id == Account.id)
        .where(Profile.findable | Account.id.in_(made))
    )
    for account, profile in db.session.execute(query, execution_options=fresh).all():
        card = made.get(account.id)
        public = profile.findable and accounts.may_admit(account)
        stale = public if card is None else not _is_current(card, shown(account, profile), public)
        if stale:
            publish(account)


def _is_current(card: Card, visible: Shown, public: bool) -> bool:
    same = (getattr(card, name) == getattr(visible, name) for name in ("name", *SHOWABLE))
    return card.findable == public and all(same)
