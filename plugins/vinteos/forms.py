"""Makes the form that asks a questionnaire; what is not asked is neither needed nor kept."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import DateField, RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from plugins.vinteos.questionnaire import MAX_TEXT, asked, several
from portal.api import PortalForm, at_most, language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wtforms import Field

    from plugins.vinteos.questionnaire import Answer, Question, Questionnaire

# What a draft may hold of one answer; a finished questionnaire is checked strictly.
MAX_DRAFT = 10 * MAX_TEXT


class QuestionnaireForm(PortalForm):
    """The base of the forms that are made from data."""

    questions: Questionnaire

    def answers(self) -> dict[str, Answer]:
        """Return what was answered of that which was asked."""
        given = {each.id: _stored(self[each.id]) for each in self.questions.questions}
        return {each.id: given[each.id] for each in asked(self.questions, given) if given[each.id]}


def form_class(questions: Questionnaire) -> type[QuestionnaireForm]:
    """Return the form that asks the questions in the language in force."""
    fields = {each.id: _field(each, language()) for each in questions.questions}
    return type("Asked", (QuestionnaireForm,), {"questions": questions, **fields})


class _IfAsked:
    """Leaves a question alone that the answers before it do not bring up."""

    def __call__(self, form: QuestionnaireForm, field: Field) -> None:
        given = {each.id: _stored(form[each.id]) for each in form.questions.questions}
        if field.name not in {each.id for each in asked(form.questions, given)}:
            field.errors = []
            raise StopValidation


def _stored(field: Field) -> Answer:
    """Return a field's answer as it is kept: a text, a list of values, a date as ISO 8601."""
    if field.type == "SelectMultipleField":
        return list(field.data or [])
    return field.data.isoformat() if isinstance(field.data, date) else field.data or ""


def _field(question: Question, lang: str) -> Any:  # noqa: ANN401  wtforms has no type for it
    needed = InputRequired(
        _l("Bitte wählen Sie eine Antwort.")
        if question.choices
        else _l("Bitte füllen Sie dieses Feld aus.")
    )
    options: dict[str, Any] = {
        "label": question.text.in_language(lang),
        "description": question.hint.in_language(lang) if question.hint else "",
        "validators": [_IfAsked(), needed if question.required else Optional()],
    }
    if question.kind == "text":
        options["validators"].append(at_most(MAX_TEXT))
        return TextAreaField(**options)
    if question.kind == "date":
        return _DateField(**options, format=["%Y-%m-%d", "%d.%m.%Y"])
    options["choices"] = [
        SelectChoice(value, text.in_language(lang)) for value, text in question.choices
    ]
    if question.kind == "multiple":
        return SelectMultipleField(**options, widget=ListWidget(), option_widget=CheckboxInput())
    return RadioField(**options)


class _DateField(DateField):  # type: ignore[misc]
    """A date that says in our words when it is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(
                _l("Bitte geben Sie ein Datum an, zum Beispiel 23.11.2026.")
            ) from error


def draft_of(questions: Questionnaire, typed: MultiDict[str, str]) -> dict[str, Answer]:
    """Return what was typed so far, right or wrong, of the questions that exist."""
    found: dict[str, Answer] = {}
    for each in questions.questions:
        values = [value[:MAX_DRAFT] for value in typed.getlist(each.id) if value]
        if each.choices:
            values = [value for value in values if value in dict(each.choices)]
        if values:
            found[each.id] = values if each.kind == "multiple" else values[0]
    return found


def as_typed(draft: Mapping[str, Answer]) -> MultiDict[str, str]:
    """Return a draft as a browser would send it."""
    return MultiDict([(name, value) for name, given in draft.items() for value in several(given)])


REASONS = (
    ("no_time", _l("Keine Zeit")),
    ("not_fitting", _l("Passt nicht zu diesem Gespräch")),
    ("technical", _l("Das Gespräch kam nicht richtig zustande")),
    ("other", _l("Anderer Grund")),
)


class DismissForm(PortalForm):
    """Why a questionnaire is put aside."""

    because = SelectField(
        _l("Grund"),
        choices=[SelectChoice(value, words) for value, words in REASONS],
        validators=[InputRequired()],
    )
