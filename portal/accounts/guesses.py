"""Wrong passwords cost time: a pause that grows, for one name, one network and both (ACC-5).

A pause is answered by 429 with how long it lasts, never by sleeping. What a stranger does cannot
keep the owner out: from a network where the owner signed in before, only wrong attempts for this
name from this network count, and those pauses end after five minutes. Somewhere new, the owner
waits at most a quarter of an hour, or opens a link from their own mailbox ("Passwort vergessen"),
which makes the network known. Names that do not exist are counted and answered in the same way.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from portal import clock, ratelimit
from portal.accounts import networks
from portal.accounts.service import WrongPasswordError
from portal.errors import TooManyError
from portal.extensions import db

if TYPE_CHECKING:
    from collections.abc import Iterator

# A slip or two is human; after them each try doubles the pause.
HERE = ratelimit.Growing("sign-in.here", free=5, longest=300)
BY_NAME = ratelimit.Growing("sign-in.name", free=10, longest=900)
# Thousands of people can stand behind one address of a clinic.
BY_NETWORK = ratelimit.Growing("sign-in.network", free=50, longest=300)
# So many at once for one name and network: a burst must not guess before it is counted.
AT_ONCE = 3

_under_way: Counter[str] = Counter()


@contextmanager
def counted(login_name: str, network: str) -> Iterator[None]:
    """Let one attempt through, and count it if it raises WrongPasswordError.

    :raise TooManyError: a pause is not over, or too many attempts are under way at once.
    """
    name = login_name.strip().lower()
    here = f"{name}\0{network}"
    buckets = [(HERE, here)]
    if not networks.is_known(name, network):
        buckets += [(BY_NAME, name), (BY_NETWORK, network)]
    for limit, subject in buckets:
        ratelimit.check_growing(limit, subject)
    if _under_way[here] >= AT_ONCE:
        raise TooManyError(1)
    _under_way[here] += 1
    try:
        yield
    except WrongPasswordError:
        db.session.rollback()
        for limit, subject in buckets:
            ratelimit.spend_growing(limit, subject)
        raise
    finally:
        _under_way[here] -= 1
        if not _under_way[here]:
            del _under_way[here]
    networks.remember(name, network, now=clock.now())
    ratelimit.clear(HERE, here)
