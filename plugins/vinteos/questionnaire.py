"""Reads a questionnaire from its data file and makes the form that asks it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from portal.api import PortalForm, Text, at_most, language

FOLDER = Path(__file__).parent / "questionnaires"
# What is asked from now on; older files stay, so that older answers can be read.
CURRENT = "call-1"
MAX_TEXT = 1000
KINDS = ("choice", "scale", "text")


@dataclass(frozen=True)
class Question:
    """One question: a choice, a scale (a choice between numbers) or a free text."""

    id: str
    kind: str
    text: Text
    required: bool
    choices: tuple[tuple[str, Text], ...] = ()


@dataclass(frozen=True)
class Questionnaire:
    """The questions of one data file."""

    name: str
    title: Text
    questions: tuple[Question, ...]


@lru_cache
def load(name: str) -> Questionnaire:
    """Return the questionnaire of a data file.

    :raise ValueError: the file is not as it should be; the text says where.
    """
    try:
        data = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
        questions = tuple(_question(each) for each in data["questions"])
        title = Text(**data["title"])
    except (KeyError, TypeError) as error:
        message = f"{name}.json lacks or misspells {error}"
        raise ValueError(message) from error
    if len({each.id for each in questions}) != len(questions):
        message = f"{name}.json asks something twice"
        raise ValueError(message)
    return Questionnaire(name, title, questions)


def _question(data: dict[str, Any]) -> Question:
    if data["kind"] not in KINDS:
        message = f"{data['id']} is of the kind {data['kind']}; there are {', '.join(KINDS)}"
        raise ValueError(message)
    return Question(
        data["id"], data["kind"], Text(**data["text"]), bool(data["required"]), _choices(data)
    )


def _choices(data: dict[str, Any]) -> tuple[tuple[str, Text], ...]:
    if data["kind"] == "choice":
        return tuple((each["value"], Text(**each["text"])) for each in data["choices"])
    if data["kind"] == "text":
        return ()
    low, high = data["from"], data["to"]
    ends = {low: data["low"], high: data["high"]}
    return tuple((str(step), _step(step, ends.get(step))) for step in range(low, high + 1))


def _step(step: int, end: dict[str, str] | None) -> Text:
    if end is None:
        return Text(str(step), str(step))
    return Text(f"{step}: {end['de']}", f"{step}: {end['en']}")


def form_class(questions: Questionnaire) -> type[PortalForm]:
    """Return the form that asks the questions in the language in force."""
    fields = {each.id: _field(each, language()) for each in questions.questions}
    return type("QuestionnaireForm", (PortalForm,), fields)


def _field(question: Question, lang: str) -> Any:  # noqa: ANN401  wtforms has no type for it
    label = question.text.in_language(lang)
    if question.kind == "text":
        return TextAreaField(label, validators=[Optional(), at_most(MAX_TEXT)])
    answered = InputRequired(_l("Bitte wählen Sie eine Antwort."))
    return RadioField(
        label,
        choices=[SelectChoice(value, text.in_language(lang)) for value, text in question.choices],
        validators=[answered if question.required else Optional()],
    )


def answered(questions: Questionnaire, answers: dict[str, str], lang: str) -> list[tuple[str, str]]:
    """Return questions and answers in words, for the doctor who gave them."""
    found = []
    for question in questions.questions:
        given = answers.get(question.id) or ""
        words = dict(question.choices).get(given)
        found.append((question.text.in_language(lang), words.in_language(lang) if words else given))
    return found
