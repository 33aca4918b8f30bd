"""The commands ``portal backup``: a key, a backup, its verification, a restore."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
import pyrage

from portal.operations import archive

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

FILE = click.Path(path_type=Path, dir_okay=False)
KEY = click.option("--key", "key", required=True, type=FILE, help="File with the secret key.")


def _told(error: Exception) -> NoReturn:
    click.echo(f"portal: {error}", err=True)
    sys.exit(1)


def make(open_app: Callable[[], Flask]) -> click.Group:
    """Return the group of commands.

    :param open_app: builds the application from the settings, when a command needs it.
    """

    @click.group()
    def backup() -> None:
        """Backups: encrypted, verified, restored."""

    backup.add_command(new_key)
    backup.add_command(_create(open_app))
    backup.add_command(verify)
    backup.add_command(_restore(open_app))
    return backup


@click.command("key")
@click.argument("path", type=FILE)
def new_key(path: Path) -> None:
    """Make the key that opens backups, and print whom backups are encrypted for."""
    key = pyrage.x25519.Identity.generate()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        _told(error)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(f"# public key: {key.to_public()}\n{key}\n")
    click.echo(str(key.to_public()))
    click.echo("Keep the file away from this machine: without it no backup opens.", err=True)


def _create(open_app: Callable[[], Flask]) -> click.Command:
    @click.command("create")
    @click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
    @click.option("--for", "recipients", multiple=True, required=True, help="age1...; repeatable.")
    def create(folder: Path, recipients: tuple[str, ...]) -> None:
        """Write a backup of one moment into a folder, and print its path."""
        from portal.operations.backup import create as write

        try:
            to = [archive.recipient(each) for each in recipients]
            with open_app().app_context():
                click.echo(str(write(folder, to)))
        except archive.BackupError as error:
            _told(error)

    return create


@click.command("verify")
@click.argument("path", type=FILE)
@KEY
def verify(path: Path, key: Path) -> None:
    """Read a whole backup, and say what it holds; ends with 1 if anything is missing."""
    from portal.operations.backup import verify as read

    try:
        found = read(path, archive.identity(key))
    except archive.BackupError as error:
        _told(error)
    rows = sum(found.rows.values())
    made = f"{found.created_at:%Y-%m-%d %H:%M:%S} UTC"
    click.echo(f"{made}: {rows} rows of {len(found.rows)} tables, whole and as written.")
    click.echo(f"To read it: the key, and {', '.join(found.keys)} of PORTAL_KEYS.")


def _restore(open_app: Callable[[], Flask]) -> click.Command:
    @click.command("restore")
    @click.argument("path", type=FILE)
    @KEY
    @click.option("--app-role", help="PostgreSQL: the role of web and worker; see db upgrade.")
    def restore(path: Path, key: Path, app_role: str | None) -> None:
        """Restore a backup into an empty database; erase again what was erased since."""
        from portal.operations.restore import restore as put_back

        try:
            done = put_back(open_app(), path, archive.identity(key), app_role=app_role)
        except archive.BackupError as error:
            _told(error)
        rows = sum(done.verified.rows.values())
        click.echo(f"{rows} rows of {done.verified.created_at:%Y-%m-%d %H:%M:%S} UTC are back.")
        click.echo(f"{done.erased} were erased again, {done.unsent} messages are not sent again.")
        click.echo("Nobody is signed in; links that were mailed before have to be sent anew.")
        for problem in done.problems:
            click.echo(problem, err=True)
        if done.problems:
            sys.exit(1)

    return restore
