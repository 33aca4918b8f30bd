"""A report reaches a partner that is slow, broken, repeating, refusing or lying, or it is said."""

from __future__ import annotations

import ipaddress
import ssl
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from plugins.vinteos import delivery
from plugins.vinteos.report import State
from portal.pluginhost import http as plugin_http
from tests.plugins.partner import Partner, serve
from tests.plugins.reporting import (
    LAST_MONTH,
    REPORTS,
    newest,
    release,
    settings,
    work,
)
from tests.plugins.vinteos import ANSWERS, ended, step

if TYPE_CHECKING:
    from pathlib import Path

# The partner's moods.


@pytest.mark.requirement("VIN-2")
@pytest.mark.parametrize("mode", [500, 503, 429, "close"])
def test_a_broken_partner_is_asked_again_with_the_same_reference(app, practice, partner, mode):
    partner.mode = mode
    release(practice)
    work(app, practice.ash)
    assert newest(practice).state == State.WAITING
    partner.mode = "take"
    work(app, practice.ash, timedelta(minutes=15))
    assert newest(practice).state == State.DELIVERED
    first, second = partner.bodies
    assert first == second


@pytest.mark.requirement("VIN-2")
def test_what_the_partner_has_already_counts_once(app, practice, partner):
    release(practice)
    work(app, practice.ash)
    practice.caller("projectadmin").post(f"{REPORTS}/{LAST_MONTH}/1/send")
    work(app, practice.ash, timedelta(minutes=15))
    assert newest(practice).state == State.DELIVERED
    assert len(partner.raw) == 2
    assert len(partner.known) == 1


@pytest.mark.parametrize(
    ("mode", "state"),
    [
        ("lie", State.DOUBTFUL),
        ("nonsense", State.DOUBTFUL),
        (409, State.DOUBTFUL),
        (400, State.REFUSED),
        (403, State.REFUSED),
        (302, State.REFUSED),
    ],
)
def test_what_is_not_confirmed_is_not_called_delivered(app, practice, partner, mode, state):
    partner.mode = mode
    release(practice)
    for _twice in range(2):
        work(app, practice.ash)
    assert newest(practice).state == state
    assert len(partner.raw) == 1
    assert (
        "Noch einmal senden" in practice.caller("projectadmin").get(f"{REPORTS}/{LAST_MONTH}").text
    )


def test_a_partner_that_never_answers_is_given_up_some_day(app, practice, partner):
    partner.mode = 500
    release(practice)
    for _each in range(len(delivery.PAUSES) + 2):
        work(app, practice.ash, timedelta(days=5))
    assert newest(practice).state == State.GIVEN_UP
    assert len(partner.raw) == len(delivery.PAUSES) + 1


def test_a_slow_partner_holds_nobody_up(app, practice, partner):
    """While the partner is asked no transaction is open: others write, on SQLite too."""
    partner.mode = "wait"
    release(practice)
    job = threading.Thread(target=work, args=(app, practice.ash))
    job.start()
    assert partner.arrived.wait(10)
    assert (
        practice.caller("doctor")
        .post(step(practice.ash, ended(practice.ash)), **ANSWERS)
        .status_code
        == 200
    )
    partner.mode = "take"
    partner.released.set()
    job.join(30)
    assert newest(practice).state == State.DELIVERED


def test_a_host_that_the_settings_do_not_name_is_not_asked(app, practice, partner, monkeypatch):
    release(practice)
    monkeypatch.setattr(delivery, "address", lambda _ctx: "http://127.0.0.2:9/")
    work(app, practice.ash)
    assert (newest(practice).state, newest(practice).problem) == (State.REFUSED, "address")


@pytest.mark.parametrize(
    "url", ["http://partner.example/", "ftp://x", "x", "https://[", "https://"]
)
def test_an_address_without_https_is_refused(practice, url):
    assert 'data-code="invalid_form"' in settings(practice, url)


def test_it_is_sent_by_https_and_to_nobody_who_only_pretends(app, practice, tmp_path, monkeypatch):
    made, (server_side, client_side) = Partner(), certificates(tmp_path)
    server = serve(made, server_side)
    try:
        settings(practice, made.address)
        release(practice)
        work(app, practice.ash)
        assert made.raw == []
        assert newest(practice).problem == "no_connection"
        monkeypatch.setattr(plugin_http, "_tls", lambda: client_side)
        work(app, practice.ash, timedelta(minutes=15))
        assert newest(practice).state == State.DELIVERED
    finally:
        server.shutdown()
        server.server_close()


def certificates(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the two sides of TLS with a certificate of one's own."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "partner.pem"
    pem.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=str(pem))
