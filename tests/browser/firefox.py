"""One Firefox with an invented camera and microphone, driven by its own Marionette.

Debian packages no driver for it; so Selenium's commands are handed to the browser itself, which
knows them under names of its own (https://firefox-source-docs.mozilla.org/testing/marionette/).
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from selenium.webdriver import FirefoxOptions, Remote
from selenium.webdriver.remote.command import Command

from tests.browser.browser import PATIENCE, POLL, Browser
from tests.browser.running import free_port

PROGRAM = Path("/usr/bin/firefox-esr")
NAMES = {
    Command.NEW_SESSION: "WebDriver:NewSession",
    Command.GET: "WebDriver:Navigate",
    Command.GET_CURRENT_URL: "WebDriver:GetCurrentURL",
    Command.GET_TITLE: "WebDriver:GetTitle",
    Command.SET_TIMEOUTS: "WebDriver:SetTimeouts",
    Command.FIND_ELEMENT: "WebDriver:FindElement",
    Command.FIND_ELEMENTS: "WebDriver:FindElements",
    Command.CLICK_ELEMENT: "WebDriver:ElementClick",
    Command.CLEAR_ELEMENT: "WebDriver:ElementClear",
    Command.SEND_KEYS_TO_ELEMENT: "WebDriver:ElementSendKeys",
    Command.GET_ELEMENT_TEXT: "WebDriver:GetElementText",
    Command.IS_ELEMENT_ENABLED: "WebDriver:IsElementEnabled",
    Command.W3C_EXECUTE_SCRIPT: "WebDriver:ExecuteScript",
    Command.W3C_EXECUTE_SCRIPT_ASYNC: "WebDriver:ExecuteAsyncScript",
    Command.QUIT: "Marionette:Quit",
}
SETTINGS = {
    "app.normandy.enabled": False,
    "app.update.auto": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "intl.accept_languages": "de",
    "media.autoplay.default": 0,
    "media.navigator.permission.disabled": True,
    "media.navigator.streams.fake": True,
    # Both ends stand on this machine, and no service here answers for invented names.
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    # It asks nobody outside of this machine.
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}


class Marionette:
    """Speaks with one Firefox: Selenium's commands in, Marionette's over the line."""

    keep_alive = True

    def __init__(self, port: int) -> None:
        self._line = _connected(port)
        self._read()  # how it greets
        self._number = 0

    def execute(self, command: str, params: dict[str, Any]) -> dict[str, Any]:
        """Carry one command out, in the shape that Selenium knows from its own drivers."""
        self._number += 1
        given = {name: value for name, value in params.items() if name != "sessionId"}
        message = json.dumps([0, self._number, NAMES[command], given]).encode()
        self._line.sendall(b"%d:%s" % (len(message), message))
        _kind, _number, error, result = self._read()
        if error:
            return {"status": 500, "value": json.dumps({"value": error})}
        if command == Command.NEW_SESSION:
            return {"value": result}
        wrapped = isinstance(result, dict) and set(result) == {"value"}
        return {"value": result["value"] if wrapped else result}

    def _read(self) -> Any:
        length = b""
        while (each := self._line.recv(1)) != b":":
            length += each
        body = b""
        while len(body) < int(length):
            body += self._line.recv(int(length) - len(body))
        return json.loads(body)

    def close(self) -> None:
        self._line.close()


def _connected(port: int) -> socket.socket:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE * 2)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(POLL)


class Firefox(Browser):
    """A Firefox with a profile of its own, and the same gestures."""

    def __init__(self, url: str, profile: Path) -> None:
        self.url = url
        port = free_port()
        settings = {**SETTINGS, "marionette.port": port}
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in settings.items()]
        (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
        command = [str(PROGRAM), "--headless", "--marionette", "--no-remote", "--profile"]
        with (profile / "firefox.log").open("wb") as log:
            self._process = subprocess.Popen(
                [*command, str(profile)],
                # As Chromium's here: its sandbox does not start in every container.
                env={**os.environ, "HOME": str(profile), "MOZ_DISABLE_CONTENT_SANDBOX": "1"},
                stdout=log,
                stderr=log,
            )
        self._line = Marionette(port)
        self.driver = Remote(command_executor=self._line, options=FirefoxOptions())
        self.driver.set_script_timeout(20)

    def quit(self) -> None:
        self._line.close()
        self._process.terminate()
        try:
            self._process.wait(timeout=12)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def seconds_shown(self) -> float:
        """Return how long the picture of the other side has run; 0 while there is none."""
        script = """
        const picture = document.querySelector("[data-testid=remote-video]");
        return picture?.videoWidth && !picture.paused ? picture.currentTime : 0;
        """
        return float(self.run(script))
