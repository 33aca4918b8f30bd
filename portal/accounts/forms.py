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


class LinkForm(PortalForm):
    """The secret of a single-use link; it comes by POST, so that no log sees it."""

    key = StringField(validators=[needed(), at_most(100)])


class LinkPasswordForm(LinkForm):
    """A password for the account that the link belongs to; its rules stand in credentials."""

    password = PasswordField(validators=[needed(), at_most(1000)])


class PasswordCheckForm(PortalForm):
    """A password that somebody thinks of, and the login name that it is for."""

    login_name = StringField(name="name", validators=[at_most(200)])
    password = PasswordField(validators=[needed(), at_most(1000)])


class ForgottenForm(PortalForm):
    """Whose password is forgotten."""

    login_name = StringField(name="name", validators=[needed(), at_most(200)])


class TicketForm(PortalForm):
    """The path of a download of our own."""

    path = StringField(validators=[needed(), at_most(300), Regexp(r"^(?:/[a-z0-9._-]+)+\Z")])
