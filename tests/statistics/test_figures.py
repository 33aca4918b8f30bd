"""Who sees which figures, and which sums outlive the events."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal import jobs
from portal.accounts import tokens
from portal.accounts.tokens import Owner
from portal.extensions import db
from portal.happenings import Happening
from portal.permissions import Role
from portal.statistics import figures, sums
from portal.statistics.figures import Scope, Span
from portal.statistics.models import StatisticSum
from portal.tenants.scope import across_tenants, tenant_scope
from tests.statistics.kept import MOMENT, events, say
from tests.world import Caller

# Who sees what.


@pytest.mark.requirement("STA-2")
def test_a_doctor_sees_their_own_figures_and_nobody_elses(november):
    org = november.ash
    for who in ("doctor", "colleague"):
        for _ in range(2 if who == "doctor" else 7):
            facts = {"seconds": 600, "guests": 1, "doctors": 1, "chat": True}
            say(org, Happening.CALL, who=org.ids[who], facts=facts)
    page = november.caller("doctor").get("/statistics").text
    assert "2 Gespräche, im Mittel 10 Minuten lang." in page
    assert '<td class="chart-number">2</td>' in page
    assert "7 Gespräche" in Caller(org.tokens["colleague"]).get("/statistics").text
    assert "9 Gespräche" in november.caller("projectadmin").get("/statistics").text
    english = november.caller("doctor").get("/statistics?lang=en").text
    assert "2 calls, 10 minutes long on average." in english
    for role in ("assistant", "sales", "support", "operator"):
        assert november.caller(role).get("/statistics").status_code == 404


@pytest.mark.requirement("STA-2")
def test_lengths_of_calls_and_the_rest_have_charts_of_their_own(november):
    org, who = november.ash, november.ash.ids["doctor"]
    for minutes in (1, 4, 7, 25):
        say(org, Happening.CALL, who=who, facts={"seconds": 60 * minutes})
    say(org, Happening.ROOM, who=who)
    with tenant_scope(org.id):
        scope = Scope(Span(MOMENT.date(), MOMENT.date()), who)
        charts = {chart.id: chart for chart in figures.charts(scope)}
    assert charts["lengths"].rows == (
        ("unter 5 Minuten", 2),
        ("5 bis 10 Minuten", 1),
        ("ab 20 Minuten", 1),
    )
    assert charts["others"].rows == (("Neue Wartezimmer", 1),)
    assert charts["calls"].rows == (("ab 16.11.2026", 4),)
    assert "im Mittel 9 Minuten" in charts["calls"].sentence


@pytest.mark.requirement("STA-2", "STA-4")
def test_an_organisations_numbers_under_five_are_not_shown(november):
    org = november.ash
    for path, times in (("direct", 6), ("relay", 4)):
        for _ in range(times):
            facts = {"media": "video", "path": path, "port": 443, "kbit": 900, "network": "wifi"}
            say(org, Happening.TELEMETRY, who=org.ids["doctor"], facts=facts)
    with tenant_scope(org.id):
        span = Span(MOMENT.date(), MOMENT.date())
        charts = {chart.id: chart for chart in figures.charts(Scope(span))}
        # Six and the sum of ten would tell that it was four.
        assert charts["telemetry-path"].rows == (("direkt", None), ("über einen Server", None))
        assert charts["telemetry-media"].rows == (("Bild und Ton", 10),)
        assert charts["calls"].rows == ()
        own = {each.id: each for each in figures.charts(Scope(span, org.ids["doctor"]))}
        assert own["telemetry-path"].rows == (("direkt", 6), ("über einen Server", 4))
    page = november.caller("projectadmin").get("/statistics").text
    assert "nicht gezeigt" in page
    assert 'chart-number">6<' not in page


@pytest.mark.requirement("STA-4")
@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ([9, 7, 5], [9, 7, 5]),
        ([9, 7, 4], [9, None, None]),
        ([9, 7, 1, 1], [9, None, None, None]),
        ([9, 7, 3, 2], [9, 7, None, None]),
        ([9, 0, 4], [None, 0, None]),
        ([4], [None]),
        ([], []),
    ],
)
def test_a_hidden_number_cannot_be_reckoned_from_the_sum(numbers, shown):
    assert figures.shown_parts(numbers) == shown


@pytest.mark.requirement("STA-2")
def test_the_period_is_chosen_and_a_wrong_one_is_told(november):
    org = november.ash
    for days in (0, 40):
        say(
            org,
            Happening.CALL,
            MOMENT - timedelta(days=days),
            who=org.ids["doctor"],
            facts={"seconds": 60},
        )
    doctor = november.caller("doctor")
    assert "1 Gespräch," in doctor.get("/statistics").text
    assert "2 Gespräche," in doctor.get("/statistics?from=2026-09-01&until=2026-11-20").text
    assert "keine Gespräche" in doctor.get("/statistics?from=2026-11-01&until=2026-11-02").text
    for wrong in ("from=x&until=y", "from=2026-11-20&until=2026-11-01", "from=2026-11-01"):
        answer = doctor.get(f"/statistics?{wrong}")
        assert "Diesen Zeitraum gibt es nicht" in answer.text, wrong
    assert doctor.get("/statistics?from=0001-01-01&until=9999-12-31").status_code == 200


@pytest.mark.requirement("STA-2")
@pytest.mark.parametrize("role", ["doctor", "projectadmin"])
def test_figures_are_files_and_taking_them_is_an_event(november, role):
    org = november.ash
    for _ in range(5):
        say(org, Happening.CODE, who=org.ids["doctor"], facts={"room_kind": "personal"})
    reader = november.caller(role)
    period = "&from=2026-11-01&until=2026-11-20"
    text = Caller().get(_ticket(reader, "/statistics.csv") + period).get_data(as_text=True)
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))
    assert ["Codes nach Wartezimmer", "persönlich", "5"] in rows
    made = Caller().get(_ticket(reader, "/statistics.pdf") + period).data
    assert made.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in made
    taken = [row.facts for row in events(org, "export")]
    same = {"from": "2026-11-01", "until": "2026-11-20"}
    assert taken == [{"type": "csv", **same}, {"type": "pdf", **same}]


def _ticket(reader: Caller, path: str) -> str:
    return reader.post("/tickets", path=path).json["url"]


# What outlives the events.


@pytest.mark.requirement("STA-4")
def test_monthly_sums_of_five_and_more_outlive_the_events(november, clock):
    org = november.ash
    for kind, times in ((Happening.ROOM, 4), (Happening.SMS, 7)):
        for number in range(times):
            facts = {"country": "DE" if number < 5 else "AT", "occasion": "access_code"}
            say(org, kind, who=org.ids["doctor"], facts=facts if kind is Happening.SMS else {})
    assert _sums(org) == {}
    over = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)
    jobs.clean(over)
    jobs.clean(over)
    # Five to Germany of seven would tell how many went to Austria.
    known = {("sms", "", ""): 7, ("sms", "occasion", "access_code"): 7}
    assert _sums(org) == known
    jobs.clean(over + timedelta(days=120))
    assert events(org) == []
    assert _sums(org) == known
    owner = Owner(Role.PROJECTADMIN, org.ids["projectadmin"], organisation_id=org.id)
    token = tokens.issue(owner, now=clock.now())
    db.session.commit()
    page = Caller(token).get("/statistics").text
    assert "November 2026" in page
    assert 'data-testid="monthly-sum"' in page


def _sums(org) -> dict[tuple[str, str, str], int]:
    with across_tenants("The test reads sums."):
        query = select(StatisticSum).where(
            StatisticSum.organisation_id == org.id, StatisticSum.kind != sums.SUMMED
        )
        rows = db.session.scalars(query).all()
    db.session.remove()
    return {(row.kind, row.facet, row.value): row.count for row in rows}


@pytest.mark.requirement("STA-4")
def test_sums_hold_no_id(november):
    names = {column.name for column in StatisticSum.__table__.columns}
    assert names == {"organisation_id", "id", "month", "kind", "facet", "value", "count"}
