"""The forms of signing in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField
from wtforms.validators import Regexp

from portal.accounts.passwords import MAX_LENGTH
from portal.forms import PortalForm, at_most, needed, one_line

# One at sign, a dot after it, nothing that a header could break at; the link proves the rest.
ADDRESS = r"^[^@\s,;<>\"()]+@[^@\s,;<>\"()]+\.[^@\s,;<>\"().]+\Z"


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


class ProofForm(PortalForm):
    """A proof of who sits there, and of which kind it is; a passkey's answer is long."""

    kind = StringField(validators=[needed(), at_most(10)])
    proof = StringField(validators=[needed(), at_most(8000)])


class CodeForm(PortalForm):
    """The six digits that confirm an app or a telephone number."""

    code = StringField(validators=[needed(), at_most(20)])


class PhoneForm(PortalForm):
    """The telephone number that is to become a second factor."""

    phone = StringField(validators=[needed(), at_most(40)])


class PasskeyForm(PortalForm):
    """What a browser answered that made a passkey, and what its owner calls it."""

    label = StringField(validators=[at_most(60)], filters=[one_line])
    made = StringField(validators=[needed(), at_most(20_000)])


class NewPasswordForm(PortalForm):
    """A new password for one's own account; its rules stand in credentials."""

    password = PasswordField(validators=[needed(), at_most(1000)])


class NewEmailForm(PortalForm):
    """A new e-mail address; a link that is mailed there confirms it."""

    email = StringField(
        filters=[one_line],
        validators=[
            needed(),
            at_most(200),
            Regexp(ADDRESS, message=_l("Das ist keine E-Mail-Adresse.")),
        ],
    )


class TicketForm(PortalForm):
    """The path of a download of our own."""

    path = StringField(validators=[needed(), at_most(300), Regexp(r"^(?:/[a-z0-9._-]+)+\Z")])
