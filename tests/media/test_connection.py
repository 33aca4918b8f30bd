from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.connection import Connection
from media.errors import EngineError
from media.limits import MAX_MESSAGE, TokenBucket, fits

PAGE = "5e55" + "0" * 28
NOW = datetime(2026, 11, 23, 9, 2, tzinfo=UTC)
HELLO = {"version": "1.0", "features": ["trickle", "moon"], "session": PAGE}


def hello(**change):
    return {"id": "1", "type": "hello", "hello": {**HELLO, **change}}


def test_nothing_passes_before_hello():
    connection = Connection()
    with pytest.raises(EngineError) as caught:
        connection.read({"type": "call.leave", "call.leave": {}})
    assert caught.value.code == "hello_required"


def test_hello_agrees_on_what_both_know():
    connection = Connection()
    answer = connection.greet(connection.read(hello()), {"servers": [], "relay_only": False}, NOW)
    assert answer.id == "1"
    assert answer.body["features"] == ["trickle"]
    assert answer.body["server_time"] == "2026-11-23T09:02:00+00:00"
    assert connection.session == PAGE
    assert connection.read({"type": "call.leave", "call.leave": {}}).type == "call.leave"


def test_a_page_of_another_generation_is_told_so():
    connection = Connection()
    with pytest.raises(EngineError) as caught:
        connection.greet(connection.read(hello(version="2.0")), {}, NOW)
    assert caught.value.code == "version"
    assert connection.session is None


def test_a_younger_page_of_the_same_generation_is_welcome():
    connection = Connection()
    assert connection.greet(connection.read(hello(version="1.7")), {}, NOW).body["version"] == "1.0"


def test_sixty_at_once_then_twenty_a_second():
    time = [0.0]
    bucket = TokenBucket(clock=lambda: time[0])
    assert sum(bucket.take() for _ in range(100)) == 60
    time[0] = 1.0
    assert sum(bucket.take() for _ in range(100)) == 20
    time[0] = 3600.0
    assert sum(bucket.take() for _ in range(100)) == 60


def test_a_clock_that_is_set_back_takes_nothing_away():
    time = [100.0]
    bucket = TokenBucket(clock=lambda: time[0])
    time[0] = 0.0
    assert bucket.take()


@given(st.lists(st.floats(0, 2), max_size=200))
def test_no_pattern_of_waiting_gets_more_than_rate_and_burst(pauses):
    time = [0.0]
    bucket = TokenBucket(clock=lambda: time[0])
    passed = 0
    for pause in pauses:
        time[0] += pause
        passed += sum(bucket.take() for _ in range(10))
    assert passed <= 60 + 20 * time[0] + 1e-6


def test_a_socket_that_talks_too_much_is_told_before_anything_is_read():
    connection = Connection(TokenBucket(burst=1, clock=lambda: 0.0))
    connection.read(hello())
    with pytest.raises(EngineError) as caught:
        connection.read(object())
    assert caught.value.code == "too_many"


@pytest.mark.parametrize(
    "value",
    [
        "x" * MAX_MESSAGE,
        "\u20ac" * (MAX_MESSAGE // 2),
        ["x"] * MAX_MESSAGE,
        {str(n): 1 for n in range(MAX_MESSAGE)},
        [[[[[[[[[[]]]]]]]]]],
        {"data": b"x"},
    ],
)
def test_what_is_too_large_or_too_deep_is_refused(value):
    assert not fits(value)
    with pytest.raises(EngineError) as caught:
        Connection().read(value)
    assert caught.value.code == "too_large"


def test_a_whole_description_fits():
    assert fits({"type": "x", "x": {"description": {"sdp": "a" * 60 * 1024}}})
    assert fits({"lonely": "\ud800"})
