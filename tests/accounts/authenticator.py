"""A passkey on a telephone, as tests need it: makes a key, and answers as WebAuthn writes it."""

from __future__ import annotations

import json
import secrets
from hashlib import sha256

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Authenticator:
    """One device with one key."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._id = secrets.token_bytes(16)
        self._count = 0

    def makes(self, options, origin):
        """Return what a browser would answer that made a passkey."""
        numbers = self._key.public_key().public_numbers()
        key = cbor2.dumps(
            {
                1: 2,
                3: -7,
                -1: 1,
                -2: numbers.x.to_bytes(32, "big"),
                -3: numbers.y.to_bytes(32, "big"),
            }
        )
        named = bytes(16) + len(self._id).to_bytes(2, "big") + self._id + key
        data = self._data(options["rp"]["id"], PRESENT | VERIFIED | ATTESTED) + named
        response = {
            "clientDataJSON": self._client("webauthn.create", options["challenge"], origin),
            "attestationObject": bytes_to_base64url(
                cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
            ),
        }
        return self._answer(response)

    def proves(self, options, origin, *, challenge="", verified=True, rp_id=""):
        """Return what a browser would answer that asked the passkey; the rest spoils it."""
        flags = PRESENT | (VERIFIED if verified else 0)
        data = self._data(rp_id or options["rpId"], flags)
        client = self._client("webauthn.get", challenge or options["challenge"], origin)
        raw = base64url(client)
        signature = self._key.sign(data + sha256(raw).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": client,
            "authenticatorData": bytes_to_base64url(data),
            "signature": bytes_to_base64url(signature),
        }
        return self._answer(response)

    def _data(self, rp_id, flags):
        self._count += 1
        return sha256(rp_id.encode()).digest() + bytes([flags]) + self._count.to_bytes(4, "big")

    def _client(self, kind, challenge, origin):
        told = {"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}
        return bytes_to_base64url(json.dumps(told).encode())

    def _answer(self, response):
        name = bytes_to_base64url(self._id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response}


def base64url(text):
    from webauthn.helpers import base64url_to_bytes

    return base64url_to_bytes(text)
