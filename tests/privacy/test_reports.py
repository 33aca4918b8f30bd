"""Reports of broken content security policies: counted, and nothing of them is kept."""

from __future__ import annotations

import json
import logging

import pytest

from portal.privacy import reports
from tests.world import Caller

WHERE = "https://example.org/j#GEHEIM"


@pytest.fixture(autouse=True)
def empty():
    reports.counted.clear()
    yield
    reports.counted.clear()


def old_form(directive):
    return {"csp-report": {"effective-directive": directive, "document-uri": WHERE}}


def new_form(directive):
    return [
        {"type": "csp-violation", "body": {"effectiveDirective": directive, "blockedURL": WHERE}}
    ]


def send(body):
    return Caller().send(
        "POST", "/csp", data=body, headers={"Content-Type": "application/csp-report"}
    )


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("form", [old_form, new_form])
def test_a_report_is_counted_by_its_directive(form):
    assert send(json.dumps(form("script-src"))).status_code == 204
    assert dict(reports.counted) == {"script-src": 1}


@pytest.mark.usefixtures("app")
def test_nothing_of_a_report_reaches_the_log(caplog):
    with caplog.at_level(logging.DEBUG):
        send(json.dumps(old_form("img-src")))
        send(json.dumps(old_form("<b>GEHEIM</b>")))
    assert "img-src" in caplog.text
    assert "GEHEIM" not in caplog.text
    assert reports.counted["other"] == 1


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        "7",
        '"x"',
        '{"csp-report": 7}',
        '[[["a"]]]',
        "\x00\xff",
        '{"csp-report": {"effective-directive": {"a": 1}}}',
        "[" * 4000,
    ],
)
def test_nonsense_is_counted_as_other_and_harms_nothing(body):
    assert send(body).status_code == 204
    assert set(reports.counted) == {"other"}


@pytest.mark.usefixtures("app")
def test_a_report_over_eight_kilobytes_is_refused():
    assert send("x" * 8193).status_code == 413
    assert not reports.counted


@pytest.mark.usefixtures("app")
def test_a_flood_of_reports_writes_few_lines(caplog):
    with caplog.at_level(logging.WARNING, logger="portal.privacy.reports"):
        for _ in range(100):
            reports.count(b"{}")
    assert len(caplog.records) == 7
