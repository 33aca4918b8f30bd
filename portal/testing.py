"""Fixtures for the tests of a plugin: ``pytest_plugins = ["portal.testing"]`` in a conftest.py.

They run a whole portal with the plugin switched on in two practices, over SQLite in a temporary
folder. A hook, job, slot or page that raises fails the test that made it do so, although the
portal itself would have gone on.
"""

from __future__ import annotations

import tomllib
import traceback
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from portal import clock as the_clock
from portal.kit.partner import listening
from portal.kit.trial import Trial
from portal.pluginhost.loader import GROUP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from portal.kit.partner import Partner
    from portal.kit.practice import Practice

NO_NAME = (
    f'pyproject.toml names no plugin under [project.entry-points."{GROUP}"]. '
    "Add it, or define a fixture `portal_plugins` that returns the names."
)


class Clock:
    """The clock that everything in the portal reads."""

    def now(self) -> datetime:
        """Return the time, aware and in UTC."""
        return the_clock.now()

    def move(self, by: timedelta | None = None, **span: float) -> None:
        """Move it on: ``clock.move(days=90)``; a negative span moves it back."""
        the_clock.move(by if by is not None else timedelta(**span))


@pytest.fixture(scope="session")
def portal_plugins(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Return the plugins to try: those of the pyproject.toml in which the tests run."""
    path = request.config.rootpath / "pyproject.toml"
    project = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    names = project.get("project", {}).get("entry-points", {}).get(GROUP, {})
    if not names:
        raise pytest.UsageError(NO_NAME)
    return tuple(names)


@pytest.fixture(scope="session")
def portal_trial(
    portal_plugins: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Trial]:
    """Start the portal once for all tests."""
    trial = Trial(tmp_path_factory.mktemp("portal"), portal_plugins)
    yield trial
    trial.end()


@pytest.fixture
def portal(portal_trial: Trial) -> Iterator[Trial]:
    """Run the portal from its first moment; what a plugin raised fails the test.

    A test that provokes a failure empties ``portal.failures`` itself.
    """
    portal_trial.begin()
    yield portal_trial
    failures = list(portal_trial.failures)
    portal_trial.begin()
    if failures:
        told = "\n".join("".join(traceback.format_exception(each.error)) for each in failures)
        where = ", ".join(sorted({each.where for each in failures}))
        pytest.fail(f"raised in {where}\n{told}", pytrace=False)


@pytest.fixture
def practice(portal: Trial) -> Practice:
    """Return a practice where the plugin is switched on."""
    return portal.practice


@pytest.fixture
def neighbour(portal: Trial) -> Practice:
    """Return another practice where it is on, of another provider company."""
    return portal.neighbour


@pytest.fixture
def without(portal: Trial) -> Practice:
    """Return a practice where it is switched off."""
    return portal.without


@pytest.fixture
def clock(portal: Trial) -> Clock:  # noqa: ARG001  which resets it afterwards
    """Lend the portal's clock, to be moved."""
    return Clock()


@pytest.fixture
def work(portal: Trial) -> Callable[[], None]:
    """Return what makes the worker do one round: announcements, messages, jobs that are due."""
    return portal.work


@pytest.fixture
def clean(portal: Trial) -> Callable[[], None]:
    """Return what makes the worker delete what is past its date, as once a day."""
    return portal.clean


@pytest.fixture
def partner() -> Iterator[Partner]:
    """Run a partner's server on loopback."""
    with listening() as server:
        yield server
