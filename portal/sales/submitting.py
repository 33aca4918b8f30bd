"""What every form of these pages does with an answer: check, act, commit; or say what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response

from portal.errors import InvalidFormError
from portal.extensions import db

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.forms import PortalForm

UNPROCESSABLE = 422


def done(form: PortalForm, act: Callable[[], object]) -> bool:
    """Act and commit if the form is right; else leave in it what is wrong, and nothing changed."""
    if not form.validate():
        return False
    try:
        act()
    except InvalidFormError as error:
        db.session.rollback()
        told(form, error.details["fields"])
        return False
    db.session.commit()
    return True


def told(form: PortalForm, fields: dict[str, list[str]]) -> None:
    """Put errors that only the database knew into the form."""
    for name, errors in fields.items():
        form[name].errors = [*form[name].errors, *errors]


def onward(url: str) -> Response:
    """Lead the page to another address, as htmx does it."""
    return Response(status=204, headers={"HX-Redirect": url})
