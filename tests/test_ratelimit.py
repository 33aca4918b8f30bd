"""Limits: counted across requests, never slept; addresses are shortened before they are written."""

from __future__ import annotations

import logging
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from portal import clock as the_clock
from portal import ratelimit
from portal.errors import TooManyError
from portal.extensions import db
from portal.operations.serve import Refusals, ShortenedAddresses
from portal.ratelimit import Attempt, Limit, shortened
from tests.deleting import deleted

LIMIT = Limit("test", attempts=3, seconds=60)


def test_the_limit_holds_and_ends_with_its_window(app, clock):
    for _ in range(3):
        ratelimit.check(LIMIT, "a")
        ratelimit.spend(LIMIT, "a")
    with pytest.raises(TooManyError) as refused:
        ratelimit.check(LIMIT, "a")
    assert 1 <= refused.value.retry_after <= 60
    ratelimit.check(LIMIT, "b")
    clock.move(timedelta(seconds=60))
    ratelimit.check(LIMIT, "a")


@pytest.mark.requirement("STA-3")
def test_a_bucket_names_nobody_and_is_gone_after_a_day(app, clock):
    ratelimit.spend(LIMIT, "198.51.100.77")
    row = db.session.scalars(select(Attempt)).one()
    assert "198" not in row.bucket
    assert len(row.bucket) == 64
    db.session.rollback()
    clock.move(timedelta(days=2))
    assert deleted("attempt", the_clock.now()) == 1
    db.session.commit()


@pytest.mark.requirement("STA-3")
@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("198.51.100.77", "198.51.100.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("::ffff:198.51.100.77", "::/48"),
        ("nonsense", "-"),
        ("", "-"),
    ],
)
def test_an_address_is_written_shortened(address, written):
    assert shortened(address) == written


def logged(path: str) -> dict[str, object]:
    """Return what the access log may write of a request to a path."""
    from gunicorn.config import Config

    class Request:
        method, headers, query, version = "GET", [], "q=1", (1, 1)

    class Answer:
        status, sent, headers, response_length = "200 OK", 1, [], 1

    return ShortenedAddresses(Config()).atoms(
        Answer(), Request(), asked(path), timedelta(milliseconds=5)
    )


def asked(path: str) -> dict[str, str]:
    return {
        "REMOTE_ADDR": "198.51.100.77",
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "RAW_URI": path,
        "SERVER_PROTOCOL": "HTTP/1.1",
    }


@pytest.mark.requirement("STA-3")
def test_the_access_log_never_holds_an_address():
    assert logged("/")["h"] == "198.51.100.0/24"


def test_a_flood_of_refused_requests_is_no_flood_of_lines(caplog, monkeypatch):
    """Some have a line of their own, and the others one altogether; faults are always told."""
    from gunicorn.config import Config

    log, time = ShortenedAddresses(Config()), [0.0]
    log.refusals = Refusals(lambda: time[0])
    monkeypatch.setattr(ShortenedAddresses, "access_log_enabled", True)
    monkeypatch.setattr(log, "access_log", logging.getLogger("flood"))
    caplog.set_level(logging.INFO)

    def answered(status: str, times: int) -> None:
        answer = SimpleNamespace(status=status, sent=1, headers=[])
        for _ in range(times):
            log.access(answer, SimpleNamespace(headers=[]), asked("/"), timedelta(milliseconds=5))

    answered("429 Too Many Requests", 1_000)
    answered("404 Not Found", 61)
    answered("500 Internal Server Error", 70)
    assert len(caplog.records) == 2 * Refusals.LINES + 70
    time[0] = Refusals.MINUTE
    caplog.clear()
    answered("200 OK", 2)
    assert [record.http for record in caplog.records[:2]] == [
        {"status": "429", "count": 1_000 - Refusals.LINES},
        {"status": "404", "count": 1},
    ]
    assert len(caplog.records) == 4


@pytest.mark.parametrize(
    ("address", "network", "around"),
    [
        ("198.51.100.77", "198.51.100.77", "198.51.100.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("::ffff:198.51.100.77", "198.51.100.77", "198.51.100.0/24"),
        ("nonsense", "unknown", "-"),
    ],
)
def test_a_network_is_what_one_customer_holds(app, address, network, around):
    with app.test_request_context("/", environ_base={"REMOTE_ADDR": address}):
        assert (ratelimit.network(), ratelimit.neighbourhood()) == (network, around)
