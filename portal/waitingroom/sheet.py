"""The sheet of paper on which a guest takes an access code home (COD-3, WR-9)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import segno
from flask import current_app
from flask_babel import gettext as _

from portal import pdf
from portal.language import language, written_date, written_moment
from portal.waitingroom import codes

if TYPE_CHECKING:
    from portal.waitingroom.models import AccessCode
    from portal.waitingroom.service import RoomCard


def render(code: AccessCode, room: RoomCard) -> bytes:
    """Return the sheet as PDF, one page A4; it names neither specialty nor reason (COD-5)."""
    base = current_app.config["BASE_URL"]
    return pdf.render(
        "sheet",
        {
            "title": _("Ihr Gespräch per Video"),
            "lang": language(),
            "practice": room.organisation_name,
            "guest": code.guest_name,
            "with": _("mit %(doctor)s", doctor=room.doctor_name) if room.doctor_name else "",
            "when": _when(code),
            "qr": _qr(f"{base}/easy#{code.code}"),
            "qr_alt": _("QR-Code mit der Adresse des Wartezimmers und Ihrem Zugangscode"),
            "code_label": _("Ihr Zugangscode"),
            "code": codes.written(code.code),
            "steps": [
                _(
                    "Richten Sie die Kamera Ihres Telefons auf das Quadrat, öffnen Sie den Link, "
                    "und tippen Sie auf den großen Knopf."
                ),
                _(
                    "Oder am Computer: Öffnen Sie im Browser die Adresse %(address)s, und tippen "
                    "Sie den Zugangscode ein.",
                    address=urlsplit(base).netloc,
                ),
                _("Sagen Sie Ja, wenn nach Kamera und Mikrofon gefragt wird."),
                _("Warten Sie. Die Praxis ruft Sie auf."),
            ],
            "help": _("Hilfe am Telefon: %(phone)s", phone=room.phone) if room.phone else "",
            "keep": _("Wer dieses Blatt hat, kann Ihren Platz einnehmen. Bewahren Sie es gut auf."),
        },
    )


def _when(code: AccessCode) -> str:
    if code.starts_at:
        return _("am %(date)s", date=written_moment(code.starts_at))
    if code.valid_on:
        return _("am %(date)s", date=written_date(code.valid_on))
    return _("bis %(date)s", date=written_date(code.valid_until))


def _qr(link: str) -> str:
    """Return a QR code as SVG; level M still reads when a seventh of it is damaged."""
    target = io.BytesIO()
    segno.make(link, error="m", micro=False).save(target, kind="svg", border=2, scale=4)
    return target.getvalue().decode()
