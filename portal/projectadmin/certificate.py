"""The "KBV-Nachweis": what a doctor shows to the association of physicians (TEN-7, Anlage 31b).

It repeats what the provider company entered about its certificates and what was verified of the
doctor. It does not say that anything conforms: the issuers of the certificates did.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import audit, pdf
from portal.accounts import physicians, states
from portal.errors import PortalError
from portal.language import ZONE, language, written_date
from portal.tenants.models import CERTIFICATE_KINDS
from portal.tenants.service import get_company, get_organisation, valid_certificates

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from flask_babel.speaklater import LazyString

    from portal.accounts.models import Account
    from portal.tenants.models import ProviderCertificate, ProviderCompany

KINDS: dict[str, LazyString] = {
    "security": _l("Informationssicherheit"),
    "privacy": _l("Datenschutz"),
}
audit.words({"projectadmin.certificate.made": _l("KBV-Nachweis geladen")})


class NoCertificateError(PortalError):
    """The sheet cannot be made at this moment; the cure says who can change that."""

    code = "no_certificate"
    status = 409
    sentence = _l("Der KBV-Nachweis kann gerade nicht erstellt werden.")

    def __init__(self, cure: str) -> None:
        super().__init__()
        self.cure = cure


@dataclass(frozen=True)
class Sheet:
    """What the sheet will say."""

    doctor: Account
    company: ProviderCompany
    certificates: Sequence[ProviderCertificate]
    number_kind: str


def look(account: Account, *, now: datetime) -> Sheet:
    """Return what the sheet will say.

    :raise NoCertificateError: the doctor is not verified, has no number, or a certificate is over.
    """
    organisation = get_organisation(account.organisation_id)
    company = get_company(organisation.provider_company_id)
    if organisation.country != "DE":
        raise NoCertificateError(_("Er gilt nur für Praxen und Einrichtungen in Deutschland."))
    if account.state != states.ACTIVE:
        raise NoCertificateError(
            _("Ihre Angaben sind noch nicht geprüft. Ihre Anbieterin meldet sich per E-Mail.")
        )
    if not account.physician_number:
        raise NoCertificateError(
            _("Ihre LANR fehlt. Bitten Sie Ihre Projektadministration, sie einzutragen.")
        )
    found = valid_certificates(company.id, now.astimezone(ZONE).date())
    missing = [str(KINDS[kind]) for kind in CERTIFICATE_KINDS if kind not in found]
    if missing:
        raise NoCertificateError(
            _(
                "Ein gültiges Zertifikat von %(company)s fehlt: %(kinds)s. Bitte wenden Sie sich "
                "an %(contact)s.",
                company=company.name,
                kinds=", ".join(missing),
                contact=company.email,
            )
        )
    kind = physicians.look(account.physician_number, "DE").kind or _("Arztnummer")
    return Sheet(account, company, [found[kind] for kind in CERTIFICATE_KINDS], kind)


def render(account: Account, *, now: datetime) -> bytes:
    """Return the dated PDF; each one that was made is in the audit log.

    :raise NoCertificateError: as ``look`` does.
    """
    sheet = look(account, now=now)
    made = pdf.render("document", _document(sheet, now))
    audit.record_reading("projectadmin.certificate.made", "account", account.id, now=now)
    return made


def _document(sheet: Sheet, now: datetime) -> dict[str, object]:
    company, doctor = sheet.company, sheet.doctor
    doctor_facts = [
        [_("Name"), doctor.full_name],
        [sheet.number_kind, doctor.physician_number],
        [_("Praxis oder Einrichtung"), get_organisation(doctor.organisation_id).name],
    ]
    service = [
        [_("Produkt"), "Praxisfenster"],
        [_("Anbieterin"), company.name],
        [_("Anschrift"), company.address],
    ]
    head = [_("Zertifikat"), _("Nummer"), _("Ausgestellt von"), _("Gültig von"), _("Gültig bis")]
    rows = [
        [
            str(KINDS[each.kind]),
            each.number,
            each.issuer,
            written_date(each.valid_from),
            written_date(each.valid_until),
        ]
        for each in sheet.certificates
    ]
    return {
        "title": _("Nachweis über den genutzten Videodienst"),
        "lang": language(),
        "author": [company.name],
        "sender": [company.name, company.address, company.phone, company.email],
        "date": written_date(now),
        "foot": _(
            "Nachweis für die Kassenärztliche Vereinigung, erstellt am %(date)s",
            date=written_date(now),
        ),
        "sections": [
            {
                "paragraphs": [
                    _("Die genannte Person nutzt für Videosprechstunden den genannten Dienst."),
                ]
            },
            {"heading": _("Ärztin oder Arzt"), "facts": doctor_facts},
            {"heading": _("Videodienst"), "facts": service},
            {
                "heading": _("Zertifikate der Anbieterin, nach deren Angaben"),
                "head": head,
                "rows": rows,
            },
        ],
    }
