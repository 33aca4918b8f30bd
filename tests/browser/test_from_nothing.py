"""From an empty database to a call, by the pages and the links in mails alone."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import default

import pytest

from tests.browser.people import Doctor
from tests.browser.running import EmptyPortal
from tests.messages import smtp_server

PASSWORD = "vier zufällige Wörter mit Umlaut"
LINK = re.compile(r"https?://\S+/link#[\w-]+")
COMPANY = {
    "name": "Anbieter Neuland GmbH",
    "address": "Weg 1, 20095 Hamburg",
    "phone": "+49 40 5550100",
    "email": "kontakt@neuland.example",
    "managing_directors": "Greta Geschäft",
    "privacy_officer": "Dana Schutz",
    "privacy_officer_contact": "schutz@neuland.example",
    "authority": "Aufsicht Hamburg",
    "authority_contact": "aufsicht@hamburg.example",
}


@pytest.fixture
def post():
    with smtp_server.running(smtp_server.Server()) as server:
        yield server


@pytest.fixture
def nothing(tmp_path, post, running, first_browser, second_browser):
    """Return a portal without a row; the browsers are there until their pages are closed."""
    portal = EmptyPortal(tmp_path, post.url)
    browsers = (first_browser, second_browser)
    try:
        portal.start()
        for browser in browsers:
            browser.move_to(portal.url)
        yield portal
    finally:
        for browser in browsers:
            browser.move_to(running.url)
        portal.stop()


class Newcomer:
    """Somebody who knows the portal from its pages only."""

    def __init__(self, browser, post):
        self.browser = browser
        self.post = post

    def fills(self, prefix="", **values):
        for name, value in values.items():
            self.browser.type(f"[name='{prefix}{name}']", value)

    def chooses(self, name, value):
        self.browser.click(f"[name='{name}'] option[value='{value}']")

    def comes_by(self, link, path):
        """Open a link, choose a password, sign in, and arrive."""
        self.browser.open("/imprint")
        self.browser.run("sessionStorage.clear()")
        self.browser.driver.get(link)
        self.browser.type("new-password", PASSWORD)
        self.browser.click("set-password")
        self.browser.wait_for_words("Ihr Passwort ist festgelegt.")
        self.browser.type("signin-password", PASSWORD)
        self.browser.click("signin-submit")
        self.browser.wait(lambda: self.browser.path == path, f"{path} is shown")

    def signs_in_again(self, name, path):
        self.browser.click("#menu [data-wake='accounts/sign_out']")
        self.browser.wait(lambda: self.browser.path == "/sign-in", "the way in is shown")
        Doctor(self.browser).signs_in(name, PASSWORD)
        self.browser.wait(lambda: self.browser.path == path, f"{path} is shown")

    def mailed(self, to):
        """Return the link of the newest mail to somebody, once it came."""

        def found():
            mails = [message_from_bytes(each, policy=default) for each in [*self.post.mails]]
            texts = [
                mail.get_body(("plain",)).get_content() for mail in mails if to in str(mail["To"])
            ]
            return texts and LINK.search(texts[-1])

        return self.browser.wait(found, f"a mail with a link comes to {to}", 90)[0]


class Operator(Newcomer):
    """Who runs the portal."""

    def makes_a_company(self):
        self.browser.click("a[href='/operator/companies/new']")
        self.browser.find("[name=authority]")
        self.fills(**COMPANY)
        self.browser.click("#data button[type=submit]")
        self.browser.wait_for_words("Noch niemand")

    def employs(self, role, first_name, email):
        """Make a member of staff, enter their undertaking, and return the link to hand over."""
        if not self.browser.sees("[name=new-first_name]"):
            self.browser.click("#staff summary")
        self.fills("new-", first_name=first_name, last_name="Neuland", email=email)
        self.chooses("new-role", role)
        self.browser.click("#staff form button[type=submit]")
        link = self.browser.wait(lambda: self.browser.text("staff-link"), "the link is shown")
        company = self.browser.path
        self.browser.driver.find_element("link text", f"{first_name} Neuland").click()
        self.browser.wait_for_words("Noch nichts unterschrieben")
        self.browser.click("form[action$='/undertakings'] button[type=submit]")
        self.browser.wait_for_words("gültig")
        self.browser.click("#menu a[href='/operator']")
        self.browser.click(f"#main a[href='{company}']")
        self.browser.wait_for_words(email.partition("@")[0].capitalize())
        return link


class Sales(Newcomer):
    """Who makes contracts."""

    def makes_an_organisation(self, administrator):
        self.browser.click("new-organisation")
        self.fills(name="Praxis am Anfang", seats="3")
        for step in (2, 3, 4):
            self.browser.click("wizard-next")
            self.browser.wait_for_words(f"Schritt {step} von 5")
        self.fills(first_name="Vera", last_name="Waltung", email=administrator)
        self.browser.click("wizard-next")
        self.browser.wait_for_words("Schritt 5 von 5")
        self.browser.click("wizard-next")
        self.browser.wait_for_words("Vera Waltung")


class Administrator(Newcomer):
    """Who looks after the accounts of a practice."""

    def invites_a_doctor(self, email):
        self.browser.click("new-account")
        self.browser.find("dialog[open] #last_name")
        self.browser.type("#first_name", "Frieda")
        self.browser.type("#last_name", "Frisch")
        self.browser.type("account-email", email)
        self.browser.type("#physician_number", "754236701")
        self.browser.click("create-and-invite")
        self.browser.wait_for_words("Frieda Frisch ist angelegt und eingeladen.")

    def gives_the_doctor_a_room(self):
        self.browser.wait_for_words("Frisch, Frieda")
        self.browser.driver.find_element("link text", "Frisch, Frieda").click()
        self.browser.click("room-for")
        self.browser.click("create-room")
        self.browser.wait_for_words("Das Wartezimmer ist angelegt.")


@pytest.mark.requirement("TEN-1", "TEN-2", "TEN-4", "TEN-9", "ADM-2", "ACC-6", "WR-1")
def test_from_an_empty_database_to_an_admitted_guest(nothing, post, here, there):
    # Given an operator with the link that the documented command prints
    operator = Operator(here, post)
    operator.comes_by(
        nothing.command(
            "operator", "create", "ina@neuland.example", "--first-name=Ina", "--last-name=Betrieb"
        ),
        "/operator",
    )
    # Who makes a provider company, with somebody for sales and somebody for support
    operator.makes_a_company()
    sales_link = operator.employs("sales", "Sven", "sven@neuland.example")
    support_link = operator.employs("support", "Sina", "sina@neuland.example")
    # When sales makes an organisation, its administrator is invited by mail
    sales = Sales(here, post)
    sales.comes_by(sales_link, "/sales")
    sales.makes_an_organisation("vera@anfang.example")
    administrator = Administrator(here, post)
    administrator.comes_by(sales.mailed("vera@anfang.example"), "/admin")
    # And the administrator invites a doctor, who chooses a password
    administrator.invites_a_doctor("frieda@anfang.example")
    newcomer = Newcomer(there, post)
    newcomer.comes_by(administrator.mailed("frieda@anfang.example"), "/desk")
    # And support verifies the doctor
    support = Newcomer(here, post)
    support.comes_by(support_link, "/verification")
    here.wait_for_words("Frieda Frisch")
    here.click("verify")
    here.wait_for_words("Frieda Frisch ist freigeschaltet.")
    # And the administrator gives the doctor a waiting room
    administrator.signs_in_again("vera@anfang.example", "/admin")
    administrator.gives_the_doctor_a_room()
    # Then the doctor makes a code, and a guest who comes with it is let in
    doctor = Doctor(here)
    administrator.signs_in_again("frieda@anfang.example", "/desk")
    code = doctor.makes_a_code("Erika Muster")
    newcomer.browser.open("/imprint")
    there.run("sessionStorage.clear()")
    there.open(f"/j#{code}")
    there.type("name-input", "Erika Muster")
    there.click("consent")
    there.click("enter")
    doctor.admits("Erika Muster")
    doctor.is_in_a_call()
    there.find("remote-video")
    doctor.hangs_up()
    there.find("call-summary")
    assert "Traceback" not in nothing.written()
    assert '"errors": ' not in nothing.written()
