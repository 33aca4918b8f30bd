import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.errors import EngineError
from media.sdp import MAX_SDP, check_candidate, check_description, check_silent, fingerprint
from tests.media.sdp_samples import (
    AUDIO,
    CANDIDATE,
    CHANNEL,
    FINGERPRINT,
    GOOD,
    OTHER,
    SESSION,
    VIDEO,
    written,
)

CANDIDATE_OBJECT = {
    "candidate": CANDIDATE,
    "sdpMid": "0",
    "sdpMLineIndex": 0,
    "usernameFragment": "F7gI",
}


def refusal(sdp):
    with pytest.raises(EngineError) as caught:
        fingerprint(sdp)
    return caught.value.details.get("reason", caught.value.code)


@pytest.mark.requirement("CALL-1")
def test_a_browsers_description_passes_and_names_its_fingerprint():
    assert fingerprint(GOOD) == FINGERPRINT
    check_description({"type": "offer", "sdp": GOOD})


def test_line_ends_of_either_kind_pass():
    assert fingerprint(written(SESSION, AUDIO, end="\n")) == FINGERPRINT
    assert fingerprint(GOOD.rstrip()) == FINGERPRINT


def test_the_same_fingerprint_in_small_letters_is_the_same():
    small = [line.replace(FINGERPRINT, FINGERPRINT.lower()) for line in VIDEO]
    assert fingerprint(written(SESSION, AUDIO, small)) == FINGERPRINT


