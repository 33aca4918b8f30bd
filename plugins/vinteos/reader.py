"""Reads a questionnaire from its data file, and names each place where the file is not right."""

from __future__ import annotations

import json
import re
from typing import Any

from flask_babel import gettext as _

from plugins.vinteos.forms import QuestionnaireForm
from plugins.vinteos.questionnaire import KINDS, Condition, Question, Questionnaire
from portal.api import Text

MAX_BYTES = 128 * 1024
MAX_QUESTIONS, MAX_CHOICES, MAX_STEPS, MAX_CHARACTERS, MAX_PROBLEMS = 60, 30, 11, 500, 20
MAX_VERSION = 9999
NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")
# Names that the form itself needs.
TAKEN = frozenset(dir(QuestionnaireForm())) | {"questions", "questionnaire", "do", "key"}
TOP = {"name", "version", "title", "questions"}
COMMON = {"id", "kind", "text", "required", "hint", "show_if"}
OF_KIND = {
    "choice": {"choices"},
    "multiple": {"choices"},
    "scale": {"from", "to", "low", "high"},
    "date": set(),
    "text": set(),
}


class MalformedError(ValueError):
    """A data file is not as it should be; ``problems`` says where and why, a line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def read(raw: str | bytes) -> Questionnaire:
    """Return the questionnaire that a data file describes.

    :raise MalformedError: names the first twenty places that are wrong, by their path in the file.
    """
    if len(raw) > MAX_BYTES:
        raise MalformedError([_("Die Datei ist größer als %(kb)s KB.", kb=MAX_BYTES // 1024)])
    reader = _Reader()
    try:
        text = raw.decode("utf-8-sig") if isinstance(raw, bytes) else raw
        data = json.loads(text, object_pairs_hook=reader.once, parse_constant=reader.no_number)
        # Half of a pair of UTF-16, as "\ud800" may bring it, could be sent to no browser.
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        raise MalformedError([_("Die Datei ist nicht in UTF-8 geschrieben.")]) from error
    except json.JSONDecodeError as error:
        words = _("Zeile %(line)s, Spalte %(column)s: kein gültiges JSON.")
        raise MalformedError([words % {"line": error.lineno, "column": error.colno}]) from error
    except (RecursionError, ValueError) as error:
        raise MalformedError([_("Die Datei ist kein gültiges JSON.")]) from error
    found = reader.questionnaire(data)
    if found is None or reader.problems:
        raise MalformedError(reader.problems[:MAX_PROBLEMS])
    return found


class _Reader:
    """Walks through the data, and notes what is wrong instead of stopping there."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def wrong(self, path: str, words: str) -> None:
        self.problems.append(f"{path}: {words}" if path else words)

    def once(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _value in pairs]
        for name in sorted({each for each in names if names.count(each) > 1}):
            self.wrong(name, _("steht in einem Objekt zweimal."))
        return dict(pairs)

    def no_number(self, name: str) -> None:
        self.wrong(name, _("ist keine Zahl."))

    def fields(self, data: Any, path: str, needed: set[str], allowed: set[str]) -> dict[str, Any]:  # noqa: ANN401
        """Return an object of the file; its missing and unknown fields are noted."""
        if not isinstance(data, dict):
            self.wrong(path, _("muss ein Objekt sein."))
            return {}
        for name in sorted(needed - data.keys()):
            self.wrong(_at(path, name), _("fehlt."))
        for name in sorted(data.keys() - needed - allowed):
            self.wrong(_at(path, name), _("ist hier unbekannt."))
        return data

    def entries(self, data: Any, path: str, most: int) -> list[Any]:  # noqa: ANN401  JSON
        if not isinstance(data, list) or not data:
            self.wrong(path, _("muss eine Liste mit mindestens einem Eintrag sein."))
            return []
        if len(data) > most:
            self.wrong(path, _("hat mehr als %(most)s Einträge.", most=most))
        return data[:most]

    def words(self, data: dict[str, Any], name: str, path: str) -> Text:
        """Return a text in both languages; an absent one was noted with the fields."""
        place = _at(path, name)
        if name not in data:
            return Text("", "")
        found = self.fields(data[name], place, {"de", "en"}, set())
        for lang in ("de", "en"):
            text = found.get(lang, "-")
            if not isinstance(text, str) or not text.strip():
                self.wrong(f"{place}.{lang}", _("muss ein Text sein, der nicht leer ist."))
            elif len(text) > MAX_CHARACTERS:
                self.wrong(f"{place}.{lang}", _("ist länger als %(n)s Zeichen.", n=MAX_CHARACTERS))
        return Text(str(found.get("de")), str(found.get("en")))

    def name(self, data: dict[str, Any], name: str, path: str) -> str:
        value = data.get(name)
        if name in data and not (isinstance(value, str) and NAME.fullmatch(value)):
            self.wrong(
                _at(path, name),
                _("muss mit einem kleinen Buchstaben beginnen; danach a-z, 0-9, _; höchstens 31."),
            )
        return str(value)

    def number(self, data: dict[str, Any], name: str, path: str, most: int) -> int:
        value = data.get(name)
        if name in data and (type(value) is not int or not 0 <= value <= most):
            self.wrong(
                _at(path, name), _("muss eine ganze Zahl von 0 bis %(most)s sein.", most=most)
            )
        return value if type(value) is int else 0

    def questionnaire(self, data: Any) -> Questionnaire | None:  # noqa: ANN401  JSON
        found = self.fields(data, "", TOP, set())
        if not found:
            return None
        listed = self.entries(found.get("questions"), "questions", MAX_QUESTIONS)
        questions: list[Question] = []
        for place, each in enumerate(listed):
            question = self.question(each, f"questions[{place}]", questions)
            if question:
                questions.append(question)
        return Questionnaire(
            self.name(found, "name", ""),
            self.number(found, "version", "", MAX_VERSION),
            self.words(found, "title", ""),
            tuple(questions),
        )

    def question(self, data: Any, path: str, earlier: list[Question]) -> Question | None:  # noqa: ANN401
        kind = data.get("kind") if isinstance(data, dict) else None
        if isinstance(data, dict) and kind not in KINDS:
            words = _(
                "ist %(kind)s; möglich sind %(kinds)s.", kind=repr(kind), kinds=", ".join(KINDS)
            )
            self.wrong(_at(path, "kind"), words)
            return None
        own = OF_KIND.get(str(kind), set())
        found = self.fields(data, path, {"id", "kind", "text", "required", *own}, COMMON)
        if not found:
            return None
        question_id = self.name(found, "id", path)
        if question_id in TAKEN or question_id in {each.id for each in earlier}:
            self.wrong(_at(path, "id"), _("ist schon vergeben: %(id)s.", id=question_id))
        if not isinstance(found.get("required", True), bool):
            self.wrong(_at(path, "required"), _("muss true oder false sein."))
        return Question(
            question_id,
            str(kind),
            self.words(found, "text", path),
            bool(found.get("required")),
            self.choices(found, str(kind), path),
            self.words(found, "hint", path) if "hint" in found else None,
            self.condition(found["show_if"], f"{path}.show_if", earlier)
            if "show_if" in found
            else None,
        )

    def choices(self, data: dict[str, Any], kind: str, path: str) -> tuple[tuple[str, Text], ...]:
        if kind == "scale":
            return self.steps(data, path)
        if kind not in {"choice", "multiple"} or "choices" not in data:
            return ()
        found: dict[str, Text] = {}
        place = f"{path}.choices"
        for number, each in enumerate(self.entries(data["choices"], place, MAX_CHOICES)):
            here = f"{place}[{number}]"
            choice = self.fields(each, here, {"value", "text"}, set())
            value = self.name(choice, "value", here)
            if value in found:
                self.wrong(f"{here}.value", _("steht schon weiter oben: %(id)s.", id=value))
            found[value] = self.words(choice, "text", here)
        return tuple(found.items())

    def steps(self, data: dict[str, Any], path: str) -> tuple[tuple[str, Text], ...]:
        low, high = (self.number(data, name, path, 100) for name in ("from", "to"))
        ends = {low: self.words(data, "low", path), high: self.words(data, "high", path)}
        if {"from", "to"} <= data.keys() and not low < high < low + MAX_STEPS:
            words = _("muss größer als „from“ sein, mit höchstens %(most)s Stufen.", most=MAX_STEPS)
            self.wrong(f"{path}.to", words)
            return ()
        return tuple((str(step), _step(step, ends.get(step))) for step in range(low, high + 1))

    def condition(self, data: Any, path: str, earlier: list[Question]) -> Condition | None:  # noqa: ANN401
        found = self.fields(data, path, {"question", "is"}, set())
        if not {"question", "is"} <= found.keys():
            return None
        target = next((each for each in earlier if each.id == found["question"]), None)
        if target is None or not target.choices:
            self.wrong(
                f"{path}.question",
                _(
                    "muss eine frühere Frage mit Auswahl oder Skala sein: %(id)s.",
                    id=found["question"],
                ),
            )
            return None
        values = [str(each) for each in self.entries(found["is"], f"{path}.is", MAX_CHOICES)]
        for value in values:
            if value not in dict(target.choices):
                words = _("„%(value)s“ ist keine Antwort auf „%(id)s“.", value=value, id=target.id)
                self.wrong(f"{path}.is", words)
        return Condition(target.id, tuple(values))


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _step(step: int, end: Text | None) -> Text:
    if end is None:
        return Text(str(step), str(step))
    return Text(f"{step}: {end.de}", f"{step}: {end.en}")
