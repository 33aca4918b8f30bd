"""Somebody who uses the portal: sends requests with a token, as the page's own script does."""

from __future__ import annotations

from contextvars import Context
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse


class Caller:
    """One person with one token; without one, the public.

    :param subject_id: the account, the member of staff, or the visit of a guest.
    """

    def __init__(self, app: Flask, token: str = "", role: str = "", subject_id: str = "") -> None:
        self.role = role
        self.subject_id = subject_id
        self._app = app
        self.token = token

    def send(self, method: str, path: str, **options: Any) -> TestResponse:  # noqa: ANN401
        """Send a request in a context of its own, as a browser would; German unless said."""
        headers = {
            "Accept": "text/html",
            "Accept-Language": "de",
            "X-Portal-Request": "content",
            **options.pop("headers", {}),
        }
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        client = self._app.test_client()
        options = {"method": method, "headers": headers, "buffered": True, **options}
        return Context().run(client.open, path, **options)

    def get(self, path: str, *, language: str = "de") -> TestResponse:
        """Ask for a page."""
        return self.send("GET", path, headers={"Accept-Language": language})

    def post(self, path: str, /, **fields: Any) -> TestResponse:  # noqa: ANN401  of a form
        """Send a form."""
        return self.send("POST", path, data=fields)

    def slot(
        self, place: str, plugin: str, name: str, *, call: str = "", visit: str = ""
    ) -> TestResponse:
        """Ask for what a plugin shows in a place of the page that this person looks at.

        :param call: the call that has ended, in ``after_call``.
        :param visit: the guest whose row it is, in ``visit``.
        """
        return self.get(f"/slots/{place}/{plugin}/{name}?call={call}&visit={visit}")
