"""What a questionnaire is made of, which of its questions are asked, and answers in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.api import Text

KINDS = ("choice", "date", "multiple", "scale", "text")
MAX_TEXT = 1000

Answer = str | list[str]


@dataclass(frozen=True)
class Condition:
    """An earlier question, and the answers to it that bring this one up."""

    question: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """One question: a choice of one or several, a scale, a date or a free text.

    :param choices: values with their words; empty for a date and a text.
    :param show_if: asked only then; None means always.
    """

    id: str
    kind: str
    text: Text
    required: bool
    choices: tuple[tuple[str, Text], ...] = ()
    hint: Text | None = None
    show_if: Condition | None = None

    def words(self, value: str, lang: str) -> str:
        """Return one answer as the person chose it."""
        if self.kind == "date" and value:
            return f"{date.fromisoformat(value):%d.%m.%Y}"
        chosen = dict(self.choices).get(value)
        return chosen.in_language(lang) if chosen else value


@dataclass(frozen=True)
class Questionnaire:
    """The questions of one version of one questionnaire."""

    name: str
    version: int
    title: Text
    questions: tuple[Question, ...]

    @property
    def key(self) -> str:
        """Return name and version in one: ``call-2``."""
        return f"{self.name}-{self.version}"

    def question(self, question_id: str) -> Question:
        """Return one question; the reader of the data file made sure that it exists."""
        return next(each for each in self.questions if each.id == question_id)


def several(answer: Answer | None) -> list[str]:
    """Return an answer as the list of its values; empty when there is none."""
    if isinstance(answer, list):
        return answer
    return [answer] if answer else []


def asked(questions: Questionnaire, answers: Mapping[str, Answer]) -> tuple[Question, ...]:
    """Return the questions that these answers bring up, in their order.

    A question that hangs on one which is not asked is not asked either.
    """
    found: dict[str, Question] = {}
    for each in questions.questions:
        condition = each.show_if
        if condition is None:
            found[each.id] = each
        elif condition.question in found:
            given = several(answers.get(condition.question))
            if not set(condition.values).isdisjoint(given):
                found[each.id] = each
    return tuple(found.values())


def in_words(
    questions: Questionnaire, answers: Mapping[str, Answer], lang: str
) -> list[tuple[str, list[str]]]:
    """Return what was asked and answered in words, for the doctor who answered."""
    return [
        (
            each.text.in_language(lang),
            [each.words(value, lang) for value in several(answers.get(each.id))],
        )
        for each in asked(questions, answers)
    ]
