"""The commands ``portal privacy ...``: what the declarations say, and what the runner would do."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from datetime import UTC
from typing import TYPE_CHECKING, Any

import click

from portal.config import ConfigError, from_environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

LANGUAGE = click.option("--lang", type=click.Choice(["de", "en"]), default="de", show_default=True)


@click.group()
def privacy() -> None:
    """Tell from the declarations what is done with personal data, and what is due."""


@contextmanager
def _portal(lang: str = "de") -> Iterator[None]:
    """Open an application context in a language, or stop with the line that says what to do."""
    try:
        config = from_environment(os.environ)
    except ConfigError as error:
        click.echo(f"portal: {error}", err=True)
        sys.exit(2)
    from flask_babel import force_locale

    from portal import create_app

    app = create_app(config)
    with app.app_context(), app.test_request_context(), force_locale(lang):
        yield


def _print(found: Any) -> None:  # noqa: ANN401  what JSON can hold
    click.echo(json.dumps(found, ensure_ascii=False, indent=2, default=str))


@privacy.command()
@LANGUAGE
def notice(lang: str) -> None:
    """Print every section of the notice, with all loaded plugins, as JSON."""
    with _portal(lang):
        from portal.privacy import notice as written
        from portal.privacy import registry

        uses = registry.uses(registry.of_plugins())
        _print([written.section(use, lang) for use in uses])


@privacy.command()
@LANGUAGE
def record(lang: str) -> None:
    """Print the record of processing activities (Art. 30 GDPR) as CSV."""
    with _portal(lang):
        from portal.privacy import record as lines
        from portal.privacy import registry

        for piece in lines.as_csv(None, registry.of_plugins(), lang):
            click.echo(piece, nl=False)


@privacy.command()
@LANGUAGE
def processors(lang: str) -> None:
    """Print who gets data on behalf of a provider company, and for what."""
    with _portal(lang):
        from portal.privacy import processors as who
        from portal.privacy import registry

        for words, use in who.named(registry.of_plugins(), lang):
            click.echo(f"{words}: {use}")


@privacy.command()
@LANGUAGE
def storage(lang: str) -> None:
    """Print what the portal keeps in a browser, as JSON."""
    with _portal(lang):
        from portal.privacy import notice as written

        _print(written.storage(lang))


@privacy.command()
def coverage() -> None:
    """Print what the privacy policy promises, section by section, and whether it is kept."""
    from portal.privacy import coverage as table

    for row in table.rows():
        ids = ", ".join(row.requirements)
        click.echo(f"{row.section:>6}  {row.state:<14}  {ids}: {row.promise}")


@privacy.command()
@click.option("--run", is_flag=True, help="Delete; without it nothing is deleted (dry run).")
@click.option("--at", type=click.DateTime(), help="Count as of this moment (UTC), dry run only.")
@click.option("--verify", is_flag=True, help="Check the protocol instead.")
def deletion(run: bool, at: datetime | None, verify: bool) -> None:
    """Print how many rows each rule would delete; ends with 1 where something is overdue."""
    with _portal():
        from portal import clock
        from portal.privacy import deletion as runner

        if verify:
            problems = runner.verify()
            for problem in problems:
                click.echo(problem, err=True)
            sys.exit(1 if problems else 0)
        now = at.replace(tzinfo=UTC) if at else clock.now()
        if run and at is None:
            click.echo(f"{runner.run(now)} rows deleted.")
        for rule, rows in runner.due(now):
            click.echo(f"{rows:>9}  {rule.use.id}  {rule.place}")
        late = runner.overdue(now) if at is None else []
        for rule, rows in late:
            click.echo(f"overdue: {rows} rows of {rule.place}. Does the worker run?", err=True)
        sys.exit(1 if late else 0)
