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
TEXT, CLOSE, LAST, COMPRESSED, MASKED = 0x1, 0x8, 0x80, 0x40, 0x80


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
        with contextlib.suppress(OSError):
            self._socket.sendall(header(flags, len(payload) * repeat))
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

    def reads(self, words: bytes) -> bool:
        """Read on until these words came; False when the server closes before."""
        found = b""
        while words not in found and (received := self._socket.recv(65536)):
            found += received
        return words in found

    def heard(self) -> bytes:
        """Say goodbye; return all that came until the server closed."""
        self.send(LAST | CLOSE, b"")
        found = b""
        with contextlib.suppress(ConnectionError):
            while received := self._socket.recv(65536):
                found += received
        return found

    def close(self) -> None:
        self._socket.close()


def header(flags: int, length: int) -> bytes:
    """Return the head of a frame with the shortest form of its length, and a mask of zeros."""
    if length < 126:
        head = struct.pack("!BB", flags, MASKED | length)
    elif length < 65536:
        head = struct.pack("!BBH", flags, MASKED | 126, length)
    else:
        head = struct.pack("!BBQ", flags, MASKED | 127, length)
    return head + bytes(4)


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
