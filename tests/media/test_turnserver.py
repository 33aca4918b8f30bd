"""The relay with the settings of ``deploy/``: who may use it, how long, how much, towards whom."""

from __future__ import annotations

import asyncio
import re
import subprocess
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aioice import stun, turn

from media.ice import turn_credentials
from tests.browser.running import free_port

PROGRAM = Path("/usr/bin/turnserver")
SETTINGS = Path(__file__).parents[2] / "deploy" / "turnserver.conf"
SECRET = "a secret of this test only"
QUOTA = int(re.search(r"^user-quota=(\d+)$", SETTINGS.read_text(), re.MULTILINE)[1])

pytestmark = pytest.mark.skipif(
    not PROGRAM.exists(), reason="coturn is not installed; `make test` installs it."
)


@pytest.fixture(scope="module")
def relay(tmp_path_factory):
    """Run the relay on this machine's own address."""
    port, log = free_port(), (tmp_path_factory.mktemp("relay") / "turn.log").open("wb")
    own = (
        f"-c {SETTINGS} --listening-ip=127.0.0.1 --relay-ip=127.0.0.1 --no-tls --no-dtls -p {port}"
    )
    command = [str(PROGRAM), *own.split(), f"--static-auth-secret={SECRET}", "--log-file=stdout"]
    process = subprocess.Popen(command, stdout=log, stderr=log)
    yield "127.0.0.1", port
    process.terminate()
    process.wait()
    log.close()


def credentials(who: str, *, valid: timedelta = timedelta(hours=2), secret: str = SECRET):
    return turn_credentials(secret.encode(), who * 32, datetime.now(UTC) + valid)


def speaking(transport):
    """Return what speaks the protocol; the library keeps it to itself."""
    return transport._TurnTransport__inner_protocol  # noqa: SLF001


async def opened(relay, credential):
    """Ask for an address of the relay, as a browser does; try again until the relay listens."""
    user, password = credential
    transport, _protocol = await turn.create_turn_endpoint(
        asyncio.DatagramProtocol, server_addr=relay, username=user, password=password
    )
    return transport


@contextmanager
def refused(code: int):
    with pytest.raises(stun.TransactionFailed) as caught:
        yield
    assert caught.value.response.attributes["ERROR-CODE"][0] == code


@pytest.mark.requirement("CALL-2")
@pytest.mark.parametrize(
    "credential",
    [
        credentials("a", valid=-timedelta(seconds=1)),
        credentials("a", secret="another"),
        ("", ""),
    ],
)
def test_who_has_no_credential_of_now_gets_nothing(relay, credential):
    with refused(401):
        asyncio.run(opened(relay, credential))


@pytest.mark.requirement("CALL-2")
@pytest.mark.parametrize(
    "peer", ["127.0.0.1", "0.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "172.20.0.9"]
)
def test_nobody_reaches_the_network_behind_it(relay, peer):
    async def reach(address: str) -> None:
        transport = await opened(relay, credentials("b"))
        try:
            await speaking(transport).channel_bind(0x4000, (address, 9))
        finally:
            await speaking(transport).delete()

    asyncio.run(reach("198.51.100.7"))
    with refused(403):
        asyncio.run(reach(peer))


@pytest.mark.requirement("CALL-2")
def test_one_participant_gets_so_many_addresses_and_another_gets_theirs(relay):
    async def take() -> None:
        taken = []
        try:
            taken += [await opened(relay, credentials("c")) for _each in range(QUOTA)]
            with refused(486):
                taken.append(await opened(relay, credentials("c")))
            taken.append(await opened(relay, credentials("d")))
        finally:
            for transport in taken:
                await speaking(transport).delete()

    asyncio.run(take())
