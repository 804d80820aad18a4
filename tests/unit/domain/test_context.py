from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.domain.context import build_package, with_details
from handoff.domain.masking import CARD_MASK
from handoff.domain.model import HandoffRequest, Page, TriggerKind, Turn, Visitor
from handoff.domain.rules import HandoffRules
from handoff.rules_file import load_rules
from tests.conftest import ROOT, Clock
from tests.unit.domain.talk import ORDER_STORY, START, assistant, visitor

SCHEMA = json.loads((ROOT / "docs" / "handoff.context-1.schema.json").read_text())
RULES = load_rules(ROOT / "handoff.yml")

REQUEST = HandoffRequest(
    conversation_id="c1",
    channel="web",
    turns=ORDER_STORY,
    visitor=Visitor(email="tom@example.org"),
    page=Page("https://fernway.example/order", "Your order"),
    fields={"order_number": "FW-104233"},
)


def package(request: HandoffRequest, now: datetime = START) -> dict:
    return build_package(request, RULES, handoff_id="h1", now=now, desk_url="http://desk")


def test_it_is_valid_and_complete(clock: Clock) -> None:
    built = package(REQUEST, clock())
    jsonschema.validate(built, SCHEMA)
    assert built["intent"]["name"] == "track_order"
    assert (built["topic"], built["queue"]) == ("support", "support")
    assert built["page"]["url"] == "https://fernway.example/order"
    assert built["fields"] == {"order_number": "FW-104233"}
    assert built["links"]["desk"] == "http://desk/desk/handoffs/h1"
    assert len(built["transcript"]) == len(ORDER_STORY)


def test_card_numbers_are_in_no_part_of_it() -> None:
    card = "4111 1111 1111 1111"
    request = replace(REQUEST, turns=(visitor(f"charge {card} back", "request_refund"),), fields={"website": card})
    text = json.dumps(package(request))
    assert card not in text
    assert text.count(CARD_MASK) >= 3  # evidence, summary, transcript


@pytest.mark.parametrize(
    ("intent", "topic"),
    [
        ("custom_pricing", "sales"),
        ("faq/invoice_copy", "billing"),
        ("account_problem", "technical"),
        ("legal_question", "general"),
        (None, "general"),
    ],
)
def test_topics_route_to_queues(intent: str | None, topic: str, rules: HandoffRules) -> None:
    built = package(replace(REQUEST, turns=(visitor("x", intent), visitor("a person", "request_human"))))
    assert (built["topic"], built["queue"]) == (topic, rules.topics[topic].queue)


@pytest.mark.parametrize(
    ("matter", "queue", "kind"),
    [
        (visitor("i want a refund", "request_refund"), "billing", "sensitive_topic"),
        (visitor("I want a demo", "demo_request"), "sales", "sales_intent"),
    ],
)
def test_a_question_answered_in_passing_does_not_change_what_it_is_about(matter: Turn, queue: str, kind: str) -> None:
    aside = visitor("what about shipping costs?", "faq/delivery_cost")
    built = package(replace(REQUEST, turns=(matter, aside, assistant("5.95"), visitor("FW-104233", "inform"))))
    assert (built["queue"], built["trigger"]["kind"]) == (queue, kind)
    assert "delivery costs" not in built["summary"]["headline"]


@pytest.mark.parametrize(
    ("words", "queue"),
    [
        ("speak to billing please", "billing"),
        ("connect me with SALES", "sales"),
        ("technical support, a person", "technical"),
        ("customer service please", "support"),
        ("a human", "support"),
    ],
)
def test_the_team_that_the_visitor_asks_for_wins(words: str, queue: str) -> None:
    turns = (visitor("where is it", "track_order"), visitor(words, "request_human"))
    assert package(replace(REQUEST, turns=turns))["queue"] == queue


