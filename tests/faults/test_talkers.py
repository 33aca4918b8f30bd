"""Pages that talk without end, or not at all: their socket closes, and nobody else notices."""

from __future__ import annotations

import json
import socket
from contextlib import closing
from types import SimpleNamespace
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from engineio.packet import Packet
from hypothesis import given
from hypothesis import strategies as st

from portal import sockets
from portal.operations.demo_data import PASSWORD
from portal.websocket import bounded, is_packet
from tests.faults.others import Peak, status_of, web_process
from tests.faults.test_frames import BOUND_MB, LAST, TEXT, RawSocket

MANY = 10_000
HELLO = {"version": "1.0", "features": [], "session": "5e55" + "0" * 28}


@pytest.fixture
def token(running):
    """Return the token of a doctor who has just signed in."""
    running.forget_attempts()
    form = urlencode({"name": "dr.probe", "password": PASSWORD}).encode()
    headers = {"X-Portal-Request": "fetch"}
    asked = Request(f"{running.url}/sign-in", data=form, headers=headers)  # noqa: S310  our own portal
    with urlopen(asked, timeout=60) as answer:  # noqa: S310  our own portal
        return json.loads(answer.read())["token"]


@pytest.fixture
def page(running, token):
    """Return the socket of a page that has said who it is, and no hello yet."""
    with closing(RawSocket(running.port)) as page:
        page.send(LAST | TEXT, b"40" + json.dumps({"token": token}).encode())
        assert page.reads(b'40{"sid"')
        yield page


def said(kind: str, body: object) -> bytes:
    return b"42" + json.dumps(["message", {"type": kind, kind: body}]).encode()


def test_a_page_that_talks_without_end_is_hung_up_on(running, page):
    status_of(f"{running.url}/sign-in")
    peak = Peak(web_process(running.port))
    page.send(LAST | TEXT, said("hello", HELLO))
    for _ in range(MANY):
        page.send(LAST | TEXT, said("call.leave", {"call": "c" * 32}))
    assert page.is_closed()
    assert peak.grown_mb() < BOUND_MB
    assert status_of(f"{running.url}/healthz") == 200


def test_a_page_that_never_says_hello_is_hung_up_on(running, page):
    assert page.is_closed()
    assert status_of(f"{running.url}/healthz") == 200


def test_a_connection_that_never_says_who_it_is_is_closed_when_it_is_seen_again(monkeypatch):
    closed = []
    known = {"c": "somebody"}
    server = SimpleNamespace(
        eio=SimpleNamespace(sockets={"a": 1, "c": 1}, disconnect=closed.append),
        manager=SimpleNamespace(sid_from_eio_sid=lambda each, _space: known.get(each)),
    )
    monkeypatch.setattr(sockets.socketio, "server", server)
    monkeypatch.setattr(sockets, "_strangers", set())
    sockets.close_strangers()
    assert closed == []
    server.eio.sockets["b"] = 1
    sockets.close_strangers()
    assert closed == ["a"]


def test_a_page_that_has_vanished_is_not_waited_for():
    """Half open: the other side is gone and nobody said so; not even a ping is answered."""

    class Driver:
        def __init__(self):
            self.server_args = {}

    near, far = socket.socketpair()
    with closing(near), closing(far):
        driver = bounded(Driver, 100, 0.01)()
        driver.ws = SimpleNamespace(
            sock=near, connected=True, input_buffer=[], receive_bytes=4096, ws=None
        )
        assert driver._next() is None  # noqa: SLF001  what gevent's loop calls
        assert not driver.ws.connected


@given(
    st.one_of(
        st.text(max_size=60),
        st.builds("{}{}".format, st.sampled_from("0123456b"), st.text(max_size=60)),
        st.builds("4{}{}".format, st.sampled_from("012345"), st.text('0123456789-[]{}",/x')),
    )
)
def test_whatever_is_let_through_can_be_read(text):
    """The library reads packets without a guard: one that raises would leave a dead socket."""
    if is_packet(text):
        packet = Packet(encoded_packet=text)
        assert packet.packet_type in range(7)
