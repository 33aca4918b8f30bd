"""The people of the stories: what they do and see, in their own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from selenium.webdriver import Keys
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.support.select import Select

from portal.operations.demo_data import PASSWORD
from tests.browser.browser import PATIENCE, Browser, css

if TYPE_CHECKING:
    from selenium.webdriver.remote.webelement import WebElement

    from tests.browser.practice import Practice

MOVING = """
const sum = { video: 0, audio: 0, energy: 0, lines: 0, pairs: [] };
for (const peer of storyPeers) {
  if (peer.connectionState === "closed") continue;
  const report = await peer.getStats();
  for (const each of report.values()) {
    if (each.type === "inbound-rtp" && each.kind === "video") {
      sum.video += each.framesDecoded ?? 0;
      if (each.framesDecoded) sum.lines += 1;
    }
    if (each.type === "inbound-rtp" && each.kind === "audio") {
      sum.audio += each.packetsReceived ?? 0;
      sum.energy += each.totalAudioEnergy ?? 0;
    }
    if (each.type === "candidate-pair" && each.nominated && each.state === "succeeded") {
      sum.pairs.push([report.get(each.localCandidateId), report.get(each.remoteCandidateId)]
        .map((candidate) => candidate?.candidateType));
    }
  }
}
return sum;
"""

# What is asked when a call does not come about.
PEERS = """
return storyPeers.map((peer) => [
  peer.connectionState, peer.iceConnectionState, peer.iceGatheringState, peer.signalingState,
  peer.localDescription?.type, peer.remoteDescription?.type,
  peer.getTransceivers().map(({ sender, receiver, currentDirection }) => [
    currentDirection, sender.track?.readyState, receiver.track?.muted]),
].flat().join(" "));
"""


class Person:
    """Somebody at a browser."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    def media(self) -> dict[str, Any]:
        """Return what has come in over this page's connections so far."""
        return dict(self.browser.run_async(MOVING))

    def sees_the_other_move(self, seconds: float = PATIENCE) -> None:
        """Wait until further pictures of the other side are decoded."""
        before = self.media()["video"]
        try:
            self.browser.wait(
                lambda: self.media()["video"] > before + 1,
                "pictures of the other side come",
                seconds,
            )
        except AssertionError as error:
            error.add_note(f"{self.media()} {self.browser.run(PEERS)}")
            raise

    def hears_the_other(self, seconds: float = PATIENCE) -> None:
        """Wait until sound comes that is not silence."""
        before = self.media()
        self.browser.wait(
            lambda: (
                (now := self.media())["audio"] > before["audio"]
                and now["energy"] > before["energy"]
            ),
            "sound of the other side comes",
            seconds,
        )

    def is_in_a_call(self, seconds: float = PATIENCE) -> None:
        self.browser.find("remote-video", seconds)
        self.sees_the_other_move(seconds)

    def is_in_no_call(self, seconds: float = PATIENCE) -> None:
        self.browser.wait(
            lambda: not self.browser.sees("hang-up"), "the call is gone from the page", seconds
        )

    def writes(self, text: str) -> None:
        if not self.browser.sees("chat-input"):
            self.opens("chat-toggle")
        self.browser.type("chat-input", text)
        self.browser.click("chat-send")

    def opens_panel(self, testid: str) -> None:
        """Open a panel beside the picture, unless it is open."""
        if self.browser.find(testid).get_attribute("aria-expanded") != "true":
            self.opens(testid)

    def chat_log(self) -> str:
        script = "return document.querySelector(arguments[0])?.textContent ?? ''"
        return str(self.browser.run(script, css("chat-log")))

    def chooses_the_last(self, selector: str) -> str:
        """Choose the last device of a list; return its id."""
        self.browser.wait(
            lambda: self.browser.find(selector).find_elements("css selector", "option"),
            "the devices are listed",
        )
        script = """
        const list = document.querySelector(arguments[0]);
        list.selectedIndex = list.options.length - 1;
        list.dispatchEvent(new Event("change", { bubbles: true }));
        return list.value;
        """
        return str(self.browser.run(script, css(selector)))

    def is_heard_by_the_server(self) -> bool:
        """Tell whether the call's line says nothing of a server that is away."""
        state = self.browser.find("call-state").get_attribute("data-state")
        return state == "connected"

    def opens(self, testid: str) -> None:
        """Press a button of the call; on a phone the rarer ones stand behind "Mehr"."""
        if not self.browser.sees(testid):
            self.browser.click("call-more")
        self.browser.click(testid)

    def reads(self, text: str) -> None:
        self.browser.wait(lambda: text in self.chat_log(), f"“{text}” stands in the chat")

    def security_words(self) -> list[str]:
        """Return the words that this page shows, once they are there."""
        self.opens_panel("security-toggle")
        items = f"{css('security-words')} li"
        script = "return [...document.querySelectorAll(arguments[0])].map((li) => li.textContent)"
        found: list[str] = self.browser.wait(
            lambda: self.browser.run(script, items), "the security words are shown"
        )
        return found

    def security_state(self) -> str:
        return str(self.browser.find("security-state").get_attribute("data-state"))

    def is_checked(self, state: str) -> None:
        """Wait until the page says how far the call is checked."""
        self.browser.wait(lambda: self.security_state() == state, f"the call is {state}")

    def draws(self, tool: str, *steps: tuple[int, int]) -> None:
        """Draw on the board with the mouse, from the middle of the sheet on."""
        self.browser.click(f"board-{tool}")
        sheet = self.browser.brought_up("board-sheet")
        hand = ActionChains(self.browser.driver, duration=20).move_to_element(sheet)
        hand = hand.click_and_hold()
        for step in steps:
            hand = hand.move_by_offset(*step)
        hand.release().perform()

    def hangs_up(self) -> None:
        self.browser.click("hang-up")


