"""The pages of project administration: the list of accounts, one account, and what is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from portal import clock, paging
from portal.accounts import physicians
from portal.errors import InvalidFormError, NotFoundHereError, PortalError
from portal.extensions import db
from portal.permissions import Role, ask_for_proof, policy
from portal.pluginhost import service as pluginhost
from portal.projectadmin import actions, history, listing, service
from portal.projectadmin.forms import ROLE_WORDS, TAKEN, AccountForm, ActionForm
from portal.tenants.service import get_organisation

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.accounts.models import Account

bp = Blueprint("projectadmin", __name__, url_prefix="/admin")

UNPROCESSABLE = 422


@bp.get("", endpoint="accounts")
@policy(Role.PROJECTADMIN, page=True)
def accounts() -> str:
    """List the organisation's accounts."""
    wish = listing.wished()
    departments = listing.departments()
    page = paging.fetch(listing.query(wish), lambda row: listing.row(row, departments))
    return render_template(
        "projectadmin/accounts.html",
        organisation=get_organisation(current_user.organisation_id),
        page=page,
        wish=wish,
        departments=departments,
        roles=ROLE_WORDS,
        actions=actions.ACTIONS.values(),
        plugins=pluginhost.switched_on(),
    )


@bp.get("/seats")
@policy(Role.PROJECTADMIN)
def seats() -> str:
    """Return how many seats are used and free; counted beside the list, which need not wait."""
    return render_template("projectadmin/_seats.html", seats=listing.seats())


@bp.get("/new")
@policy(Role.PROJECTADMIN, page=True)
def new() -> str:
    """Show the form of a new account."""
    return _new_page(_form())


@bp.post("/new")
@policy(Role.PROJECTADMIN)
def create() -> str | tuple[str, int]:
    """Make an account, and invite it if that was asked."""
    form = _form(received=True)

    def act() -> str:
        service.refuse_taken(form.values(), TAKEN)
        account = service.create(form.values(), now=clock.now())
        invited = request.form.get("invite") == "1"
        if invited:
            service.invite([account.id], now=clock.now())
        db.session.commit()
        name = account.full_name
        words = (
            _("%(name)s ist angelegt und eingeladen.", name=name)
            if invited
            else (_("%(name)s ist angelegt.", name=name))
        )
        return render_template("projectadmin/done.html", words=words, account_id=account.id)

    return _try(act, form, lambda problem: _new_page(form, problem))


@bp.get("/accounts/<account_id>")
@policy(Role.PROJECTADMIN, page=True)
def account(account_id: str) -> str:
    """Show one account, to look at and to change."""
    row = service.account(account_id)
    return _account_page(row, _form(row))


@bp.post("/accounts/<account_id>")
@policy(Role.PROJECTADMIN)
def edit(account_id: str) -> str | tuple[str, int]:
    """Change an account."""
    row = service.account(account_id)
    form = _form(received=True)

    def act() -> str:
        service.refuse_taken(form.values(), TAKEN, row)
        old_email = row.email
        changed = service.edit(row, form.values(), now=clock.now())
        db.session.commit()
        words = _("Die Änderungen sind gespeichert.") if changed else _("Es war nichts zu ändern.")
        if "email" in changed and row.email == old_email:
            words = _("Gespeichert. Die neue E-Mail-Adresse gilt, sobald sie bestätigt ist.")
        return render_template("projectadmin/done.html", words=words, account_id=row.id)

    return _try(
        act, form, lambda problem: _account_page(service.account(account_id), form, problem)
    )


@bp.post("/actions/ask")
@policy(Role.PROJECTADMIN)
def ask() -> str | tuple[str, int]:
    """Say what an action will do, in numbers, and ask."""
    form = ActionForm(request.form)
    try:
        plan = actions.plan(form.value("action"), form.chosen())
    except NotFoundHereError:
        raise
    except PortalError as problem:
        return render_template("projectadmin/problem.html", problem=problem), UNPROCESSABLE
    return _ask_page(plan)


@bp.post("/actions")
@policy(Role.PROJECTADMIN)
def run() -> str | tuple[str, int]:
    """Carry an action out and offer the way back."""
    form = ActionForm(request.form)
    name, ids = form.value("action"), form.chosen()
    if actions.get(name).proof:
        ask_for_proof()

    def act() -> str:
        done = actions.run(
            name,
            ids,
            department=form.value("department"),
            word=form.value("word"),
            now=clock.now(),
        )
        db.session.commit()
        return render_template(
            "projectadmin/done.html",
            words=actions.result(name, len(done)),
            undo=actions.get(name).undo if done else "",
            ids=done,
        )

    return _try(act, form, lambda problem: _ask_page(actions.plan(name, ids), problem))


def _try(
    act: Callable[[], str],
    form: AccountForm | ActionForm,
    again: Callable[[PortalError | None], str],
) -> str | tuple[str, int]:
    """Act, or show the form again with what is wrong; what was typed stays."""
    problem: PortalError | None = None
    try:
        if not isinstance(form, ActionForm):
            form.check()
        return act()
    except NotFoundHereError:
        raise
    except InvalidFormError as wrong:
        for name, words in wrong.details["fields"].items():
            form[name].errors = words
    except PortalError as refused:
        problem = refused
    db.session.rollback()
    return again(problem), UNPROCESSABLE


def _form(row: Account | None = None, *, received: bool = False) -> AccountForm:
    form = AccountForm(request.form if received else None, obj=row)
    named = {"": _("keine"), **listing.departments()}
    form.department_id.choices = [SelectChoice(*each) for each in named.items()]
    if not received and row is not None:
        form.department_id.data = row.department_id or ""
    return form


def _new_page(form: AccountForm, problem: PortalError | None = None) -> str:
    return render_template(
        "projectadmin/new.html", form=form, problem=problem, finding=_finding(form)
    )


def _finding(form: AccountForm) -> physicians.Finding:
    country = get_organisation(current_user.organisation_id).country
    return physicians.look(form.value("physician_number"), country)


def _account_page(row: Account, form: AccountForm, problem: PortalError | None = None) -> str:
    return render_template(
        "projectadmin/account.html",
        account=listing.row(row, listing.departments()),
        title=row.full_name,
        rejection=row.rejection,
        form=form,
        problem=problem,
        finding=_finding(form),
        actions=actions.ACTIONS.values(),
        roles=ROLE_WORDS,
        entries=history.of_account(row.id),
    )


def _ask_page(plan: actions.Plan, problem: PortalError | None = None) -> str:
    return render_template(
        "projectadmin/ask.html", plan=plan, problem=problem, departments=listing.departments()
    )
