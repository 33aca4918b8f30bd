from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What browsers and aiortc record with, or tap a picture for others to record.
RECORDERS = ("MediaRecorder", "captureStream", "MediaStreamTrackProcessor")
FOLDERS = (("static", "*.js"), ("media", "*.py"), ("portal", "*.py"), ("plugins", "*.py"))


def sources():
    for folder, kind in FOLDERS:
        for path in (ROOT / folder).rglob(kind):
            if "vendor" not in path.parts:
                yield path


@pytest.mark.requirement("CALL-9")
def test_no_code_of_ours_can_record():
    found = [
        f"{path.relative_to(ROOT)}: {recorder}"
        for path in sources()
        for recorder in RECORDERS
        if recorder in path.read_text(encoding="utf-8")
    ]
    assert found == []


@pytest.mark.requirement("CALL-9")
def test_the_notice_stands_outside_what_is_hidden_before_a_call():
    page = (ROOT / "templates" / "calls" / "_call.html").read_text(encoding="utf-8")
    assert page.index('data-testid="no-recording"') < page.index('data-call="room" hidden')
