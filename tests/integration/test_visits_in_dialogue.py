"""Visits of real dialogues: the project's rules, forms and actions, recorded by the tracker store and the event broker
as the Rasa server does it; only NLU is left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, select

from handoff.persistence.tables import events, messages, visits
from handoff.rasa import tracker_store
from handoff.rasa.event_broker import HandoffEventBroker
from handoff.rasa.tracker_store import MaskingTrackerStore
from tests.support.dialogue import Talk

pytest_plugins = ["tests.support.dialogue"]


@pytest.fixture
def recorded(talk: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Talk:
    """A conversation that is written down."""
    store = MaskingTrackerStore(
        None,
        talk.agent.domain,
        event_broker=HandoffEventBroker(talk.services),
        dialect="sqlite",
        db=str(tmp_path / "rasa.db"),
    )
    for holder in (talk.agent, talk.agent.processor):
        monkeypatch.setattr(holder, "tracker_store", store)
    monkeypatch.setattr(tracker_store, "process_services", lambda: talk.services)
    return talk


def heard(talk: Talk) -> list[tuple[str, str, str | None]]:
    """(intent, outcome, doubt) of what the visitor said."""
    query = select(messages.c.intent, messages.c.outcome, messages.c.doubt).where(messages.c.sender == "visitor")
    with talk.services.uow.read() as tx:
        return [tuple(row) for row in tx.connection.execute(query.order_by(messages.c.seq))]


def responses(talk: Talk) -> list[str | None]:
    """Names of what the assistant said."""
    query = select(messages.c.response).where(messages.c.sender == "assistant").order_by(messages.c.seq)
    with talk.services.uow.read() as tx:
        return list(tx.connection.execute(query).scalars())


def visit(talk: Talk) -> Row[Any]:
    with talk.services.uow.read() as tx:
        return tx.connection.execute(select(visits)).one()


async def test_what_a_form_takes_is_neither_answered_nor_misunderstood(recorded: Talk) -> None:
    await recorded.say("track_order")
    await recorded.say("nlu_fallback")
    await recorded.say("faq/delivery_time")
    await recorded.say("inform", order_number="FW-104233")
    await recorded.say("nlu_fallback")
    assert [(intent, outcome) for intent, outcome, _ in heard(recorded)] == [
        ("track_order", "answered"),
        ("nlu_fallback", "form_reply"),
        ("faq/delivery_time", "answered"),
        ("inform", "form_reply"),
        ("nlu_fallback", "not_understood"),
    ]
    assert (visit(recorded).answered, visit(recorded).small_talk, visit(recorded).not_understood) == (2, 2, 1)


async def test_a_form_that_waits_for_an_offer_had_asked(recorded: Talk) -> None:
    await recorded.say("track_order")
    offered = await recorded.say("nlu_fallback", 0.8, "negative_wording")
    assert offered == ["utter_empathy_offer_human"]
    await recorded.say("deny")
    assert [(intent, outcome) for intent, outcome, _ in heard(recorded)] == [
        ("track_order", "answered"),
        ("nlu_fallback", "form_reply"),
        ("deny", "form_reply"),
    ]
    assert heard(recorded)[0][2] == "frustrated", "the first answer was a question that upset the visitor"


async def test_a_handoff_that_a_yes_leads_to_is_of_the_visit_with_its_decision(recorded: Talk) -> None:
    await recorded.say("faq/delivery_time")
    await recorded.say("express_frustration")
    await recorded.say("affirm")
    row = visit(recorded)
    assert (row.handoff_id, row.trigger) == (recorded.package()["handoff_id"], "frustration")
    assert [doubt for _, _, doubt in heard(recorded)] == ["frustrated", None, None]
    assert responses(recorded)[:2] == ["utter_faq/delivery_time", "utter_empathy_offer_human"]
    with recorded.services.uow.read() as tx:
        (decision,) = tx.connection.execute(select(events.c.data).where(events.c.kind == "escalation")).scalars()
    assert (decision["step"], decision["trigger"]) == ("offer", "frustration")


async def test_strong_words_are_kept_as_a_decision_too(recorded: Talk) -> None:
    await recorded.say("inform", email="tom@example.org")
    await recorded.say("nlu_fallback", 0.97)
    with recorded.services.uow.read() as tx:
        (decision,) = tx.connection.execute(select(events.c.data).where(events.c.kind == "escalation")).scalars()
    assert (decision["step"], visit(recorded).trigger) == ("hand_off", "frustration")


async def test_after_a_person_has_handed_back_no_form_asks_any_more(recorded: Talk) -> None:
    await recorded.say("inform", email="tom@example.org")
    await recorded.say("track_order")
    await recorded.say("request_human")
    recorded.resolve()
    await recorded.say("nlu_fallback")
    assert heard(recorded)[-1][:2] == ("nlu_fallback", "not_understood")
