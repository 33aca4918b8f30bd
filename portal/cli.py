"""The command ``portal``: run, worker, media, database, demo, requirements, bench."""

from __future__ import annotations

import json
import logging
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from portal.config import Config, ConfigError, from_environment
from portal.kit.commands import check, new, reference
from portal.operations import backup_commands
from portal.privacy.commands import privacy

if TYPE_CHECKING:
    from flask import Flask


def _config(**overrides: object) -> Config:
    """Read the settings, or stop with the one line that says what to do."""
    try:
        return from_environment(os.environ, **overrides)
    except ConfigError as error:
        click.echo(f"portal: {error}", err=True)
        sys.exit(2)


def _check_role(config: Config) -> None:
    """Stop unless the database's own fence holds the role that the settings name."""
    from portal.operations.database import check_role
    from portal.tenants.rowsecurity import RoleError

    try:
        check_role(config.sqlalchemy_url)
    except RoleError as error:
        click.echo(f"portal: {error}", err=True)
        sys.exit(2)


@click.group()
@click.pass_context
def main(context: click.Context) -> None:
    """Praxisfenster: practices and clinics receive patients by video."""
    if context.invoked_subcommand != "run":  # which has to patch sockets before any import
        from portal.operations import logs

        logs.configure()


@main.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="Address and port.")
@click.option("--safe-mode", is_flag=True, help="Start without any plugin.")
@click.option("--quiet", is_flag=True, help="Write no access log.")
@click.option("--metrics", help="Address and port of /metrics; keep it from the world.")
def run(bind: str, safe_mode: bool, quiet: bool, metrics: str | None) -> None:
    """Run the web process."""
    if metrics and not metrics.rpartition(":")[2].isdecimal():
        message = f"{metrics} is no address with a port: for example 127.0.0.1:9100."
        raise click.BadParameter(message, param_hint="--metrics")
    config = _config(safe_mode=safe_mode)
    from gevent import monkey

    # Before anything opens a socket or imports ssl, so that all of it waits together.
    monkey.patch_all()
    from portal.operations.serve import serve

    _check_role(config)
    serve(config, bind, quiet=quiet, measured_at=metrics or "")


@main.command()
def worker() -> None:
    """Run the worker that sends messages and cleans up."""
    config = _config()
    _check_role(config)
    from portal import create_app, jobs
    from portal.operations import logs

    logs.configure(told=logging.INFO)
    jobs.run_worker(create_app(config))


@main.command()
@click.option(
    "--sessions",
    type=click.IntRange(1, 64),
    help="Technical checks at once; without it two for each core.",
)
def media(sessions: int | None) -> None:
    """Run the echo peers of the technical check."""
    config = _config()
    from portal.calls import echo

    try:
        echo.serve(config, sessions)
    except echo.CannotServeError as error:
        click.echo(f"portal: {error}", err=True)
        sys.exit(2)


@main.group()
def db() -> None:
    """Database."""


@db.command("upgrade")
@click.option("--app-role", help="PostgreSQL: the role of web and worker, which owns nothing.")
def db_upgrade(app_role: str | None) -> None:
    """Bring the database to the newest form; on PostgreSQL as the owner of its tables."""
    config = _config()
    from portal import create_app
    from portal.operations.database import upgrade

    upgrade(create_app(config), app_role=app_role)


@db.command("revise", hidden=True)
@click.argument("message")
def db_revise(message: str) -> None:
    """Write a new migration from the models."""
    from portal import create_app
    from portal.operations.database import revise

    revise(create_app(_config()), message)


@main.group()
def audit() -> None:
    """Audit log."""


@audit.command("verify")
def audit_verify() -> None:
    """Read the whole audit log, and name each entry that was changed, moved or removed."""
    config = _config()
    from portal import create_app
    from portal.audit import verify

    with create_app(config).app_context():
        found = verify()
    for problem in found.problems:
        click.echo(problem, err=True)
    if found.problems:
        sys.exit(1)
    click.echo(f"{found.entries} entries in {found.chains} chains are as they were written.")


main.add_command(privacy)


@main.group()
def demo() -> None:
    """Practices and people that are invented, to try everything with."""


