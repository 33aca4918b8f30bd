"""Checks each part that the portal stands on, and says how to mend what is wrong (OPS-2)."""

from __future__ import annotations

import shutil
import smtplib
import socket
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import func, select

from portal import clock
from portal.calls import echo
from portal.extensions import db
from portal.operations import readiness
from portal.operations.database import check_role
from portal.outbox import QUEUED, Outbox
from portal.pluginhost import report
from portal.tenants.rowsecurity import RoleError
from portal.tenants.scope import across_tenants
from portal.tenants.service import terminated

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from portal.config import Config

GOOD, WARNING, BAD = "ok", "warning", "bad"
FREE_BYTES = 1 << 30
SECONDS = 5.0
LATE_MINUTES = 15
PORTS = {"stun": 3478, "turn": 3478, "stuns": 5349, "turns": 5349}
# With any of these off, PostgreSQL can lose after a power cut what it has confirmed.
LASTING = ("fsync", "full_page_writes", "synchronous_commit")
# A STUN binding request (RFC 8489, section 5): type, length, magic cookie, transaction id.
BINDING = bytes.fromhex("000100002112a442") + b"praxisfenste"


@dataclass(frozen=True)
class Finding:
    """What was found of one part.

    :param cure: what to do; empty when it is well.
    """

    part: str
    state: str
    said: str
    cure: str = ""


def examine(app: Flask) -> list[Finding]:
    """Check each part once; one that cannot be checked does not hide the others."""
    config = app.extensions["portal_config"]
    found = []
    with app.app_context():
        for check in CHECKS:
            try:
                found += check(config)
            except Exception as error:  # noqa: BLE001  named, and the next part is checked
                part = check.__name__.strip("_").replace("_", " ")
                found.append(Finding(part, BAD, f"could not be checked: {type(error).__name__}."))
            finally:
                db.session.rollback()
    return found


def _data_folder(config: Config) -> list[Finding]:
    part = "data folder"
    free = shutil.disk_usage(config.data).free
    try:
        probe = config.data / ".doctor"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        cure = f"Let the portal's user write into {config.data}."
        return [Finding(part, BAD, f"cannot be written ({error.strerror}).", cure)]
    if free < FREE_BYTES:
        return [Finding(part, WARNING, f"has {free >> 20} MiB left.", "Make room on the disk.")]
    return [Finding(part, GOOD, f"can be written, {free >> 30} GiB left.")]


def _keys(config: Config) -> list[Finding]:
    path = config.data / "keys"
    if not path.exists():
        return [Finding("keys", GOOD, "come from PORTAL_KEYS.")]
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return [Finding("keys", BAD, f"{path} is open to others.", f"chmod 600 {path}")]
    cure = "Keep a copy away from the database, or set PORTAL_KEYS_FILE."
    return [Finding("keys", WARNING, f"lie beside the data, in {path}.", cure)]


def _database(config: Config) -> list[Finding]:
    found = readiness.parts(_app())
    if found["database"] == readiness.AWAY:
        cure = "Start it, and compare PORTAL_DATABASE_URL."
        return [Finding("database", BAD, "cannot be reached.", cure)]
    if found["tables"] == readiness.OLD:
        return [Finding("database", BAD, "has old tables.", "Run `portal db upgrade`.")]
    if config.sqlalchemy_url.startswith("sqlite"):
        return [Finding("database", GOOD, "SQLite, with the newest tables; for one machine.")]
    try:
        check_role(config.sqlalchemy_url)
    except RoleError as error:
        return [Finding("database", BAD, "has no fence of its own.", str(error))]
    said = "PostgreSQL, newest tables, row-level security in force."
    return [Finding("database", GOOD, said), _lasting()]


def _lasting() -> Finding:
    """Tell whether PostgreSQL writes a consent to the disk before it confirms it."""
    settings = db.session.execute(select(*map(func.current_setting, LASTING))).one()
    off = [name for name, value in zip(LASTING, settings, strict=True) if value == "off"]
    if not off:
        return Finding("power cut", GOOD, "takes nothing that was confirmed.")
    cure = "Set them on in postgresql.conf, and reload PostgreSQL."
    return Finding("power cut", BAD, f"can take what was confirmed: {', '.join(off)} off.", cure)


def _app() -> Flask:
    from flask import current_app

    return current_app._get_current_object()  # type: ignore[attr-defined,no-any-return]  # noqa: SLF001  Werkzeug's own way


