"""The page of an organisation's bank details."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from portal import clock
from portal.extensions import db
from portal.permissions import Role, policy
from portal.projectadmin import bank

bp = Blueprint("bank", __name__, url_prefix="/admin/bank")


@bp.get("", endpoint="page")
@policy(Role.PROJECTADMIN, page=True)
def page() -> str:
    """Show the last four characters, and the form for others."""
    return _page(bank.BankForm())


@bp.post("")
@policy(Role.PROJECTADMIN, fresh=True)
def save() -> str | tuple[str, int]:
    """Keep bank details."""
    form = bank.BankForm(request.form)
    if not form.validate():
        return _page(form), 422
    bank.save(form, now=clock.now())
    db.session.commit()
    return _page(bank.BankForm(), said=_("Die Bankverbindung ist gespeichert."))


@bp.post("/reveal")
@policy(Role.PROJECTADMIN, fresh=True)
def reveal() -> str:
    """Show the whole number, this once; the log says who asked."""
    number = bank.reveal(now=clock.now())
    db.session.commit()
    return _page(bank.BankForm(), number=number)


@bp.post("/delete")
@policy(Role.PROJECTADMIN, fresh=True)
def delete() -> str:
    """Forget the bank details."""
    bank.delete(now=clock.now())
    db.session.commit()
    return _page(bank.BankForm(), said=_("Die Bankverbindung ist gelöscht."))


def _page(form: bank.BankForm, said: str = "", number: str = "") -> str:
    return render_template(
        "projectadmin/bank.html", form=form, bank=bank.current(), said=said, number=number
    )
