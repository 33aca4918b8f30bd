"""The words of mails that plugins bring, as an organisation may change them.

They are kept beside the words for codes, under the plugin's name and occasion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.errors import NotFoundHereError
from portal.messages import lengths, texts
from portal.messages.pages import LANGUAGES, Draft
from portal.messages.texts import MAIL, Words
from portal.pluginhost import service as pluginhost

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.api import MessageText


@dataclass(frozen=True)
class Source:
    """One mail of a plugin that is on here."""

    plugin: str
    label: str
    brought: MessageText

    @property
    def occasion(self) -> str:
        """Return under which name its words are kept."""
        return f"{self.plugin}.{self.brought.occasion}"

    @property
    def gaps(self) -> tuple[str, ...]:
        """Return the gaps that the plugin fills."""
        both = (self.brought.subject, self.brought.text)
        return texts.gaps_in(*(each for text in both for each in (text.de, text.en)))

    def words(self, lang: str) -> Words:
        """Return the plugin's own words."""
        return Words(
            self.brought.text.in_language(lang), subject=self.brought.subject.in_language(lang)
        )


def sources() -> list[Source]:
    """Return the mails of the plugins that are on here, in the organisation's order."""
    return [Source(*each) for each in pluginhost.message_texts()]


def source(plugin: str, occasion: str, lang: str) -> Source:
    """Return one mail of a plugin that is on here.

    :raise NotFoundHereError: there is no such mail, or no such language.
    """
    for each in sources():
        if (each.plugin, each.brought.occasion) == (plugin, occasion) and lang in LANGUAGES:
            return each
    raise NotFoundHereError


def written(
    occasion: str, lang: str, brought: tuple[str, str], values: Mapping[str, str]
) -> tuple[str, str]:
    """Return subject and text as they go out: the organisation's words, or those of the plugin."""
    words = texts.stored(MAIL, lang, occasion) or Words(brought[1], brought[0])
    done = texts.filled(words, values)
    return done.subject, done.text


def draft(of: Source, lang: str, words: Words | None = None) -> Draft:
    """Return words as they would arrive; those in use when none are given."""
    own = texts.stored(MAIL, lang, of.occasion)
    shown = words or own or of.words(lang)
    preview = texts.filled(shown, of.brought.sample)
    return Draft(
        MAIL,
        lang,
        shown,
        own is not None,
        preview,
        lengths.measure(preview.text),
        gaps=of.gaps,
        plugin=of.plugin,
        occasion=of.brought.occasion,
        title=of.label,
    )


def drafts() -> list[Draft]:
    """Return the words in use of every mail of a plugin that is on here, in each language."""
    return [draft(of, lang) for of in sources() for lang in LANGUAGES]


def problems(of: Source, words: Words) -> dict[str, list[str]]:
    """Return what is wrong with an organisation's words, by field; nothing when they may go out."""
    return {field: said for field, said in texts.misfits(words, of.gaps).items() if said}
