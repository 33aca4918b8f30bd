import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media import messages
from media.errors import SENTENCES, EngineError
from media.messages import Message, check, envelope, failure, identity, wire
from tests.media.sdp_samples import CANDIDATE, GOOD

CALL = "ca11" + "0" * 28
OTHER = "aa" + "0" * 30
PAGE = "5e55" + "0" * 28
DESCRIPTION = {
    "call": CALL,
    "to": OTHER,
    "session": PAGE,
    "description": {"type": "offer", "sdp": GOOD},
}
BODIES = {
    "hello": {"version": "1.0", "features": ["trickle"], "session": PAGE},
    "call.join": {"call": CALL, "session": PAGE},
    "call.description": DESCRIPTION,
    "call.candidate": {
        "call": CALL,
        "to": OTHER,
        "session": PAGE,
        "candidate": {"candidate": CANDIDATE, "sdpMid": "0", "sdpMLineIndex": 0},
    },
    "call.leave": {"call": CALL},
    "call.remove": {"call": CALL, "participant": OTHER},
    "call.hand_over": {"call": CALL, "participant": OTHER},
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_every_message_of_a_browser_has_a_sample():
    assert BODIES.keys() == messages.FROM_BROWSER.keys()


@pytest.mark.parametrize("kind", BODIES)
def test_a_good_message_passes_whole(kind):
    message = check(envelope({"id": "7f", "type": kind, kind: BODIES[kind]}))
    assert (message.type, message.id, message.body) == (kind, "7f", BODIES[kind])


@pytest.mark.parametrize("kind", BODIES)
def test_an_unknown_key_is_refused(kind):
    with pytest.raises(EngineError) as caught:
        check(envelope({"type": kind, kind: {**BODIES[kind], "isAdmin": True}}))
    assert caught.value.code == "invalid_message"
    assert "isAdmin" not in str(caught.value.details)


@pytest.mark.parametrize(("kind", "key"), [(kind, key) for kind in BODIES for key in BODIES[kind]])
def test_a_missing_key_is_refused(kind, key):
    body = {name: value for name, value in BODIES[kind].items() if name != key}
    with pytest.raises(EngineError) as caught:
        check(envelope({"type": kind, kind: body}))
    assert caught.value.details == {"field": f"{kind}.{key}"}


@pytest.mark.parametrize(("kind", "key"), [(kind, key) for kind in BODIES for key in BODIES[kind]])
@given(value=JSON)
def test_any_other_value_is_refused(kind, key, value):
    accepted = {"features": [], "candidate": None}
    if key in accepted and value == accepted[key]:
        return
    if key in {"features", "version"} and value:
        return
    with pytest.raises(EngineError):
        check(envelope({"type": kind, kind: {**BODIES[kind], key: value}}))


@pytest.mark.parametrize(
    "value",
    [CALL.upper(), CALL[:-1], CALL + "0", CALL + "\n", CALL.replace("c", "٣"), "", None, 7, [CALL]],
)
def test_an_id_is_32_small_hexadecimal_characters(value):
    with pytest.raises(EngineError):
        check(envelope({"type": "call.leave", "call.leave": {"call": value}}))


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "hello",
        [],
        {},
        {"type": "hello"},
        {"type": "hello", "hello": None},
        {"type": "hello", "hello": []},
        {"type": ["hello"], "hello": {}},
        {"type": "Hello", "Hello": {}},
        {"type": "hello", "hello": {}, "more": 1},
        {"type": "id", "id": {}},
        {"type": "hello\n", "hello\n": {}},
        {"id": 7, "type": "hello", "hello": {}},
        {"id": None, "type": "hello", "hello": {}},
        {"id": "x" * 65, "type": "hello", "hello": {}},
        {"id": "<b>", "type": "hello", "hello": {}},
    ],
)
def test_an_odd_envelope_is_refused(raw):
    with pytest.raises(EngineError) as caught:
        envelope(raw)
    assert caught.value.code == "invalid_message"


@given(JSON)
def test_any_value_is_read_or_refused_and_never_breaks(raw):
    identity(raw)
    with contextlib.suppress(EngineError):
        envelope(raw)


@given(
    kind=st.sampled_from(sorted(BODIES)),
    body=JSON,
    extra=st.dictionaries(st.text(), JSON, max_size=2),
)
def test_any_body_is_read_or_refused_and_never_breaks(kind, body, extra):
    with pytest.raises(EngineError) as caught:
        check(envelope({"type": kind, kind: body, **extra}))
    assert caught.value.code in SENTENCES


def test_an_unknown_type_is_told():
    with pytest.raises(EngineError) as caught:
        check(envelope({"type": "call.record", "call.record": {}}))
    assert caught.value.code == "unknown_type"


def test_an_error_echoes_the_id_even_of_nonsense():
    raw = {"id": "7f", "type": 3}
    error = EngineError("invalid_message", field="type")
    assert wire(failure(error, identity(raw))) == {
        "id": "7f",
        "type": "error",
        "error": {
            "code": "invalid_message",
            "message": SENTENCES["invalid_message"],
            "details": {"field": "type"},
        },
    }


@pytest.mark.parametrize("raw", [None, [], {}, {"id": 7}, {"id": "a b"}, {"id": {}}])
def test_an_id_that_is_none_is_not_echoed(raw):
    assert identity(raw) is None


def test_a_message_without_id_is_written_without():
    assert wire(Message("call.left", {"call": CALL})) == {
        "type": "call.left",
        "call.left": {"call": CALL},
    }


@pytest.mark.parametrize("text", ["", "a\nb", "a\u202eb", "a\x00", "a\u200f", "x" * 201, 7, None])
def test_a_name_is_one_visible_line(text):
    with pytest.raises(EngineError):
        messages.NAME(text, "name")


def test_names_of_all_languages_pass():
    for name in ("Zoë Müller-Öz", "Ιωάννα", "山田 花子", "O'Neill"):
        messages.NAME(name, "name")
