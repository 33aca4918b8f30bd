"""Every route and message says who may send it; the fence is opened only where a reader agreed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from portal.permissions import UndeclaredPolicyError, check_declared, policy_of
from portal.sockets import HANDLERS, message

ROOT = Path(__file__).resolve().parents[2]
# Uses of across_tenants( outside tests. A new one needs a reason that a reader accepts here.
ACROSS = {
    "portal/calls/files.py": 2,
    "portal/calls/service.py": 1,
    "portal/messages/polling.py": 1,
    "portal/migrations/env.py": 1,
    "portal/operations/backup.py": 1,
    "portal/operations/doctor.py": 1,
    "portal/operations/keys.py": 1,
    "portal/operations/metrics.py": 1,
    "portal/operations/plugin_commands.py": 1,
    "portal/operations/restore.py": 4,
    "portal/outbox.py": 1,
    "portal/pluginhost/jobs.py": 1,
    "portal/pluginhost/letters.py": 2,
    "portal/pluginhost/report.py": 1,
    "portal/pluginhost/switches.py": 2,
    "portal/privacy/deletion.py": 2,
    "portal/privacy/marketing.py": 1,
    "portal/privacy/publishing.py": 1,
    "portal/privacy/service.py": 1,
    "portal/profiles/contacts.py": 1,
    "portal/projectadmin/verification.py": 1,
    "portal/rights/answering.py": 2,
    "portal/sales/demo.py": 1,
    "portal/sales/imports.py": 1,
    "portal/sales/termination.py": 1,
    "portal/statistics/sums.py": 1,
    "portal/support/acts.py": 2,
    "portal/support/service.py": 3,
    "portal/tenants/service.py": 2,
    "portal/waitingroom/guests.py": 2,
}


def test_every_route_declares_a_policy(app):
    assert all(policy_of(app, rule.endpoint) is not None for rule in app.url_map.iter_rules())


def test_an_application_with_an_undeclared_route_does_not_start():
    app = Flask("bare", static_folder=None)
    app.add_url_rule("/open", view_func=lambda: "")
    with pytest.raises(UndeclaredPolicyError, match="/open"):
        check_declared(app)


def test_a_message_without_a_role_is_refused():
    with pytest.raises(ValueError, match="no role"):
        message("x.y")(lambda _page, _received: None)
    assert all(handler.roles for handler in HANDLERS.values())


def test_the_fence_is_opened_only_where_agreed():
    found = {}
    for folder in ("portal", "plugins", "media"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            uses = len(re.findall(r"across_tenants\(\s*\"", path.read_text(encoding="utf-8")))
            if uses:
                found[str(path.relative_to(ROOT))] = uses
    assert found == ACROSS
