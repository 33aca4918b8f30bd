"""The forms of signing in."""

from __future__ import annotations

from wtforms import PasswordField, StringField
from wtforms.validators import Regexp

from portal.accounts.passwords import MAX_LENGTH
from portal.forms import PortalForm, at_most, needed


class SignInForm(PortalForm):
    """Login name and password."""

    login_name = StringField(name="name", validators=[needed(), at_most(200)])
    password = PasswordField(validators=[needed(), at_most(MAX_LENGTH)])


class TicketForm(PortalForm):
    """The path of a download of our own."""

    path = StringField(validators=[needed(), at_most(300), Regexp(r"^(?:/[a-z0-9._-]+)+\Z")])
