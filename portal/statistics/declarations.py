"""Personal data in the tables of statistics: pseudonymous events, and the keys behind them."""

from __future__ import annotations

from portal.personaldata import (
    Anchor,
    DataUse,
    Declaration,
    Event,
    Field,
    LegalBasis,
    NotPersonal,
    Period,
    Retention,
    Subject,
    Text,
)

KEPT = Period(months=3)
MONTH_OVER = Event(
    "month_over",
    Text(
        "der Monat vorbei ist, bei Kundinnen und Kunden sein letztes Ereignis gelöscht ist",
        "the month is over, for customers its last event is deleted",
    ),
)

EVENTS = DataUse(
    id="statistics.event",
    title=Text("Statistik", "Statistics"),
    purpose=Text(
        "Praxen und Ärztinnen und Ärzte sehen, wie sie das Portal nutzen: Gespräche, Codes, "
        "Nachrichten, Verbindungen. Statt einer Kennung speichern wir ein Pseudonym, dessen "
        "Schlüssel jeden Monat ein anderer ist.",
        "Practices and doctors see how they use the portal: calls, codes, messages, connections. "
        "In place of an id we keep a pseudonym whose key is another one each month.",
    ),
    subjects=(Subject.CUSTOMER, Subject.GUEST),
    fields=(
        Field(
            Text(
                "Anmeldung: Domain, Art von Profil, App und Gerät, Browser und Betriebssystem mit "
                "Version. Gespräch: Beginn, Dauer, Art der Teilnehmenden, benutzte Funktionen. "
                "SMS: Zielland und Anlass. Code: Art des Wartezimmers. Kontakt: hinzugefügt oder "
                "entfernt. Wartezimmer: erstellt. E-Mail: Domain. Export: Art und Zeitraum. "
                "Verbindung: Bild oder nur Ton, direkt oder über einen Server, Port, Bitrate, Netz",
                "Sign-in: domain, kind of profile, app and device, browser and operating system "
                "with version. Call: start, duration, kinds of participants, functions used. Text "
                "message: target country and occasion. Code: kind of waiting room. Contact: added "
                "or removed. Waiting room: made. E-mail: domain. Export: kind and period. "
                "Connection: picture or sound only, direct or by a server, port, bitrate, network",
            ),
            ("statistic_event.kind", "statistic_event.facts"),
        ),
        Field(Text("Zeitpunkt", "Time"), ("statistic_event.at", "statistic_event.delete_after")),
        Field(
            Text(
                "Pseudonym der Person, und von Code, Wartezimmer oder Kontakt",
                "Pseudonym of the person, and of code, waiting room or contact",
            ),
            ("statistic_event.who", "statistic_event.other"),
        ),
    ),
    legal_basis=(LegalBasis.CONTRACT, LegalBasis.CONSENT, LegalBasis.HEALTH_CONSENT),
    consent_id="guest.visit",
    source=Text("Es entsteht bei der Nutzung.", "It arises from use."),
    retention=Retention(Anchor.CREATED, KEPT, ends=("statistic_event.delete_after",)),
)

KEYS = DataUse(
    id="statistics.key",
    title=Text("Schlüssel der Pseudonyme", "Keys of the pseudonyms"),
    purpose=Text(
        "Mit dem Schlüssel eines Monats findet das Portal die eigenen Ereignisse von jemandem "
        "wieder. Ist er gelöscht, lässt sich kein Pseudonym mehr zuordnen.",
        "With the key of a month the portal finds somebody's own events again. Once it is deleted, "
        "no pseudonym can be traced to anybody.",
    ),
    subjects=(Subject.CUSTOMER, Subject.GUEST),
    fields=(
        Field(
            Text("Monat, für wen, Schlüssel", "Month, for whom, key"),
            (
                "statistic_key.month",
                "statistic_key.whose",
                "statistic_key.key",
                "statistic_key.delete_after",
            ),
        ),
    ),
    legal_basis=(LegalBasis.CONTRACT,),
    source=Text("Er wird zufällig gezogen.", "It is drawn at random."),
    retention=Retention(MONTH_OVER, ends=("statistic_key.delete_after",)),
)

DECLARATIONS: tuple[Declaration, ...] = (
    EVENTS,
    KEYS,
    NotPersonal("statistic_event", ("organisation_id", "id"), "Random keys."),
    NotPersonal(
        "statistic_sum",
        ("organisation_id", "id", "month", "kind", "facet", "value", "count"),
        "Sums of five or more of an organisation's month; they refer to nobody.",
    ),
)