@demo.command("run")
@click.option("--port", default=8000, show_default=True)
@click.option("--data", default="data", show_default=True, type=click.Path(path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--plugin", "plugins", multiple=True, help="One more plugin to try; may be repeated.")
def demo_run(port: int, data: Path, host: str, plugins: tuple[str, ...]) -> None:
    """Make the demo data if need be, and run web and worker until Ctrl-C."""
    from portal.operations.demo import run_demo

    run_demo(host, port, data, plugins)


@demo.command("accounts")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def demo_accounts(as_json: bool) -> None:
    """Print who can sign in to the demo."""
    from portal.operations.demo_data import accounts

    rows = accounts()
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        line = f"{row['role']:<13} {row['name']:<24} {row['password']:<20} {row['organisation']}"
        click.echo(line)


@main.group()
def plugins() -> None:
    """Plugins: written, checked, listed, asked, measured and deleted."""


plugins.add_command(new)
plugins.add_command(check)
plugins.add_command(reference)


def _told(error: Exception) -> NoReturn:
    click.echo(f"portal: {error}", err=True)
    sys.exit(1)


@plugins.command("list")
@click.option("--check", is_flag=True, help="Ask each plugin whether it can do its work.")
def plugins_list(check: bool) -> None:
    """Print each plugin as PORTAL_PLUGINS can name it, with its state."""
    from portal import create_app
    from portal.operations import plugin_commands

    app = create_app(_config())
    for line in (*plugin_commands.listed(app), *(plugin_commands.checked(app) if check else ())):
        click.echo(line)


@plugins.command("trace")
@click.argument("hook")
@click.option("--organisation", required=True, help="Id of the organisation.")
def plugins_trace(hook: str, organisation: str) -> None:
    """Print which plugins a hook asks in an organisation, in which order, and why not others."""
    from portal import create_app
    from portal.operations import plugin_commands

    try:
        for line in plugin_commands.traced(create_app(_config()), hook, organisation):
            click.echo(line)
    except plugin_commands.PluginCommandError as error:
        _told(error)


@plugins.command("bench")
@click.argument("plugin")
@click.option("--organisation", required=True, help="Id of an organisation where it is on.")
def plugins_bench(plugin: str, organisation: str) -> None:
    """Measure the hooks of pages; ends with 1 when one takes longer than 20 ms."""
    from portal import create_app
    from portal.operations import plugin_commands

    try:
        rows = plugin_commands.measured(create_app(_config()), plugin, organisation)
    except plugin_commands.PluginCommandError as error:
        _told(error)
    for row in rows:
        click.echo(f"{row.hook:<30} {row.milliseconds:>8.2f} ms")
    if not all(row.is_fast for row in rows):
        sys.exit(1)


@plugins.command("purge")
@click.argument("plugin")
@click.option("--organisation", required=True, help="Id of the organisation.")
@click.confirmation_option(prompt="All that the plugin has there is deleted for good. Go on?")
def plugins_purge(plugin: str, organisation: str) -> None:
    """Delete a plugin's rows and settings in an organisation where it is off."""
    from portal import create_app
    from portal.operations import plugin_commands

    try:
        gone = plugin_commands.purge(create_app(_config()), plugin, organisation)
    except plugin_commands.PluginCommandError as error:
        _told(error)
    click.echo(f"{gone} rows deleted.")


@main.command()
@click.argument("plugin")
@click.argument("command")
@click.argument("words", nargs=-1)
@click.option("--organisation", help="Id of one organisation; otherwise all where it is on.")
def plugin(plugin: str, command: str, words: tuple[str, ...], organisation: str | None) -> None:
    """Run a command that a plugin brings, wherever the plugin is on."""
    from portal import create_app
    from portal.operations import plugin_commands

    app, failed = create_app(_config()), False
    try:
        found = plugin_commands.find_command(app, plugin, command)
        answers = plugin_commands.carried_out(app, plugin, found, words, organisation)
        for organisation_id, answer in answers:
            failed = failed or answer is None
            click.echo(f"{organisation_id}: {'failed, see the log' if answer is None else answer}")
    except plugin_commands.PluginCommandError as error:
        _told(error)
    if failed:
        sys.exit(1)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def requirements(as_json: bool) -> None:
    """Print each requirement with its tests and their last result."""
    from portal.operations.requirements import print_requirements

    print_requirements(as_json=as_json)


def _app() -> Flask:
    from portal import create_app

    return create_app(_config())


main.add_command(backup_commands.make(_app))


@main.group()
def operator() -> None:
    """Accounts of the operator: the first one, and links for passwords."""


@operator.command("create")
@click.argument("email")
@click.option("--first-name", required=True)
@click.option("--last-name", required=True)
def operator_create(email: str, first_name: str, last_name: str) -> None:
    """Make an account and print the link for its password, which opens once within seven days."""
    config = _config()
    from portal import clock, create_app
    from portal.operations import operators

    with create_app(config).app_context():
        try:
            click.echo(operators.create(email, first_name, last_name, now=clock.now()))
        except operators.OperatorError as error:
            _told(error)


@operator.command("link")
@click.argument("email")
def operator_link(email: str) -> None:
    """Print a new link for a forgotten password, which opens once within an hour."""
    config = _config()
    from portal import clock, create_app
    from portal.operations import operators

    with create_app(config).app_context():
        try:
            click.echo(operators.new_link(email, now=clock.now()))
        except operators.OperatorError as error:
            _told(error)


@main.command()
def doctor() -> None:
    """Check each part that the portal stands on, and say how to mend what is wrong."""
    from portal.operations import doctor as examining

    found = examining.examine(_app())
    for each in found:
        click.echo(f"{each.state:<8} {each.part}: {each.said}")
        if each.cure:
            click.echo(f"{'':<8} {each.cure}")
    if any(each.state == examining.BAD for each in found):
        sys.exit(1)


@main.group()
def keys() -> None:
    """Keys of encryption."""


@keys.command("rotate")
def keys_rotate() -> None:
    """Encrypt everything with the first key of PORTAL_KEYS; may be stopped and run again."""
    config = _config()
    from portal import create_app
    from portal.operations.keys import rotate

    with create_app(config).app_context():
        done = rotate()
    click.echo(f"{done.moved} values moved to key {config.current_key}.")
    if done.unreadable:
        click.echo(f"{done.unreadable} values fit no key: leave the old keys in place.", err=True)
        sys.exit(1)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("figures", nargs=-1)
def bench(figures: tuple[str, ...]) -> None:
    """Measure the figures against their floors and print the ratios."""
    if find_spec("bench") is None:
        message = "What is measured stands in a checkout: run `make bench` there."
        raise click.ClickException(message)
    from bench.run import main as measure

    measure(figures)


if __name__ == "__main__":
    main()
