"""A guest's arrival until the row is on the desk, in a portal that is busy.

Load, the same on both sides: 1,000 sockets of waiting guests, and twenty calls whose forty sockets
send 500 candidates a second, each acknowledged and passed on to the other side of the call.

Subject: a guest sends ``POST /entry/visits`` (code, name, consent); the portal looks the code up,
stores visit, consent and token (SQLite, ``synchronous=FULL``) and tells the desk; the desk's socket
hears ``visit.changed`` and fetches ``GET /desk/visits/<id>`` with its token; measured until that
answer is whole. The portal checks the sender's token and membership at each candidate.

Floor: the bare peer (``bench/bare.py``) takes the same requests and messages from the same clients;
it keeps the visit in a dictionary, tells the desk, and answers with a line of HTML. No database.

Both run during the whole measurement and are loaded in turn, so that noise hits both. Two more
figures come for nothing: how long a candidate takes to be acknowledged, and how many were. A page
does not send its next one before the last is acknowledged, so that a machine which is too busy
shows as a lower rate.
"""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import practice as making
from bench import servers
from bench.figures import Figure, middle, percentile
from portal import create_app
from portal.config import Config, with_keys
from portal.operations.database import upgrade
from portal.privacy import consent
from portal.tenants.scope import tenant_scope

if TYPE_CHECKING:
    from bench.servers import Server

WAITING, CALLS, RATE = 1_000, 20, 500
ROUNDS, ARRIVALS, EVERY = 5, 100, 0.1
PARTS = (0.5, 0.95, 0.99)
LONGEST = 400


def measure(
    waiting: int = WAITING, rate: int = RATE, rounds: int = ROUNDS, arrivals: int = ARRIVALS
) -> list[Figure]:
    """Return the percentiles of arrivals and of acknowledgements."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        load = {"rate": rate, "rounds": rounds, "arrivals": arrivals, "every": EVERY}
        subject = filled(data, waiting, rounds * arrivals + arrivals)
        floor = _bare_side(waiting, rounds * arrivals + arrivals)
        with servers.portal(data) as portal, servers.bare() as bare:
            job = {**load, "sides": [_at(floor, bare), _at(subject, portal)]}
            measured = json.loads(_loaded(job))
    return _figures(measured, rounds, arrivals)


def _at(side: dict[str, Any], server: Server) -> dict[str, Any]:
    return {**side, "url": server.url}


def _loaded(job: dict[str, Any]) -> str:
    """Run the load in a process of its own, so that it does not share a core with our waiting."""
    command = [sys.executable, "-m", "bench.load"]
    done = subprocess.run(
        command,
        input=json.dumps(job),
        stdout=subprocess.PIPE,
        text=True,
        timeout=LONGEST,
        check=True,
    )
    return done.stdout


def filled(data: Path, waiting: int, arrivals: int) -> dict[str, Any]:
    """Fill a portal for the load; return who takes part."""
    app = create_app(with_keys(Config(data=data)))
    upgrade(app)
    with app.app_context():
        organisation_id = making.make_organisation()
    with app.app_context(), tenant_scope(organisation_id):
        practice = making.make_practice(organisation_id)
        made = making.add_codes(practice, waiting + CALLS + arrivals)
        visits = making.add_visits(practice, made[:waiting], "waiting")
        calls = making.add_calls(practice, made[waiting : waiting + CALLS])
        version, _text = consent.guest_consent("de")
        return {
            "desk": practice.doctor,
            "waiting": making.give_tokens(practice, visits),
            "calls": [_pair(call) for call in calls],
            "codes": [code.plain for code in made[waiting + CALLS :]],
            "consent_version": version,
        }


def _pair(call: making.Conversation) -> dict[str, Any]:
    return {"call": call.call, "participants": call.participants, "tokens": call.tokens}


def _bare_side(waiting: int, arrivals: int) -> dict[str, Any]:
    """Return the same cast for the bare peer, where a token is the name of a room."""
    names = [(f"host-{each}", f"guest-{each}") for each in range(CALLS)]
    return {
        "desk": "desk",
        "waiting": [secrets.token_hex(16) for _ in range(waiting)],
        "calls": [{"call": "0" * 32, "participants": both, "tokens": both} for both in names],
        "codes": [secrets.token_hex(6) for _ in range(arrivals)],
        "consent_version": "1",
    }


def _figures(measured: dict[str, list[list[list[float]]]], rounds: int, each: int) -> list[Figure]:
    """Return the median over the rounds of each percentile; 'floor' is the first side."""
    figures = []
    named = (
        ("arrivals", f"arrival to row, {each} a round"),
        ("acknowledged", "candidate to answer"),
    )
    for kind, name in named:
        floor, subject = measured[kind]
        for part in PARTS:
            values, floors = (
                [percentile(times, part) * 1000 for times in side] for side in (subject, floor)
            )
            wanted = "ratio <= 2" if kind == "arrivals" and part == PARTS[-1] else ""
            title = f"{name}, p{part * 100:.0f}"
            figures.append(Figure(title, middle(values), "ms", middle(floors), wanted, rounds))
    floor, subject = ([each[0] for each in side] for side in measured["rate"])
    name = "messages a second that were answered"
    figures.append(Figure(name, middle(subject), "1/s", middle(floor), "", rounds))
    return figures
