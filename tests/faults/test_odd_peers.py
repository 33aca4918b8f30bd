"""Pages that are slow, silent or speak nonsense: theirs is the only connection that suffers."""

from __future__ import annotations

import os
import socket
from contextlib import closing

import pytest

from tests.faults.others import status_of
from tests.faults.test_frames import LAST, TEXT, RawSocket

SLOW = 300
BINARY = 0x2
# Packets of Engine.IO and Socket.IO, the layers below the portal's own messages.
NONSENSE = (
    b"",
    b"9",
    b"4",
    b"\xff\xfe",
    b"42",
    b"42[",
    b'42["message"',
    b'42{"a": 1}',
    b"40{",
    b"40" + b"[" * 2000,
    b"4" + b"[" * 60_000,
    b"2" + b"[" * 60_000,
    b"b4AAA",
    "٣".encode(),
    b"4" + b"9" * 400,
    b'451-["message",{"_placeholder":true,"num":0}]',
    b"4599999999-[]",
    b'42/admin,["message"]',
    b'42123456789012345678901234567890["message"]',
)


def test_hundreds_of_slow_requests_do_not_stop_the_others(running):
    slow = []
    try:
        for _each in range(SLOW):
            opened = socket.create_connection(("127.0.0.1", running.port), timeout=30)
            opened.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
            slow.append(opened)
        for path in ("/healthz", "/sign-in", "/"):
            assert status_of(f"{running.url}{path}") == 200
        with_a_page = RawSocket(running.port)
        assert with_a_page.greeting.startswith(b"HTTP/1.1 101")
        with_a_page.close()
    finally:
        for opened in slow:
            opened.close()
    assert status_of(f"{running.url}/healthz") == 200


@pytest.mark.parametrize("flags", [LAST | TEXT, LAST | BINARY])
def test_a_packet_that_is_none_closes_its_own_socket_and_tells_nothing(running, flags):
    for packet in (*NONSENSE, os.urandom(200)):
        with closing(RawSocket(running.port)) as odd, closing(RawSocket(running.port)) as other:
            odd.send(flags, packet)
            told = odd.heard()
            assert b"Traceback" not in told, packet
            assert b"Error" not in told, packet
            # Who said nothing wrong is still spoken with, and a stranger is told what is missing.
            other.send(LAST | TEXT, b'40{"token":"x"}')
            assert other.reads(b"sign_in_required"), packet
    assert status_of(f"{running.url}/healthz") == 200
