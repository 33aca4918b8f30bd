import pytest

from media.errors import EngineError
from media.messages import Message, envelope, wire
from media.relay import Member, Relay, Seat
from tests.media.sdp_samples import GOOD

CALL, FOREIGN = "ca11" + "0" * 28, "ca11" + "f" * 28
PAGE = "5e55" + "0" * 28
DOCTOR = Member("d" * 32, "Dr. Mara Probe", "host", "1" * 32)
ERIKA = Member("e" * 32, "Erika Muster", "guest")
JAN = Member("a" * 32, "Jan Beispiel", "guest", "2" * 32)


class Portal:
    """Stands for the portal: one call, and one of its members asks."""

    def __init__(self, me, *others):
        self.place = Seat(me, others)
        self.ended = None
        self.noted = None

    def seat(self, call):
        return self.place if call == CALL else None

    def enter(self, call, session):
        if call == CALL:
            self.noted = session
        return self.seat(call)

    def depart(self, call):
        return self.seat(call)

    def remove(self, call, participant):
        place = self.seat(call)
        everybody = (place.me, *place.others)
        gone = next(one for one in everybody if one.participant == participant)
        return Seat(gone, tuple(one for one in everybody if one != gone))

    def hand_over(self, call, participant):
        self.led_by = participant if self.seat(call) else None

    def end(self, call, reason):
        self.ended = (call, reason)


def handle(portal, kind, **body):
    relay = Relay(portal, lambda _: {"servers": [], "relay_only": False})
    return relay.handle(envelope({"id": "7f", "type": kind, kind: body}))


def describe(portal, to, call=CALL):
    description = {"type": "offer", "sdp": GOOD}
    return handle(
        portal, "call.description", call=call, to=to, session=PAGE, description=description
    )


def test_who_joins_learns_who_is_there_and_the_others_hear_of_it():
    portal = Portal(ERIKA, DOCTOR, JAN)
    outcome = handle(portal, "call.join", call=CALL, session=PAGE)
    assert portal.noted == PAGE
    assert outcome.answer.body["participant"] == ERIKA.participant
    assert [other["name"] for other in outcome.answer.body["participants"]] == [
        "Dr. Mara Probe",
        "Jan Beispiel",
    ]
    assert {delivery.participant for delivery in outcome.deliveries} == {
        DOCTOR.participant,
        JAN.participant,
        ERIKA.participant,
    }
    assert {delivery.message.type for delivery in outcome.deliveries} == {"call.joined"}


def test_a_description_reaches_the_one_it_is_meant_for():
    outcome = describe(Portal(DOCTOR, ERIKA, JAN), ERIKA.participant)
    assert outcome.answer == Message("call.description", {}, "7f")
    (delivery,) = outcome.deliveries
    assert delivery.participant == ERIKA.participant
    assert delivery.message.body["from"] == DOCTOR.participant
    assert "to" not in delivery.message.body


def test_a_sender_cannot_speak_for_another():
    with pytest.raises(EngineError) as caught:
        handle(
            Portal(ERIKA, DOCTOR),
            "call.candidate",
            **{"call": CALL, "to": DOCTOR.participant, "from": JAN.participant},
            session=PAGE,
            candidate=None,
        )
    assert caught.value.code == "invalid_message"


def test_a_candidate_without_id_is_passed_on_without_answer():
    body = {"call": CALL, "to": DOCTOR.participant, "session": PAGE, "candidate": None}
    relay = Relay(Portal(ERIKA, DOCTOR), lambda _: {})
    outcome = relay.handle(envelope({"type": "call.candidate", "call.candidate": body}))
    assert outcome.answer is None
    assert outcome.deliveries[0].participant == DOCTOR.participant


@pytest.mark.requirement("WR-5")
@pytest.mark.parametrize("stranger", [JAN.participant, ERIKA.participant, "0" * 32])
def test_nobody_outside_the_call_is_reached(stranger):
    with pytest.raises(EngineError) as caught:
        describe(Portal(ERIKA, DOCTOR), stranger)
    assert caught.value.code == "not_joined"


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("call.join", {"session": PAGE}),
        ("call.leave", {}),
        ("call.remove", {"participant": DOCTOR.participant}),
        ("call.hand_over", {"participant": DOCTOR.participant}),
        ("call.candidate", {"to": DOCTOR.participant, "session": PAGE, "candidate": None}),
    ],
)
def test_a_foreign_call_is_answered_like_one_that_never_was(kind, more):
    portal = Portal(ERIKA, DOCTOR)
    with pytest.raises(EngineError) as caught:
        handle(portal, kind, call=FOREIGN, **more)
    assert (caught.value.code, caught.value.details) == ("not_joined", {})
    assert portal.noted is None
    assert portal.ended is None


