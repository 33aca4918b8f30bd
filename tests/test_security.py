"""The headers of every answer, parsed as a browser would."""

from __future__ import annotations

import re

import pytest

from portal.accounts import signing_in
from tests.tenants.test_matrix import filled, ids_of, rules
from tests.world import Caller


def directives(answer):
    policy = answer.headers["Content-Security-Policy"]
    return {
        name: value
        for name, _, value in (each.strip().partition(" ") for each in policy.split(";"))
    }


@pytest.mark.parametrize("path", ["/", "/sign-in", "/desk", "/privacy", "/nowhere"])
def test_a_page_runs_only_its_own_scripts(world, path):
    answer = Caller().send("GET", path, headers={"X-Portal-Request": ""})
    found = directives(answer)
    nonce = re.fullmatch(r"'nonce-([\w-]{22})' 'strict-dynamic'", found["script-src"])
    assert nonce
    assert found["default-src"] == "'none'"
    assert found["require-trusted-types-for"] == "'script'"
    assert found["trusted-types"] == "portal"
    assert found["frame-ancestors"] == "'none'"
    for script in re.findall(r"<script\b[^>]*>", answer.text):
        assert f'nonce="{nonce[1]}"' in script or 'type="application/json"' in script
    assert not re.search(r"<[^>]+\s(?:on\w+|style)=", answer.text)


def test_a_nonce_is_never_used_twice(world):
    first, second = (directives(Caller().get("/"))["script-src"] for _ in range(2))
    assert first != second


def test_every_answer_carries_the_headers(app, world):
    for method, pattern, endpoint in rules(app):
        answer = world.caller("doctor").send(method, filled(pattern, ids_of(world.ash)))
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff", endpoint
        assert headers["Referrer-Policy"] == "no-referrer", endpoint
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", endpoint
        assert headers["Cross-Origin-Embedder-Policy"] == "require-corp", endpoint
        assert "Content-Security-Policy" in headers, endpoint
        if "text/html" in (answer.content_type or ""):
            assert headers["Cache-Control"] == "no-store", endpoint


@pytest.mark.parametrize(
    ("role", "path", "allowed"),
    [
        ("nobody", "/", True),
        ("nobody", "/desk", True),
        ("guest", "/visit", True),
        ("nobody", "/sign-in", False),
        ("nobody", "/privacy", False),
        ("projectadmin", "/admin", False),
        ("sales", "/sales", False),
    ],
)
def test_the_camera_is_allowed_only_where_a_call_can_be_reached(world, role, path, allowed):
    policy = world.caller(role).get(path).headers["Permissions-Policy"]
    assert ("camera=(self)" in policy) is allowed


def test_strict_transport_is_asked_for_over_tls(world):
    answer = Caller().send("GET", "/", base_url="https://localhost")
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in Caller().get("/").headers


def test_an_error_is_told_even_when_its_page_cannot_be_made(world, monkeypatch):
    monkeypatch.setattr(signing_in.service, "display_name", broken)
    monkeypatch.setattr(signing_in.service, "organisation_name", broken)
    headers = {"X-Portal-Request": "content", "Accept": "text/html"}
    answer = world.caller("doctor").send("GET", "/nowhere", headers=headers)
    assert answer.status_code == 404
    assert "<h1>Das gibt es hier nicht.</h1>" in answer.text


def broken(_principal):
    raise OSError


@pytest.mark.requirement("UX-4")
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_an_error_says_what_to_do_in_both_languages(world, accept):
    texts = set()
    for language in ("de", "en"):
        headers = {"Accept": accept, "X-Portal-Language": language, "X-Portal-Request": ""}
        answer = Caller().send("GET", "/nowhere", headers=headers)
        assert answer.status_code == 404
        texts.add(answer.json["error"]["message"] if answer.is_json else answer.text)
    assert len(texts) == 2
    assert any("Das gibt es hier nicht" in text for text in texts)
