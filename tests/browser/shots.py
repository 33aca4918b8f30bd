"""Screenshots of every page and state: German and English, light and dark, wide and narrow.

``python -m tests.browser.shots`` draws them into ``build/shots/``, with an ``index.html`` to look
through them. Words after the command choose the states whose names contain one of them.
"""

from __future__ import annotations

import base64
import html
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.browser import Browser
from tests.browser.people import Doctor, Guest
from tests.browser.practice import Practice
from tests.browser.running import RunningPortal
from tests.browser.test_marks import draws, has

if TYPE_CHECKING:
    from collections.abc import Callable

TARGET = Path("build/shots")
LANGUAGES = ("de", "en")
WIDTHS = {1280: 800, 360: 740}
SCHEMES = ("light", "dark")
PUBLIC = {
    "entry": "/",
    "sign-in": "/sign-in",
    "link": "/link",
    "forgotten": "/forgotten",
    "my-data": "/my-data",
    "easy": "/easy",
    "check": "/check",
    "check-network": "/check/network",
    "privacy": "/privacy",
    "retention": "/privacy/retention",
    "processors": "/privacy/processors",
    "imprint": "/imprint",
    "terms": "/terms",
    "messages": "/demo/messages",
    "error": "/no-such-page",
}
SIGNED_IN = {
    "codes": ("dr.probe", "/desk/codes"),
    "sessions": ("dr.probe", "/sessions"),
    "account": ("dr.probe", "/account"),
    "account-projectadmin": ("verwaltung.markt", "/account"),
    "profile": ("dr.beispiel", "/profile"),
    "contacts": ("dr.probe", "/contacts"),
    "contacts-empty": ("dr.muster", "/contacts"),
    "contact-search": ("dr.muster", "/contacts/search?q=dr"),
    "contact-search-nobody": ("dr.muster", "/contacts/search?q=unbekannt"),
    "desk-question": ("dr.muster", "/desk"),
    "desk-assistant": ("empfang.markt", "/desk"),
    "desk-unverified": ("dr.neu", "/desk"),
    "admin": ("verwaltung.markt", "/admin"),
    "admin-new": ("verwaltung.markt", "/admin/new"),
    "admin-departments": ("verwaltung.markt", "/admin/departments"),
    "admin-imports": ("verwaltung.markt", "/admin/imports"),
    "admin-bank": ("verwaltung.markt", "/admin/bank"),
    "admin-rooms": ("verwaltung.markt", "/rooms"),
    "admin-room-new": ("verwaltung.markt", "/rooms/new"),
    "verification": ("hilfe.nordlicht", "/verification"),
    "requests": ("hilfe.nordlicht", "/requests"),
    "rights": ("dr.probe", "/rights"),
    "own-support": ("dr.probe", "/account/support"),
    "certificate": ("dr.probe", "/certificate"),
    "admin-vinteos": ("verwaltung.markt", "/admin/plugins/vinteos"),
    "admin-sms": ("verwaltung.markt", "/admin/plugins/sms_dicomsys"),
    "messages-log": ("verwaltung.markt", "/admin/messages"),
    "messages-sending": ("verwaltung.markt", "/admin/messages/sending"),
    "messages-texts": ("verwaltung.markt", "/admin/messages/texts"),
    "vinteos": ("dr.probe", "/p/vinteos/"),
    "vinteos-participants": ("verwaltung.markt", "/p/vinteos/participants"),
    "vinteos-reports": ("verwaltung.markt", "/p/vinteos/reports"),
    "vinteos-questionnaires": ("verwaltung.markt", "/p/vinteos/questionnaires"),
    "sales": ("vertrieb.nordlicht", "/sales"),
    "sales-new": ("vertrieb.nordlicht", "/sales/new"),
    "sales-certificates": ("vertrieb.nordlicht", "/sales/certificates"),
    "sales-plugins": ("vertrieb.nordlicht", "/sales/plugins"),
    "sales-plugin": ("vertrieb.nordlicht", "/sales/plugins/sms_lox24"),
    "account-plugin": ("dr.probe", "/account/plugins/vinteos"),
    "sales-processors": ("vertrieb.nordlicht", "/sales/processors"),
    "admin-audit": ("verwaltung.markt", "/admin/audit"),
    "operator-company-new": ("betrieb", "/operator/companies/new"),
    "operator": ("betrieb", "/operator"),
    "operator-deletion": ("betrieb", "/operator/deletion"),
    "record": ("verwaltung.markt", "/privacy/record"),
    "statistics": ("dr.probe", "/statistics"),
    "statistics-admin": ("verwaltung.markt", "/statistics"),
    "operator-plugins": ("betrieb", "/operator/plugins"),
    "operator-plugin": ("betrieb", "/operator/plugins/sms_dicomsys"),
    "admin-consent-form": ("verwaltung.markt", "/admin/plugins/consent_form"),
    "consent-form": ("verwaltung.markt", "/p/consent_form/"),
}
# Frames, fonts and pictures settle; nothing on these pages says when.
SETTLES_SECONDS = 0.25
# What is drawn on the board: tool, and how the hand moves from the middle of the sheet.
DRAWN = (
    ("ink", ((-40, -30), (60, -20), (50, 40), (-30, 30))),
    ("oval", ((90, 60),)),
    ("arrow", ((-140, 70),)),
)


