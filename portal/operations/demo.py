"""Runs the demo: data once, then web, worker and echo peers, each started again when it dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import click

from portal import clock, create_app
from portal.config import from_environment
from portal.extensions import db
from portal.operations import demo_data
from portal.operations.database import upgrade
from portal.pluginhost import service as pluginhost
from portal.tenants.scope import tenant_scope

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

RESTART_SECONDS = 0.5


def run_demo(host: str, port: int, data: Path, plugins: Sequence[str] = ()) -> None:
    """Run until Ctrl-C; the data folder is kept, so that a second start continues.

    :param plugins: further ones to load, and to switch on where the demo has its own on.
    """
    data.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        "PORTAL_DATA": str(data.absolute()),
        "PORTAL_BASE_URL": f"http://localhost:{port}",
        "PORTAL_PLUGINS": ",".join((*demo_data.PLUGINS, *plugins)),
        "PORTAL_DEMO": "1",
    }
    prepare(environment, plugins)
    _greet(port)
    portal = [sys.executable, "-m", "portal.cli"]
    commands = (
        [*portal, "run", "--bind", f"{host}:{port}", "--quiet"],
        [*portal, "worker"],
        [*portal, "media"],
    )
    _supervise(commands, environment)


def prepare(environment: Mapping[str, str], plugins: Sequence[str] = ()) -> None:
    """Make the database and the invented people, unless they are there.

    :raise click.ClickException: a further plugin cannot be loaded; the text says why.
    """
    config = from_environment(environment)
    app = create_app(config)
    refused = app.extensions["portal_plugins"].plugins.refused
    for name in plugins:
        if name in refused:
            raise click.ClickException(refused[name])
    upgrade(app)
    with app.app_context():
        if not demo_data.is_there():
            demo_data.fill(config.base_url)
        pluginhost.approve_all(now=clock.now())
        db.session.commit()
        for organisation_id in demo_data.with_plugins():
            with tenant_scope(organisation_id):
                for name in plugins:
                    pluginhost.switch_on(name)
                db.session.commit()


def _greet(port: int) -> None:
    click.echo(f"\nPraxisfenster: http://localhost:{port}  (Ctrl-C stops it)\n")
    click.echo("Sign in at /sign-in. Everybody's password: " + demo_data.PASSWORD + "\n")
    for row in demo_data.accounts():
        click.echo(f"  {row['name']:<22} {row['role']:<13} {row['organisation']}")
    click.echo("\nA guest opens / in another window and types a code made at /desk.")
    click.echo("What the demo sends as text message is shown at /demo/messages.\n")
    sys.stdout.flush()


def _supervise(commands: tuple[list[str], ...], environment: dict[str, str]) -> None:
    """Keep the processes running; the first signal stops them all."""
    running = [subprocess.Popen(command, env=environment) for command in commands]  # noqa: S603
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    while not stopping:
        time.sleep(RESTART_SECONDS)
        for place, process in enumerate(running):
            if process.poll() is not None and not stopping:
                click.echo(f"portal: {commands[place][3]} ended, starting it again", err=True)
                running[place] = subprocess.Popen(commands[place], env=environment)  # noqa: S603
    for process in running:
        process.terminate()
    for process in running:
        try:
            process.wait(timeout=8)
        except subprocess.TimeoutExpired:
            process.kill()
