"""Rights of guests, by the code alone (PRIV-6): see, take away, correct, erase, withdraw.

Whoever holds a code knows as much as the practice wrote beside it, so nothing else is asked. Wrong
codes are counted as at the entrance. A code that is used up or past its day still answers here, as
long as it is kept; also after the end of the practice's contract.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import audit, pdf
from portal.accounts import tokens
from portal.extensions import db
from portal.language import clock_time, language, written_date
from portal.messages import about
from portal.privacy import consent, notice
from portal.privacy.models import Consent
from portal.tenants.scope import current_tenant
from portal.tenants.service import get_company, get_organisation
from portal.waitingroom import access, codes, rooms, service, visits
from portal.waitingroom.models import AccessCode, Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from portal.messages.about import MessageData

STATES = {
    visits.WAITING: _l("wartet"),
    visits.ADMITTED: _l("hereingebeten"),
    visits.IN_CALL: _l("im Gespräch"),
    visits.ENDED: _l("beendet"),
    visits.DECLINED: _l("abgelehnt"),
    visits.LEFT: _l("gegangen"),
    visits.EXPIRED: _l("abgelaufen"),
}
audit.words(
    {
        "rights.guest.corrected": _l("Gast hat den eigenen Namen berichtigt"),
        "rights.guest.erased": _l("Gast hat die eigenen Daten gelöscht"),
        "rights.guest.withdrew": _l("Gast hat die Einwilligung widerrufen"),
    },
    {"guest_name": _l("Name des Gastes")},
)


@dataclass(frozen=True)
class VisitData:
    """One visit as its guest sees it."""

    name: str
    arrived_at: datetime
    ended_at: datetime | None
    state: str
    language: str
    camera: str
    microphone: str
    declined_text: str


@dataclass(frozen=True)
class ConsentData:
    """One consent as its guest sees it."""

    text: str
    version: str
    given_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class GuestData:
    """All that is kept about the guest of one code."""

    organisation: str
    provider: dict[str, str]
    code: str
    name: str
    created_at: datetime
    valid_until: datetime
    kept_until: datetime
    room: str
    appointment: datetime | None
    visits: Sequence[VisitData]
    consents: Sequence[ConsentData]
    messages: Sequence[MessageData]


@dataclass(frozen=True)
class Gone:
    """What the open pages must be told after the commit that erased."""

    rooms: frozenset[str]
    visits: Sequence[tuple[str, str]]
    after_commit: Sequence[Callable[[], None]]


def get(code_id: str, *, now: datetime) -> AccessCode:
    """Return a code of the current organisation, whether or not it opens a room.

    :raise CodeUnknownError: it was deleted, or is past its date.
    """
    row = access.get_plain(code_id)
    if row is None or now >= row.delete_after:
        raise access.CodeUnknownError
    return row


def see(row: AccessCode) -> GuestData:
    """Return all that is kept about the guest of a code."""
    organisation = get_organisation(row.organisation_id)
    found = _visits(row)
    given = select(Consent).where(
        Consent.subject_kind == "visit", Consent.subject_id.in_([each.id for each in found])
    )
    return GuestData(
        organisation=organisation.name,
        provider=notice.provider(get_company(organisation.provider_company_id)),
        code=codes.written(row.code),
        name=row.guest_name,
        created_at=row.created_at,
        valid_until=row.valid_until,
        kept_until=row.delete_after,
        room=rooms.get_room(row.room_id).name,
        appointment=row.starts_at,
        visits=[_visit(each) for each in found],
        consents=[
            ConsentData(
                consent.text_of(each.text_id, language()),
                each.version,
                each.given_at,
                each.withdrawn_at,
            )
            for each in db.session.scalars(given.order_by(Consent.given_at))
        ],
        messages=about.of_subject(row.id),
    )


def _visits(row: AccessCode) -> Sequence[Visit]:
    query = select(Visit).where(Visit.code_id == row.id).order_by(Visit.arrived_at)
    return db.session.scalars(query).all()


def _visit(row: Visit) -> VisitData:
    return VisitData(
        row.name,
        row.arrived_at,
        row.ended_at,
        str(STATES[row.state]),
        row.language,
        row.camera,
        row.microphone,
        row.declined_text,
    )


def correct(row: AccessCode, name: str, *, now: datetime) -> frozenset[str]:
    """Write the guest's name as it should be, beside the code and at every visit.

    :return: the rooms whose desks show it.
    """
    row.guest_name = name
    found = _visits(row)
    for visit in found:
        visit.name = name
    db.session.flush()
    audit.record("rights.guest.corrected", "access_code", row.id, now=now, fields=["guest_name"])
    return frozenset(visit.room_id for visit in found)


def erase(row: AccessCode, *, withdrawn: bool, now: datetime) -> Gone:
    """Delete code, name and visits for the guest and the practice alike; a running call ends.

    The codes of companions go with it, so that they leave as well. What remains has no name: that
    a call took place and a message was sent, for three months at most, and the proof of consent.

    :param withdrawn: whether the consents end with it (Art. 7(3) GDPR).
    """
    own = _visits(row)
    found = [*own, *(visit for each in access.companions(row.id) for visit in _visits(each))]
    told: list[Callable[[], None]] = []
    if withdrawn:
        for visit in own:
            for text_id in consent.guest_texts(group=True):
                consent.withdraw("visit", visit.id, now=now, text_id=text_id)
    for visit in found:
        if visit.state in visits.OPEN:
            was_running = visit.state in visits.RUNNING
            visits.leave(visit.id, now=now)
            if was_running:
                told += [after for _receiver, after in service.visit_left.send(visit)]
        tokens.end_all(current_tenant(), visit.id, now=now)
    gone = Gone(
        frozenset(visit.room_id for visit in found),
        [(visit.id, visit.room_id) for visit in found],
        told,
    )
    code = "rights.guest.withdrew" if withdrawn else "rights.guest.erased"
    audit.record(code, "access_code", row.id, now=now)
    for visit in found:
        db.session.delete(visit)
    access.delete_code(row)
    db.session.flush()
    return gone


def _message(each: MessageData) -> list[str]:
    goes_out = each.goes_out_at
    at = _("geht am %(date)s hinaus", date=written_date(goes_out)) if goes_out else ""
    return [each.occasion, each.channel, each.to or "-", each.state, at or _moment(each.created_at)]


def as_json(row: AccessCode) -> str:
    """Return the copy in a common, machine-readable format (Art. 20 GDPR)."""
    return json.dumps(asdict(see(row)), ensure_ascii=False, indent=1, default=_iso)


def _iso(value: Any) -> str:  # noqa: ANN401  what JSON does not know: times
    return str(value.isoformat())


def as_pdf(row: AccessCode, *, now: datetime) -> bytes:
    """Return the copy as a tagged PDF.

    :raise PdfError: it cannot be set.
    """
    data = see(row)
    facts = [
        [_("Name"), data.name],
        [_("Zugangscode"), data.code],
        [_("Erstellt am"), written_date(data.created_at)],
        [_("Gilt bis"), written_date(data.valid_until)],
        [_("Gelöscht spätestens am"), written_date(data.kept_until)],
        [_("Wartezimmer"), data.room],
    ]
    if data.appointment:
        facts.append([_("Termin"), _moment(data.appointment)])
    been = [[_moment(each.arrived_at), each.name, each.state] for each in data.visits]
    agreed = [[_moment(each.given_at), each.version, each.text] for each in data.consents]
    return pdf.render(
        "document",
        {
            "title": _("Ihre Daten"),
            "lang": language(),
            "author": [data.organisation],
            "sender": [data.organisation],
            "date": written_date(now),
            "foot": _("Auskunft nach Art. 15 DSGVO, erstellt am %(date)s", date=written_date(now)),
            "sections": [
                {"facts": facts},
                {
                    "heading": _("Besuche"),
                    "head": [_("Zeit"), _("Name"), _("Stand")],
                    "rows": been,
                },
                {
                    "heading": _("Einwilligungen"),
                    "head": [_("Zeit"), _("Fassung"), _("Text")],
                    "rows": agreed,
                },
                {
                    "heading": _("Nachrichten"),
                    "head": [_("Anlass"), _("Weg"), _("An"), _("Stand"), _("Zeit")],
                    "rows": [_message(each) for each in data.messages],
                },
                {
                    "paragraphs": [
                        _(
                            "Beschweren können Sie sich bei: %(authority)s, %(contact)s.",
                            authority=data.provider["authority_name"],
                            contact=data.provider["authority_contact"],
                        )
                    ]
                },
            ],
        },
    )


def _moment(at: datetime) -> str:
    return f"{written_date(at)} {clock_time(at)}"
