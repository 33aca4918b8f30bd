"""What is new in a notice: the difference of two versions, and whether users must be told of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

# Whoever gets other data, for something else, for longer or by another right is told (Art. 13(3)).
MATERIAL = (
    "purpose",
    "subjects",
    "data",
    "legal_basis",
    "recipients",
    "third_country",
    "retention_sentence",
)
SHOWN = (*MATERIAL, "title", "source", "place")


@dataclass(frozen=True)
class Change:
    """One section that is new, gone or different.

    :param kind: ``added``, ``removed`` or ``changed``.
    :param parts: what is different, before and after, by the key of a section.
    """

    kind: str
    title: str
    parts: tuple[tuple[str, str, str], ...] = ()

    @property
    def is_material(self) -> bool:
        """Tell whether users must hear of it; that less is processed than before needs no word."""
        return self.kind == "added" or any(name in MATERIAL for name, _old, _new in self.parts)


def between(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Return what is different between two stored texts in one language, in reading order."""
    before = {section["id"]: section for section in old["sections"]}
    after = {section["id"]: section for section in new["sections"]}
    found = [_one(before.get(name), section) for name, section in after.items()]
    gone = [section["title"] for name, section in before.items() if name not in after]
    found += [Change("removed", title) for title in gone]
    provider = _parts(old["provider"], new["provider"], tuple(new["provider"]))
    if provider:
        found.insert(0, Change("changed", _("Wer verantwortlich ist"), provider))
    return [change for change in found if change is not None]


def _one(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> Change | None:
    if before is None:
        return Change("added", after["title"])
    parts = _parts(before, after, SHOWN)
    return Change("changed", after["title"], parts) if parts else None


def _parts(
    before: Mapping[str, Any], after: Mapping[str, Any], names: tuple[str, ...]
) -> tuple[tuple[str, str, str], ...]:
    pairs = ((name, _flat(before.get(name)), _flat(after.get(name))) for name in names)
    return tuple((name, old, new) for name, old, new in pairs if old != new)


def _flat(value: Any) -> str:  # noqa: ANN401  a text, a list of texts or nothing
    return value if isinstance(value, str) else "; ".join(value or ())


def is_material(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Tell whether users must be told of a new text."""
    return any(change.is_material for change in between(old, new))
