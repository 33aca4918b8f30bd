"""A process that is killed in the middle of its work, begun from the test's own by a fork."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from portal.extensions import db

if TYPE_CHECKING:
    from collections.abc import Callable

LIVED = 3


def die(*_given: object, **_named: object) -> None:
    """End this process as ``kill -9`` or a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def dies(work: Callable[[], object]) -> bool:
    """Work in a child process; tell whether it was killed before it came to the end."""
    db.session.remove()
    db.engine.dispose()  # what SQLite remembers of its locks is not true in a child
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(LIVED)
    return os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
