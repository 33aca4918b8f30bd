"""One code, and everything that may happen with it in any order (SECURITY T2)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from portal import clock
from portal.accounts import tokens
from portal.calls import service as calls
from portal.errors import PortalError
from portal.extensions import db
from portal.tenants.scope import tenant_scope
from portal.waitingroom import access, guests, visits
from portal.waitingroom.access import CodeOrder
from portal.waitingroom.guests import Arrival
from portal.waitingroom.models import Visit
from portal.waitingroom.visits import CodeTakenError, NotWaitingError

TAKES_OVER = {visits.WAITING, *visits.RUNNING}


class CodeStory(RuleBasedStateMachine):
    """What guests, a doctor and the time do, beside what must come of it."""

    ash = None

    def __init__(self):
        super().__init__()
        self.fence = tenant_scope(self.ash.id)
        self.fence.__enter__()
        self.doctor, self.state, self.visit_id, self.call_id = self.ash.ids["doctor"], "", "", ""
        self.here, self.used = False, False
        self.tokens, self.over = {}, {}

    def teardown(self):
        if self.call_id:
            calls.end(self.call_id, "host", now=clock.now())
            db.session.commit()
        db.session.remove()
        self.fence.__exit__(None, None, None)

    @initialize(uses=st.sampled_from(["single", "multi"]), today=st.booleans())
    def a_code_is_made(self, uses, today):
        day = clock.now().astimezone(access.ZONE).date() if today else None
        order = CodeOrder(self.ash.ids["room"], "Erika Muster", uses, day)
        code = access.make_code(order, account_id=self.doctor, now=clock.now())
        self.code_id, self.uses, self.valid_until = code.id, uses, code.valid_until
        db.session.commit()

    def does(self, act, refusal=None):
        """Do something that must succeed, or be refused and change nothing."""
        if refusal is not None:
            with pytest.raises(refusal):
                act()
            db.session.rollback()
            return None
        done = act()
        db.session.commit()
        return done

    def closed(self):
        """Return why the code opens nothing at this moment."""
        if self.used and self.uses == "single":
            return access.CodeUsedError
        return access.CodeExpiredError if clock.now() >= self.valid_until else None

    @rule(name=st.sampled_from(["Erika Muster", "Somebody else"]))
    def somebody_enters(self, name):
        busy = access.CodeBusyError if self.state in visits.RUNNING and self.here else None
        come = self.does(
            lambda: guests.enter(self.code_id, Arrival(name, "de"), now=clock.now()),
            self.closed() or busy,
        )
        if come is None:
            return
        assert (come.visit_id == self.visit_id) == (self.state in TAKES_OVER)
        assert come.old_token_ends == (self.state in TAKES_OVER)
        if self.call_id:  # the page of the guest was gone, and the doctor is left alone
            self.does(lambda: calls.end(self.call_id, "left", now=clock.now()))
            self.call_id = ""
        if self.visit_id != come.visit_id:
            self.over[self.visit_id] = self.state
        self.state, self.visit_id, self.here = visits.WAITING, come.visit_id, False
        self.over.pop("", None)
        self.tokens.setdefault(come.visit_id, []).append(come.token)

    @precondition(lambda self: self.state in visits.OPEN)
    @rule(here=st.booleans())
    def the_page_comes_or_goes(self, here):
        guests.note_connection(self.visit_id, connected=here, now=clock.now())
        db.session.commit()
        self.here = here

    @precondition(lambda self: self.visit_id)
    @rule()
    def the_doctor_admits(self):
        refusal = None if self.state == visits.WAITING else PortalError
        done = self.does(
            lambda: calls.admit(self.visit_id, self.doctor, "page", now=clock.now()), refusal
        )
        if done:
            self.state, self.call_id = visits.ADMITTED, done.call.id

    @precondition(lambda self: self.call_id)
    @rule()
    def a_picture_arrives(self):
        self.does(lambda: calls.connect(self.call_id, self.visit_id, now=clock.now()))
        self.state, self.used = visits.IN_CALL, True

    @precondition(lambda self: self.call_id)
    @rule()
    def they_hang_up(self):
        self.does(lambda: calls.end(self.call_id, "host", now=clock.now()))
        self.state, self.call_id = visits.ENDED, ""

    @precondition(lambda self: self.visit_id and not self.call_id)
    @rule()
    def the_doctor_declines(self):
        refusal = None if self.state == visits.WAITING else NotWaitingError
        self.does(lambda: visits.decline(self.visit_id, "Heute nicht", now=clock.now()), refusal)
        self.state = self.state if refusal else visits.DECLINED

    @precondition(lambda self: self.visit_id and not self.call_id)
    @rule()
    def the_guest_leaves(self):
        refusal = None if self.state == visits.WAITING else NotWaitingError
        self.does(lambda: visits.leave(self.visit_id, now=clock.now()), refusal)
        if refusal is None:
            self.state, self.here = visits.LEFT, False

    @precondition(lambda self: self.visit_id and not self.call_id)
    @rule()
    def the_guest_comes_back(self):
        possible = self.state in {visits.LEFT, visits.DECLINED}
        refusal = self.closed() or (None if possible else NotWaitingError)
        visit = guests.get_visit(self.visit_id)
        self.does(lambda: guests.come_back(visit, now=clock.now()), refusal)
        self.state = self.state if refusal else visits.WAITING

    @precondition(lambda self: self.over and not self.call_id)
    @rule(data=st.data())
    def somebody_goes_on_with_an_earlier_visit(self, data):
        earlier = data.draw(st.sampled_from(sorted(self.over)), "which")
        possible = self.over[earlier] in {visits.LEFT, visits.DECLINED}
        refusal = self.closed() or (None if possible else NotWaitingError)
        if refusal is None and self.state in visits.OPEN:
            refusal = CodeTakenError
        visit = guests.get_visit(earlier)
        self.does(lambda: guests.come_back(visit, now=clock.now()), refusal)
        if refusal is None:
            self.over[self.visit_id] = self.state
            self.visit_id, self.state, self.here = earlier, visits.WAITING, False
            del self.over[earlier]

    @rule(minutes=st.sampled_from([2, 60, 600, 3000]), awake=st.booleans())
    def time_passes(self, minutes, awake):
        """The page may be awake meanwhile; then the job that closes what is over comes by."""
        clock.move(timedelta(minutes=minutes))
        if awake and self.visit_id:
            guests.note_present([self.visit_id], now=clock.now())
        guests.close_lost(now=clock.now())
        guests.close_expired(now=clock.now())
        db.session.commit()
        if self.state == visits.WAITING and not awake:
            self.state, self.here = visits.LEFT, False
        elif self.state == visits.WAITING and clock.now() >= self.valid_until + guests.WAITS_ON:
            self.state, self.here = visits.EXPIRED, False

    @invariant()
    def one_guest_at_a_time_and_nobody_let_in_by_themself(self):
        if not self.visit_id:
            return
        found = {
            visit.id: (visit.state, visit.call_id if visit.state in visits.RUNNING else "")
            for visit in db.session.scalars(select(Visit).where(Visit.code_id == self.code_id))
        }
        db.session.rollback()
        assert found.pop(self.visit_id) == (self.state, self.call_id)
        assert all(state not in visits.OPEN for state, _call in found.values())

    @invariant()
    def whoever_was_there_before_is_out(self):
        for pages in self.tokens.values():
            for token in pages[:-1]:
                assert tokens.who(token, now=clock.now()) is None


@pytest.mark.requirement("WR-5", "COD-4")
def test_whatever_happens_one_code_brings_one_guest_whom_the_doctor_lets_in(world):
    db.session.remove()
    story = type("Story", (CodeStory,), {"ash": world.ash})
    few = settings(
        max_examples=12,
        stateful_step_count=15,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(story, settings=few)
