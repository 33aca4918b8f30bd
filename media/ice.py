"""Which STUN and TURN servers a browser may use, with credentials that die by themselves."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import digest
from typing import Any

LONGEST_LIFE = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class IceServers:
    """The servers of one deployment; with neither, only direct paths are tried."""

    stun: Sequence[str] = ()
    turn: Sequence[str] = ()
    secret: bytes = b""
    life: timedelta = LONGEST_LIFE

    def __post_init__(self) -> None:
        if self.turn and not self.secret:
            raise ValueError("TURN servers need the secret that coturn calls static-auth-secret.")
        if not timedelta(0) < self.life <= LONGEST_LIFE:
            raise ValueError("TURN credentials live for at most two hours.")

    def offered_to(
        self, participant: str, now: datetime, *, relay_only: bool = False
    ) -> dict[str, Any]:
        """List the servers as a browser wants them, with credentials made for one participant."""
        servers: list[dict[str, Any]] = []
        # Asking a STUN server would tell it who speaks, for an address that is then not used.
        if self.stun and not relay_only:
            servers.append({"urls": list(self.stun)})
        if self.turn:
            username, credential = turn_credentials(self.secret, participant, now + self.life)
            servers.append(
                {"urls": list(self.turn), "username": username, "credential": credential}
            )
        return {"servers": servers, "relay_only": relay_only}


def turn_credentials(secret: bytes, participant: str, expires_at: datetime) -> tuple[str, str]:
    """Make a user name and password that coturn can check without knowing anybody."""
    username = f"{int(expires_at.timestamp())}:{participant}"
    return username, b64encode(digest(secret, username.encode(), "sha1")).decode()
