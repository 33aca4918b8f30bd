"""An appointment as an entry for the guest's calendar (iCalendar, RFC 5545)."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from icalendar import Alarm, Calendar, Event

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

# A practice states no end; calendars need one.
LASTS = timedelta(minutes=30)
ALARM = timedelta(minutes=-10)


def entry(code_id: str, starts_at: datetime, gaps: Mapping[str, str], *, now: datetime) -> str:
    """Return the entry; like the mail it names no specialty, no reason and no practice (COD-5).

    :param gaps: what fills the gaps of the mail: ``link``, ``code`` and ``phone`` are used.
    """
    begins = starts_at.astimezone(UTC)  # so that the entry needs no rules of a time zone
    event = Event()
    event.add("uid", code_id)
    event.add("dtstamp", now)
    event.add("dtstart", begins)
    event.add("dtend", begins + LASTS)
    event.add("summary", _("Termin per Video"))
    event.add("location", gaps["link"])
    lines = [_("Ihr Zugangscode: %(code)s", code=gaps["code"])]
    if gaps["phone"]:
        lines.append(_("Hilfe am Telefon: %(phone)s", phone=gaps["phone"]))
    event.add("description", "\n".join(lines))
    event.add("class", "PRIVATE")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _("Termin per Video"))
    alarm.add("trigger", ALARM)
    event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//Praxisfenster//DE")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical()).decode()
