"""One Chromium with an invented camera and microphone, and the gestures of the stories."""

from __future__ import annotations

import json
import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import urlopen

from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    NoSuchElementException,
    StaleElementReferenceException,
)
from selenium.webdriver import Chrome, ChromeOptions, ChromeService, Keys
from selenium.webdriver.common.action_chains import ActionChains
from simple_websocket import Client

from tests.browser.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from selenium.webdriver.remote.webelement import WebElement

PEERS = Path(__file__).with_name("peers.js").read_text(encoding="utf-8")
PATIENCE = 30.0
POLL = 0.05
# In one question; the driver's own would ask for each element, with a script of 50 KB.
SEEN = """
const isSeen = (element) => {
  // An option has no place of its own while its list is closed.
  if (element.matches("option")) return isSeen(element.closest("select"));
  const { width, height } = element.getBoundingClientRect();
  return element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && ((width > 0 && height > 0) || [...element.children].some(isSeen));
};
return [...document.querySelectorAll(arguments[0])].filter(isSeen);
"""
# A page that is being redrawn answers so for a moment.
FLEETING = (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    NoSuchElementException,
    StaleElementReferenceException,
)
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--window-size=1280,900",
    "--hide-scrollbars",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    # Nothing of the browser's own may stand in the log of requests.
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-features=MediaRouter,OptimizationHints,Translate",
)


# The second and the third camera speak formats that Chromium does not send.
CAMERAS = "--use-fake-device-for-media-stream=device-count=4,fps={}"
# More pictures a second would show nothing more, and three browsers would fill two cores.
PICTURES = 5


