"""Each thing that the audit log writes down has words, and so has each field that it names."""

from __future__ import annotations

import re
from pathlib import Path

from portal import audit

ROOT = Path(__file__).resolve().parents[2]
CALL = re.compile(r"audit\.record(?:_reading)?\(\s*((?:\"[^\"]+\"|[^,])+),", re.DOTALL)
CODE = re.compile(r"\"([a-z0-9_]+(?:\.[a-z0-9_]+)+)\"")


def codes() -> set[str]:
    """Return the codes that are written out in calls of ``audit.record``."""
    files = list((ROOT / "portal").rglob("*.py"))
    calls = [call for path in files for call in CALL.findall(path.read_text(encoding="utf-8"))]
    return {code for call in calls for code in CODE.findall(call)}


def test_each_code_has_words(app):
    assert "sales.administrator.invited" in codes()
    assert [code for code in sorted(codes()) if audit.word_for(code) == code] == []
