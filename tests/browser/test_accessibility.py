"""axe finds nothing: on any page, in both languages, in light and dark, on a narrow screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.people import Doctor, Guest
from tests.browser.practice import Practice

AXE = (Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
RUN = """
const found = await axe.run(document, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
});
return found.violations.map(({ id, nodes }) =>
  `${id}: ${nodes.map(({ target, failureSummary }) => target + " " + failureSummary).join(" | ")}`);
"""
LIGHT, DARK = "light", "dark"
# How a page may look: how wide it is, and in which scheme.
LOOKS = ((1280, LIGHT), (1280, DARK), (320, LIGHT), (320, DARK))
# Where both languages are looked at, each takes one look: the longer words the narrow one.
# Stories that open what stands nowhere else look at it in all of them.
EACH = {"de": ((320, LIGHT),), "en": ((1280, DARK),)}
PUBLIC = (
    "/",
    "/sign-in",
    "/privacy",
    "/imprint",
    "/terms",
    "/demo/messages",
    "/no-such-page",
    "/link",
    "/forgotten",
    "/my-data",
    "/easy",
    "/check",
    "/check/network",
)
SIGNED_IN = {
    "dr.probe": (
        "/desk",
        "/desk/codes",
        "/sessions",
        "/account",
        "/p/vinteos/",
        "/profile",
        "/contacts",
        "/contacts/search?q=dr",
        "/certificate",
        "/rights",
        "/account/plugins/vinteos",
    ),
    "empfang.markt": ("/desk",),
    "verwaltung.markt": (
        "/admin/audit",
        "/admin",
        "/admin/plugins/vinteos",
        "/admin/plugins/sms_dicomsys",
        "/admin/plugins/consent_form",
        "/p/consent_form/",
        "/p/vinteos/questionnaires",
        "/admin/new",
        "/admin/departments",
        "/admin/imports",
        "/admin/bank",
        "/rooms",
        "/rooms/new",
        "/p/vinteos/participants",
        "/p/vinteos/reports",
    ),
    "vertrieb.nordlicht": (
        "/sales",
        "/sales/new",
        "/sales/certificates",
        "/sales/processors",
        "/sales/plugins",
        "/sales/plugins/sms_lox24",
    ),
    "betrieb": (
        "/operator",
        "/operator/companies/new",
        "/operator/plugins",
        "/operator/plugins/sms_dicomsys",
    ),
    "hilfe.nordlicht": ("/verification", "/requests", "/sessions"),
}

# What opens over a page, or behind a link of a list: who, where, what is pressed, what is there.
OPENED = {
    "new account": ("verwaltung.markt", "/admin", ["new-account"], "dialog[open] #last_name"),
    "account": ("verwaltung.markt", "/admin", ["tbody th a[data-sheet]"], "room-for"),
    "question": (
        "verwaltung.markt",
        "/admin?q=beispiel",
        ["tbody th a[data-sheet]", "dialog[open] button[value=reset_factors]"],
        "confirm-action",
    ),
    "proof": (
        "verwaltung.markt",
        "/admin?q=beispiel",
        [
            "tbody th a[data-sheet]",
            "dialog[open] button[value=reset_factors]",
            "confirm-action",
        ],
        "proof-password",
    ),
    "deleting a code": (
        "dr.probe",
        "/desk/codes",
        ["[data-delete]"],
        "#delete-dialog[open]",
    ),
    "contract": ("vertrieb.nordlicht", "/sales", ["#main tbody th a"], "#contract"),
    "company": ("betrieb", "/operator", ["#main tbody th a"], "#staff"),
    "staff": ("betrieb", "/operator", ["#main tbody th a", "#staff tbody th a"], "#person"),
}


def look(browser, language, looks=LOOKS):
    """Return what axe finds on the page as it is, light and dark, wide and narrow."""
    found = []
    if not browser.run("return 'axe' in window"):
        browser.run(AXE)
    for width, scheme in looks:
        browser.resize(width, 900)
        browser.prefer(scheme)
        where = f"{browser.path} {language} {scheme} {width} px"
        found += [f"{where}: {each[:600]}" for each in browser.run_async(RUN)]
        overflow = browser.run(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if overflow > 0:
            found.append(f"{where}: {overflow} px too wide")
    browser.resize(1280, 900)
    browser.prefer(LIGHT)
    return found


@pytest.mark.requirement("UX-2")
@pytest.mark.parametrize("language", ["de", "en"])
def test_public_pages_are_accessible(here, language):
    here.watch.expect("404")
    found = []
    for path in PUBLIC:
        here.open(f"{path}?lang={language}")
        here.find("#main h1")
        found += look(here, language, EACH[language])
    assert found == []


@pytest.mark.requirement("UX-2")
@pytest.mark.parametrize("name", SIGNED_IN)
def test_signed_in_pages_are_accessible(here, running, name):
    token = Practice.token_of(running, name)
    found = []
    for language in ("de", "en"):
        for path in SIGNED_IN[name]:
            Doctor(here).is_signed_in_with(token, path, language)
            found += look(here, language, EACH[language])
    assert found == []


@pytest.mark.requirement("UX-2")
@pytest.mark.parametrize("what", OPENED)
def test_what_opens_over_a_page_or_behind_a_list_is_accessible(here, running, practice, what):
    name, path, pressed, there = OPENED[what]
    here.watch.expect("403")
    practice.code_for("Erika Muster")
    token = Practice.token_of(running, name)
    if what == "proof":
        running.change("UPDATE token SET factor_at = '2026-01-01 00:00:00.000000'")
    found = []
    for language in ("de", "en"):
        Doctor(here).is_signed_in_with(token, path, language)
        for each in pressed:
            here.click(each)
        here.find(there)
        found += look(here, language, EACH[language])
    assert found == []


@pytest.mark.requirement("UX-2")
@pytest.mark.parametrize("language", ["de", "en"])
def test_the_way_of_a_guest_is_accessible(here, there, practice, language):
    doctor, guest = Doctor(here), Guest(there)
    there.open(f"/?lang={language}")
    found = []
    guest.enters_code("K7MR-4TXP-9WQB")
    there.find("#code-error")
    found += look(there, language, EACH[language])
    guest.enters_code(practice.code_for("Erika Muster"))
    there.find("name-input")
    found += look(there, language, EACH[language])
    guest.gives_name_and_consent("Erika Muster")
    there.find("waiting-status")
    found += look(there, language, EACH[language])
    there.click("companion-waiting")
    there.click("companion-code")
    there.find("companion-value")
    found += look(there, language, EACH[language])
    there.click("[data-dialog=leave-dialog]")
    there.find("#leave-dialog[open]")
    found += look(there, language, EACH[language])
    there.click("#leave-dialog [value=stay]")
    doctor.is_signed_in_with(practice.token, "/desk", language)
    doctor.row_of("Erika Muster")
    found += look(here, language, EACH[language])
    doctor.admits("Erika Muster")
    doctor.is_in_a_call()
    guest.is_in_a_call()
    for one in (here, there):
        found += look(one, language, EACH[language])
    doctor.hangs_up()
    for one in (here, there):
        one.find("call-summary")
        found += look(one, language, EACH[language])
    assert found == []
