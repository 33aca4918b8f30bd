"""Sales makes an organisation from nothing, and its first administrator gets in by the link."""

from __future__ import annotations

import re
import time

import pytest
from selenium.webdriver import Keys

from tests.browser.people import Doctor
from tests.browser.practice import Practice

LINK = re.compile(r"https?://\S+/link#[\w-]+")
LONG_ENOUGH = "Vier-lange-Worte-im-Wind-2026"


class Salesperson:
    """Somebody who sells, at a browser."""

    def __init__(self, browser, token):
        self.browser = browser
        Doctor(browser).is_signed_in_with(token, "/sales")

    def begins_a_new_organisation(self, name):
        self.browser.click("new-organisation")
        self._fills(name=name, seats="5")
        self._goes_on(2)

    def chooses_colours(self, accent):
        self._fills(accent=accent)
        self.browser.click("wizard-next")

    def _fills(self, **values):
        for name, value in values.items():
            field = self.browser.find(f"[name={name}]")
            field.clear()
            field.send_keys(value)

    def _goes_on(self, step):
        self.browser.click("wizard-next")
        self.browser.wait_for_words(f"Schritt {step} von 5")

    def goes_through_the_rest(self, email):
        self.browser.wait_for_words("Schritt 3 von 5")
        self._goes_on(4)
        self._fills(first_name="Vera", last_name="Waltung", email=email)
        self._goes_on(5)
        self.browser.click("wizard-next")
        self.browser.wait(
            lambda: self.browser.path.startswith("/sales/organisations/"), "the contract is there"
        )


@pytest.mark.requirement("TEN-2")
def test_sales_makes_an_organisation_and_its_administrator_gets_in(here, there, running):
    sales = Salesperson(here, Practice.token_of(running, "vertrieb.nordlicht"))
    name = f"Praxis Neuland {time.monotonic_ns() % 100_000}"
    email = f"vera{time.monotonic_ns() % 100_000}@neuland.example"
    # When the colour of the wish cannot be read, the page says by how much
    sales.begins_a_new_organisation(name)
    here.watch.expect("422")
    sales.chooses_colours("#ffd400")
    here.wait_for_words("4,5 : 1")
    # And a page that is opened again knows where one was
    here.open("/sales/new")
    here.wait_for_words("Schritt 2 von 5")
    sales.chooses_colours("#7a1f1f")
    sales.goes_through_the_rest(email)
    here.wait_for_words("Vera Waltung")
    # Then the mail with the link lies in the box of the demo
    link = there.wait(lambda: link_to(there, email), "the invitation is sent")
    there.open("/sign-in")
    there.driver.get(link)
    there.wait_for_words("Vera Waltung")
    password = there.find("[autocomplete=new-password]")
    password.send_keys(LONG_ENOUGH, Keys.ENTER)
    there.wait(lambda: there.path == "/sign-in", "the password is set")
    there.find("signin-name").clear()
    there.type("signin-name", email)
    there.type("signin-password", LONG_ENOUGH)
    there.click("signin-submit")
    there.wait(lambda: there.path == "/admin", "the administrator is in")


def link_to(browser, email):
    """Return the link in the newest mail to somebody, once it is there."""
    browser.open("/demo/messages?lang=de")
    browser.find("#main h1")
    for message in browser.all(".message"):
        if email in message.text:
            found = LINK.search(message.text)
            return found and found[0]
    return None
