"""Server time of the contact search, among many findable customers against few.

Floor: 1,000 customers. Subject: 100,000. Names are made of syllables, so that many begin alike; the
forty of one rare name stand in both, five of them with the first name that is searched for. A
request goes through the whole application in this process, as in ``bench.lists``.
"""

from __future__ import annotations

import tempfile
from itertools import cycle, product
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import delete

from bench import practice as making
from bench.lists import KEYS, LARGE, RUNS, SMALL, asker, compare
from portal import create_app
from portal.config import Config
from portal.operations.database import upgrade
from portal.profiles import contact_views, words
from portal.profiles.models import Card, CardWord
from portal.ratelimit import Attempt, Limit
from portal.tenants.scope import new_id, tenant_scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.figures import Figure

RARE = 40
SYLLABLES = ("ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "ru", "sa", "te", "wo")
FIRST = ("Maria", "Jan", "Erika", "Paul", "Tilda", "Ole", "Vroni", "Kim")


def measure(small: int = SMALL, large: int = LARGE, runs: int = RUNS) -> list[Figure]:
    """Return a figure for a rare name, and one for a frequent first name with a rare last one."""
    # The measurement asks more often than anybody may.
    contact_views.SEARCHES = Limit("contact-search", attempts=10**9, seconds=300)
    with tempfile.TemporaryDirectory() as folder:
        few, many = (_filled(Path(folder), rows) for rows in (small, large))
        sizes = f"{large:,} customers against {small:,}"
        return [
            compare(f"contact search, {name}, {sizes}", few(path), many(path), runs)
            for name, path in (
                ("one name", "/contacts/search?q=sucherle"),
                ("two names", "/contacts/search?q=maria+sucherle"),
            )
        ]


def _filled(folder: Path, rows: int) -> Callable[[str], Callable[[], None]]:
    """Return what makes a request of a path, in a portal with so many findable customers."""
    data = folder / f"contacts-{rows}"
    data.mkdir()
    app = create_app(Config(data=data, keys=KEYS))
    upgrade(app)
    with app.app_context():
        organisation_id = making.make_organisation()
    with app.app_context(), tenant_scope(organisation_id):
        practice = making.make_practice(organisation_id)
        add_customers(practice, rows)
    return lambda path: asker(app, practice.doctor, path)


def add_customers(practice: making.Practice, count: int) -> None:
    """Add doctors whom everybody finds."""
    ids = making.add_accounts(practice, count)
    named = list(zip(ids, _names(count), strict=True))
    own = {"organisation_id": practice.organisation_id, "findable": True}
    cards = [{**own, "id": new_id(), "account_id": each, "name": name} for each, name in named]
    making.insert_rows(Card, cards)
    making.insert_rows(CardWord, _words(cards))
    making.db.session.execute(delete(Attempt))
    making.db.session.commit()


def _words(cards: list[dict[str, object]]) -> Iterator[dict[str, object]]:
    for card in cards:
        for word in words.kept(str(card["name"])):
            yield {"word": word, "card_id": card["id"]}


def _names(count: int) -> Iterator[str]:
    last = cycle("".join(parts) for parts in product(SYLLABLES, repeat=4))
    for number, first in zip(range(count), cycle(FIRST), strict=False):
        yield f"Dr. {first} {'Sucherle' if number < RARE else next(last).capitalize()}"
