"""The project administrator's page: who takes part and how far they are; no answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField, ValidationError
from wtforms.validators import NumberRange, Optional, Regexp

from plugins.vinteos import participation
from plugins.vinteos.pages import bp
from plugins.vinteos.participation import Ended
from plugins.vinteos.settings import MAX_QUOTA, DayField
from plugins.vinteos.showing import ShownParticipation, shown
from portal.api import PortalForm, Role, context, needed, one_line, policy

if TYPE_CHECKING:
    from portal.api import PluginContext

PER_PAGE = 50
KIND = "vinteos_participation"


class ParticipationForm(PortalForm):
    """What may be changed of a running participation."""

    participant = StringField(
        _l("Kennung beim Partner"),
        filters=[one_line],
        validators=[
            needed(),
            Regexp(
                r"[A-Za-z0-9._-]{3,40}\Z",
                message=_l("3 bis 40 Zeichen: Buchstaben, Ziffern, Punkt, - und _. Kein Name."),
            ),
        ],
    )
    quota = IntegerField(
        _l("Fragebögen"),
        validators=[NumberRange(1, MAX_QUOTA, message=_l("Bitte eine Zahl von 1 bis 10.000."))],
    )
    ends_on = DayField(_l("Letzter Tag"), validators=[Optional()])

    def validate_participant(self, field: StringField) -> None:
        """Refuse a name that another participant has."""
        if field.data in self.meta.taken:
            raise ValidationError(_l("Diese Kennung ist schon vergeben."))


@bp.get("/participants")
@policy(Role.PROJECTADMIN, page=True)
def participants() -> str:
    """Show who takes part and how far they are, as numbers."""
    return _page(context("vinteos"))


@bp.post("/participants/<participation_id>")
@policy(Role.PROJECTADMIN)
def change_participation(participation_id: str) -> str | tuple[str, int]:
    """Change the name for the partner, the quota or the last day of a running participation."""
    ctx = context("vinteos")
    row = participation.get(ctx, participation_id)
    if shown(ctx, row).state == "ended":
        raise participation.NotTakingPartError
    others = {each.participant for each in participation.everybodys(ctx) if each.id != row.id}
    form = ParticipationForm(request.form, meta={"taken": others})
    if not form.validate():
        return _page(ctx, wrong=row.id, form=form), 422
    values = {
        "participant": form.value("participant"),
        "quota": form.quota.data,
        "ends_on": form.ends_on.data,
    }
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    participation.change(ctx, row, **values)
    ctx.audit("participation.changed", KIND, row.id, fields=changed)
    ctx.session.commit()
    return _page(ctx, said=_("Die Teilnahme ist geändert."))


@bp.post("/participants/<participation_id>/end")
@policy(Role.PROJECTADMIN)
def end_participation(participation_id: str) -> str:
    """End somebody's participation early."""
    ctx = context("vinteos")
    row = participation.get(ctx, participation_id)
    participation.end_early(ctx, row, Ended.ADMIN)
    ctx.audit("participation.ended", KIND, row.id)
    ctx.session.commit()
    return _page(ctx, said=_("Die Teilnahme ist beendet."))


def _page(ctx: PluginContext, **more: Any) -> str:  # noqa: ANN401  what the page may also show
    rows, members = participation.everybodys(ctx), ctx.members()
    names = {each.account_id: each.name for each in ctx.people()}
    q, page = request.args.get("q", "").strip(), max(1, request.args.get("page", 1, int))
    counted = participation.numbers(ctx, rows)
    parts = [shown(ctx, row, counted.get(row.id, 0)) for row in rows]
    found = sorted(_found(parts, names, q), key=lambda part: names.get(part.account_id, ""))
    first = (page - 1) * PER_PAGE
    taking_part = {row.account_id for row in rows}
    return render_template(
        "vinteos/participants.html",
        parts=found[first : first + PER_PAGE],
        names=names,
        missing=sorted(names.get(key, "") for key in members - taking_part),
        months=participation.months(ctx, rows, participation.today(ctx.now())),
        q=q,
        page=page,
        has_next=len(found) > first + PER_PAGE,
        **more,
    )


def _found(
    parts: list[ShownParticipation], names: dict[str, str], q: str
) -> list[ShownParticipation]:
    words = q.casefold()
    return [
        part
        for part in parts
        if words in names.get(part.account_id, "").casefold()
        or words in part.participant.casefold()
    ]
