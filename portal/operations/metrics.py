"""What the portal counts for those who run it, in the text form of Prometheus (OPS-3).

It is read at an address of its own (``portal run --metrics 127.0.0.1:9100``), never at that of the
pages: behind a reverse proxy everybody seems to come from this machine. Labels are words of the
program: rooms, methods, kinds, states, plugins. No organisation, no person, no id is among them.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from flask import g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from portal import clock, sockets
from portal.calls.models import Call
from portal.database import reading
from portal.extensions import db
from portal.operations import readiness
from portal.outbox import QUEUED, Outbox
from portal.pluginhost import report
from portal.privacy import deletion
from portal.tenants.scope import across_tenants
from portal.tenants.service import terminated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from flask import Flask

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
# Counting what is overdue asks every table; an alarm of a day need not be seconds old.
OVERDUE_SECONDS = 600
EVENTS = CollectorRegistry()
REQUESTS = Counter(
    "portal_requests", "Requests that were answered.", ("room", "method", "status"), registry=EVENTS
)
SECONDS = Histogram(
    "portal_request_seconds",
    "How long answers took.",
    ("room",),
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=EVENTS,
)


def install(app: Flask) -> None:
    """Count each request of an application."""
    app.before_request(_begin)
    app.after_request(_count)


def _begin() -> None:
    g.begun = time.perf_counter()


def _count(response: Any) -> Any:  # noqa: ANN401  a Flask answer
    room = request.blueprint or "-"
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(room, method, str(response.status_code)).inc()
    if "begun" in g:
        SECONDS.labels(room).observe(time.perf_counter() - g.begun)
    return response


class Standing:
    """What stands at the moment of reading; a database that is away leaves its figures out."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._overdue: tuple[float, list[tuple[str, int]]] | None = None

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges, as Prometheus' registry asks."""
        with self._app.app_context():
            ready = readiness.is_ready(readiness.parts(self._app))
            yield _gauge("portal_ready", "1 while requests can be served.", [((), int(ready))])
            pages = sockets.open_pages()
            yield _gauge("portal_sockets", "Pages that are connected.", [((), pages)])
            yield from self._plugins()
            try:
                yield from self._rows()
            except SQLAlchemyError:
                return
            finally:
                db.session.remove()

    def _plugins(self) -> Iterator[GaugeMetricFamily]:
        counts = report.counts()
        names = ("plugin", "hook")
        yield _gauge(
            "portal_plugin_calls",
            "Calls of plugins since the start.",
            [(place, count.calls) for place, count in counts.items()],
            names,
        )
        yield _gauge(
            "portal_plugin_failures",
            "Calls of plugins that failed since the start.",
            [(place, count.failures) for place, count in counts.items()],
            names,
        )

    def _rows(self) -> Iterator[GaugeMetricFamily]:
        now = clock.now()
        with reading(), across_tenants("Those who run the portal see how much waits everywhere."):
            calls = select(func.count()).select_from(Call).where(Call.ended_at.is_(None))
            running = db.session.scalar(calls) or 0
            rows = select(Outbox.kind, Outbox.state, func.count())
            waiting = db.session.execute(rows.group_by(Outbox.kind, Outbox.state)).all()
            oldest = db.session.scalar(
                select(func.min(Outbox.next_try_at)).where(
                    Outbox.state == QUEUED, Outbox.organisation_id.not_in(terminated())
                )
            )
        late = max((now - oldest).total_seconds(), 0) if oldest else 0
        yield _gauge("portal_calls", "Calls that go on.", [((), running)])
        yield _gauge(
            "portal_outbox_rows",
            "What is on its way out.",
            [((kind, state), number) for kind, state, number in waiting],
            ("kind", "state"),
        )
        said = "How long the oldest row has been due; rises while no worker runs."
        yield _gauge("portal_outbox_late_seconds", said, [((), late)])
        yield _gauge(
            "portal_retention_overdue",
            "Rows that should have been deleted a day ago.",
            [((use_id,), number) for use_id, number in self._late()],
            ("activity",),
        )

    def _late(self) -> list[tuple[str, int]]:
        if self._overdue is None or time.monotonic() - self._overdue[0] > OVERDUE_SECONDS:
            found: dict[str, int] = {}
            for rule, rows in deletion.overdue(clock.now()):
                found[rule.use.id] = found.get(rule.use.id, 0) + rows
            self._overdue = time.monotonic(), list(found.items())
        return self._overdue[1]


def _gauge(
    name: str,
    said: str,
    values: Iterable[tuple[tuple[str, ...], float]],
    labels: Sequence[str] = (),
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, said, labels=labels)
    for place, value in values:
        family.add_metric(place, value)
    return family


def page(app: Flask) -> Callable[[dict[str, Any], Any], list[bytes]]:
    """Return the WSGI application that answers ``GET /metrics``, and nothing else."""
    standing = CollectorRegistry(auto_describe=False)
    standing.register(Standing(app))

    def answer(environ: dict[str, Any], start: Any) -> list[bytes]:  # noqa: ANN401  WSGI's own
        if environ["PATH_INFO"] != "/metrics" or environ["REQUEST_METHOD"] != "GET":
            start("404 Not Found", [("Content-Type", "text/plain")])
            return [b"Only /metrics is here.\n"]
        body = generate_latest(EVENTS) + generate_latest(standing)
        start("200 OK", [("Content-Type", CONTENT_TYPE_LATEST), ("Cache-Control", "no-store")])
        return [body]

    return answer


def serve(app: Flask, address: str) -> None:
    """Answer at an address beside the pages, in the same process.

    :raise OSError: the address is taken, or is no address of this machine.
    """
    from gevent.pywsgi import WSGIServer

    host, _, port = address.rpartition(":")
    WSGIServer((host.strip("[]"), int(port)), page(app), log=None).start()
