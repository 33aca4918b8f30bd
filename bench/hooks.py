"""Cost of one guarded call of a hook, against the bare call of pluggy.

Subject: the host asks one plugin as a page does: breaker, time limit, savepoint, counts, check of
the answer. Floor: pluggy calls the same function of the same plugin. The plugin answers nothing.
Both run in a process that gevent has patched, as the web process is, because the time limit is a
timer of gevent. Counted is the time of the processor, so that other programs of the machine do not
count. What belongs to the page and not to the call (which plugins are on here) is left out.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from importlib.metadata import EntryPoint
from logging import getLogger
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figures import Figure, middle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RUNS, CALLS = 21, 2_000
LONGEST = 60


def measure(runs: int = RUNS, calls: int = CALLS) -> list[Figure]:
    """Return the cost of one call in microseconds."""
    command = [sys.executable, "-m", "bench.hooks", str(runs), str(calls)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=LONGEST, check=True)
    floor, subject = json.loads(done.stdout)
    return [
        Figure("guarded call of a hook", middle(subject), "µs", middle(floor), "value < 20", runs)
    ]


def _ways(folder: Path) -> tuple[Callable[[], object], Callable[[], object]]:
    """Return the bare and the guarded call."""
    from bench.idle_plugin import NAME
    from portal import clock
    from portal.api import CallEvent
    from portal.config import Config
    from portal.pluginhost.context import PluginContext, PluginSession
    from portal.pluginhost.guard import Limit
    from portal.pluginhost.service import COLLECT, NO_NETWORK, Host

    point = EntryPoint(NAME, f"bench.{NAME}", "portal.plugins")
    host = Host(Config(data=folder, plugins=(NAME,), plugins_strict=True), [point])
    own = (PluginSession(), NO_NETWORK, getLogger("bench"))
    ctx = PluginContext(NAME, "0" * 32, True, {}, {}, *own)
    now = clock.now()
    call = CallEvent("ended", "0" * 32, "0" * 32, "0" * 32, now, now)
    given = {"call": call, "account_id": "0" * 32}
    # The timer of a page, but patience with a machine that is busy with something else.
    limit = Limit(slow=LONGEST, stop=COLLECT.stop)
    bare = host.plugins.manager.hook.after_call_steps
    return (
        lambda: bare(ctx=ctx, **given),
        lambda: host.ask("after_call_steps", ctx, limit, given),
    )


@contextmanager
def _in_force(folder: Path) -> Iterator[None]:
    """Put an application and an organisation in force, as a page has them."""
    from portal import create_app
    from portal.config import Config, with_keys
    from portal.tenants.scope import tenant_scope

    app = create_app(with_keys(Config(data=folder)))
    with app.app_context(), tenant_scope("0" * 32):
        yield


def _timed(act: Callable[[], object], calls: int) -> float:
    begun = time.process_time()
    for _ in range(calls):
        act()
    return (time.process_time() - begun) / calls * 1_000_000


def main() -> None:
    """Print the microseconds of each run: the bare ones, then the guarded ones."""
    from gevent import monkey

    monkey.patch_all()
    runs, calls = int(sys.argv[1]), int(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder, _in_force(Path(folder)):
        ways = _ways(Path(folder))
        times: tuple[list[float], ...] = ([], [])
        for _ in range(runs):
            for act, kept in zip(ways, times, strict=True):
                kept.append(_timed(act, calls))
    json.dump(times, sys.stdout)


if __name__ == "__main__":
    main()
