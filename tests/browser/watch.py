"""What a browser did besides: requests, cookies, errors in the console, reports of its policy."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

SENT = {"Network.requestWillBeSent", "Network.webSocketCreated"}
FRAMES = {"Network.webSocketFrameSent", "Network.webSocketFrameReceived"}


@dataclass
class Watch:
    """Collects a browser's own log; ``faults`` says what no story may leave behind."""

    driver: Chrome
    hosts: set[str]
    requests: list[str] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)
    cookie_headers: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """Forget what was before this story."""
        self.driver.get_log("performance")  # type: ignore[no-untyped-call]
        self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        for kept in (self.requests, self.frames, self.cookie_headers, self.console, self.allowed):
            kept.clear()

    def expect(self, *words: str) -> None:
        """Allow console errors that contain one of these words: the story causes them."""
        self.allowed.extend(words)

    def collect(self) -> None:
        """Read the logs that the browser kept since the last time."""
        for entry in self.driver.get_log("performance"):  # type: ignore[no-untyped-call]
            self._note(json.loads(entry["message"])["message"])
        for entry in self.driver.get_log("browser"):  # type: ignore[no-untyped-call]
            if entry["level"] == "SEVERE":
                self.console.append(entry["message"])

    def _note(self, event: dict[str, Any]) -> None:
        method, params = event["method"], event["params"]
        if method in SENT:
            self.requests.append(params.get("url") or params["request"]["url"])
        elif method in FRAMES:
            self.frames.append(params["response"]["payloadData"])
        elif method == "Network.responseReceivedExtraInfo":
            names = [name for name in params["headers"] if name.lower() == "set-cookie"]
            self.cookie_headers += [params["headers"][name] for name in names]

    def faults(self) -> list[str]:
        """Return what went wrong beside the story, in words."""
        self.collect()
        found = [f"console: {line}" for line in self.console if not self._is_allowed(line)]
        found += [f"foreign host: {url}" for url in self.requests if not self._is_ours(url)]
        found += [f"CSP report: {url}" for url in self.requests if urlsplit(url).path == "/csp"]
        found += [f"Set-Cookie: {value}" for value in self.cookie_headers]
        found += [f"cookie in the browser: {each['name']}" for each in self.cookies()]
        return found

    def cookies(self) -> list[dict[str, Any]]:
        """Return every cookie of the whole profile, of whatever host."""
        answer = self.driver.execute_cdp_cmd("Storage.getCookies", {})
        return list(answer["cookies"])

    def _is_allowed(self, line: str) -> bool:
        return any(words in line for words in self.allowed)

    def _is_ours(self, url: str) -> bool:
        parts = urlsplit(url)
        return parts.scheme in {"blob", "data", "about", "chrome"} or parts.netloc in self.hosts