@pytest.mark.parametrize(
    "line",
    [
        f"a=fingerprint:sha-256 {OTHER}",
        f"a=Fingerprint:sha-256 {OTHER}",
        f"a= fingerprint:sha-256 {OTHER}",
        f"a=fingerprint:SHA-256 {OTHER}",
        f"a=fingerprint:sha-1 {FINGERPRINT[:59]}",
        f"a=fingerprint:sha-512 {FINGERPRINT}:{FINGERPRINT}",
        f"a=fingerprint:sha-256 {FINGERPRINT}:00",
        f"a=fingerprint:sha-256  {FINGERPRINT}",
        "a=fingerprint:",
        "a=fingerprint",
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_second_fingerprint_is_refused_wherever_it_stands(line, place):
    parts = [[*SESSION], [*AUDIO], [*VIDEO]]
    parts[place].append(line)
    assert refusal(written(*parts)) == "fingerprint"


def test_a_description_without_fingerprint_is_refused():
    bare = [line for line in AUDIO if "fingerprint" not in line]
    assert refusal(written(SESSION, bare)) == "fingerprint"


def test_a_fingerprint_per_section_is_refused():
    other = [line.replace(FINGERPRINT, OTHER) for line in VIDEO]
    assert refusal(written(SESSION, AUDIO, other)) == "fingerprint"


@pytest.mark.requirement("CALL-1")
@pytest.mark.parametrize(
    ("sdp", "reason"),
    [
        ("", "line"),
        (None, "shape"),
        (b"v=0", "shape"),
        ("v=0\r\n", "sections"),
        (written(SESSION), "sections"),
        (written(SESSION, *[CHANNEL] * 31), "sections"),
        (written(SESSION, ["m=audio 9 RTP/AVP 0"], AUDIO[1:]), "protocol"),
        (written(SESSION, ["m=audio 9 RTP/SAVPF 0"], AUDIO[1:]), "protocol"),
        (written(SESSION, ["m=audio"], AUDIO[1:]), "protocol"),
        (written(SESSION, AUDIO, ["a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x"]), "crypto"),
        (written(SESSION, AUDIO, [f"a={CANDIDATE}"] * 100), "candidates"),
        (written(SESSION, AUDIO, ["a=candidate:nonsense"]), "candidate"),
        (GOOD.replace("s=-", "s=-\ra=x"), "line"),
        (GOOD.replace("s=-", "s=\x00"), "line"),
        (GOOD.replace("s=-", "s=-\u2028a=x"), "line"),
        (GOOD.replace("s=-", " s=-"), "line"),
        (GOOD.replace("s=-", ""), "line"),
        ("x" + GOOD, "line"),
        ("v=0\r\n" + "a=x\r\n" * (MAX_SDP // 5), "too_large"),
    ],
)
def test_an_odd_description_is_refused_with_its_reason(sdp, reason):
    assert refusal(sdp) == reason


@pytest.mark.parametrize("count", [1, 30])
def test_as_many_sections_as_allowed_pass(count):
    assert fingerprint(written(SESSION, *[CHANNEL] * count))


def test_as_many_candidates_as_allowed_pass():
    assert fingerprint(written(SESSION, AUDIO, [f"a={CANDIDATE}"] * 99))


@pytest.mark.parametrize(
    "value",
    [
        None,
        "v=0",
        [],
        {},
        {"type": "offer"},
        {"sdp": GOOD},
        {"type": "rollback", "sdp": ""},
        {"type": "pranswer", "sdp": GOOD},
        {"type": ["offer"], "sdp": GOOD},
        {"type": "offer", "sdp": GOOD, "more": 1},
    ],
)
def test_only_offers_and_answers_are_descriptions(value):
    with pytest.raises(EngineError) as caught:
        check_description(value)
    assert caught.value.code == "bad_description"


SILENT = "\r\n".join(line for line in GOOD.split("\r\n") if "candidate" not in line)


@pytest.mark.requirement("WR-5")
def test_a_description_without_addresses_may_be_rehearsed():
    check_silent({"type": "offer", "sdp": SILENT})


@pytest.mark.requirement("WR-5")
@pytest.mark.parametrize(
    "line",
    [
        f"a={CANDIDATE}",
        "o=- 1 2 IN IP4 192.0.2.17",
        "c=IN IP4 192.0.2.17",
        "c=IN IP6 2001:db8::17",
        "a=rtcp:46154 IN IP4 192.0.2.17",
        "a=rtcp:46154",
        "m=video 46154 UDP/TLS/RTP/SAVPF 96",
        "a=remote-candidates:1 192.0.2.17 46154",
        "a=source-filter: incl IN IP4 * 192.0.2.17",
    ],
)
def test_nobody_learns_an_address_before_the_admission(line):
    with pytest.raises(EngineError) as caught:
        check_silent({"type": "offer", "sdp": f"{SILENT}{line}\r\n"})
    assert caught.value.details == {"reason": "address"}


@given(st.text())
def test_any_text_is_answered_with_a_refusal(text):
    with pytest.raises(EngineError):
        fingerprint(text)


@given(data=st.data())
def test_a_mutated_description_passes_only_with_one_known_fingerprint(data):
    lines = GOOD.split("\r\n")
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(lines) - 1))
        lines[place : place + 1] = data.draw(
            st.lists(
                st.one_of(
                    st.sampled_from(lines),
                    st.text(max_size=40),
                    st.sampled_from([f"a=fingerprint:sha-256 {OTHER}", "a=fingerprint:sha-1 00"]),
                ),
                max_size=2,
            )
        )
    sdp = "\r\n".join(lines)
    try:
        found = fingerprint(sdp)
    except EngineError:
        return
    assert (FINGERPRINT in sdp) != (OTHER in sdp)
    assert found in sdp.upper()


@pytest.mark.parametrize(
    "candidate",
    [
        CANDIDATE,
        "",
        "candidate:1 1 TCP 2105458943 192.0.2.1 9 typ host tcptype active generation 0",
        "candidate:1 1 udp 2113937151 2001:db8::1 50000 typ host",
        "candidate:1 1 udp 2113937151 0a1b2c3d-1111-4222-8333-444455556666.local 5000 typ host",
        "candidate:1 1 udp 1 192.0.2.1 9 typ relay raddr 192.0.2.2 rport 9",
    ],
)
def test_candidates_that_browsers_write_pass(candidate):
    check_candidate({**CANDIDATE_OBJECT, "candidate": candidate})


def test_the_end_of_candidates_passes():
    check_candidate(None)
    check_candidate(
        {"candidate": "", "sdpMid": None, "sdpMLineIndex": None, "usernameFragment": None}
    )


@pytest.mark.parametrize(
    "change",
    [
        {"candidate": "candidate:1 1 udp 1 192.0.2.1 9 typ host\r\na=fingerprint:sha-256 00"},
        {"candidate": "candidate:1 1 udp 1 <b>x</b> 9 typ host"},
        {"candidate": "candidate:1 1 sctp 1 192.0.2.1 9 typ host"},
        {"candidate": "nonsense"},
        {"candidate": f"{CANDIDATE} {'x' * 1024}"},
        {"candidate": 7},
        {"candidate": None},
        {"sdpMid": "x" * 33},
        {"sdpMid": 0},
        {"sdpMLineIndex": -1},
        {"sdpMLineIndex": 30},
        {"sdpMLineIndex": True},
        {"sdpMLineIndex": 0.5},
        {"usernameFragment": "a b c"},
        {"more": 1},
    ],
)
def test_an_odd_candidate_is_refused(change):
    with pytest.raises(EngineError) as caught:
        check_candidate({**CANDIDATE_OBJECT, **change})
    assert caught.value.code == "bad_candidate"


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_any_value_as_candidate_is_answered_with_the_one_code(value):
    if value is None:
        return
    with pytest.raises(EngineError) as caught:
        check_candidate(value)
    assert caught.value.code == "bad_candidate"


@given(st.text(max_size=200))
def test_any_text_in_a_candidate_is_answered(text):
    with contextlib.suppress(EngineError):
        check_candidate({**CANDIDATE_OBJECT, "candidate": text})
        assert text == "" or text.lower().startswith("candidate:")