class Album:
    """Takes the pictures of one language and remembers which there are."""

    def __init__(self, language: str, wanted: list[str]) -> None:
        self.language = language
        self.taken: dict[str, list[str]] = {}
        self._wanted = wanted

    def take(self, browser: Browser, state: str) -> None:
        """Draw one state in all sizes and colours."""
        if self._wanted and not any(words in state for words in self._wanted):
            return
        names = []
        for width, height in WIDTHS.items():
            browser.resize(width, height)
            for scheme in SCHEMES:
                browser.prefer(scheme)
                time.sleep(SETTLES_SECONDS)
                names.append(f"{state}-{self.language}-{scheme}-{width}.png")
                (TARGET / names[-1]).write_bytes(whole_page(browser))
        browser.resize(1280, 900)
        browser.prefer("light")
        self.taken[state] = names


def whole_page(browser: Browser) -> bytes:
    """Return the picture of a page with what lies below the fold."""
    size = browser.cdp("Page.getLayoutMetrics")["cssContentSize"]
    clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 6000), "scale": 1}
    answer = browser.cdp("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
    return base64.b64decode(answer["data"])


def draw(running: RunningPortal, browsers: tuple[Browser, Browser], album: Album) -> None:
    """Walk through everything once."""
    here, there = browsers
    for browser in browsers:
        browser.fresh()
    tell: tuple[Callable[[RunningPortal, Browser, Browser, Album], None], ...] = (
        public_pages,
        guests_way,
        desk_and_call,
        afterwards,
        signed_in_pages,
    )
    for part in tell:
        part(running, here, there, album)
        running.end_all_visits()
        running.forget_attempts()


def public_pages(_running: RunningPortal, here: Browser, _there: Browser, album: Album) -> None:
    for state, path in PUBLIC.items():
        here.open(f"{path}?lang={album.language}")
        here.find("#main h1")
        album.take(here, state)
    here.open(f"/?lang={album.language}")
    Guest(here).enters_code("K7MR-4TXP-9WQB")
    album.take(here, "entry-slip")
    here.open(f"/sign-in?lang={album.language}")
    here.type("signin-name", "dr.probe")
    here.click("signin-submit")
    here.find("[aria-invalid=true], [data-error]")
    album.take(here, "sign-in-error")


def guests_way(running: RunningPortal, here: Browser, there: Browser, album: Album) -> None:
    lonely = Practice(running, "dr.alm")
    guest = Guest(there)
    there.open(f"/?lang={album.language}")
    guest.enters_code(lonely.code_for("Erika Muster"))
    there.find("name-input")
    album.take(there, "consent")
    there.open(f"/easy?lang={album.language}")
    guest.enters_code(lonely.code_for("Erika Muster"))
    there.find("easy-enter")
    album.take(there, "easy-step")
    there.open(f"/?lang={album.language}")
    guest.enters_code(lonely.code_for("Erika Muster"))
    there.find("name-input")
    there.click("enter")
    there.find("[aria-invalid=true]")
    album.take(there, "consent-error")
    guest.gives_name_and_consent("Erika Muster")
    there.find("waiting-status")
    album.take(there, "waiting-nobody-there")
    doctor = Doctor(here)
    doctor.is_signed_in_with(lonely.token, "/desk", album.language)
    doctor.is_ready_for_anybody()
    time.sleep(2)  # guests hear of the desk within two seconds
    album.take(there, "waiting")
    there.click("check-open")
    there.find("[data-result]", 60)
    album.take(there, "waiting-check")
    there.click("check-close")
    there.network(there=False)
    there.find("[data-part=lost]")
    album.take(there, "waiting-lost")
    there.network(there=True)
    there.find("[data-part=now]")
    doctor.declines("Erika Muster", "Bitte rufen Sie morgen ab 8 Uhr an.")
    there.find(".message")
    album.take(there, "declined")
    album.take(here, "desk-declined")


def board(doctor: Doctor, guest: Guest, album: Album) -> None:
    doctor.opens("board-toggle")
    for number, (tool, steps) in enumerate(DRAWN):
        doctor.browser.click(f"board-colour-{number}")
        doctor.draws(tool, *steps)
    guest.browser.find("[data-testid=board-sheet] path")
    album.take(doctor.browser, "call-board-doctor")
    album.take(guest.browser, "call-board-guest")
    doctor.browser.click("board-close")


def desk_and_call(running: RunningPortal, here: Browser, there: Browser, album: Album) -> None:
    practice = Practice(running)
    doctor, guest = Doctor(here), Guest(there)
    doctor.is_signed_in_with(practice.token, "/desk", album.language)
    album.take(here, "desk-empty")
    doctor.makes_a_code("Erika Muster", phone="+49 151 23456789")
    album.take(here, "desk-code")
    first = there.driver.current_window_handle
    tabs = []
    for name in ("Erika Muster", "Jan Beispiel-Langenscheidt", "Ayşe Örnek"):
        tabs.append(there.new_tab())
        there.open(f"/?lang={album.language}")
        guest.enters_code(practice.code_for(name))
        guest.gives_name_and_consent(name)
        there.find("waiting-status")
        doctor.row_of(name)
    doctor.is_ready_for_anybody()
    album.take(here, "desk-queue")
    here.click("[data-testid=waiting-visit] [aria-expanded]")
    album.take(here, "desk-menu")
    here.click("[data-testid=waiting-visit] [aria-expanded]")
    there.go_to_tab(tabs[0])
    doctor.admits("Erika Muster")
    doctor.is_in_a_call()
    guest.is_in_a_call()
    album.take(here, "call-doctor")
    album.take(there, "call-guest")
    guest.writes("Guten Tag, hören Sie mich?")
    doctor.reads("Guten Tag")
    doctor.writes("Ja, sehr gut.")
    doctor.opens_panel("devices-toggle")
    album.take(there, "call-chat")
    album.take(here, "call-devices")
    doctor.opens_panel("security-toggle")
    guest.opens_panel("security-toggle")
    album.take(here, "call-security-doctor")
    album.take(there, "call-security-guest")
    doctor.opens_panel("photo-toggle")
    here.click("photo-card")
    there.find("photo-yes")
    album.take(there, "call-card")
    there.click("photo-yes")
    here.find("photo-taken")
    album.take(here, "call-photo")
    board(doctor, guest, album)
    shared_screen(doctor, guest, album)
    there.go_to_tab(tabs[1])
    album.take(there, "waiting-doctor-in-call")
    there.go_to_tab(tabs[0])
    doctor.hangs_up()
    for browser, state in ((here, "summary-doctor"), (there, "summary-guest")):
        browser.find("call-summary")
        album.take(browser, state)
    for tab in tabs:
        there.go_to_tab(tab)
        there.driver.close()
    there.go_to_tab(first)


def shared_screen(doctor: Doctor, guest: Guest, album: Album) -> None:
    doctor.opens("share-screen")
    guest.browser.find(".marks-sheet")
    for tool, steps in (DRAWN[0], DRAWN[2]):
        draws(guest, tool, *steps)
    has(doctor, 2)
    album.take(guest.browser, "call-screen")
    album.take(doctor.browser, "call-showing")


def afterwards(_running: RunningPortal, here: Browser, _there: Browser, album: Album) -> None:
    step = here.all("[data-testid=after-call-step] a, [data-testid=after-call-step] button")
    if not step:
        return
    here.click("[data-testid=after-call-step] a, [data-testid=after-call-step] button")
    time.sleep(1)
    here.go_to_tab(here.driver.window_handles[-1])
    album.take(here, "questionnaire")


def signed_in_pages(running: RunningPortal, here: Browser, _there: Browser, album: Album) -> None:
    for state, (name, path) in SIGNED_IN.items():
        token = Practice.token_of(running, name)
        Doctor(here).is_signed_in_with(token, path, album.language)
        album.take(here, state)


def index(albums: list[Album]) -> str:
    """Return the page that shows all pictures, one state a row."""
    rows = []
    for state in albums[0].taken:
        pictures = [name for album in albums for name in album.taken.get(state, [])]
        figures = "".join(
            f'<a href="{name}"><img src="{name}" alt="{html.escape(name)}" loading="lazy"></a>'
            for name in pictures
        )
        rows.append(f"<h2>{html.escape(state)}</h2><div>{figures}</div>")
    style = "body{font-family:sans-serif}div{display:flex;gap:8px;overflow-x:auto}img{height:420px}"
    return f"<!DOCTYPE html><title>Screenshots</title><style>{style}</style>{''.join(rows)}"


def main(wanted: list[str]) -> None:
    """Draw everything, or the states that were named."""
    if not wanted:
        shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        running = RunningPortal(Path(folder)).start()
        albums = [Album(language, wanted) for language in LANGUAGES]
        try:
            for album in albums:
                browsers = (
                    Browser(running.url, album.language),
                    Browser(running.url, album.language),
                )
                try:
                    draw(running, browsers, album)
                finally:
                    for browser in browsers:
                        browser.quit()
        finally:
            running.stop()
    (TARGET / "index.html").write_text(index(albums), encoding="utf-8")
    count = sum(len(names) for album in albums for names in album.taken.values())
    sys.stdout.write(f"{count} screenshots: {TARGET / 'index.html'}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
