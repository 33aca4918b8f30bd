"""The watch over the browsers bites: what no story may do is seen when it is done on purpose."""

from __future__ import annotations

import pytest

SINKS = {
    "inner HTML": "document.body.innerHTML = '<b>x</b>'",
    "document.write": "document.write('<b>x</b>')",
    "insertAdjacentHTML": "document.body.insertAdjacentHTML('beforeend', '<b>x</b>')",
    "script text": "document.createElement('script').textContent = 'globalThis.taken = 1'",
    "script address": "document.createElement('script').src = '/static/x.js'",
    "frame": "document.createElement('iframe').srcdoc = '<b>x</b>'",
    "parser": "new DOMParser().parseFromString('<b>x</b>', 'text/html')",
    "range": "document.createRange().createContextualFragment('<b>x</b>')",
    "timer": "setTimeout('globalThis.taken = 1', 0)",
    "own policy": "trustedTypes.createPolicy('mine', {})",
    "second policy": "trustedTypes.createPolicy('portal', {})",
    "handler": "document.body.setAttribute('onclick', 'globalThis.taken = 1')",
    "worker": "new Worker('data:text/javascript,1')",
}


@pytest.fixture
def watch(here):
    here.open("/")
    yield here.watch
    # What was done here was done on purpose.
    here.watch.begin()


@pytest.mark.requirement("PRIV-8")
def test_a_request_to_a_foreign_host_is_blocked_and_seen(here, watch):
    here.run_async("await fetch('https://tracker.example/pixel').catch(() => null)")
    here.wait(lambda: any("Content Security Policy" in fault for fault in watch.faults()), "seen")


@pytest.mark.requirement("ACC-1")
def test_a_cookie_is_seen(here, watch):
    here.run("document.cookie = 'story=1'")
    assert any("cookie in the browser: story" in fault for fault in watch.faults())
    here.run("document.cookie = 'story=; max-age=0'")


@pytest.mark.requirement("ACC-7")
@pytest.mark.parametrize("sink", SINKS)
def test_injected_html_and_scripts_stay_inert(here, watch, sink):
    refused = here.run(
        f"try {{ {SINKS[sink]}; return false }} catch (error) {{ return error.name }}"
    )
    assert refused
    assert here.run("return globalThis.taken") is None
