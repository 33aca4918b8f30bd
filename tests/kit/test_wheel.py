"""What `pip install` brings starts, with its pages, files, translations and tables."""

from __future__ import annotations

import re

import pytest

from tests.kit.fresh import get

pytestmark = [pytest.mark.kit, pytest.mark.xdist_group("fresh")]


def test_an_installed_wheel_serves_pages_files_and_translations(fresh, tmp_path):
    settings = {"PORTAL_DATA": str(tmp_path), "PORTAL_PLUGINS": "sms_dicomsys,vinteos"}
    fresh.run("portal", "db", "upgrade", **settings)
    with fresh.serving(**settings) as address:
        status, german = get(address, **{"Accept-Language": "de"})
        assert status == 200
        assert "Zugangscode" in german
        assert "access code" in get(address, **{"Accept-Language": "en"})[1]
        files = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', german))
        assert any("vendor" in path for path in files)
        for path in files:
            assert get(address + path)[0] == 200, path


def test_what_needs_the_checkout_says_so(fresh):
    for command in ("requirements", "bench"):
        done = fresh.attempt("portal", command)
        assert done.returncode == 1
        assert "checkout" in done.stderr
        assert "Traceback" not in done.stderr
