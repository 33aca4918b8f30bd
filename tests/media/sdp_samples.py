"""Session descriptions to start from: the shape that Chromium writes, cut to what matters."""

FINGERPRINT = "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:" * 2
FINGERPRINT = FINGERPRINT.rstrip(":")
OTHER = FINGERPRINT.replace("00:11", "99:11", 1)
CANDIDATE = "candidate:842163049 1 udp 1677729535 192.0.2.17 46154 typ srflx raddr 0.0.0.0 rport 0"

SESSION = ["v=0", "o=- 4611731400430051336 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0"]
AUDIO = [
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63",
    "c=IN IP4 0.0.0.0",
    f"a={CANDIDATE}",
    "a=ice-ufrag:F7gI",
    "a=ice-pwd:x9cml/YzichV2+XlhiMu8g",
    f"a=fingerprint:sha-256 {FINGERPRINT}",
    "a=setup:actpass",
    "a=mid:0",
    "a=rtpmap:111 opus/48000/2",
]
VIDEO = [line.replace("m=audio", "m=video").replace("mid:0", "mid:1") for line in AUDIO]
CHANNEL = [
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
    f"a=fingerprint:sha-256 {FINGERPRINT}",
    "a=mid:2",
]


def written(*parts, end="\r\n"):
    lines = [line for part in parts for line in part]
    return end.join(lines) + end


GOOD = written(SESSION, AUDIO, VIDEO, CHANNEL)
