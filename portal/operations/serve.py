"""Runs the web process: gunicorn with one gevent worker, tuned for many open sockets."""

from __future__ import annotations

import gc
import logging
import re
import socket
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from portal.operations import logs, masking, metrics
from portal.ratelimit import shortened

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from portal.config import Config

CONNECTIONS = 4000
# A keyed hash as part of a path opens something by itself: an address for delivery reports.
SECRET = re.compile(r"(?<=/)[0-9a-f]{64}(?![^/])")
# What a line of the access log says, and what gunicorn calls it.
ATOMS = {"network": "h", "method": "m", "path": "U", "status": "s", "bytes": "B", "ms": "M"}


class Refusals:
    """Keeps a flood of refused requests from becoming a flood of lines (F18).

    In a minute so many of each status have a line of their own; how many more there were is told
    when it is over.
    """

    MINUTE, LINES = 60.0, 60
    STATUSES = range(400, 500)

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._seen: Counter[int] = Counter()

    def over(self) -> dict[int, int]:
        """Return how many of each status had no line, once the minute is over."""
        if self._clock() - self._began < self.MINUTE:
            return {}
        held = {each: count - self.LINES for each, count in self._seen.items()}
        self._began = self._clock()
        self._seen.clear()
        return {status: count for status, count in held.items() if count > 0}

    def takes(self, status: int) -> bool:
        """Count one answer, and tell whether it goes without a line."""
        if status not in self.STATUSES:
            return False
        self._seen[status] += 1
        return self._seen[status] > self.LINES


class ShortenedAddresses(Logger):  # type: ignore[misc]
    """The access log: addresses shortened before they are written (STA-3), nothing secret.

    Query strings are left out, and what is secret in a path is written as ``-``.
    """

    def setup(self, cfg: Any) -> None:  # noqa: ANN401  gunicorn's Config
        """Write as the rest of the portal does: lines of JSON, without personal values."""
        super().setup(cfg)
        self.refusals = Refusals()
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                handler.setFormatter(logs.formatter())

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:  # noqa: ANN401  gunicorn's own
        """Write the line of one request, unless too many like it were refused."""
        if not self.access_log_enabled:
            return
        for status, count in self.refusals.over().items():
            told = {"status": str(status), "count": count}
            self.access_log.info("requests without a line", extra={"http": told})
        values = self.atoms(resp, req, environ, request_time)
        if not self.refusals.takes(int(values["s"])):
            told = {name: values[atom] for name, atom in ATOMS.items()}
            told["path"] = masking.by_form(str(told["path"]))
            self.access_log.info("request", extra={"http": told})

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:  # noqa: ANN401  as above
        """Return the values that a line may use."""
        values: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        values["h"] = shortened(str(environ.get("REMOTE_ADDR", "")))
        values["U"] = SECRET.sub("-", str(environ.get("PATH_INFO", "-")))
        return values


def _no_delay(server: Any) -> None:  # noqa: ANN401  gunicorn's Arbiter
    """Send small answers at once; without this each waits 40 ms for the other side."""
    for listener in server.LISTENERS:
        if listener.sock.family != socket.AF_UNIX:
            listener.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def calm_collector(_worker: object = None) -> None:
    """Leave what was made at the start out of the garbage collector's rounds (pauses of 60 ms)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(3000, 20, 1000)


class WebProcess(BaseApplication):  # type: ignore[misc]
    """The web process for one set of settings."""

    def __init__(
        self, config: Config, bind: str, *, quiet: bool = False, measured_at: str = ""
    ) -> None:
        self._config = config
        self._measured_at = measured_at
        self._options = {
            "bind": bind,
            "workers": 1,
            "worker_class": "gevent",
            "worker_connections": CONNECTIONS,
            "accesslog": None if quiet else "-",
            "logger_class": ShortenedAddresses,
            "loglevel": "warning",
            "keepalive": 30,
            "graceful_timeout": 5,
            "when_ready": _no_delay,
            "post_worker_init": self._begin,
            "limit_request_line": 4094,
            "forwarded_allow_ips": "",
        }
        super().__init__()

    def load_config(self) -> None:
        """Hand the options to gunicorn; its own files and variables are not read."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Build the application in the worker, after gevent has patched it."""
        from portal import create_app

        return create_app(self._config)

    def _begin(self, worker: Any) -> None:  # noqa: ANN401  gunicorn's worker
        if self._measured_at:
            metrics.serve(worker.app.wsgi(), self._measured_at)
        calm_collector()


def serve(config: Config, bind: str, *, quiet: bool = False, measured_at: str = "") -> None:
    """Serve until told to stop.

    :param measured_at: address and port at which the metrics are read; none without one.
    """
    logs.configure(told=logging.INFO)
    WebProcess(config, bind, quiet=quiet, measured_at=measured_at).run()
