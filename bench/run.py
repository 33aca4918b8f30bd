"""Runs the measurements one after the other, prints the table and writes ``bench/results.json``."""

from __future__ import annotations

import sys
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.figures import store, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.figures import Figure

RESULTS = Path(__file__).with_name("results.json")
# In this order: browsers last, because they warm the machine up.
MODULES = (
    "plugins",
    "outbox",
    "lists",
    "accounts",
    "contacts",
    "contracts",
    "privacy",
    "signing_in",
    "flood",
    "memory",
    "arrival",
    "participants",
    "echoes",
    "weight",
    "admission",
    "strokes",
    "losses",
    "crowd",
)


def main(names: Sequence[str] = ()) -> None:
    """Measure everything, or the modules named; a part that fails does not hide the others."""
    unknown = set(names) - set(MODULES)
    if unknown:
        click.echo(f"bench: unknown: {', '.join(sorted(unknown))}. Known: {', '.join(MODULES)}.")
        sys.exit(2)
    figures, failed = measure(names or MODULES)
    click.echo(f"\n{table(figures)}\n")
    if not names and not failed:
        store(figures, RESULTS)
        click.echo(f"Written to {RESULTS.relative_to(RESULTS.parents[1])}.")
    if failed:
        click.echo(f"Not measured: {', '.join(failed)}. Nothing was written.", err=True)
        sys.exit(1)


def measure(names: Sequence[str]) -> tuple[list[Figure], list[str]]:
    """Return the figures of these modules, and the modules that could not be measured."""
    figures: list[Figure] = []
    failed = []
    for name in names:
        begun = time.monotonic()
        click.echo(f"bench: {name} ...", err=True)
        try:
            figures += import_module(f"bench.{name}").measure()
        except Exception as error:  # noqa: BLE001  the other figures are still worth having
            click.echo(f"bench: {name} failed: {error!r}", err=True)
            failed.append(name)
        else:
            click.echo(f"bench: {name} took {time.monotonic() - begun:.0f} s", err=True)
    return figures, failed
