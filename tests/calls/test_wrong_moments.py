"""Every message in every state: what may not be said now is refused, and changes nothing.

So is what is said in a wrong shape (SECURITY T19, F22): nobody else hears of it.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from media import errors, limits
from portal import sockets
from portal.extensions import db
from portal.permissions import Role
from portal.sockets import HANDLERS
from portal.tenants.scope import new_id, tenant_scope
from portal.waitingroom import visits
from tests import databases
from tests.calls.test_events import admit, every_message
from tests.media.test_messages import JSON
from tests.sockets import Socket

SPEAKERS = {"doctor": Role.DOCTOR, "colleague": Role.DOCTOR, "guest": Role.GUEST}
LETS_IN = {"visit.admit", "visit.prepare"}
RINGS = {"contact.call"}
# The statistics of a call come when it is over, too.
AFTERWARDS = {"call.used", "call.report"}
TALKS = AFTERWARDS | {
    "visit.connected",
    "call.join",
    "call.description",
    "call.candidate",
    "call.leave",
}
# What a page may say in each state; all else that its role could say elsewhere is refused.
MAY = {
    "waiting": {"doctor": LETS_IN | RINGS, "colleague": LETS_IN, "guest": {"visit.prepared"}},
    "admitted": {"doctor": TALKS | {"call.remove"}, "guest": TALKS},
    "in_call": {"doctor": TALKS | {"call.remove"}, "guest": TALKS},
    "ended": {"doctor": RINGS | AFTERWARDS, "guest": AFTERWARDS},
    "put_back": {
        "doctor": LETS_IN | RINGS | AFTERWARDS,
        "colleague": LETS_IN,
        "guest": {"visit.prepared"} | AFTERWARDS,
    },
    "declined": {"doctor": RINGS},
    "left": {"doctor": RINGS},
    "expired": {"doctor": RINGS},
    "ringing": {
        "doctor": LETS_IN | {"contact.cancel"},
        "colleague": LETS_IN | {"contact.answer", "contact.decline"},
        "guest": {"visit.prepared"},
    },
    "talking": {
        "doctor": TALKS | {"call.remove", "call.hand_over", "visit.bring_in"},
        "colleague": TALKS,
        "guest": {"visit.prepared"},
    },
    "rang": {"doctor": LETS_IN | RINGS, "colleague": LETS_IN, "guest": {"visit.prepared"}},
}
# After these the state is another one.
ENDS_IT = {
    *("visit.admit", "visit.bring_in"),
    *("call.leave", "call.remove", "call.hand_over"),
    *("contact.call", "contact.answer", "contact.decline", "contact.cancel"),
}
# A guest's devices are noted whenever the page tells of them.
ALWAYS = {"visit.devices"}
# It asks for the card of who wants to be found, and nobody of the world does: test_handing_over.py.
ELSEWHERE = {"colleague.call"}
# It comes late when the doctor was faster; then nobody hears it, and nobody is to blame.
LATE = {"visit.prepared"}


class Scene:
    """Doctor, colleague and guest of one practice with open pages, and what goes on."""

    def __init__(self, app, world):
        self.world, self.visit = world, world.ash.ids["visit"]
        self.pages = {who: Socket(app, world.ash.tokens[who]) for who in SPEAKERS}
        self.call, self.places = new_id(), {}

    def ask(self, who, kind, **body):
        answer = self.pages[who].ask(kind, body)
        assert "code" not in answer, answer
        return answer

    def waiting(self):
        """Let the guest wait, as the world begins."""

    def admitted(self):
        begun = admit(self.pages["doctor"], self.world)
        self.call = begun["call"]
        self.places = {
            "doctor": begun["participant"],
            "guest": begun["guest"]["participant"],
        }

    def in_call(self):
        self.admitted()
        self.ask("guest", "visit.connected", call=self.call)

    def ended(self):
        self.in_call()
        self.ask("doctor", "call.leave", call=self.call)

    def put_back(self):
        self.in_call()
        caller = self.world.caller("doctor")
        assert caller.post(f"/desk/visits/{self.visit}/put-back").status_code == 200

    def declined(self):
        caller = self.world.caller("doctor")
        assert caller.post(f"/desk/visits/{self.visit}/decline", text="x").status_code == 204

    def left(self):
        assert self.world.caller("guest").post("/visit/leave").status_code == 200

    def expired(self):
        with tenant_scope(self.world.ash.id):
            visits.move(self.visit, visits.EXPIRED)
            db.session.commit()
        db.session.remove()

    def ringing(self):
        self.call = self.ask("doctor", "contact.call", contact=self.world.ash.ids["contact"])[
            "ring"
        ]

    def talking(self):
        self.ringing()
        self.ask("colleague", "contact.answer", ring=self.call)
        session = self.pages["colleague"].session
        there = self.ask("colleague", "call.join", call=self.call, session=session)
        (host,) = there["participants"]
        self.places = {"doctor": host["participant"], "colleague": there["participant"]}

    def rang(self):
        self.ringing()
        self.ask("colleague", "contact.decline", ring=self.call)

    def said_by(self, who):
        """Return every message as it would be right for somebody, to somebody else in the call."""
        others = [place for name, place in self.places.items() if name != who]
        to = others[0] if others else new_id()
        bodies = every_message(self.world, self.call)
        bodies["contact.call"] = {"contact": self.world.ash.ids["contact"]}
        for body in bodies.values():
            body.update({key: to for key in ("to", "participant") if key in body})
            if "session" in body:
                body["session"] = self.pages[who].session
        return bodies

    def heard_by_others(self, who):
        return [each for name, page in self.pages.items() if name != who for each in page.heard()]


@pytest.fixture
def scene(app, world, monkeypatch):
    """Let the pages say as much as they like, and nothing happen beside what they say."""
    monkeypatch.setattr(sockets, "PRESENT", set())
    monkeypatch.setattr(sockets, "PATIENCE", 10**9)
    monkeypatch.setattr(limits.TokenBucket, "take", lambda _self: True)
    return Scene(app, world)


def rows(app):
    """Return every row of every table."""
    db.session.remove()
    with app.extensions["test_owner"].connect() as connection:
        return {
            table.name: sorted(map(repr, connection.exec_driver_sql(f'SELECT * FROM "{table}"')))  # noqa: S608  our own names
            for table in db.metadata.sorted_tables
        }


@pytest.mark.usefixtures("portal")
def test_each_message_may_be_said_in_some_state():
    said = set().union(*(kinds for states in MAY.values() for kinds in states.values()))
    assert said | ALWAYS | ELSEWHERE == set(HANDLERS)


@pytest.mark.requirement("WR-4", "WR-5")
@pytest.mark.parametrize("state", MAY)
def test_what_is_said_in_the_wrong_moment_changes_nothing(app, scene, state):
    getattr(scene, state)()
    before = rows(app)
    scene.heard_by_others(None)
    for who, role in SPEAKERS.items():
        right = {*MAY[state].get(who, ()), *ALWAYS}
        for kind, body in scene.said_by(who).items():
            if kind in right or role not in HANDLERS[kind].roles:
                continue
            answer = scene.pages[who].ask(kind, body)
            assert answer == {} if kind in LATE else answer["message"], (who, kind)
            assert scene.heard_by_others(who) == [], (who, kind)
    assert rows(app) == before
    _say_all_that_is_right(app, scene, MAY[state])


def _say_all_that_is_right(app, scene, may):
    """See that nothing above was left out for being right, and is refused as well."""
    owner = app.extensions["test_owner"]
    if owner.dialect.name != "sqlite":
        return  # The list is the same, and the copy of the world that PostgreSQL keeps stays.
    kept = databases.kept(owner, db.metadata)
    right = [(who, kind) for who, kinds in may.items() for kind in sorted(kinds)]
    for who, kind in sorted(right, key=lambda each: each[1] in ENDS_IT):
        answer = scene.pages[who].ask(kind, scene.said_by(who)[kind])
        assert "code" not in answer, (who, kind)
        if kind in ENDS_IT:
            db.session.remove()
            databases.empty(owner, db.metadata)
            databases.put_back(owner, kept)


@pytest.mark.requirement("CALL-1")
def test_what_is_said_in_a_wrong_shape_is_refused_and_heard_by_nobody(app, scene):
    scene.in_call()
    scene.heard_by_others(None)
    before = rows(app)
    known = set(errors.SENTENCES) | {"not_found"}

    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def odd(data):
        who = data.draw(st.sampled_from(["doctor", "guest"]))
        bodies = scene.said_by(who)
        kind = data.draw(st.sampled_from(sorted(bodies)))
        key = data.draw(st.sampled_from(sorted(bodies[kind])))
        # None is no description yet, no candidate any more.
        other = JSON.filter(lambda value: value not in (None, bodies[kind][key]))
        bodies[kind][key] = data.draw(other)
        answer = scene.pages[who].ask(kind, bodies[kind])
        assert answer["code"] in known, (who, kind)
        assert scene.heard_by_others(who) == [], (who, kind)

    odd()
    assert rows(app) == before
