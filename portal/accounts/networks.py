"""Where somebody signed in before: from there a stranger's wrong guesses never delay them (ACC-5).

Kept as a keyed hash of login name and network, which tells neither; forgotten after 90 days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from portal.accounts.models import Credential, KnownNetwork
from portal.columns import blind_index
from portal.database import glance, inserting
from portal.extensions import db

if TYPE_CHECKING:
    from datetime import datetime

_SEEN = (
    select(KnownNetwork.seen_on)
    .join(Credential, Credential.id == KnownNetwork.credential_id)
    .where(Credential.login_name == bindparam("name"), KnownNetwork.hash == bindparam("hash"))
)


def _hash(login_name: str, network: str) -> str:
    return blind_index(f"{login_name}\0{network}", "network")


def is_known(login_name: str, network: str) -> bool:
    """Tell whether this login was opened from this network within the last 90 days."""
    return bool(glance(_SEEN, name=login_name, hash=_hash(login_name, network)))


def remember(login_name: str, network: str, *, now: datetime) -> None:
    """Note, once a day at most, that a login was opened from a network."""
    key = _hash(login_name, network)
    seen = glance(_SEEN, name=login_name, hash=key)
    if seen and seen[0].seen_on == now.date():
        return
    found = glance(select(Credential.id).where(Credential.login_name == login_name))
    if not found:
        return
    row = inserting(KnownNetwork).values(credential_id=found[0].id, hash=key, seen_on=now.date())
    keys = [KnownNetwork.credential_id, KnownNetwork.hash]
    db.session.execute(row.on_conflict_do_update(index_elements=keys, set_={"seen_on": now.date()}))
