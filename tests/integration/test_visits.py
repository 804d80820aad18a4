"""What is said is counted into visits, in the transaction that records it, on real databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, UserUttered
from sqlalchemy import Row, select

from handoff.bootstrap import Services
from handoff.domain.model import Agent, HandoffRequest, Sender
from handoff.domain.mood import REPEATED_QUESTION
from handoff.persistence.tables import messages, visits
from handoff.rasa.event_broker import HandoffEventBroker
from handoff.rasa.so_far import form_that_asked
from handoff.service.ports import NewMessage
from tests.conftest import Clock
from tests.unit.domain.talk import visitor

DELIVERY, HUMAN = "faq/delivery_time", "request_human"
GAP = 60 * 60  # seconds; visit_gap_minutes of handoff.yml
ONE_DATABASE = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
"""For what does not depend on the database."""


class Visitor:
    """Somebody whose words are recorded as the event broker does it: each turn with its answer, in one go."""

    def __init__(self, services: Services, clock: Clock, conversation_id: str = "c1") -> None:
        self.services = services
        self.clock = clock
        self.id = conversation_id
        self.count = 0

    def says(self, intent: str | None, *, answered: bool = True, **more: Any) -> NewMessage:
        """Something that NLU takes for ``intent``, and the assistant's answer a second later."""
        self.count += 1
        message_id = f"{self.id}-{self.count}"
        said = NewMessage(message_id, self.id, Sender.VISITOR, intent or "x", self.clock(), intent=intent, **more)
        lines = [said]
        if answered:
            self.clock.advance(1)
            lines.append(self._answer(message_id))
        self.services.record(lines, "web")
        return said

    def asks_for_a_person(self, **more: Any) -> str:
        """The id of the handoff that the turn leads to: as in Rasa, it is made before the turn is recorded."""
        message_id = f"{self.id}-{self.count + 1}"
        turn = replace(visitor(HUMAN, HUMAN), message_id=message_id)
        handoff_id = self.services.request(HandoffRequest(self.id, "web", (turn,))).handoff_id
        self.says(HUMAN, **more)
        return handoff_id

    def _answer(self, message_id: str) -> NewMessage:
        return NewMessage(
            f"{message_id}:0", self.id, Sender.ASSISTANT, "an answer", self.clock(), in_reply_to=message_id
        )


@pytest.fixture
def anna(services: Services, clock: Clock) -> Visitor:
    return Visitor(services, clock)


def stays(services: Services) -> list[Row[Any]]:
    with services.uow.read() as tx:
        return list(tx.connection.execute(select(visits).order_by(visits.c.id)))


def stay(services: Services) -> Row[Any]:
    (only,) = stays(services)
    return only


def marks(services: Services) -> list[tuple[str | None, str | None, int | None]]:
    """(outcome, doubt, visit) of the visitor's messages, in order."""
    with services.uow.read() as tx:
        query = select(messages.c.outcome, messages.c.doubt, messages.c.visit_id).where(messages.c.sender == "visitor")
        return [tuple(row) for row in tx.connection.execute(query.order_by(messages.c.conversation_id, messages.c.seq))]


def counters(row: Row[Any]) -> dict[str, int]:
    names = ("messages", "answered", "not_understood", "out_of_scope", "small_talk", "frustrated", "doubts")
    return {name: getattr(row, name) for name in names if getattr(row, name)}


# ---- where a visit begins and ends


def test_a_visit_counts_what_became_of_each_message(services: Services, anna: Visitor) -> None:
    began = anna.clock()
    anna.says("greet", page="https://shop.example/desks")
    anna.says("track_order", page="https://shop.example/order")
    anna.says("inform", in_form=True)
    anna.says("nlu_fallback")
    anna.says("out_of_scope", frustration=0.9)
    row = stay(services)
    assert counters(row) == {
        "messages": 5,
        "answered": 1,
        "small_talk": 2,
        "not_understood": 1,
        "out_of_scope": 1,
        "frustrated": 1,
    }
    assert (row.page, row.topic, row.intent) == ("https://shop.example/desks", "support", "track_order")
    assert (row.started_at, row.last_at) == (began, anna.clock())
    assert [outcome for outcome, _, _ in marks(services)] == [
        "small_talk",
        "answered",
        "form_reply",
        "not_understood",
        "out_of_scope",
    ]
    assert {visit for _, _, visit in marks(services)} == {row.id}


def test_a_long_silence_ends_it_and_the_next_is_a_return(services: Services, anna: Visitor) -> None:
    anna.says(DELIVERY)
    anna.clock.advance(GAP)
    anna.says("greet")
    anna.clock.advance(GAP + 1)
    again = anna.says(DELIVERY)
    first, second = stays(services)
    assert (first.messages, second.messages) == (2, 1)
    assert (first.returned_at, second.returned_at) == (again.at, None)


