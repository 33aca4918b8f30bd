"""In the call: devices, muted states, reload, lost network, language, hostile words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.weight import MOST_KB, before_the_picture, compressed

TRACKS = """
return storyPeers.flatMap((peer) => peer.getSenders())
  .map(({ track }) => track).filter(Boolean)
  .map((track) => [track.kind, track.getSettings().deviceId, track.enabled]);
"""


@pytest.fixture
def talk(doctor, guest, practice):
    """Bring doctor and guest into a call."""
    doctor.is_in_a_call_with(guest, practice, "Erika Muster")


@pytest.mark.requirement("CALL-13")
@pytest.mark.usefixtures("talk")
def test_the_camera_is_changed_in_the_running_call(doctor, guest):
    for each in (doctor, guest):
        waits_for_few_scripts(each.browser)
    doctor.opens("devices-toggle")
    doctor.browser.wait(
        lambda: "Jetzt in Gebrauch" in doctor.browser.text("#call-camera-state"),
        "the page says which camera is in use",
    )
    before = doctor.browser.text("#call-camera-state")
    chosen = doctor.chooses_the_last("device-camera")
    doctor.browser.wait(
        lambda: ["video", chosen, True] in doctor.browser.run(TRACKS), "the other camera is sent"
    )
    doctor.browser.wait(
        lambda: doctor.browser.text("#call-camera-state") != before, "the page names it"
    )
    guest.sees_the_other_move()
    chosen = doctor.chooses_the_last("device-microphone")
    doctor.browser.wait(
        lambda: ["audio", chosen, True] in doctor.browser.run(TRACKS),
        "the other microphone is sent",
    )
    guest.hears_the_other()
    hides_the_room(doctor, guest)


def waits_for_few_scripts(page):
    """Hold the portal's own scripts before the first picture to the limit of the bench.

    The bench counts htmx as well, which only the forms of plugins bring to these pages: whether one
    is shown depends on what other stories did before.
    """
    scripts = before_the_picture(page, "return globalThis.storyFrame ?? 0")
    own = [each for each in scripts if "htmx" not in each]
    assert any("/call/call" in each for each in own)
    assert compressed(own) <= MOST_KB


# The fake camera has no background blur: one is pretended, with a system that takes it away.
PRETEND = """
const blurred = new WeakMap();
const { prototype } = MediaStreamTrack;
const { getSettings } = prototype;
let works = true;
prototype.getCapabilities = () => ({ backgroundBlur: [false, true] });
prototype.getSettings = function () {
  return { ...getSettings.call(this), backgroundBlur: blurred.get(this) === true };
};
prototype.applyConstraints = async function ({ backgroundBlur }) {
  if (!works) throw new Error("The system says no.");
  blurred.set(this, backgroundBlur.exact);
};
globalThis.loseBlur = () => {
  works = false;
  const tracks = storyPeers.flatMap((peer) => peer.getSenders()).map(({ track }) => track);
  const track = tracks.find((each) => each?.kind === "video");
  blurred.delete(track);
  track.dispatchEvent(new Event("configurationchange"));
};
"""


def hides_the_room(doctor, guest):
    """Blur the background; when the system takes that away, nobody sees it by surprise."""
    page = doctor.browser
    assert not page.find("call-blur").is_enabled()
    page.wait_for_words("Diese Kamera oder dieser Browser kann das nicht.")
    page.run(PRETEND)
    doctor.chooses_the_last("device-camera")
    page.wait(lambda: page.find("call-blur").is_enabled(), "the camera can blur the background")
    page.click("call-blur")
    page.wait_for_words("Ihr Hintergrund ist unscharf.")
    guest.sees_the_other_move()
    page.run("loseBlur()")
    page.wait_for_words("Damit ihn niemand sieht, ist Ihr Bild aus.")
    guest.browser.find(".call-tile.is-dark")
    assert not any(kind == "video" for kind, *_ in page.run(TRACKS))
    guest.hears_the_other()
    page.click("call-blur")
    page.wait_for_words("Ihr Hintergrund ist zu sehen.")
    guest.browser.wait(lambda: not guest.browser.sees(".call-tile.is-dark"), "the picture is back")


@pytest.mark.requirement("CALL-4", "CALL-13")
@pytest.mark.usefixtures("talk")
def test_who_is_muted_reads_it_and_the_other_side_too(doctor, guest):
    doctor.browser.click("mute-audio")
    assert doctor.browser.find("mute-audio").get_attribute("aria-pressed") == "true"
    doctor.browser.wait_for_words("Ihr Ton ist aus.")
    guest.browser.wait_for_words("Ton aus")
    doctor.browser.click("mute-audio")
    doctor.browser.wait_for_words("Ihr Ton ist an.")
    guest.hears_the_other()
    doctor.browser.click("mute-video")
    guest.browser.find(".call-tile.is-dark")
    doctor.browser.click("mute-video")
    guest.browser.wait(lambda: not guest.browser.sees(".call-tile.is-dark"), "the picture is back")


@pytest.mark.requirement("CALL-11", "WR-7")
@pytest.mark.usefixtures("talk")
def test_a_guest_who_reloads_returns_to_the_call(doctor, guest):
    guest.browser.reload()
    guest.is_in_a_call()
    doctor.is_in_a_call()
    guest.hears_the_other()
    doctor.writes("Da sind Sie wieder.")
    guest.reads("Da sind Sie wieder.")


@pytest.mark.requirement("CALL-11")
@pytest.mark.usefixtures("talk")
def test_a_doctor_who_reloads_returns_to_the_call(doctor, guest):
    doctor.browser.reload()
    doctor.is_in_a_call()
    guest.is_in_a_call()
    doctor.hangs_up()
    doctor.browser.find("call-summary")
    guest.is_told("Vielen Dank für Ihren Besuch")


@pytest.mark.requirement("CALL-11", "UX-4")
@pytest.mark.usefixtures("talk")
def test_without_the_server_the_call_goes_on_and_the_page_says_so(doctor, guest):
    guest.browser.watch.expect("net::ERR_", "WebSocket")
    guest.browser.network(there=False)
    guest.browser.wait(
        lambda: guest.browser.find("call-state").get_attribute("data-state") == "server",
        "the page says that the server is away",
        40,
    )
    assert "Das Gespräch läuft weiter" in guest.browser.text("call-state")
    guest.sees_the_other_move()
    doctor.sees_the_other_move()
    guest.browser.network(there=True)
    guest.browser.wait(
        lambda: guest.browser.find("call-state").get_attribute("data-state") == "connected",
        "the page is connected again",
    )
    guest.hangs_up()
    doctor.browser.find("call-summary")


@pytest.mark.requirement("UX-1")
@pytest.mark.usefixtures("talk")
def test_the_language_changes_in_the_running_call_without_a_reload(doctor, guest):
    for one, loaded in ((doctor, 1), (guest, 1)):
        one.browser.run("globalThis.stillHere = arguments[0]", loaded)
        one.browser.click("a[hreflang=en]")
        one.browser.wait(
            lambda one=one: one.browser.find("hang-up").get_attribute("aria-label") == "Hang up",
            "the buttons are English",
        )
        one.browser.wait_for_words("Connected to")
        assert one.browser.run("return globalThis.stillHere") == loaded
        one.sees_the_other_move()
        assert one.browser.run("return document.documentElement.lang") == "en"
        assert german_words(one.browser.text_of_page()) == []


def german_words(text):
    """Return words of a page that only German has."""
    telling = {
        "und",
        "nicht",
        "wird",
        "Sie",
        "Ihr",
        "Ihre",
        "Gespräch",
        "Wartezimmer",
        "Bild",
        "Ton",
    }
    return sorted(telling.intersection(text.split()))


VECTORS = Path(__file__).parents[1] / "vectors" / "hostile.json"
HOSTILE = json.loads(VECTORS.read_text(encoding="utf-8"))
WRITE = """
const field = document.querySelector("[data-testid=chat-input]");
for (const words of arguments[0]) {
  field.value = words;
  field.form.requestSubmit();
}
"""
# What hostile words would have made, had they been taken for more than words.
MADE = """
const log = document.querySelector("[data-testid=chat-log]");
return [...log.querySelectorAll("*")].map(({ localName }) => localName)
  .filter((name) => !["article", "div", "p", "span", "time", "ol", "ul", "li", "small", "strong"]
    .includes(name));
