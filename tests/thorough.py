"""How often a test repeats what chance decides: a little in each run, a lot when that is asked for.

``PORTAL_TEST_THOROUGH=1`` before pytest asks for it; the tests that know it then take minutes.
"""

from __future__ import annotations

import os

ASKED_FOR = bool(os.environ.get("PORTAL_TEST_THOROUGH"))


def times(few: int, many: int) -> int:
    """Return how often to repeat."""
    return many if ASKED_FOR else few
