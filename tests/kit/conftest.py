"""Lends the fresh environment to the tests beside it; it is made once for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.fresh import make

if TYPE_CHECKING:
    from tests.kit.fresh import Fresh


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Fresh:
    return make(tmp_path_factory.mktemp("fresh"))
