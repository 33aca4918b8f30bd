"""An account from the invitation on: password, second factors, a proof in between, this device."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

import pyotp
import pytest
from selenium.webdriver.common.virtual_authenticator import VirtualAuthenticatorOptions

from portal.accounts.storage import INVENTORY, Place
from portal.operations.demo_data import PASSWORD
from tests.browser.practice import Practice

LINK = re.compile(r"/link#([\w-]+)")
NEW = "vier ganz zufällige Wörter"
INVITE = """
import sys
from sqlalchemy import select
from portal import clock, create_app
from portal.accounts import links
from portal.accounts.models import Account, Credential
from portal.config import from_environment
from portal.database import glance
from portal.extensions import db
from portal.tenants.scope import tenant_scope

import os
with create_app(from_environment(os.environ)).app_context():
    name = sys.argv[1]
    known = glance(select(Credential).where(Credential.login_name == "dr.probe"))[0]
    with tenant_scope(known.organisation_id):
        account = Account(role="doctor", state="active", first_name="Nora", last_name="Neuhaus",
                          email=name)
        db.session.add(account)
        db.session.flush()
        links.invite(account, now=clock.now())
        db.session.commit()
"""


def links_of(running):
    """Return the keys of all links that the demo has mailed so far, the newest first."""
    return LINK.findall(running.page("/demo/messages"))


def invited(running, name):
    """Invite a new doctor and return the key that is mailed."""
    before = links_of(running)
    own = {key: value for key, value in os.environ.items() if key[:7] != "PORTAL_"}
    own |= {
        "PORTAL_DATA": str(running.folder / "data"),
        "PORTAL_BASE_URL": running.url,
        "PORTAL_DEMO": "1",
    }
    subprocess.run([sys.executable, "-c", INVITE, name], env=own, check=True, timeout=120)
    return next_link(running, before)


def next_link(running, before):
    running.wait(lambda: links_of(running) != before, "the mail comes", 90)
    return links_of(running)[0]


def signs_in(browser, name, password):
    browser.open("/sign-in")
    browser.type("signin-name", name)
    browser.type("signin-password", password)
    browser.click("signin-submit")


def signs_out(browser):
    browser.click("#menu [data-wake='accounts/sign_out']")
    browser.wait(lambda: browser.path == "/sign-in", "the way in is shown")


def opens_account(browser):
    browser.click("#menu a[href='/account']")
    browser.find("add-totp")


def sets_up_an_app(browser):
    """Set an app up and return its secret and the recovery codes."""
    browser.click("add-totp")
    secret = browser.text("totp-secret")
    browser.type("totp-code", pyotp.TOTP(secret).now())
    browser.click("confirm-totp")
    codes = browser.text("recovery-codes").split()
    assert len(codes) == 10
    return secret, codes


@pytest.mark.requirement("ACC-3", "ACC-6")
def test_from_the_invitation_to_a_second_factor(here, running):
    here.watch.expect("422")
    key = invited(running, "nora@example.org")
    here.open(f"/link#{key}")
    # The secret is out of the address before anything else can see it.
    here.wait(lambda: "#" not in here.driver.current_url, "the address holds no secret")
    assert here.find("link-name").get_attribute("value") == "nora@example.org"
    here.type("new-password", "password1234")
    here.wait_for_words("Dieses Passwort steht in Listen gestohlener Passwörter.")
    here.type("new-password", NEW)
    here.wait_for_words("Dieses Passwort ist gut.")
    here.click("set-password")
    here.wait_for_words("Ihr Passwort ist festgelegt.")
    assert here.find("signin-name").get_attribute("value") == "nora@example.org"
    here.type("signin-password", NEW)
    here.click("signin-submit")
    here.wait(lambda: here.path == "/desk", "the desk is shown")
    opens_account(here)
    secret, codes = sets_up_an_app(here)
    signs_out(here)
    signs_in(here, "nora@example.org", NEW)
    here.wait(lambda: here.path == "/sign-in/second", "the second step is shown")
    here.type("proof-totp", "000000")
    here.click("proof-submit")
    here.wait_for_words("Das stimmt nicht.")
    here.type("proof-totp", pyotp.TOTP(secret).at(time.time() + 30))
    here.click("proof-submit")
    here.wait(lambda: here.path == "/desk", "the code opens the desk")
    signs_out(here)
    signs_in(here, "nora@example.org", NEW)
    here.click("choose-recovery")
    here.type("proof-recovery", codes[0].lower())
    here.click("proof-submit")
    here.wait(lambda: here.path == "/desk", "a recovery code opens the desk")


@pytest.mark.requirement("ACC-3")
def test_a_passkey_opens_the_portal(here, running):
    options = VirtualAuthenticatorOptions(
        protocol=VirtualAuthenticatorOptions.Protocol.CTAP2,
        transport=VirtualAuthenticatorOptions.Transport.INTERNAL,
        has_resident_key=True,
        has_user_verification=True,
        is_user_verified=True,
    )
    key = invited(running, "pia@example.org")
    here.open(f"/link#{key}")
    here.type("new-password", NEW)
    here.click("set-password")
    here.wait_for_words("Ihr Passwort ist festgelegt.")
    here.type("signin-password", NEW)
    here.click("signin-submit")
    here.wait(lambda: here.path == "/desk", "the desk is shown")
    here.driver.add_virtual_authenticator(options)
    try:
        opens_account(here)
        here.click("add-passkey")
        here.find("recovery-codes")
        assert "Passkey" in here.text("factor-list")
        signs_out(here)
        signs_in(here, "pia@example.org", NEW)
        here.click("ask-passkey")
        here.wait(lambda: here.path == "/desk", "the passkey opens the desk")
    finally:
        here.driver.remove_virtual_authenticator()


@pytest.mark.requirement("ACC-6")
def test_a_forgotten_password_is_replaced_by_a_link(here, running):
    here.watch.expect("410", "422")
    running.forget_attempts()
    before = links_of(running)
    here.open("/sign-in")
    here.click("a[href='/forgotten']")
    here.type("forgotten-name", "dr.beispiel")
    here.click("forgotten-submit")
    here.find("forgotten-done")
    key = next_link(running, before)
    here.open(f"/link#{key}")
    here.type("new-password", PASSWORD)
    here.click("set-password")
    here.wait_for_words("Ihr Passwort ist festgelegt.")
    here.open(f"/link#{key}")
    here.wait_for_words("Dieser Link wurde schon benutzt")
    signs_in(here, "dr.beispiel", PASSWORD)
    here.wait(lambda: here.path == "/desk", "the desk is shown")


def test_a_dangerous_step_asks_first_and_loses_nothing(here, running):
    here.watch.expect("403", "422")
    signs_in(here, "empfang.markt", PASSWORD)
    here.wait(lambda: here.path == "/desk", "the desk is shown")
    opens_account(here)
    running.change("UPDATE token SET factor_at = '2026-01-01 00:00:00.000000'")
    here.click("#main summary")
    here.type("new-email", "neu@example.org")
    here.click("change-email")
    here.find("proof")
    here.type("proof-password", "falsch")
    here.click("proof-submit")
    here.wait_for_words("Das stimmt nicht.")
    here.type("proof-password", PASSWORD)
    here.click("proof-submit")
    here.wait_for_words("Ein Link ist unterwegs an neu@example.org.")
    assert not here.sees("proof")


@pytest.mark.requirement("ACC-4", "ACC-7")
def test_a_trusted_device_keeps_the_login_name_alone_and_forgets_it(here, running):
    token = Practice.token_of(running, "dr.probe")
    here.open("/imprint")
    here.run("sessionStorage.setItem('portal.token', arguments[0])", token)
    here.open("/account")
    here.find("trust-device")
    assert here.storage()["localStorage"] == []
    here.click("trust-device")
    here.click("trust-confirm")
    here.find("forget-device")
    stored = here.storage()
    allowed = {place: {each.key for each in INVENTORY if each.place is place} for place in Place}
    assert set(stored["sessionStorage"]) <= allowed[Place.SESSION]
    assert set(stored["localStorage"]) == allowed[Place.LOCAL] == {"portal.name"}
    assert here.run("return localStorage.getItem('portal.name')") == "dr.probe"
    for other in ("indexedDB", "caches", "cookies", "workers"):
        assert stored[other] == []
    signs_out(here)
    assert here.find("signin-name").get_attribute("value") == "dr.probe"
    here.click("forget-name")
    assert here.find("signin-name").get_attribute("value") == ""
    assert here.storage()["localStorage"] == []
