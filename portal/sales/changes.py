"""Brings what a form holds into a row, and tells which fields that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.extensions import Model


def apply(row: Model, values: Mapping[str, Any]) -> list[str]:
    """Set the values that differ; return the names of those fields, for the audit log."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed
