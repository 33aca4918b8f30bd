"""Each behaviour that a template names has its script; else it fails in browsers only."""

from __future__ import annotations

import re

from portal import ROOT

WAKE = re.compile(r'data-wake="([a-z0-9_/-]+)"')


def test_every_behaviour_that_a_template_names_has_a_script():
    folders = [ROOT / "templates", *ROOT.glob("plugins/*/templates")]
    scripts = [ROOT / "static", *ROOT.glob("plugins/*/static")]
    named = {
        (name, path.name)
        for folder in folders
        for path in folder.rglob("*.html")
        for name in WAKE.findall(path.read_text(encoding="utf-8"))
    }
    assert named
    missing = {
        f"{template}: {name}"
        for name, template in named
        if not any((folder / f"{name}.js").is_file() for folder in scripts)
    }
    assert missing == set()
