import ast
import json
import re
from pathlib import Path

import pytest

import media
from media import messages
from media.errors import SENTENCES
from media.messages import check, envelope

FOLDER = Path(media.__file__).parent
DOCUMENT = (FOLDER / "SIGNALLING.md").read_text(encoding="utf-8")
ENGINE, PORTAL = DOCUMENT.split("# Part two: the portal")
EXAMPLE = re.compile(
    r"^([a-z ]+? -> [a-z ]+?)(?:, [^\n]*)?\n```json\n(.+?)\n```", re.MULTILINE | re.DOTALL
)
CODE = re.compile(r"^- `(\w+)`(?:, `(\w+)`)?:", re.MULTILINE)


def examples(part):
    return [(arrow, json.loads(text)) for arrow, text in EXAMPLE.findall(part)]


def shapes(arrow, raw):
    if not arrow.startswith("server"):
        return messages.FROM_BROWSER
    return messages.ANSWERS if "id" in raw else messages.TO_BROWSER


def codes_in_code():
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "EngineError":
                yield from (arg.value for arg in node.args if isinstance(arg, ast.Constant))


@pytest.mark.parametrize(("arrow", "raw"), examples(ENGINE))
def test_every_example_of_the_engine_has_the_shape_that_the_code_checks(arrow, raw):
    check(envelope(raw), shapes(arrow, raw))


@pytest.mark.parametrize(("arrow", "raw"), examples(PORTAL))
def test_every_example_of_the_portal_has_the_common_envelope(arrow, raw):
    message = envelope(raw)
    assert f"## {message.type}\n" in PORTAL
    for value in (message.body.get("description"), message.body.get("ice")):
        assert value is None or isinstance(value, dict)


def test_no_block_of_json_escapes_the_tests():
    assert len(EXAMPLE.findall(DOCUMENT)) == DOCUMENT.count("```json")


@pytest.mark.parametrize("kind", sorted({*messages.FROM_BROWSER, *messages.TO_BROWSER}))
def test_every_message_has_a_section_with_an_example_of_each_direction(kind):
    assert f"## {kind}\n" in ENGINE
    seen = [(arrow, raw) for arrow, raw in examples(ENGINE) if raw["type"] == kind]
    for direction in (messages.FROM_BROWSER, messages.TO_BROWSER, messages.ANSWERS):
        assert kind not in direction or any(shapes(arrow, raw) is direction for arrow, raw in seen)


def test_every_code_is_documented_with_its_cure_and_no_other():
    documented = {code for pair in CODE.findall(ENGINE) for code in pair if code}
    assert documented == SENTENCES.keys()


def test_every_code_that_is_raised_has_a_sentence():
    raised = set(codes_in_code())
    assert raised == SENTENCES.keys()


def test_every_reason_of_a_refused_description_is_documented():
    text = (FOLDER / "sdp.py").read_text(encoding="utf-8")
    for reason in set(re.findall(r'_bad\("(\w+)"\)', text)):
        assert f"`{reason}`" in ENGINE
