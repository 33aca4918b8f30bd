"""A guest's right code while somebody guesses 10,000 codes a minute, against the same without.

Subject: ``POST /entry/code`` with a right code, from a network of the guest's own, at the portal's
web process (gevent, SQLite with ``synchronous=FULL``), while another process sends wrong codes
from two hundred networks of this machine (127.1.0.1 to 127.1.199.1), each naming yet another one
in ``X-Forwarded-For``. The first thousand of them are looked up and counted; all others are
refused. Floor: the same request when nobody guesses. Both take turns, so that noise hits both.

Wanted (SECURITY F18) is that 99 of 100 guests wait less than half a second.
"""

from __future__ import annotations

import http.client
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from http import HTTPStatus
from itertools import count
from pathlib import Path
from subprocess import PIPE, Popen
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from bench import practice as making
from bench import servers
from bench.figures import Figure, percentile
from portal import create_app
from portal.config import Config, with_keys
from portal.operations.database import upgrade
from portal.tenants.scope import tenant_scope
from portal.waitingroom import codes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.servers import Server

A_MINUTE, SENDERS, PLACES = 10_000, 8, 200
GUESTS, ROUNDS = 60, 5
EVERY = 0.05


def measure(guests: int = GUESTS, rounds: int = ROUNDS, rate: int = A_MINUTE) -> list[Figure]:
    """Return how long 99 of 100 guests wait at most, and how many guesses were sent meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        code = _filled(Path(folder))
        with servers.portal(Path(folder)) as server:
            quiet, loud, sent = [], [], 0.0
            places = count()
            _enter(server, code, next(places))
            for _round in range(rounds):
                quiet += [_enter(server, code, next(places)) for _guest in range(guests)]
                with _flood(server, rate) as flood:
                    loud += [_enter(server, code, next(places)) for _guest in range(guests)]
                sent += flood[0]
    return [
        Figure(
            "a right code during 10,000 wrong ones a minute, p99",
            percentile(loud, 0.99) * 1000,
            "ms",
            percentile(quiet, 0.99) * 1000,
            "value <= 500",
            len(loud),
        ),
        Figure("wrong codes sent meanwhile", sent / rounds, "1/min", n=rounds),
    ]


def _filled(data: Path) -> str:
    """Make a practice with one open code; return it."""
    app = create_app(with_keys(Config(data=data)))
    upgrade(app)
    with app.app_context():
        organisation_id = making.make_organisation()
    with app.app_context(), tenant_scope(organisation_id):
        (code,) = making.add_codes(making.make_practice(organisation_id), 1)
    return code.plain


def _enter(server: Server, code: str, place: int) -> float:
    """Send a right code from a network of its own; return the seconds until the answer is whole."""
    time.sleep(EVERY)
    begun = time.perf_counter()
    status = _post(server.url, f"127.0.{2 + place // 250}.{1 + place % 250}", code)
    if status != HTTPStatus.OK:
        message = f"a right code was answered with {status}"
        raise RuntimeError(message)
    return time.perf_counter() - begun


def _post(url: str, source: str, code: str, **headers: str) -> int:
    connection = http.client.HTTPConnection(
        urlsplit(url).netloc, timeout=30, source_address=(source, 0)
    )
    kind = {"Content-Type": "application/x-www-form-urlencoded", "X-Portal-Request": "fetch"}
    connection.request("POST", "/entry/code", urlencode({"code": code}), {**kind, **headers})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


@contextmanager
def _flood(server: Server, rate: int) -> Iterator[list[float]]:
    """Guess in another process while the block runs; then the list holds the rate a minute."""
    command = [sys.executable, "-m", "bench.flood", server.url, str(rate)]
    reached: list[float] = []
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:
        if process.stdout is not None:
            process.stdout.readline()  # it has begun
        yield reached
        said, _ = process.communicate("")
    reached.append(float(said))


def guess(url: str, rate: int) -> None:
    """Send wrong codes at a rate a minute until standard input ends; print the rate reached."""
    over, sent = threading.Event(), count()
    senders = [
        threading.Thread(target=_guess, args=(url, SENDERS * 60 / rate, over, sent))
        for _sender in range(SENDERS)
    ]
    begun = time.perf_counter()
    for each in senders:
        each.start()
    print("begun", flush=True)
    sys.stdin.read()
    over.set()
    for each in senders:
        each.join()
    print(next(sent) * 60 / (time.perf_counter() - begun))


def _guess(url: str, pause: float, over: threading.Event, sent: count[int]) -> None:
    due = time.perf_counter()
    while not over.wait(max(0.0, due - time.perf_counter())):
        number = next(sent)
        named = f"10.{number // 65_536 % 256}.{number // 256 % 256}.{number % 256}"
        _post(url, f"127.1.{number % PLACES}.1", codes.make(), **{"X-Forwarded-For": named})
        due += pause


if __name__ == "__main__":
    guess(sys.argv[1], int(sys.argv[2]))
