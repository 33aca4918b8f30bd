"""Frames that are made to fill the memory: the socket closes, and nothing is kept of them."""

from __future__ import annotations

import base64
import contextlib
import os
import socket
import struct
import zlib

import pytest

from tests.faults.others import Peak, status_of, web_process

MB = 1024 * 1024
# SECURITY: a fault of one page may not cost the process more than this (F21).
BOUND_MB = 10
TEXT, LAST, COMPRESSED, MASKED = 0x1, 0x80, 0x40, 0x80


class RawSocket:
    """A WebSocket whose frames are written byte by byte."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = (
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
            f"Host: localhost:{port}",
            f"Origin: http://localhost:{port}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
        )
        self._socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.greeting = b""
        while b"\r\n\r\n" not in self.greeting:
            self.greeting += self._socket.recv(4096)

    def send(self, flags: int, payload: bytes, repeat: int = 1) -> None:
        """Send one masked frame whose payload repeats; stop where the server hangs up."""
        header = struct.pack("!BBQ", flags, MASKED | 127, len(payload) * repeat)
        with contextlib.suppress(OSError):
            self._socket.sendall(header + b"\0\0\0\0")
            for _ in range(repeat):
                self._socket.sendall(payload)

    def is_closed(self) -> bool:
        """Read on until the server closes; False when it only falls silent."""
        try:
            while self._socket.recv(65536):
                pass
        except TimeoutError:
            return False
        except ConnectionError:
            return True
        return True

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def raw(running):
    opened = RawSocket(running.port)
    yield opened
    opened.close()


@pytest.fixture
def peak(running):
    status_of(f"{running.url}/sign-in")
    return Peak(web_process(running.port))


def test_a_frame_of_two_hundred_megabytes_is_not_kept(running, raw, peak):
    raw.send(LAST | TEXT, b"x" * MB, repeat=200)
    assert raw.is_closed()
    assert peak.grown_mb() < BOUND_MB
    assert status_of(f"{running.url}/healthz") == 200


def test_a_message_of_many_fragments_is_not_kept(running, raw, peak):
    raw.send(TEXT, b"x" * 1000)
    for _ in range(20_000):
        raw.send(0x0, b"x" * 1000)
    assert raw.is_closed()
    assert peak.grown_mb() < BOUND_MB
    assert status_of(f"{running.url}/healthz") == 200


def test_no_compression_is_taken_so_that_a_bomb_is_an_error(running, raw, peak):
    assert b"permessage-deflate" not in raw.greeting
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = packer.compress(b"4" * 200 * MB) + packer.flush(zlib.Z_SYNC_FLUSH)
    raw.send(LAST | COMPRESSED | TEXT, bomb[:-4])
    assert raw.is_closed()
    assert peak.grown_mb() < BOUND_MB
    assert status_of(f"{running.url}/healthz") == 200
