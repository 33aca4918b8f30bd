"""Consent: the texts that people agree to, and the record that they did."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from sqlalchemy import exists, select, update

from portal.database import changed
from portal.extensions import db
from portal.personaldata import Anchor, Text
from portal.privacy import registry, wording
from portal.privacy.models import Consent
from portal.tenants.scope import current_tenant

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import InstrumentedAttribute

GUEST = "guest.visit"
GROUP = "guest.group"
MARKETING = "customer.marketing"
FINDABLE = "profiles.findable"


@dataclass(frozen=True)
class ConsentText:
    """A text that people agree to. A changed text needs a new version; a test holds the two."""

    version: str
    text: Text

    def digest(self, lang: str) -> str:
        """Return the SHA-256 of the text in one language."""
        return sha256(self.text.in_language(lang).encode()).hexdigest()


TEXTS = {
    GUEST: ConsentText(
        "1",
        Text(
            "Ich willige ein, dass mein Name, mein Zugangscode und die Daten meines Besuchs für "
            "dieses Videogespräch verarbeitet werden. Daraus kann hervorgehen, dass ich in "
            "Behandlung bin. Meine Teilnahme ist freiwillig. Ich kann die Einwilligung jederzeit "
            "für die Zukunft widerrufen.",
            "I consent to the processing of my name, my access code and the data of my visit for "
            "this video call. They may show that I am receiving treatment. My participation is "
            "voluntary. I can withdraw my consent at any time for the future.",
        ),
    ),
    # Beside the first, for who comes to a group: it cannot be inferred from the other.
    GROUP: ConsentText(
        "1",
        Text(
            "Ich willige ein, dass die anderen in der Gruppe mich sehen und hören und meinen Namen "
            "lesen, sobald die Praxis mich hereinbittet. Was ich von den anderen sehe, höre und "
            "lese, behalte ich für mich.",
            "I consent to the others in the group seeing and hearing me and reading my name, as "
            "soon as the practice lets me in. What I see, hear and read of the others I keep to "
            "myself.",
        ),
    ),
    FINDABLE: ConsentText(
        "1",
        Text(
            "Ich willige ein, dass andere Ärztinnen und Ärzte, die das Portal nutzen, mich in der "
            "Kontaktsuche finden, auch aus anderen Praxen und Einrichtungen. Sie sehen meinen "
            "Namen und die Angaben, die ich in meinem Profil freigegeben habe. Ich kann die "
            "Einwilligung jederzeit mit einem Klick für die Zukunft widerrufen.",
            "I consent to other doctors who use the portal finding me in the contact search, those "
            "of other practices and institutions too. They see my name and the details that I "
            "have released in my profile. I can withdraw my consent at any time for the future, "
            "with one click.",
        ),
    ),
    MARKETING: ConsentText(
        "1",
        Text(
            "Ich möchte von der Anbieterin per E-Mail über Neues zum Portal und zu Umfragen "
            "informiert werden. Meine Einwilligung ist freiwillig; ich kann sie jederzeit mit "
            "einem Klick für die Zukunft widerrufen.",
            "I would like the provider to inform me by e-mail about news of the portal and about "
            "surveys. My consent is voluntary; I can withdraw it at any time for the future with "
            "one click.",
        ),
    ),
}


def text_of(text_id: str, lang: str) -> str:
    """Return the text in force of one consent."""
    return TEXTS[text_id].text.in_language(lang)


def is_given(subject_kind: str, subject_id: str, text_id: str) -> bool:
    """Tell whether somebody of the current organisation agrees to the text in force.

    Who agreed to an earlier version is asked again: they did not agree to this one.
    """
    return subject_id in given_by(subject_kind, [subject_id], text_id)


def given_by(subject_kind: str, subject_ids: Iterable[str], text_id: str) -> frozenset[str]:
    """Return which of these visits or accounts agree to the text in force."""
    query = select(Consent.subject_id).where(
        Consent.subject_kind == subject_kind,
        Consent.subject_id.in_(list(subject_ids)),
        Consent.text_id == text_id,
        Consent.version == TEXTS[text_id].version,
        Consent.withdrawn_at.is_(None),
    )
    return frozenset(db.session.scalars(query))


def guest_texts(*, group: bool) -> tuple[str, ...]:
    """Return the ids of what a guest agrees to before entering, for a group one more."""
    return (GUEST, GROUP) if group else (GUEST,)


def guest_consent(lang: str, *, group: bool = False) -> tuple[str, str]:
    """Return version and text of what a guest agrees to before entering.

    :param group: whether the waiting room is that of a group. Its version is another one, so that
        nobody enters a group with words that were shown for a talk between two.
    """
    texts = [TEXTS[each] for each in guest_texts(group=group)]
    versions = "-".join(each.version for each in texts)
    return versions, " ".join(each.text.in_language(lang) for each in texts)


def notice_points(lang: str, *, group: bool = False) -> list[str]:
    """Return in five short sentences what happens to a guest's data.

    :param group: whether others than the practice will see and hear the guest.
    """
    kept = max(
        (
            rule.period
            for rule in registry.use("waitingroom.code").rules
            if rule.anchor is Anchor.CREATED
        ),
        key=lambda period: period.days,
    )
    points = (_SEEN_BY_GROUP if group else _SEEN, *_POINTS)
    return [point.in_language(lang).format(span=wording.span(kept, lang)) for point in points]


_SEEN = Text(
    "Nur die Praxis sieht Ihren Namen, seit wann Sie warten und ob Bild und Ton bereit sind.",
    "Only the practice sees your name, since when you wait, and whether picture and sound are "
    "ready.",
)
_SEEN_BY_GROUP = Text(
    "Dies ist ein Gruppengespräch: Die anderen sehen und hören Sie und lesen Ihren Namen.",
    "This is a group call: the others see and hear you and read your name.",
)
_POINTS = (
    Text(
        "Bild, Ton und Chat gehen verschlüsselt von Browser zu Browser; wir sehen sie nicht.",
        "Picture, sound and chat go encrypted from browser to browser; we do not see them.",
    ),
    Text(
        "Das Portal zeichnet nichts auf, und niemand soll es mit anderen Mitteln tun.",
        "The portal records nothing, and nobody should do so by other means.",
    ),
    Text(
        "Ihren Namen, den Code und die Zeiten Ihres Besuchs speichern wir, bis die Praxis sie "
        "löscht, höchstens {span}.",
        "We keep your name, the code and the times of your visit until the practice deletes them, "
        "{span} at most.",
    ),
    Text(
        "Sie können jederzeit gehen und Ihre Einwilligung mit Ihrem Code widerrufen, unter „Meine "
        "Daten als Gast“.",
        "You can leave at any time, and withdraw your consent with your code, under “My data as a "
        "guest”.",
    ),
)


def changed_sentence() -> str:
    """Return what somebody reads who agreed to a text that is no longer in force."""
    return str(_("Der Text der Einwilligung hat sich geändert. Bitte lesen Sie ihn noch einmal."))


def record(
    subject_kind: str,
    subject_id: str,
    *,
    language: str,
    way: str,
    now: datetime,
    text_id: str = GUEST,
) -> Consent:
    """Keep that somebody of the current organisation agreed to the text in force.

    :param subject_kind: whom the id names: ``visit`` or ``account``.
    :param way: where they agreed: ``entry``, ``easy``, ``first_sign_in``, ``profile``.
    """
    text = TEXTS[text_id]
    row = Consent(
        organisation_id=current_tenant(),
        subject_kind=subject_kind,
        subject_id=subject_id,
        text_id=text_id,
        version=text.version,
        text_hash=text.digest(language),
        language=language,
        given_at=now,
        way=way,
    )
    db.session.add(row)
    return row


def record_guest(visit_id: str, *, group: bool, language: str, way: str, now: datetime) -> None:
    """Keep that a guest agreed to what stood above the button."""
    for text_id in guest_texts(group=group):
        record("visit", visit_id, language=language, way=way, now=now, text_id=text_id)


def withdraw(subject_kind: str, subject_id: str, *, now: datetime, text_id: str = GUEST) -> bool:
    """Note that a consent was withdrawn; tell whether there was one in force."""
    statement = (
        update(Consent)
        .where(
            Consent.organisation_id == current_tenant(),
            Consent.subject_kind == subject_kind,
            Consent.subject_id == subject_id,
            Consent.text_id == text_id,
            Consent.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
        .returning(Consent.id)
        .execution_options(synchronize_session=False)
    )
    return db.session.execute(statement).first() is not None


def note_ground_gone(subject_kind: str, key: InstrumentedAttribute[str], *, now: datetime) -> int:
    """Note of which consents the visit or the account is gone; return of how many.

    Called by the deletion job, under ``across_tenants``, for the kind whose rows a room owns.

    :param key: the column that holds the ids of those who are still there.
    """
    orphaned = update(Consent).where(
        Consent.subject_kind == subject_kind,
        Consent.ground_gone_at.is_(None),
        ~exists().where(key == Consent.subject_id),
    )
    done = db.session.execute(
        orphaned.values(ground_gone_at=now).execution_options(synchronize_session=False)
    )
    return changed(done)


def known() -> frozenset[str]:
    """Return the ids of all texts that can be agreed to."""
    return frozenset(TEXTS)
