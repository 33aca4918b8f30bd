"""The pages of a profile, and the question whether others may find a doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request
from flask_login import current_user

from portal import clock
from portal.accounts import service as accounts
from portal.extensions import db
from portal.language import language
from portal.permissions import Role, policy
from portal.privacy import consent, marketing
from portal.profiles import cards, service
from portal.profiles.forms import FindableForm, ProfileForm, countries, country_name
from portal.tenants.service import get_organisation

if TYPE_CHECKING:
    from flask.blueprints import BlueprintSetupState

    from portal.accounts.models import Account

bp = Blueprint("profiles", __name__)


@bp.record_once
def _install(state: BlueprintSetupState) -> None:
    cards.watch()
    state.app.jinja_env.globals["country_name"] = country_name
    state.app.context_processor(lambda: {"findable_question": findable_question})


def findable_question(way: str) -> dict[str, str] | None:
    """Return what to ask a doctor who has not said yet whether others may find them, else nothing.

    For templates: ``profiles/_question.html`` shows it. Each page names itself by its way.
    """
    if not current_user or not current_user.is_authenticated or current_user.role != Role.DOCTOR:
        return None
    if not service.must_ask(current_user.subject_id):
        return None
    text, news = (
        consent.text_of(text_id, language()) for text_id in (consent.FINDABLE, consent.MARKETING)
    )
    return {"way": way, "text": text, "news": news}


@bp.get("/profile")
@policy(Role.DOCTOR, page=True)
def profile() -> str:
    """Show what a doctor states, what of it others see, and whether they are found."""
    account = accounts.get_account(current_user.subject_id)
    return render_template("profiles/profile.html", form=_form(account), **_state(account))


@bp.post("/profile")
@policy(Role.DOCTOR)
def save() -> str | tuple[str, int]:
    """Keep what was stated and shown; wrong fields come back with what was typed."""
    account = accounts.get_account(current_user.subject_id)
    form = _form(account, received=True)
    if not form.validate():
        return render_template("profiles/_profile.html", form=form, **_state(account)), 422
    wanted = {name: _kept(name, value) for name, value in form.data.items()}
    service.save(account, wanted, now=clock.now())
    db.session.commit()
    fresh = _form(account)
    return render_template("profiles/_profile.html", form=fresh, saved=True, **_state(account))


@bp.post("/profile/findable")
@policy(Role.DOCTOR)
def findable() -> str:
    """Let others find the doctor, or no longer; one click either way."""
    form = FindableForm.received()
    service.set_findable(
        current_user.subject_id,
        findable=bool(form.findable.data),
        language=language(),
        way=form.value("way"),
        now=clock.now(),
    )
    if form.news.data:
        marketing.set_to(current_user.subject_id, on=True, way="first-sign-in", now=clock.now())
    db.session.commit()
    account = accounts.get_account(current_user.subject_id)
    template = "_findable" if form.way.data == "profile" else "_answered"
    return render_template(f"profiles/{template}.html", answered=True, **_state(account))


def _kept(name: str, value: Any) -> str | bool:  # noqa: ANN401  of a field
    return bool(value) if name.startswith("show_") else str(value or "")


def _form(account: Account, *, received: bool = False) -> ProfileForm:
    form = ProfileForm(request.form if received else None, data=service.values(account))
    form.country.choices = countries()
    form.region = get_organisation(account.organisation_id).country
    return form


def _state(account: Account) -> dict[str, Any]:
    stated = cards.get_profile(account.id)
    return {
        "findable": stated.findable,
        "verified": accounts.may_admit(account),
        "consent_text": consent.text_of(consent.FINDABLE, language()),
        "card": cards.shown(account, stated),
        "showable": cards.SHOWABLE,
    }
