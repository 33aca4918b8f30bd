"""The words of mails about an account. They name no specialty and no reason (COD-5)."""

from __future__ import annotations

from flask_babel import gettext as _

Words = tuple[str, str]


def invitation(name: str, organisation: str, link: str, until: str) -> Words:
    """Return subject and text of the mail that invites somebody to their account."""
    return _("Ihr Zugang zum Portal"), _(
        "Guten Tag %(name)s,\n\n"
        "%(organisation)s hat für Sie ein Konto eingerichtet. Mit diesem Link legen Sie Ihr "
        "Passwort fest:\n\n%(link)s\n\n"
        "Der Link gilt bis %(until)s und nur einmal. Wenn Sie diese Nachricht nicht erwartet "
        "haben, brauchen Sie nichts zu tun.\n",
        name=name,
        organisation=organisation,
        link=link,
        until=until,
    )


def reset(name: str, link: str, until: str) -> Words:
    """Return subject and text of the mail that lets somebody choose a new password."""
    return _("Neues Passwort"), _(
        "Guten Tag %(name)s,\n\n"
        "für Ihr Konto wurde ein neues Passwort angefragt. Mit diesem Link legen Sie es fest:\n\n"
        "%(link)s\n\n"
        "Der Link gilt bis %(until)s und nur einmal. Wenn die Anfrage nicht von Ihnen kam, "
        "brauchen Sie nichts zu tun: Ihr Passwort bleibt, wie es ist.\n",
        name=name,
        link=link,
        until=until,
    )


def new_address(name: str, link: str, until: str) -> Words:
    """Return subject and text of the mail to the new address, which confirms it."""
    return _("Neue E-Mail-Adresse bestätigen"), _(
        "Guten Tag %(name)s,\n\n"
        "diese Adresse soll zu Ihrem Konto gehören. Bitte bestätigen Sie das mit diesem Link:\n\n"
        "%(link)s\n\n"
        "Der Link gilt bis %(until)s und nur einmal. Bis dahin bleibt die bisherige Adresse.\n",
        name=name,
        link=link,
        until=until,
    )


def change_asked(name: str) -> Words:
    """Return subject and text of the mail that tells the old address of a wish to change it."""
    return _("Ihre E-Mail-Adresse soll geändert werden"), _(
        "Guten Tag %(name)s,\n\n"
        "für Ihr Konto wurde eine andere E-Mail-Adresse angegeben. Wenn das nicht von Ihnen kam, "
        "ändern Sie bitte gleich Ihr Passwort, und sagen Sie Ihrer Projektadministration "
        "Bescheid.\n",
        name=name,
    )


def changed(name: str) -> Words:
    """Return subject and text of the mail that tells the old address that it was replaced."""
    return _("Ihre E-Mail-Adresse wurde geändert"), _(
        "Guten Tag %(name)s,\n\n"
        "Ihr Konto hat jetzt eine andere E-Mail-Adresse. Nachrichten kommen dorthin. Wenn das "
        "nicht von Ihnen kam, sagen Sie bitte gleich Ihrer Projektadministration Bescheid.\n",
        name=name,
    )


def factors_reset(name: str) -> Words:
    """Return subject and text of the mail that tells of a reset of second factors."""
    return _("Ihre zweiten Faktoren wurden zurückgesetzt"), _(
        "Guten Tag %(name)s,\n\n"
        "Ihre Projektadministration hat die zweiten Faktoren Ihres Kontos zurückgesetzt. Ihr "
        "Passwort gilt weiter. Wenn Sie nicht darum gebeten haben, sagen Sie bitte gleich Ihrer "
        "Projektadministration Bescheid.\n",
        name=name,
    )
