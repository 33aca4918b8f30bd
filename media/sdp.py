"""Reads descriptions and candidates before they reach another browser, and refuses odd ones."""

import re

from media.errors import EngineError
from media.shapes import Optional, Shape, conform, matching, nullable, number

MAX_SDP = 60 * 1024
MAX_SECTIONS = 30
MAX_CANDIDATES = 100
MAX_CANDIDATE = 1024

# Media only over DTLS: anything else would be a way to talk without keys of the browsers' own.
PROTOCOLS = {
    "UDP/TLS/RTP/SAVPF",
    "TCP/TLS/RTP/SAVPF",
    "UDP/DTLS/SCTP",
    "TCP/DTLS/SCTP",
    "DTLS/SCTP",
}

LINE = re.compile(r"[a-z]=[\x20-\x7e]*")
SECTION = re.compile(r"m=(?:audio|video|application) \d{1,5} (\S+)(?: \S+)+")
FINGERPRINT = re.compile(r"sha-256 ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})")
CANDIDATE = re.compile(
    r"candidate:[A-Za-z0-9+/]{1,32} \d{1,5} (?:udp|tcp) \d{1,10}"
    r" [0-9A-Za-z.:%-]{1,253} \d{1,5} typ (?:host|srflx|prflx|relay)(?: [!-~]+)*",
    re.IGNORECASE,
)


def check_description(value: object, _field: str = "") -> None:
    """Accept an offer or answer that two browsers can be trusted to read alike.

    :raise EngineError: ``bad_description`` with the reason, or ``too_large``.
    """
    if not isinstance(value, dict) or value.keys() != {"type", "sdp"}:
        raise _bad("shape")
    if value["type"] not in ("offer", "answer") or not isinstance(value["type"], str):
        raise _bad("type")
    fingerprint(value["sdp"])


def check_silent(value: object, field: str = "") -> None:
    """Accept a description that names no address at all, for two who may not meet yet.

    :raise EngineError: ``bad_description`` with the reason, or ``too_large``.
    """
    check_description(value, field)
    sdp = value["sdp"] if isinstance(value, dict) else ""
    if any(_tells_where(line) for line in sdp.splitlines()):
        raise _bad("address")


def fingerprint(sdp: object) -> str:
    """Return the one SHA-256 fingerprint that the whole description stands on.

    RFC 8122 lets a browser accept any of several fingerprints, so with two of them nobody
    could say whose key protects the call. Hence exactly one distinct value, and no older hash.

    :raise EngineError: ``bad_description`` or ``too_large``.
    """
    lines = _lines(sdp)
    _check_sections(lines)
    _check_candidates(lines)
    found = {_read_fingerprint(line) for line in lines if _names(line, "fingerprint")}
    if len(found) != 1:
        raise _bad("fingerprint")
    return found.pop()


def check_candidate(value: object, _field: str = "") -> None:
    """Accept one ICE candidate, the empty one that ends a generation, or null.

    :raise EngineError: ``bad_candidate``.
    """
    try:
        candidate = conform(value, CANDIDATE_SHAPE, "candidate") if value is not None else None
    except EngineError as error:
        raise EngineError("bad_candidate") from error
    if candidate and candidate["candidate"] and not CANDIDATE.fullmatch(candidate["candidate"]):
        raise EngineError("bad_candidate")


CANDIDATE_SHAPE: Shape = {
    "candidate": matching(r"[\x20-\x7e]*", MAX_CANDIDATE),
    "sdpMid": nullable(matching(r"[!-~]{0,32}", 32)),
    "sdpMLineIndex": nullable(number(0, MAX_SECTIONS - 1)),
    "usernameFragment": Optional(nullable(matching(r"[A-Za-z0-9+/]{4,256}", 256))),
}


def _bad(reason: str) -> EngineError:
    return EngineError("bad_description", reason=reason)


def _lines(sdp: object) -> list[str]:
    if not isinstance(sdp, str):
        raise _bad("shape")
    if len(sdp) > MAX_SDP:
        raise EngineError("too_large")
    lines = sdp.removesuffix("\n").replace("\r\n", "\n").split("\n")
    # A lone carriage return ends a line for some readers and not for others: it is refused.
    lines[-1] = lines[-1].removesuffix("\r")
    if lines[0] != "v=0" or not all(LINE.fullmatch(line) for line in lines):
        raise _bad("line")
    return lines


def _names(line: str, attribute: str) -> bool:
    # Some readers ignore case and spaces here, so a disguised line counts as well.
    return re.match(rf"a=\s*{attribute}", line, re.IGNORECASE) is not None


def _tells_where(line: str) -> bool:
    if line.startswith("m="):
        return line.split(" ")[1] not in ("0", "9")
    if line.startswith("o="):
        return not line.endswith((" 127.0.0.1", " 0.0.0.0", " ::1", " ::"))
    if line.startswith("c="):
        return line not in ("c=IN IP4 0.0.0.0", "c=IN IP6 ::")
    if _names(line, "rtcp:"):
        return line not in ("a=rtcp:9", "a=rtcp:9 IN IP4 0.0.0.0")
    return any(_names(line, name) for name in ("candidate", "remote-candidates", "source-filter"))


def _check_sections(lines: list[str]) -> None:
    sections = [line for line in lines if line.startswith("m=")]
    if not 1 <= len(sections) <= MAX_SECTIONS:
        raise _bad("sections")
    for section in sections:
        match = SECTION.fullmatch(section)
        if match is None or match[1] not in PROTOCOLS:
            raise _bad("protocol")
    if any(_names(line, "crypto") for line in lines):
        raise _bad("crypto")


def _check_candidates(lines: list[str]) -> None:
    candidates = [line for line in lines if _names(line, "candidate")]
    if len(candidates) > MAX_CANDIDATES:
        raise _bad("candidates")
    for line in candidates:
        if len(line) > MAX_CANDIDATE or not CANDIDATE.fullmatch(line.removeprefix("a=")):
            raise _bad("candidate")


def _read_fingerprint(line: str) -> str:
    name, _, value = line.partition(":")
    match = FINGERPRINT.fullmatch(value.upper().replace("SHA-256", "sha-256"))
    if name != "a=fingerprint" or match is None:
        raise _bad("fingerprint")
    return match[1]