@ONE_DATABASE
def test_the_first_request_gives_the_topic_and_others_do_not_change_it(services: Services, anna: Visitor) -> None:
    anna.says("greet")
    anna.says("custom_pricing")
    anna.says(DELIVERY)
    assert (stay(services).topic, stay(services).intent) == ("sales", "custom_pricing")


def test_a_repeat_counts_once(services: Services, anna: Visitor) -> None:
    said = anna.says(DELIVERY)
    anna.says("nlu_fallback")
    before = stay(services)
    services.record([said], "web")
    services.record([replace(said, at=said.at + timedelta(days=3))], "web")
    assert stay(services) == before, "not even when the repeat comes so late that it looks like a new visit"


@ONE_DATABASE
def test_visitors_do_not_count_for_each_other(services: Services, clock: Clock) -> None:
    for name in ("c1", "c2"):
        Visitor(services, clock, name).says(DELIVERY)
    assert [(row.conversation_id, row.messages) for row in stays(services)] == [("c1", 1), ("c2", 1)]


@ONE_DATABASE
def test_what_the_assistant_says_first_belongs_to_no_visit(services: Services, clock: Clock) -> None:
    hello = NewMessage("a", "c1", Sender.ASSISTANT, "Hello!", clock())
    services.record([hello], "web")
    assert stays(services) == []
    Visitor(services, clock).says(DELIVERY)
    assert stay(services).messages == 1


# ---- doubts


def test_an_answer_that_is_asked_for_again_was_probably_wrong(services: Services, anna: Visitor) -> None:
    anna.says(DELIVERY)
    anna.says(DELIVERY, signals=(REPEATED_QUESTION,))
    anna.says("express_frustration")
    anna.says("express_frustration")
    assert [doubt for _, doubt, _ in marks(services)] == ["rephrased", "frustrated", None, None]
    assert stay(services).doubts == 2, "the last one follows no answer"


@ONE_DATABASE
def test_what_was_not_answered_cannot_have_been_answered_wrongly(services: Services, anna: Visitor) -> None:
    for intent in ("nlu_fallback", "out_of_scope", "greet"):
        anna.says(intent)
        anna.says(intent, signals=(REPEATED_QUESTION,))
    assert stay(services).doubts == 0


@ONE_DATABASE
def test_a_new_visit_says_nothing_of_the_one_before(services: Services, anna: Visitor) -> None:
    anna.says(DELIVERY)
    anna.clock.advance(GAP + 2)
    anna.says(DELIVERY, signals=(REPEATED_QUESTION,))
    assert [row.doubts for row in stays(services)] == [0, 0]


# ---- handoffs


def test_a_handoff_belongs_to_the_visit_that_led_to_it(services: Services, anna: Visitor, sanne: Agent) -> None:
    anna.says(DELIVERY)
    handoff_id = anna.asks_for_a_person(frustration=0.9)
    row = stay(services)
    with services.uow.read() as tx:
        handoff = tx.handoffs.get(handoff_id)
    assert (row.handoff_id, row.handoff_at) == (handoff_id, handoff.created_at)
    assert (row.trigger, row.topic, row.intent) == ("explicit_request", handoff.topic, DELIVERY)
    assert row.doubts == 1, "that somebody is upset after an answer is seen in the turn that brings a person in, too"
    assert marks(services)[-1][0] == "small_talk", "the assistant heard it, and handed over"


@ONE_DATABASE
def test_what_a_person_hears_is_no_success_and_no_failure_of_the_assistant(
    services: Services, anna: Visitor, sanne: Agent
) -> None:
    handoff_id = anna.asks_for_a_person()
    anna.says("nlu_fallback", answered=False, frustration=0.9)
    services.claim(handoff_id, sanne.id)
    anna.says(DELIVERY, answered=False)
    assert [outcome for outcome, _, _ in marks(services)] == ["small_talk", "human", "human"]
    assert counters(stay(services)) == {"messages": 3, "small_talk": 1}
    services.resolve(handoff_id, sanne.id)
    anna.says(DELIVERY)
    assert marks(services)[-1][0] == "answered"


def test_who_waits_is_still_on_the_same_visit(services: Services, anna: Visitor, sanne: Agent) -> None:
    first = anna.asks_for_a_person()
    anna.clock.advance(5 * GAP)
    anna.says("greet", answered=False)
    services.claim(first, sanne.id)
    services.resolve(first, sanne.id)
    second = anna.asks_for_a_person()
    anna.clock.advance(5 * GAP)
    anna.says("greet", answered=False)
    row = stay(services)
    assert second != first
    assert (row.handoff_id, row.messages) == (first, 4), (
        "the second handoff keeps it open too, and the first one counts"
    )


