"""The practice without a browser: makes codes by the same requests that the desk sends."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from portal.operations.demo_data import PASSWORD

if TYPE_CHECKING:
    from tests.browser.running import RunningPortal

CODE = re.compile(r'data-testid="code-value">\s*([A-Z0-9-]{14})\s*<')
OPTION = re.compile(r'<option value="([0-9a-f]{32})">\s*([^<]+?)\s*</option>')
FOUND = re.compile(r'id="found-([0-9a-f]{32})"')
ACCEPT = re.compile(r'hx-post="(/contacts/[0-9a-f]{32}/accept)')
ROOM = re.compile(r'name="room"\s+value="([0-9a-f]{32})"')


class Practice:
    """What one doctor's requests can do, for stories that are about something else."""

    def __init__(self, running: RunningPortal, name: str = "dr.probe") -> None:
        self.running = running
        self.token = self.token_of(running, name)
        self.rooms = self._rooms()

    @classmethod
    def token_of(cls, running: RunningPortal, name: str) -> str:
        """Sign somebody in and return the token."""
        body = urlencode({"name": name, "password": PASSWORD}).encode()
        request = Request(  # noqa: S310  our own portal
            f"{running.url}/sign-in", data=body, headers={"X-Portal-Request": "fetch"}
        )
        return str(json.loads(cls._ask(request))["token"])

    def code_for(self, guest: str, room: str = "", **order: str) -> str:
        """Make a code for a guest, in the last room of the list or in the one named."""
        chosen = self.rooms[room] if room else [*self.rooms.values()][-1]
        page = self.post(
            "/desk/codes", guest_name=guest, room=chosen, **{"uses": "single", **order}
        )
        found = CODE.search(page)
        assert found, page
        return found[1]

    def becomes_a_contact_of(self, other: Practice, name: str) -> None:
        """Let this doctor find another by a name and ask, and the other accept."""
        (card,) = FOUND.findall(self.get(f"/contacts/search?q={name}"))
        self.post("/contacts/requests", card=card)
        (accept,) = ACCEPT.findall(other.get("/contacts"))
        other.post(accept)

    def _rooms(self) -> dict[str, str]:
        page = self.get("/desk")
        rooms = {name: room for room, name in OPTION.findall(page)}
        return rooms or {"": str(ROOM.findall(page)[0])}

    def get(self, path: str) -> str:
        return self._ask(Request(self.running.url + path, headers=self._headers()))  # noqa: S310

    def post(self, path: str, **values: Any) -> str:
        body = urlencode(values).encode()
        return self._ask(
            Request(self.running.url + path, data=body, headers=self._headers())  # noqa: S310
        )

    @staticmethod
    def _ask(request: Request) -> str:
        with urlopen(request, timeout=10) as answer:  # noqa: S310  our own portal
            return str(answer.read().decode())

    def _headers(self) -> dict[str, str]:
        return {
            "X-Portal-Request": "fetch",
            "X-Portal-Language": "de",
            "Authorization": f"Bearer {self.token}",
        }
