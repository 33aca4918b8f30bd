"""The bare peer: python-socketio on asyncio and uvicorn, which only passes messages on.

It knows what the portal knows of a message's way and nothing else: who listens where, and the row
that the desk fetches. No database, no token, no fence, no template.
"""

from __future__ import annotations

import json
import secrets
import sys
from typing import Any

import socketio
import uvicorn

DESK = "desk"
ROW = '<li data-testid="waiting-visit" data-visit="{}">Erika Muster</li>'

server = socketio.AsyncServer(async_mode="asgi", transports=["websocket"], cors_allowed_origins="*")
waiting: dict[str, str] = {}


@server.event
async def connect(sid: str, _environ: object, auth: dict[str, str]) -> None:
    """Let everybody in, under the name they give."""
    await server.enter_room(sid, auth["token"])


@server.on("message")
async def message(sid: str, received: dict[str, Any]) -> None:
    """Answer the sender; pass on what is for another."""
    kind = received["type"]
    if kind == "call.candidate":
        body = {key: value for key, value in received[kind].items() if key != "to"}
        passed = {"type": kind, kind: body}
        await server.emit("message", passed, to=received[kind]["to"])
    await server.emit("message", {"id": received["id"], "type": kind, kind: {}}, to=sid)


async def web(scope: dict[str, Any], receive: Any, send: Any) -> None:  # noqa: ANN401  ASGI
    """Take an arrival and tell the desk; answer the desk's question for its row."""
    if scope["type"] != "http":
        return
    if scope["path"] == "/entry/visits":
        while (await receive()).get("more_body"):
            pass
        visit = secrets.token_hex(16)
        waiting[visit] = ROW.format(visit)
        changed = {"visit": visit, "state": "waiting", "room": DESK}
        await server.emit("message", {"type": "visit.changed", "visit.changed": changed}, to=DESK)
        await _answer(send, 201, json.dumps({"token": visit, "visit": visit}))
    elif scope["path"].startswith("/desk/visits/"):
        await _answer(send, 200, waiting[scope["path"].rpartition("/")[2]])
    else:
        await _answer(send, 200, "ok")


async def _answer(send: Any, status: int, text: str) -> None:  # noqa: ANN401  ASGI
    length = str(len(text)).encode()
    headers = [(b"content-type", b"text/html"), (b"content-length", length)]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})


def main() -> None:
    """Serve on the port of the first argument."""
    app = socketio.ASGIApp(server, web)
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")


if __name__ == "__main__":
    main()
