"""The commands of authors: ``portal plugins new``, ``check`` and ``reference``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from portal.config import ConfigError, from_environment


@click.command()
@click.argument("name")
@click.option(
    "--into",
    default=".",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="In which folder the new one is made.",
)
def new(name: str, into: Path) -> None:
    """Write a new plugin, in a folder of its own, that works at once."""
    from portal.kit.new import Names, NewPluginError, write

    try:
        files = write(name, into)
    except NewPluginError as error:
        click.echo(f"portal: {error}", err=True)
        sys.exit(2)
    for path in files:
        click.echo(f"  {path}")
    click.echo(f"\nNext: cd {into / Names(name).distribution}, and go on as its README.md says.")


@click.command()
@click.argument("names", nargs=-1)
def check(names: tuple[str, ...]) -> None:
    """Check plugins: those named, or the one of this folder, or those of PORTAL_PLUGINS.

    Prints a line for each thing to mend, and ends with 1 if there is any.
    """
    from portal.kit import checking

    try:
        points = checking.chosen(names, from_environment(os.environ).plugins, Path.cwd())
    except (checking.NothingToCheckError, ConfigError) as error:
        click.echo(f"portal: {error}", err=True)
        sys.exit(2)
    found = 0
    for point in points:
        findings = checking.check(point)
        found += len(findings)
        for finding in findings:
            click.echo(str(finding))
        if not findings:
            click.echo(f"{point.name}: nothing to mend ({len(checking.CHECKS)} checks)")
    sys.exit(1 if found else 0)


@click.command()
def reference() -> None:
    """Print every hook, and every name that a plugin may import, as Markdown."""
    from portal.kit.reference import whole

    click.echo(whole(), nl=False)
