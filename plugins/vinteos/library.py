"""The questionnaires that an organisation may ask: those that come along, and those it brought."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from sqlalchemy import select

from plugins.vinteos.models import StoredQuestionnaire
from plugins.vinteos.reader import MalformedError, read
from portal.api import NotFoundHereError

if TYPE_CHECKING:
    from plugins.vinteos.questionnaire import Questionnaire
    from portal.api import PluginContext

FOLDER = Path(__file__).parent / "questionnaires"
# What is asked where an organisation chose nothing. Older files stay, so that older answers
# can be read.
DEFAULT = "call-2"
MAX_STORED = 100

_parsed = lru_cache(maxsize=256)(read)


@lru_cache
def shipped() -> dict[str, Questionnaire]:
    """Return the questionnaires that come with the plugin, by key.

    :raise MalformedError: one is not as it should be; names the file and the places.
    """
    found = {}
    for path in sorted(FOLDER.glob("*.json")):
        try:
            questions = read(path.read_bytes())
        except MalformedError as error:
            raise MalformedError([f"{path.name}: {each}" for each in error.problems]) from error
        if questions.key != path.stem:
            raise MalformedError([f"{path.name} calls itself {questions.key}"])
        found[questions.key] = questions
    return found


def every(ctx: PluginContext) -> dict[str, Questionnaire]:
    """Return all that can be asked or read here, by key."""
    query = select(StoredQuestionnaire.data).where(StoredQuestionnaire.data.is_not(None))
    own = [_parsed(data) for data in ctx.session.scalars(query)]
    return {**shipped(), **{each.key: each for each in own}}


def find(ctx: PluginContext, key: str) -> Questionnaire:
    """Return one version of a questionnaire, also one that is no longer asked.

    :raise NotFoundHereError: there is none with this key here.
    """
    known = shipped().get(key) or every(ctx).get(key)
    if known is None:
        raise NotFoundHereError
    return known


def in_force(ctx: PluginContext) -> Questionnaire:
    """Return what is asked from now on."""
    query = select(StoredQuestionnaire.key).where(StoredQuestionnaire.chosen_at.is_not(None))
    newest = ctx.session.scalar(query.order_by(StoredQuestionnaire.chosen_at.desc()).limit(1))
    known = every(ctx)
    # A version that a later release no longer brings must not stop anybody.
    return known.get(newest or DEFAULT) or known[DEFAULT]


def add(ctx: PluginContext, raw: bytes) -> Questionnaire:
    """Keep a questionnaire of the organisation's own; the same file twice changes nothing.

    :raise MalformedError: it is not as it should be, or its version is taken by another text.
    """
    questions = read(raw)
    known = every(ctx)
    if known.get(questions.key, questions) != questions:
        raise MalformedError([_taken(questions.key)])
    if questions.key not in known:
        if len(known) >= MAX_STORED:
            raise MalformedError([_full()])
        data = raw.decode("utf-8-sig")
        row = StoredQuestionnaire(key=questions.key, data=data, added_at=ctx.now())
        ctx.session.add_once(row)
    return questions


def _taken(key: str) -> str:
    return _("version: „%(key)s“ gibt es schon mit anderem Inhalt. Erhöhen Sie die Zahl.", key=key)


def _full() -> str:
    return _("Es gibt schon %(most)s Fragebögen; mehr sind nicht möglich.", most=MAX_STORED)


def put_in_force(ctx: PluginContext, key: str) -> Questionnaire:
    """Ask this version from now on; open drafts keep the version in which they were begun.

    :raise NotFoundHereError: there is none with this key here.
    """
    questions = find(ctx, key)
    query = select(StoredQuestionnaire).where(StoredQuestionnaire.key == key)
    row = ctx.session.scalar(query)
    if row is None:
        ctx.session.add_once(StoredQuestionnaire(key=key, added_at=ctx.now()))
        row = ctx.session.scalar(query)
    row.chosen_at = ctx.now()
    ctx.session.flush()
    return questions
