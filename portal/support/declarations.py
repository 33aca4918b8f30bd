"""Personal data of remote support: the protocol that the customer reads."""

from __future__ import annotations

from portal.personaldata import DataUse, Declaration, Field, LegalBasis, NotPersonal, Subject, Text
from portal.tenants.declarations import AFTER_CONTRACT

PROTOCOL = DataUse(
    id="support.protocol",
    title=Text("Protokoll der Fernwartung", "Protocol of remote support"),
    purpose=Text(
        "Wer bei uns in Ihrem Auftrag in Ihre Daten sieht, tut es nur, nachdem Sie es "
        "freigeschaltet haben. Wir schreiben auf, wer es war, wann und wie lange, in welchem "
        "System und auf welchem Weg, was getan wurde und wer bei kritischen Schritten zugestimmt "
        "hat. Eine Aufzeichnung der Sitzung gibt es nicht.",
        "Those of us who look at your data on your behalf do so only after you have opened "
        "access. We write down who it was, when and for how long, in which system and in which "
        "way, what was done, and who agreed to critical steps. There is no recording of the "
        "session.",
    ),
    subjects=(Subject.CUSTOMER, Subject.STAFF),
    fields=(
        Field(
            Text("Wer die Fernwartung geöffnet hat", "Who opened remote support"),
            ("support_session.opened_by", "support_session.account_id"),
        ),
        Field(
            Text("Wer sie ausgeführt hat", "Who carried it out"),
            ("support_session.supporter_id", "support_session.supporter_name"),
        ),
        Field(
            Text("Datum, Uhrzeit und Dauer", "Date, time and duration"),
            (
                "support_session.opened_at",
                "support_session.begun_at",
                "support_session.expires_at",
                "support_session.ended_at",
                "support_session.ended_by",
            ),
        ),
        Field(
            Text(
                "Zielsystem, Fernwartungsmedium und kurze Beschreibung",
                "Target system, medium and short description",
            ),
            ("support_session.target", "support_session.medium", "support_session.description"),
        ),
        Field(
            Text(
                "Einzelne Schritte, als Kennung, und die zweite Person bei kritischen",
                "Single steps, as a key, and the second person of critical ones",
            ),
            (
                "support_act.at",
                "support_act.name",
                "support_act.object_id",
                "support_act.second_id",
                "support_act.second_name",
                "support_act.decided_at",
            ),
        ),
    ),
    legal_basis=(LegalBasis.CONTRACT,),
    source=Text(
        "Es entsteht während der Fernwartung; die Beschreibung gibt die ausführende Person an.",
        "It arises during remote support; the person who carries it out states the description.",
    ),
    retention=AFTER_CONTRACT,
)

DECLARATIONS: tuple[Declaration, ...] = (
    PROTOCOL,
    NotPersonal(
        "support_session",
        ("organisation_id", "id", "scopes", "password_hash", "token_id"),
        "Random keys, what the session was opened for, and a hash that is gone after its use.",
    ),
    NotPersonal(
        "support_act",
        ("organisation_id", "id", "session_id", "state"),
        "Random keys, and how far the act has come.",
    ),
)
