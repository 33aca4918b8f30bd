"""A plugin with settings of each level; the test says whether its forms and its check behave."""

from __future__ import annotations

from wtforms import PasswordField, StringField, ValidationError

from portal.api import Health, Level, Manifest, NoPersonalData, PortalForm, Text, hookimpl

manifest = {"per_account": False, "self_service": False, "levels": tuple(Level)}
forms = {}
fails = []
asked = []


class Form(PortalForm):
    name = StringField("Name")
    key = PasswordField("Key")

    def __init__(self, *args, **values):
        if "form" in fails:
            message = "Erika Muster"
            raise RuntimeError(message)
        super().__init__(*args, **values)

    def validate_name(self, field):
        if "validation" in fails:
            raise RuntimeError
        if field.data == "wrong":
            raise ValidationError("Nicht so.")


@hookimpl
def plugin_manifest():
    return Manifest("levels", Text("Ebenen", "levels"), "0.1", api_version="1.3", **manifest)


@hookimpl
def register_privacy():
    return NoPersonalData("A plugin of the tests.")


@hookimpl
def register_settings(level):
    return forms.get(level, Form)


@hookimpl
def check_health(ctx, level, account_id):
    held = ctx.company_settings()
    if level is Level.ACCOUNT:
        held = ctx.account_settings(account_id)
    asked.append((level, ctx.organisation_id, account_id, dict(held.values), dict(held.secrets)))
    if "check" in fails:
        raise RuntimeError
    return Health(ok=True, sentence=f"{level} geht.")
