"""German first, English complete: the language of a request, how pages write times and numbers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Flask, has_request_context, request
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from portal.extensions import babel

if TYPE_CHECKING:
    from datetime import date

LANGUAGES = ("de", "en")
ZONE = ZoneInfo("Europe/Berlin")
MINUTE = 60
HOUR = 3600


def choose() -> str:
    """Return the language of the request: asked for, remembered by the page, or accepted."""
    if not has_request_context():
        return "de"
    for wish in (request.args.get("lang"), request.headers.get("X-Portal-Language")):
        if wish in LANGUAGES:
            return wish
    return request.accept_languages.best_match(LANGUAGES) or "de"


def language() -> str:
    """Return the language in force, ``de`` or ``en``."""
    locale = get_locale()
    return locale.language if locale else "de"


def clock_time(moment: datetime) -> str:
    """Write a time as the clock on the wall shows it: 10:02."""
    return f"{moment.astimezone(ZONE):%H:%M}"


def written_date(moment: datetime | date) -> str:
    """Write a date: 23.11.2026 in German, 23 November 2026 in English."""
    day = moment.astimezone(ZONE) if isinstance(moment, datetime) else moment
    if language() == "de":
        return f"{day:%d.%m.%Y}"
    return f"{day.day} {day:%B %Y}"


def written_month(day: date) -> str:
    """Write the month of a day: November 2026; März 2026 in German, March 2026 in English."""
    return str(format_date(day, "LLLL yyyy", locale=language()))


def written_moment(moment: datetime) -> str:
    """Write a date with its time: 23.11.2026, 10:02 Uhr."""
    return _("%(date)s, %(time)s Uhr", date=written_date(moment), time=clock_time(moment))


def duration(seconds: float) -> str:
    """Write a span in words: under a minute in seconds, under an hour in minutes."""
    whole = max(0, int(seconds))
    if whole < MINUTE:
        return ngettext("%(num)s Sekunde", "%(num)s Sekunden", whole)
    if whole < HOUR:
        return ngettext("%(num)s Minute", "%(num)s Minuten", whole // MINUTE)
    hours = ngettext("%(num)s Stunde", "%(num)s Stunden", whole // HOUR)
    minutes = whole % HOUR // MINUTE
    if not minutes:
        return hours
    return f"{hours} {ngettext('%(num)s Minute', '%(num)s Minuten', minutes)}"


def install(app: Flask) -> None:
    """Give templates the language and its ways of writing."""
    app.config["BABEL_DEFAULT_LOCALE"] = "de"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = f"{app.config['ROOT']}/translations"
    babel.init_app(app, locale_selector=choose)
    app.jinja_env.globals.update(
        clock_time=clock_time, date=written_date, duration=duration, month_name=written_month
    )
    app.jinja_env.globals["moment"] = written_moment
    app.context_processor(lambda: {"lang": language()})