class Browser:
    """A browser with a profile of its own; each story gets a new tab in it.

    :param binary: what to start in the place of Chromium.
    :param pictures: how many its cameras give a second.
    """

    def __init__(
        self,
        url: str,
        language: str = "de",
        binary: Path | None = None,
        pictures: int = PICTURES,
    ) -> None:
        self.url = url
        options = ChromeOptions()
        if binary:
            # It stands in another network, where chromedriver reaches it by a pipe only.
            options.binary_location = str(binary)
            options.add_argument("--remote-debugging-pipe")
        for flag in (
            *FLAGS,
            CAMERAS.format(pictures),
            f"--lang={language}",
            f"--accept-lang={language}",
        ):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        # The language of the browser's own words, in date fields for instance.
        environment = {**os.environ, "LANGUAGE": language}
        service = ChromeService("/usr/bin/chromedriver", env=environment)
        self.driver = Chrome(options=options, service=service)
        self.driver.set_script_timeout(20)
        self.watch = Watch(self.driver, {urlsplit(url).netloc})

    def quit(self) -> None:
        self.driver.quit()

    def fresh(self, width: int = 1280, height: int = 900) -> None:
        """Begin a story: a new tab, an empty storage, an empty log."""
        old = self.driver.window_handles
        self.driver.switch_to.new_window("tab")
        new = self.driver.current_window_handle
        for handle in old:
            self.driver.switch_to.window(handle)
            self.driver.close()
        self.driver.switch_to.window(new)
        self.cdp("Storage.clearDataForOrigin", origin=self.url, storageTypes="all")
        self.prepare_tab()
        self.resize(width, height)
        self.prefer("light", motion="no-preference")
        self.watch.begin()

    def move_to(self, url: str) -> None:
        """Go on with another portal."""
        self.url = url
        self.watch.hosts.add(urlsplit(url).netloc)

    def leave(self) -> None:
        """End a story: whoever was signed in here is not there any more for the next one."""
        self.network(there=True)
        self.driver.get("about:blank")

    def prepare_tab(self) -> None:
        """Let the page's connections be asked later; before the tab's first page."""
        self.cdp("Page.addScriptToEvaluateOnNewDocument", source=PEERS)

    def new_tab(self) -> str:
        """Open a second tab beside the first and go there; return its handle."""
        self.driver.switch_to.new_window("tab")
        self.prepare_tab()
        return str(self.driver.current_window_handle)

    def duplicate_tab(self) -> str:
        """Open this page once more as a browser does, with a copy of its storage; go there."""
        before = {*self.driver.window_handles}
        self.run("window.open(location.href)")
        (handle,) = {*self.driver.window_handles} - before
        self.driver.switch_to.window(handle)
        return str(handle)

    @contextmanager
    def crashed(self) -> Iterator[None]:
        """Let this tab's process die; afterwards a new tab has its storage, as a restored one.

        The driver looks at another tab meanwhile: it takes a crash for the end of its session.
        """
        crashed, address = self.driver.current_window_handle, self.driver.current_url
        kept = self.run("return { ...sessionStorage }")
        self.new_tab()
        debugger = self.driver.capabilities["goog:chromeOptions"]["debuggerAddress"]
        tab = Client(f"ws://{debugger}/devtools/page/{crashed}")
        tab.send(json.dumps({"id": 1, "method": "Page.crash"}))
        tab.receive(timeout=PATIENCE)
        tab.close()
        yield
        with urlopen(f"http://{debugger}/json/close/{crashed}", timeout=PATIENCE):
            pass
        self.open("/sign-in")
        self.run("Object.assign(sessionStorage, arguments[0])", kept)
        self.driver.get(address)

    def go_to_tab(self, handle: str) -> None:
        self.driver.switch_to.window(handle)

    def cdp(self, command: str, **values: Any) -> Any:
        return self.driver.execute_cdp_cmd(command, values)

    @contextmanager
    def without(self, *patterns: str) -> Iterator[None]:
        """Let what fits a pattern fail to load."""
        self.cdp("Network.setBlockedURLs", urls=[*patterns])
        try:
            yield
        finally:
            self.cdp("Network.setBlockedURLs", urls=[])

    def resize(self, width: int, height: int) -> None:
        self.cdp(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )

    def prefer(self, scheme: str, motion: str = "reduce") -> None:
        """Ask for light or dark, and for little motion, as the operating system does."""
        features = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": motion},
        ]
        self.cdp("Emulation.setEmulatedMedia", features=features)

    def network(self, *, there: bool) -> None:
        """Pull the plug of this tab, or put it back; the connections of a call stay."""
        self.cdp("Network.enable")
        self.cdp(
            "Network.emulateNetworkConditions",
            offline=not there,
            latency=0,
            downloadThroughput=-1,
            uploadThroughput=-1,
        )

    def open(self, path: str) -> None:
        self.driver.get(self.url + path)

    def open_with(self, path: str, kept: dict[str, str]) -> None:
        """Open a page in a tab that keeps these things of it already."""
        store = f"Object.assign(sessionStorage, {json.dumps(kept)})"
        script = self.cdp("Page.addScriptToEvaluateOnNewDocument", source=store)
        self.open(path)
        self.cdp("Page.removeScriptToEvaluateOnNewDocument", **script)

    def reload(self) -> None:
        self.driver.refresh()

    @property
    def path(self) -> str:
        return urlsplit(self.driver.current_url).path

    @property
    def title(self) -> str:
        return str(self.driver.title)

    def wait(self, happens: Callable[[], Any], why: str, seconds: float = PATIENCE) -> Any:
        """Wait for something to come true and return it; ``why`` is the sentence of the failure."""
        until = time.monotonic() + seconds
        while True:
            try:
                value = happens()
            except FLEETING:
                value = None
            if value:
                return value
            if time.monotonic() > until:
                where = self.driver.current_url
                seen = self.text_of_page()[:1500]
                message = f"not within {seconds} s: {why}\nat {where}\n{seen}"
                raise AssertionError(message)
            time.sleep(POLL)

    def all(self, selector: str) -> list[WebElement]:
        """Return the elements that can be seen, by test id or by a CSS selector."""
        return [*self.run(SEEN, css(selector))]

    def sees(self, selector: str) -> bool:
        try:
            return bool(self.all(selector))
        except StaleElementReferenceException:
            return False

    def find(self, selector: str, seconds: float = PATIENCE) -> WebElement:
        found = self.wait(lambda: self.all(selector), f"{selector} is on the page", seconds)
        return found[0]

    def brought_up(self, selector: str) -> WebElement:
        """Bring something to the middle of the window, clear of what stays at its edges."""
        found = self.find(selector)
        self.run("arguments[0].scrollIntoView({ block: 'center' })", found)
        return found

    def click(self, selector: str, seconds: float = PATIENCE) -> None:
        def clicked() -> bool:
            elements = self.all(selector)
            if not elements or not elements[0].is_enabled():
                return False
            try:
                elements[0].click()
            except ElementClickInterceptedException:
                # A hand would scroll it clear of the call's buttons, and press again.
                self.brought_up(selector)
                raise
            return True

        self.wait(clicked, f"{selector} can be clicked", seconds)

    def type(self, selector: str, text: str) -> None:
        def typed() -> bool:
            element = self.all(selector)[0]
            element.clear()
            element.send_keys(text)
            return True

        self.wait(lambda: self.all(selector) and typed(), f"{selector} can be typed into")

    def press(self, *keys: str) -> None:
        """Press keys on whatever has the focus."""
        actions = ActionChains(self.driver)
        for key in keys:
            actions = actions.send_keys(key)
        actions.perform()

    def tab_to(self, selector: str, presses: int = 60) -> None:
        """Reach an element by the tabulator alone."""
        goal = css(selector)
        for _ in range(presses):
            if self.run("return document.activeElement?.matches(arguments[0])", goal):
                return
            self.press(Keys.TAB)
        message = f"the tabulator does not reach {selector}"
        raise AssertionError(message)

    def text(self, selector: str) -> str:
        return str(self.find(selector).text)

    def text_of_page(self) -> str:
        return str(self.run("return document.body?.innerText ?? ''"))

    def wait_for_words(self, words: str, seconds: float = PATIENCE) -> None:
        self.wait(
            lambda: words in self.run("return document.body?.innerText ?? ''"),
            f"the page says “{words}”",
            seconds,
        )

    def run(self, script: str, *values: Any) -> Any:
        return self.driver.execute_script(script, *values)  # type: ignore[no-untyped-call]

    def run_async(self, script: str, *values: Any) -> Any:
        """Run the body of an async function and return what it returns."""
        wrapped = (
            "const [values, done] = [[...arguments].slice(0, -1), arguments[arguments.length - 1]];"
            f"(async (...values) => {{ {script} }})(...values)"
            ".then((value) => done({ value }), (error) => done({ error: String(error) }));"
        )
        answer = self.driver.execute_async_script(wrapped, *values)  # type: ignore[no-untyped-call]
        if "error" in answer:
            raise AssertionError(answer["error"])
        return answer.get("value")

    def storage(self) -> dict[str, list[str]]:
        """Return all that this page's origin keeps in the browser."""
        return dict(
            self.run_async(
                """
                const databases = await indexedDB.databases();
                const caches_ = "caches" in globalThis ? await caches.keys() : [];
                return {
                  sessionStorage: Object.keys(sessionStorage),
                  localStorage: Object.keys(localStorage),
                  indexedDB: databases.map(({ name }) => name),
                  caches: caches_,
                  cookies: document.cookie ? [document.cookie] : [],
                  workers: (await navigator.serviceWorker?.getRegistrations() ?? []).map(String),
                };
                """
            )
        )


def css(selector: str) -> str:
    """Return the CSS selector of a test id; anything that is no plain word is one already."""
    plain = selector.replace("-", "").isalnum()
    return f'[data-testid="{selector}"]' if plain else selector
