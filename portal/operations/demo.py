"""Runs the demo: data once, then web and worker, each started again when it dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import click

from portal import create_app
from portal.config import from_environment
from portal.operations import demo_data
from portal.operations.database import upgrade

if TYPE_CHECKING:
    from pathlib import Path

RESTART_SECONDS = 0.5


def run_demo(host: str, port: int, data: Path) -> None:
    """Run until Ctrl-C; the data folder is kept, so that a second start continues."""
    data.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        "PORTAL_DATA": str(data.absolute()),
        "PORTAL_BASE_URL": f"http://localhost:{port}",
        "PORTAL_PLUGINS": ",".join(demo_data.PLUGINS),
        "PORTAL_DEMO": "1",
    }
    _prepare(environment)
    _greet(port)
    portal = [sys.executable, "-m", "portal.cli"]
    commands = ([*portal, "run", "--bind", f"{host}:{port}", "--quiet"], [*portal, "worker"])
    _supervise(commands, environment)


def _prepare(environment: dict[str, str]) -> None:
    config = from_environment(environment)
    app = create_app(config)
    upgrade(app)
    with app.app_context():
        if not demo_data.is_there():
            demo_data.fill(config.base_url)


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
