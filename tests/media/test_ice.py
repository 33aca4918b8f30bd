from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from hmac import new

import pytest

from media.ice import IceServers, turn_credentials
from media.messages import ICE

NOW = datetime(2026, 11, 23, 9, 2, tzinfo=UTC)
GUEST = "e" * 32
BOTH = IceServers(
    stun=["stun:stun.practice.example:3478"],
    turn=["turn:turn.practice.example:3478?transport=udp"],
    secret=b"a secret of the deployment",
)


@pytest.mark.requirement("CALL-2")
def test_credentials_are_those_that_coturn_computes():
    username, credential = turn_credentials(b"north", GUEST, NOW + timedelta(hours=1))
    assert username == f"{int(NOW.timestamp()) + 3600}:{GUEST}"
    # coturn's REST API fixes the algorithm: base64(HMAC-SHA1(secret, user name)).
    assert credential == b64encode(new(b"north", username.encode(), sha1).digest()).decode()


def test_without_servers_only_direct_paths_are_tried():
    assert IceServers().offered_to(GUEST, NOW) == {"servers": [], "relay_only": False}


def test_both_kinds_of_servers_are_offered_as_browsers_want_them():
    offered = BOTH.offered_to(GUEST, NOW)
    ICE(offered, "ice")
    stun, turn = offered["servers"]
    assert "credential" not in stun
    expires, _, who = turn["username"].partition(":")
    assert int(expires) == int((NOW + timedelta(hours=2)).timestamp())
    assert who == GUEST


@pytest.mark.requirement("CALL-2")
def test_relay_only_asks_no_stun_server():
    offered = BOTH.offered_to(GUEST, NOW, relay_only=True)
    assert offered["relay_only"]
    assert [server["urls"][0][:5] for server in offered["servers"]] == ["turn:"]


def test_credentials_never_live_longer_than_two_hours():
    with pytest.raises(ValueError, match="two hours"):
        IceServers(life=timedelta(hours=2, seconds=1))


def test_turn_without_its_secret_does_not_start():
    with pytest.raises(ValueError, match="static-auth-secret"):
        IceServers(turn=["turn:turn.practice.example"])