def test_when_the_host_leaves_the_call_ends_for_all():
    portal = Portal(DOCTOR, ERIKA, JAN)
    outcome = handle(portal, "call.leave", call=CALL)
    assert portal.ended == (CALL, "host_left")
    ended = [one for one in outcome.deliveries if one.message.type == "call.ended"]
    assert {one.participant for one in ended} == {
        DOCTOR.participant,
        ERIKA.participant,
        JAN.participant,
    }


def test_who_would_stay_alone_is_released():
    portal = Portal(ERIKA, DOCTOR)
    outcome = handle(portal, "call.leave", call=CALL)
    assert portal.ended == (CALL, "alone")
    told = [
        wire(one.message) for one in outcome.deliveries if one.participant == DOCTOR.participant
    ]
    assert told == [
        {
            "type": "call.left",
            "call.left": {"call": CALL, "participant": ERIKA.participant, "reason": "left"},
        },
        {"type": "call.ended", "call.ended": {"call": CALL, "reason": "alone"}},
    ]


def test_a_group_goes_on_when_a_guest_leaves():
    portal = Portal(ERIKA, DOCTOR, JAN)
    outcome = handle(portal, "call.leave", call=CALL)
    assert portal.ended is None
    assert told(outcome, DOCTOR, JAN) == [("call.left", "left")] * 2
    assert told(outcome, ERIKA) == [("call.ended", "ended")]


def told(outcome, *people):
    """Return what was said to some people, as types and reasons."""
    names = {one.participant for one in people}
    heard = [each.message for each in outcome.deliveries if each.participant in names]
    return [(message.type, message.body.get("reason")) for message in heard]


@pytest.mark.requirement("CALL-3")
def test_the_host_takes_one_out_and_the_call_goes_on():
    portal = Portal(DOCTOR, ERIKA, JAN)
    outcome = handle(portal, "call.remove", call=CALL, participant=JAN.participant)
    assert portal.ended is None
    assert told(outcome, JAN) == [("call.ended", "removed")]
    assert told(outcome, DOCTOR, ERIKA) == [("call.left", "removed")] * 2


def test_taking_out_the_last_one_ends_the_call():
    portal = Portal(DOCTOR, ERIKA)
    outcome = handle(portal, "call.remove", call=CALL, participant=ERIKA.participant)
    assert portal.ended == (CALL, "alone")
    assert told(outcome, ERIKA) == [("call.ended", "removed")]


@pytest.mark.requirement("CALL-3")
def test_all_hear_who_leads_the_call_now():
    portal = Portal(DOCTOR, ERIKA, JAN)
    outcome = handle(portal, "call.hand_over", call=CALL, participant=JAN.participant)
    assert portal.led_by == JAN.participant
    assert told(outcome, DOCTOR, ERIKA, JAN) == [("call.host", None)] * 3


@pytest.mark.requirement("CALL-3")
@pytest.mark.parametrize("kind", ["call.remove", "call.hand_over"])
def test_only_the_host_acts_on_others_and_only_on_those_in_the_call(kind):
    with pytest.raises(EngineError) as caught:
        handle(Portal(ERIKA, DOCTOR, JAN), kind, call=CALL, participant=JAN.participant)
    assert caught.value.code == "not_host"
    for nobody in (DOCTOR.participant, "0" * 32):
        with pytest.raises(EngineError) as caught:
            handle(Portal(DOCTOR, ERIKA), kind, call=CALL, participant=nobody)
        assert caught.value.code == "not_joined"


def test_hello_is_not_for_the_relay():
    with pytest.raises(EngineError) as caught:
        handle(Portal(ERIKA), "hello", version="1.0", features=[], session=PAGE)
    assert caught.value.code == "unknown_type"
