"""A network that can be cut: a browser behind a router, as at home, with the portal beyond it.

Linux's network namespaces, joined by pairs of virtual cables; the addresses are those that RFC 2544
sets aside for measurements. When the router passes nothing on, the device notices nothing itself:
its cable is plugged in, and packets vanish, as they do when a provider's line is down.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IP = shutil.which("ip") or "/usr/sbin/ip"
PORTAL, NEAR = "198.18.0.1", "198.18.0.2"
FORWARDING = "/proc/sys/net/ipv4/ip_forward"


class Way(NamedTuple):
    """A cable between router and device, which bears the same name at both ends."""

    cable: str
    router: str
    device: str


HOME = Way("lan", "198.18.1.1", "198.18.1.2")
MOBILE = Way("lte", "198.18.2.1", "198.18.2.2")


def hindrance() -> str:
    """Return in words why no such network can be made here; nothing when it can."""
    if os.geteuid() != 0:
        return "Only root may make network namespaces."
    name = f"pf-probe-{os.getpid()}"
    try:
        _ip("netns", "add", name)
        _ip("netns", "del", name)
    except (OSError, subprocess.CalledProcessError) as error:
        told = getattr(error, "stderr", None) or str(error)
        return f"Network namespaces cannot be made here: {told.strip()}"
    return ""


class Home:
    """One device's network, from which a portal's port on this machine can be reached.

    :param port: where the portal listens; the device finds it at the same ``localhost`` port.
    """

    def __init__(self, folder: Path, port: int) -> None:
        mine = os.getpid()
        self._device, self._router = f"pf-device-{mine}", f"pf-router-{mine}"
        self._cable = f"pf{mine}"
        self._at = HOME
        self._port = port
        self._forwarders: list[subprocess.Popen[bytes]] = []
        # What chromedriver starts in the place of Chromium.
        self.chromium = folder / "chromium-at-home"
        inside = f"{IP} netns exec {self._device}"
        self.chromium.write_text(f'#!/bin/sh\nexec {inside} /usr/bin/chromium "$@"\n')
        self.chromium.chmod(0o755)

    def __enter__(self) -> Self:
        for name in (self._device, self._router):
            _ip("netns", "add", name)
            _ip("-n", name, "link", "set", "lo", "up")
        try:
            self._lay_cables()
            self._forward()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_of: object) -> None:
        for process in self._forwarders:
            process.terminate()
            process.wait()
        for name in (self._device, self._router):
            _ip("netns", "del", name)

    @contextmanager
    def away(self) -> Iterator[None]:
        """Let nothing pass, neither way."""
        self._pass_on(passes=False)
        try:
            yield
        finally:
            self._pass_on(passes=True)

    def changes_networks(self) -> None:
        """Give the device another way out with another address, and take away the one it has."""
        left = self._at
        self._plug_in(MOBILE if left == HOME else HOME)
        _ip("-n", self._device, "link", "delete", left.cable)
        self._leave_by(self._at)

    def _lay_cables(self) -> None:
        outer = self._cable
        _ip("link", "add", outer, "type", "veth", "peer", "name", "wan", "netns", self._router)
        # An address of IPv6 would come seconds later, and break what pages load at that moment.
        _ip("link", "set", outer, "addrgenmode", "none")
        _give((), outer, PORTAL)
        _give(("-n", self._router), "wan", NEAR)
        _ip("-n", self._router, "route", "add", "default", "via", PORTAL)
        self._plug_in(HOME)
        self._leave_by(HOME)
        self._pass_on(passes=True)

    def _plug_in(self, way: Way) -> None:
        _ip("-n", self._router, "link", "add", way.cable, "type", "veth",
            "peer", "name", way.cable, "netns", self._device)  # fmt: skip
        _give(("-n", self._router), way.cable, way.router)
        _give(("-n", self._device), way.cable, way.device)
        _ip("route", "replace", f"{way.device}/32", "via", NEAR)
        self._at = way

    def _leave_by(self, way: Way) -> None:
        _ip("-n", self._device, "route", "replace", "default", "via", way.router)

    def _forward(self) -> None:
        listens, command = (
            f"127.0.0.1:{self._port}",
            [sys.executable, "-m", "tests.browser.forward"],
        )
        beyond = f"{PORTAL}:{self._port}"
        inside = [IP, "netns", "exec", self._device]
        for full in ([*command, beyond, listens], [*inside, *command, listens, beyond]):
            self._forwarders.append(subprocess.Popen(full))

    def _pass_on(self, *, passes: bool) -> None:
        write = f"echo {int(passes)} > {FORWARDING}"
        _ip("netns", "exec", self._router, "sh", "-c", write)


def _give(where: tuple[str, ...], cable: str, address: str) -> None:
    """Give one end of a cable its address."""
    _ip(*where, "address", "add", f"{address}/24", "dev", cable)
    _ip(*where, "link", "set", cable, "up")


def _ip(*words: str) -> None:
    subprocess.run([IP, *words], check=True, capture_output=True, text=True)