class Doctor(Person):
    """A doctor, or an assistant, at the desk."""

    def signs_in(self, name: str = "dr.probe", password: str = PASSWORD) -> None:
        self.browser.open("/sign-in")
        self.browser.type("signin-name", name)
        self.browser.type("signin-password", password)
        self.browser.click("signin-submit")
        self.browser.wait(lambda: self.browser.path != "/sign-in", f"{name} is signed in")

    def opens_the_desk(self, name: str = "dr.probe") -> None:
        self.signs_in(name)
        self.browser.find("new-code")

    def is_signed_in_as(self, practice: Practice, path: str = "/desk") -> None:
        """Come to a page with a session that was begun before, for stories that begin later."""
        self.is_signed_in_with(practice.token, path)

    def is_signed_in_with(self, token: str, path: str = "/desk", language: str = "de") -> None:
        kept = {"portal.token": token, "portal.language": language}
        self.browser.open_with(path, kept)
        self.browser.find("#main h1, #desk")

    def is_in_a_call_with(self, guest: Guest, practice: Practice, name: str) -> None:
        """Come as far as a running call, for stories that begin there."""
        self.is_signed_in_as(practice)
        guest.waits_as(name, practice.code_for(name))
        self.is_ready_for(name)
        self.admits(name)
        self.is_in_a_call()
        guest.is_in_a_call()

    def is_ready_for(self, name: str) -> None:
        """Wait until a guest's picture and sound are there."""
        self.browser.wait(lambda: "bereit" in self.row_of(name).text, f"{name} is ready")

    def is_ready_for_anybody(self) -> None:
        """Wait until somebody on the desk has picture and sound, in whichever language."""
        self.browser.find("[data-testid=waiting-visit] .state-on")

    def makes_a_code(self, guest: str, **fields: str) -> str:
        """Make a code and return it as it is read out."""
        if not self.browser.sees("guest-name"):
            self.browser.click("new-code")
        before = self._code()
        self.browser.type("guest-name", guest)
        for name, value in fields.items():
            Select(self.browser.find("[data-send-by]")).select_by_value(name)
            self.browser.type(f"#{name}", value)
        self.browser.click("make-code")
        self.browser.wait(lambda: self._code() not in {"", before}, "the code is shown")
        return self._code()

    def _code(self) -> str:
        shown = self.browser.all("code-value")
        return str(shown[0].text).strip() if shown else ""

    def row_of(self, guest: str, seconds: float = PATIENCE) -> WebElement:
        def row() -> WebElement | None:
            rows = self.browser.all("waiting-visit")
            return next((each for each in rows if guest in each.text), None)

        found: WebElement = self.browser.wait(row, f"{guest} waits on the desk", seconds)
        return found

    def knows_ready(self, guest: str) -> None:
        """Wait until the desk says that the guest's page is awake, with picture and sound."""
        self.browser.wait(
            lambda: "Bild und Ton bereit" in self.row_of(guest).text, f"{guest}'s devices are ready"
        )

    def sees_nobody_called(self, guest: str, seconds: float = PATIENCE) -> None:
        def gone() -> bool:
            return not any(guest in row.text for row in self.browser.all("waiting-visit"))

        self.browser.wait(gone, f"{guest} is not on the desk", seconds)

    def admits(self, guest: str) -> None:
        self._press(guest, "admit")

    def puts_back(self, guest: str) -> None:
        """Send somebody out of the call into the waiting room, from the queue beside the call."""
        if not self.browser.sees("waiting-visit"):
            self.browser.click("[data-fold]")
        self.opens_the_menu_of(guest)
        self._press(guest, "put-back")

    def brings_in(self, guest: str) -> None:
        """Let somebody who waits into the running call, from the queue beside it."""
        self.browser.wait(
            lambda: "1" in self.browser.text("[data-fold]") or self.browser.sees("waiting-visit"),
            "somebody waits",
        )
        if not self.browser.sees("waiting-visit"):
            self.browser.click("[data-fold]")
        self._press(guest, "bring-in")

    def takes_out(self, name: str) -> None:
        self._does_with(name, "remove-person")

    def hands_over_to(self, name: str) -> None:
        """Let a colleague lead the call from now on."""
        self._does_with(name, "hand-over")

    def _does_with(self, name: str, testid: str) -> None:
        """Do something with one person in the call, and say yes when asked again."""
        self.opens_panel("people-toggle")
        row = f"//li[@data-participant][contains(., '{name}')]"
        for button in (testid, "people-yes"):
            path = f"{row}//button[@data-testid='{button}']"
            self.browser.wait(
                lambda path=path: self.browser.driver.find_element("xpath", path).click() is None,
                f"{button} of {name} can be pressed",
            )

    def rings_into_the_call(self, name: str) -> None:
        """Call a colleague who is signed in, to come into the running call."""
        self.opens_panel("people-toggle")
        self.browser.click("colleagues")

        def pressed() -> bool:
            found = [each for each in self.browser.all("invite") if name in each.text]
            return bool(found) and found[0].click() is None

        self.browser.wait(pressed, f"{name} can be called")

    def declines(self, guest: str, text: str = "") -> None:
        self.opens_the_menu_of(guest)
        self.browser.type(f"[data-name='{guest}'] textarea", text)
        self._press(guest, "decline")

    def moves(self, guest: str, room: str) -> None:
        """Send somebody to another waiting room, which is offered once the menu is open."""
        self.opens_the_menu_of(guest)
        field = f"[data-name='{guest}'] [data-move] select"

        def chosen() -> bool:
            rooms = Select(self.browser.all(field)[0])
            name = next(each.text for each in rooms.options if room in each.text)
            rooms.select_by_visible_text(name)
            return True

        self.browser.wait(lambda: self.browser.all(field) and chosen(), f"{room} can be chosen")
        self._press(guest, "move")

    def opens_the_menu_of(self, guest: str) -> None:
        def opened() -> bool:
            toggle = self.row_of(guest).find_element("css selector", "[aria-expanded]")
            if toggle.get_attribute("aria-expanded") != "true":
                toggle.click()
            return toggle.get_attribute("aria-expanded") == "true"

        self.browser.wait(opened, f"the menu of {guest} opens")

    def _press(self, guest: str, testid: str) -> None:
        def pressed() -> bool:
            button = self.row_of(guest).find_element("css selector", css(testid))
            if button.get_attribute("aria-disabled") == "true":
                return False
            button.click()
            return True

        self.browser.wait(pressed, f"{testid} of {guest} can be pressed")


class Guest(Person):
    """A guest who has a code and nothing else."""

    def opens_the_link(self, code: str) -> None:
        self.browser.open(f"/j#{code}")

    def types_the_code(self, code: str) -> None:
        self.browser.open("/")
        self.enters_code(code)

    def enters_code(self, code: str) -> None:
        self.browser.type("code-input", code)
        self.browser.click("code-submit")

    def gives_name_and_consent(self, name: str) -> None:
        self.browser.type("name-input", name)
        self.browser.click("consent")
        self.browser.click("enter")

    def waits_as(self, name: str, code: str) -> None:
        """Walk the whole way from the link to the waiting room."""
        self.opens_the_link(code)
        self.gives_name_and_consent(name)
        self.browser.find("waiting-status")

    def is_told(self, words: str, seconds: float = PATIENCE) -> None:
        self.browser.wait(
            lambda: words in self.browser.text("waiting-status"),
            f"the waiting page says “{words}”",
            seconds,
        )

    def presses_escape(self) -> None:
        self.browser.press(Keys.ESCAPE)
