"""What it costs that no message is lost or sent twice, against rows that come and go.

Subject: a text message goes into the outbox with its cause, is claimed, begun, carried by somebody
who does nothing, and removed with a note of its fate: four commits. Floor: the same row is inserted
and deleted by itself: two commits. Both on the same SQLite database, taking turns.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figures import Figure, middle

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS, MESSAGES = 9, 40
LONGEST = 300
NUMBER = "+491713920012"


def measure(runs: int = RUNS, messages: int = MESSAGES) -> list[Figure]:
    """Return how many messages a second go in and out again."""
    command = [sys.executable, "-m", "bench.outbox", str(runs), str(messages)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=LONGEST, check=True)
    floor, subject = (list(map(float, line.split())) for line in done.stdout.splitlines())
    each, bare = middle(subject), middle(floor)
    return [
        Figure("message through the outbox", each, "ms", bare, "ratio <= 3", runs),
        Figure("messages through the outbox", 1000 / each, "1/s", 1000 / bare, "", runs),
    ]


def _ways() -> tuple[Callable[[], None], Callable[[], None]]:
    """Return the bare and the whole way of one message, in the organisation in force."""
    from sqlalchemy import delete, insert

    from portal import clock, outbox
    from portal.extensions import db
    from portal.messages import service
    from portal.messages.numbers import Number
    from portal.outbox import Carrier, Done, Letter, Outbox
    from portal.tenants.scope import current_tenant, new_id

    payload = {"to": NUMBER, "text": "Ihr Zugangscode: K7MR-4TXP-9WQ2"}
    carriers = {"sms": Carrier(lambda _parcel: Done("sent", "bench"), (), note=service.note)}
    number = Number(NUMBER, "DE", "+49 … 12")

    def whole() -> None:
        letter = Letter("sms", "access_code", payload, "bench")
        row_id = service._put(letter, number, clock.now(), parts=1)  # noqa: SLF001  without a provider
        db.session.commit()
        outbox.deliver(row_id, carriers, now=clock.now())

    def bare() -> None:
        row_id, now, own = new_id(), clock.now(), current_tenant()
        values = {
            "organisation_id": own,
            "id": row_id,
            "kind": "sms",
            "occasion": "access_code",
            "state": "queued",
            "payload": str(payload),
            "tries": 0,
            "next_try_at": now,
            "provider": "",
            "created_at": now,
            "subject_id": "bench",
        }
        db.session.execute(insert(Outbox).values(**values))
        db.session.commit()
        mine = delete(Outbox).where(Outbox.organisation_id == own, Outbox.id == row_id)
        db.session.execute(mine.execution_options(synchronize_session=False))
        db.session.commit()

    return bare, whole


def _timed(act: Callable[[], None], messages: int) -> float:
    begun = time.perf_counter()
    for _ in range(messages):
        act()
    return (time.perf_counter() - begun) / messages * 1000


def main() -> None:
    """Print the milliseconds a message of each run: the bare ones, then the whole ones."""
    from portal import create_app
    from portal.config import Config, with_keys
    from portal.extensions import db
    from portal.operations import demo_data
    from portal.operations.database import upgrade
    from portal.tenants.models import Organisation
    from portal.tenants.scope import tenant_scope

    runs, messages = int(sys.argv[1]), int(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(with_keys(Config(data=Path(folder), demo=True)))
        upgrade(app)
        app.extensions["portal_wake"] = None
        with app.app_context():
            demo_data.fill("http://localhost")
            organisation_id = db.session.query(Organisation.id).first()[0]
            db.session.remove()
            times: tuple[list[float], ...] = ([], [])
            with tenant_scope(organisation_id):
                ways = _ways()
                for _ in range(runs):
                    for act, kept in zip(ways, times, strict=True):
                        kept.append(_timed(act, messages))
    for each in times:
        sys.stdout.write(" ".join(map(str, each)) + "\n")


if __name__ == "__main__":
    main()