def test_a_message_that_was_not_understood_goes_where_it_most_likely_belongs() -> None:
    turn = replace(visitor("wehn wil my desk ariv", "nlu_fallback", 0.2), guess="track_order")
    built = package(replace(REQUEST, turns=(turn,), trigger=TriggerKind.LOW_CONFIDENCE))
    assert built["queue"] == "support"
    assert "calm, not understood" in built["summary"]["text"]


def test_the_score_of_the_mood_is_in_it_where_it_is_the_reason() -> None:
    angry = visitor("USELESS", "nlu_fallback", frustration=0.912345, signals=("shouting",))
    request = replace(REQUEST, turns=(angry,), trigger=TriggerKind.FRUSTRATION, because=(str(angry.message_id),))
    built = package(request)
    jsonschema.validate(built, SCHEMA)
    assert built["trigger"]["evidence"] == [
        {
            "text": "USELESS",
            "reason": "sounds frustrated (0.91: shouting)",
            "intent": "nlu_fallback",
            "frustration": 0.9123,
            "signals": ["shouting"],
        }
    ]
    assert built["transcript"][0]["frustration"] == 0.9123


def test_the_mood_outlives_details_that_come_later() -> None:
    turns = (visitor("where is my order!!", "track_order", frustration=0.6), visitor("a person", "request_human"))
    before = package(replace(REQUEST, turns=turns))
    after = with_details(before, {"name": "Tom"}, RULES)
    assert before["summary"]["text"] != after["summary"]["text"]
    assert after["summary"]["text"].endswith("Mood: frustrated.")


def test_somebody_who_asks_again_calmly_is_not_called_angry() -> None:
    again = visitor("how long is it again", "faq/delivery_time", frustration=0.2, signals=("repeated_question",))
    built = package(replace(REQUEST, turns=(again,), trigger=TriggerKind.FRUSTRATION, because=(str(again.message_id),)))
    assert built["summary"]["text"].endswith("Mood: losing patience.")


text = st.text(max_size=300)
maybe = st.none() | text


@given(
    st.lists(
        st.tuples(
            text,
            st.none() | st.sampled_from(["track_order", "faq/warranty", "weird/intent", "greet"]),
            st.none() | st.floats(0, 1),
            st.lists(text, max_size=2).map(tuple),
        )
    ),
    st.tuples(maybe, maybe, maybe),
    st.tuples(maybe, maybe, maybe),
    st.dictionaries(st.text(max_size=20), text, max_size=4),
    st.none() | st.sampled_from(list(TriggerKind)),
)
def test_it_is_valid_whatever_people_write(
    said: list[tuple[str, str | None, float | None, tuple[str, ...]]],
    contact: tuple[str | None, str | None, str | None],
    page: tuple[str | None, str | None, str | None],
    fields: dict[str, str],
    trigger: TriggerKind | None,
) -> None:
    turns = tuple(visitor(words, intent, frustration=score, signals=signals) for words, intent, score, signals in said)
    request = HandoffRequest("c", "rest", turns, Visitor(*contact), Page(*page), fields, trigger)
    built = package(request)
    jsonschema.validate(built, SCHEMA)
    assert len(built["transcript"]) == len(said)
    assert built["queue"] in {topic.queue for topic in RULES.topics.values()}


def test_nothing_in_it_breaks_who_reads_it() -> None:
    half = "\ud83d"
    request = replace(
        REQUEST,
        turns=(visitor(f"a person {half}", "request_human"),),
        visitor=Visitor(name=half, email=half, phone=half, locale=half, timezone=half),
        page=Page(f"https://x/{half}", f"Shop {half}", half),
        fields={"platform": half},
    )
    assert json.dumps(package(request), ensure_ascii=False).encode("utf-8")


def test_secrets_of_the_page_are_in_no_part_of_it() -> None:
    page = Page("https://x/?card=4111111111111111", "Card 4111 1111 1111 1111", "https://x/?password=hunter2")
    text = json.dumps(package(replace(REQUEST, page=page)))
    assert not any(secret in text for secret in ("4111", "hunter2"))