@ONE_DATABASE
def test_an_agents_words_keep_it_going(services: Services, anna: Visitor, sanne: Agent) -> None:
    handoff_id = anna.asks_for_a_person()
    services.claim(handoff_id, sanne.id)
    anna.clock.advance(GAP)
    services.reply(handoff_id, sanne.id, "It leaves today.", "r1")
    services.resolve(handoff_id, sanne.id)
    anna.clock.advance(GAP)
    anna.says("thank")
    row = stay(services)
    assert row.messages == 2
    with services.uow.read() as tx:
        query = select(messages.c.visit_id).where(messages.c.sender.in_(["agent", "system"]))
        assert set(tx.connection.execute(query).scalars()) == {row.id}


def test_a_handoff_after_a_silence_is_of_the_new_visit(services: Services, anna: Visitor) -> None:
    anna.says(DELIVERY)
    anna.clock.advance(10 * GAP)
    handoff_id = anna.asks_for_a_person()
    first, second = stays(services)
    assert (first.handoff_id, second.handoff_id) == (None, handoff_id)
    assert first.returned_at == second.started_at


# ---- as the event broker hands it over


def event(kind: str, **more: Any) -> dict[str, Any]:
    return {"event": kind, "sender_id": "c1", **more}


def said(at: datetime, message_id: str = "m1", **parsed: Any) -> dict[str, Any]:
    return event("user", text="hello", message_id=message_id, timestamp=at.timestamp(), parse_data=parsed)


def test_a_turn_of_rasa_keeps_how_it_was_understood(services: Services, clock: Clock) -> None:
    parsed = {
        "intent": {"name": "nlu_fallback", "confidence": 0.4},
        "intent_ranking": [
            {"name": "nlu_fallback", "confidence": 0.4},
            {"name": "track_order", "confidence": 0.38217},
            {"name": "greet", "confidence": 0.1},
        ],
        "frustration": {"score": 0.7, "signals": ["negative_wording"]},
    }
    page = {"page": {"url": "https://shop.example/desks?ref=mail#top"}}
    turn = [
        said(clock(), **parsed) | {"metadata": page, "input_channel": "web"},
        event("bot", text="Sorry?", timestamp=clock().timestamp(), metadata={"utter_action": "utter_default"}),
    ]
    HandoffEventBroker(services).publish_turn(turn)
    with services.uow.read() as tx:
        heard, answer = tx.connection.execute(select(messages).order_by(messages.c.seq))
    assert (heard.page, heard.outcome, heard.in_form) == ("https://shop.example/desks", "not_understood", False)
    assert heard.signals == ["negative_wording"]
    assert heard.ranking == [{"name": "track_order", "confidence": 0.3822}, {"name": "greet", "confidence": 0.1}]
    assert (answer.response, answer.visit_id) == ("utter_default", heard.visit_id)
    assert stay(services).channel == "web"


@ONE_DATABASE
def test_what_a_form_had_asked_is_its_matter(services: Services, clock: Clock) -> None:
    HandoffEventBroker(services).publish_turn([said(clock(), intent={"name": "nlu_fallback"})], form="order_form")
    assert marks(services)[0][0] == "form_reply"


FORM, HANDOFF = "order_form", ActionExecuted("action_handoff")
USER, LISTEN, RUNS, FAQ = (
    UserUttered("hm"),
    ActionExecuted("action_listen"),
    ActionExecuted(FORM),
    ActionExecuted("faq"),
)
OPENS, ENDS = ActiveLoop(FORM), ActiveLoop(None)
OFFER = ActionExecuted("utter_empathy_offer_human")
OPEN = [USER, RUNS, OPENS, LISTEN]


@pytest.mark.parametrize(
    ("events", "asked"),
    [
        ([USER, FAQ, LISTEN], None),
        ([USER, RUNS, OPENS, LISTEN], None),
        ([USER, RUNS, OPENS, ENDS, LISTEN], None),
        ([*OPEN, USER, RUNS, LISTEN], FORM),
        ([*OPEN, USER, RUNS, ENDS, LISTEN], FORM),
        ([*OPEN, USER, FAQ, RUNS, LISTEN], FORM),
        ([*OPEN, USER, ENDS, FAQ, LISTEN], FORM),
        ([*OPEN, USER, FAQ, OFFER, OPENS, LISTEN, USER], FORM),
        ([*OPEN, USER, HANDOFF, ENDS, LISTEN], FORM),
        ([*OPEN, ENDS, USER, FAQ, LISTEN], None),
        ([*OPEN, ENDS, USER, RUNS, OPENS, LISTEN], None),
        ([], None),
    ],
    ids=[
        "no form",
        "opens",
        "opens and has what it needs",
        "asks again",
        "is answered",
        "waits while a question is answered",
        "is left for something else",
        "waits for an offer",
        "is closed by a handoff",
        "was closed when a person had handed back",
        "was closed so, and another opens",
        "nothing was said",
    ],
)
def test_which_form_had_asked(events: list[Event], asked: str | None) -> None:
    assert form_that_asked(events) == asked
