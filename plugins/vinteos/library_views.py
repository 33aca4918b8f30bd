"""The project administrator's page of questionnaires: which there are, and which is asked."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from wtforms import FileField

from plugins.vinteos import library
from plugins.vinteos.pages import bp
from plugins.vinteos.reader import MAX_BYTES, MalformedError
from portal.api import PluginContext, PortalForm, Role, context, language, policy

KIND = "vinteos_questionnaire"


class ImportForm(PortalForm):
    """A data file of one's own."""

    file = FileField()


@bp.get("/questionnaires")
@policy(Role.PROJECTADMIN, page=True)
def questionnaires() -> str:
    """Show which questionnaires there are, and which one is asked."""
    return _page(context("vinteos"))


@bp.post("/questionnaires")
@policy(Role.PROJECTADMIN)
def add_questionnaire() -> str | tuple[str, int]:
    """Take a data file; a malformed one is refused with each place that is wrong."""
    ctx = context("vinteos")
    sent = request.files.get("file")
    try:
        added = library.add(ctx, sent.stream.read(MAX_BYTES + 1) if sent else b"")
    except MalformedError as error:
        return _page(ctx, problems=error.problems), 422
    ctx.audit("questionnaire.added", KIND, added.key)
    ctx.session.commit()
    return _page(ctx, said=_("„%(key)s“ ist gespeichert und geprüft.", key=added.key))


@bp.post("/questionnaires/<key>")
@policy(Role.PROJECTADMIN)
def choose_questionnaire(key: str) -> str:
    """Ask this version from now on."""
    ctx = context("vinteos")
    chosen = library.put_in_force(ctx, key)
    ctx.audit("questionnaire.chosen", KIND, chosen.key)
    ctx.session.commit()
    return _page(ctx, said=_("Ab jetzt wird „%(key)s“ gestellt.", key=chosen.key))


def _page(ctx: PluginContext, **more: Any) -> str:  # noqa: ANN401  what the page may also show
    return render_template(
        "vinteos/questionnaires.html",
        known=sorted(library.every(ctx).values(), key=lambda each: (each.name, -each.version)),
        in_force=library.in_force(ctx).key,
        form=ImportForm(),
        in_language=lambda text: text.in_language(language()),
        **more,
    )