"""


@pytest.mark.requirement("CALL-4")
@pytest.mark.usefixtures("talk")
def test_hostile_words_in_the_chat_are_shown_as_text(doctor, guest):
    """Forty payloads (SECURITY T5); what the policy of the page would have to stop is a fault."""
    guest.writes("Guten Tag")
    guest.browser.run(WRITE, HOSTILE)
    guest.writes("Das war alles.")
    doctor.reads("Das war alles.")
    for one in (doctor, guest):
        log = one.chat_log()
        for words in HOSTILE:
            assert words.replace("\u202e", "").replace("\u202c", "") in log
        assert one.browser.run(MADE) == []
        assert "taken" not in one.browser.title


@pytest.mark.requirement("WR-4")
def test_a_hostile_name_is_shown_as_text(doctor, guest, practice):
    doctor.is_signed_in_as(practice)
    name = next(each for each in HOSTILE if each.startswith("<img src=x onerror"))
    guest.opens_the_link(practice.code_for("Erika Muster"))
    guest.gives_name_and_consent(name)
    assert name in doctor.row_of(name).text
    guest.is_told(name)
    doctor.admits(name)
    doctor.is_in_a_call()
    guest.is_in_a_call()
    assert name in doctor.browser.text("[data-testid=call-state]")
    doctor.hangs_up()
    assert name in doctor.browser.text("call-summary")
    for one in (doctor, guest):
        assert "taken" not in one.browser.title
        assert one.browser.run("return document.querySelectorAll('img[src=x]').length") == 0


ELSEWHERE = "Dieses Gespräch läuft jetzt in einem anderen Fenster."


@pytest.mark.requirement("CALL-11", "CALL-3")
@pytest.mark.usefixtures("talk")
@pytest.mark.parametrize("who", ["doctor", "guest"])
def test_a_duplicated_tab_takes_the_call_over_and_gives_it_back(doctor, guest, who):
    mine, other = (doctor, guest) if who == "doctor" else (guest, doctor)
    page = mine.browser
    first = page.driver.current_window_handle
    second = page.duplicate_tab()
    page.find("remote-video")
    page.go_to_tab(first)
    page.wait_for_words(ELSEWHERE)
    # The other side talks with one person, whichever window they use.
    other.sees_the_other_move()
    assert len(other.browser.all("remote-video")) == 1
    page.click("[data-call=here]")
    mine.is_in_a_call()
    other.is_in_a_call()
    assert len(other.browser.all("remote-video")) == 1
    page.go_to_tab(second)
    page.wait_for_words(ELSEWHERE)
    page.driver.close()
    page.go_to_tab(first)