def _worker(_config: Config) -> list[Finding]:
    # What a terminated organisation had queued is not sent any more.
    waits = select(func.min(Outbox.next_try_at)).where(
        Outbox.state == QUEUED, Outbox.organisation_id.not_in(terminated())
    )
    with across_tenants("The oldest waiting row of any organisation tells whether a worker runs."):
        oldest = db.session.scalar(waits)
    late = (clock.now() - oldest).total_seconds() / 60 if oldest else 0
    if late > LATE_MINUTES:
        cure = "Start `portal worker`; without it nothing is sent and nothing is deleted."
        return [Finding("worker", BAD, f"leaves rows waiting for {late:.0f} minutes.", cure)]
    return [Finding("worker", GOOD, "leaves nothing waiting.")]


def _plugins(_config: Config) -> list[Finding]:
    faulty = report.faulty()
    if faulty:
        cure = "See `portal plugins list` and the page Erweiterungen."
        return [Finding("plugins", WARNING, f"faulty: {', '.join(faulty)}.", cure)]
    return [Finding("plugins", GOOD, "are loaded as named.")]


def _address(config: Config) -> list[Finding]:
    parts = urlsplit(config.base_url)
    if parts.scheme == "https":
        return [Finding("address", GOOD, config.base_url)]
    if parts.hostname in {"localhost", "127.0.0.1"}:
        said = f"{config.base_url} is for this machine only."
        return [Finding("address", WARNING, said, "Set PORTAL_BASE_URL to what people type.")]
    cure = "Browsers give no camera without https: put a reverse proxy in front."
    return [Finding("address", BAD, f"{config.base_url} is not https.", cure)]


def _mail(config: Config) -> list[Finding]:
    if not config.smtp_url:
        return [Finding("mail", BAD, "has no server.", "Set PORTAL_SMTP_URL.")]
    parts = urlsplit(config.smtp_url)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    try:
        with kind(parts.hostname or "", parts.port or 0, timeout=SECONDS) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        said = f"{parts.hostname} does not answer ({type(error).__name__})."
        return [Finding("mail", BAD, said, "Compare PORTAL_SMTP_URL, and the firewall.")]
    return [Finding("mail", GOOD, f"{parts.hostname} answers.")]


def _several_processes(config: Config) -> list[Finding]:
    if not config.redis_url:
        return [Finding("redis", GOOD, "is not used: one web process.")]
    if readiness.parts(_app())["redis"] == readiness.AWAY:
        return [
            Finding("redis", BAD, "does not answer.", "Start it, and compare PORTAL_REDIS_URL.")
        ]
    return [Finding("redis", GOOD, "answers.")]


def _relay(config: Config) -> list[Finding]:
    if not config.ice_urls:
        cure = "Run coturn, and set PORTAL_ICE_URLS and PORTAL_TURN_SECRET."
        return [Finding("relay", WARNING, "none: calls fail behind strict firewalls.", cure)]
    found = [_asked(url) for url in config.ice_urls]
    if not config.turn_secret and any(url.startswith("turn") for url in config.ice_urls):
        cure = "Set PORTAL_TURN_SECRET to coturn's static-auth-secret."
        found.append(Finding("relay", BAD, "has no secret, so nobody may use it.", cure))
    return found


def _technical_check(config: Config) -> list[Finding]:
    part = "technical check"
    try:
        with socket.socket(socket.AF_UNIX) as peers:
            peers.settimeout(SECONDS)
            peers.connect(str(echo.path_of(config)))
    except OSError as error:
        said = f"no echo peer answers ({type(error).__name__})."
        return [Finding(part, WARNING, said, "Start `portal media`; calls do without it.")]
    return [Finding(part, GOOD, "an echo peer answers.")]


def _asked(url: str) -> Finding:
    """Ask a STUN or TURN server who we are, over UDP, or connect to it over TCP."""
    kind, _, rest = url.partition(":")
    host, _, port = rest.partition("?")[0].partition(":")
    number = int(port or PORTS[kind])
    over_udp = kind in {"stun", "turn"} and "transport=tcp" not in rest
    try:
        if over_udp:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
                asking.settimeout(SECONDS)
                asking.sendto(BINDING, (host, number))
                asking.recvfrom(1500)
        else:
            socket.create_connection((host, number), timeout=SECONDS).close()
    except OSError as error:
        said = f"{url} does not answer ({type(error).__name__})."
        return Finding("relay", BAD, said, "Start coturn, and open its ports.")
    return Finding("relay", GOOD, f"{url} answers.")


CHECKS: tuple[Callable[[Config], list[Finding]], ...] = (
    _data_folder,
    _keys,
    _database,
    _worker,
    _plugins,
    _address,
    _mail,
    _several_processes,
    _relay,
    _technical_check,
)
