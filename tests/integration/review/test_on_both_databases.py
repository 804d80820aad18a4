"""What the review asks the database, and keeps there."""

from __future__ import annotations

from fastapi.testclient import TestClient

from handoff.bootstrap import Services
from handoff.domain.model import Agent
from tests.integration.conftest import db_url
from tests.integration.review.conftest import Visitors, review

__all__ = ["db_url"]

GIFTS = ("Do you sell gift cards?", "can I buy a gift card", "is there a gift voucher I could give my dad")
MORE = {"kind": "add_to_intent", "intent": "faq/delivery_time", "examples": ["how many days until my desk comes"]}


def test_three_ways_to_ask_are_one_group_with_the_persons_answer(
    as_boss: TestClient, visitors: Visitors, sanne: Agent
) -> None:
    for number, text in enumerate(GIFTS):
        visitors.ask(text, conversation=f"g{number}")
    visitors.ask("my screws are missing", conversation="other")
    handoff_id = visitors.answered_by(
        sanne,
        "g1",
        "Hi Lea, this is Sanne from Fernway.",
        "Hi Lea, we do: gift cards from 25 to 500 euros, by e-mail within an hour, and they never run out. Best, Sanne",
        "Anything else?",
    )
    found = review(as_boss)
    assert (found["encoder_ready"], found["total_messages"], found["total_groups"]) == (True, 4, 2)
    gifts, other = found["groups"]
    assert sorted(one["text"] for one in gifts["messages"]) == sorted(GIFTS)
    assert (gifts["visits"], gifts["count"], gifts["kinds"]) == (3, 3, {"not_understood": 3})
    assert (other["count"], other["visits"]) == (1, 1)
    assert gifts["name"] in GIFTS
    assert "gift" in gifts["faq_name"]
    assert gifts["human_answers"][0] == {
        "text": "We do: gift cards from 25 to 500 euros, by e-mail within an hour, and they never run out.",
        "agent": "Sanne de Vries",
        "handoff_id": handoff_id,
    }
    (asked,) = [one for one in gifts["messages"] if one["text"] == GIFTS[1]]
    assert asked["answer"] == "I am not sure what you mean."
    assert (asked["response"], asked["kind"]) == ("utter_not_understood", "not_understood")
    assert asked["next"] == "handed over: asked for a person"
    assert asked["page"] == "https://fernway.example/desks"
    (left,) = [one for one in gifts["messages"] if one["text"] == GIFTS[0]]
    assert left["next"] == "the visitor left"
    assert set(gifts["message_ids"]) == {one["id"] for one in gifts["messages"]}


def test_wrong_answers_come_before_what_nobody_can_answer(as_boss: TestClient, visitors: Visitors) -> None:
    visitors.ask("sing me a song", "out_of_scope", conversation="a")
    first = visitors.ask(
        "what does the warranty say about scratches", "faq/warranty", conversation="b", response="utter_faq/warranty"
    )
    visitors.ask("and scratches, are they covered?", "faq/warranty", conversation="b", signals=("repeated_question",))
    groups = review(as_boss)["groups"]
    assert [group["kinds"] for group in groups] == [{"rephrased": 1}, {"out_of_scope": 1}]
    (message,) = groups[0]["messages"]
    assert message["id"] == first
    assert message["next"] == "asked again: and scratches, are they covered?"
    assert message["response"] == "utter_faq/warranty"


def test_an_answer_that_annoyed_and_a_message_that_is_annoyed(as_boss: TestClient, visitors: Visitors) -> None:
    answered = visitors.ask("can I change the colour", "change_order", conversation="a")
    angry = visitors.ask("this is useless", "express_frustration", conversation="a", frustration=0.8)
    for kind, message_id in (("annoyed", answered), ("frustrated", angry)):
        (group,) = review(as_boss, f"kind={kind}")["groups"]
        assert [(one["id"], one["kind"]) for one in group["messages"]] == [(message_id, kind)]
    assert review(as_boss, "kind=not_understood")["groups"] == []


def test_what_is_ignored_is_gone(as_boss: TestClient, visitors: Visitors) -> None:
    first, second = visitors.ask("tell me about gift cards"), visitors.ask("where is your showroom")
    answer = as_boss.post("/api/review/ignore", json={"message_ids": [first, first, "no-such-message"]})
    assert answer.json() == {"ignored": 1}
    assert [group["message_ids"] for group in review(as_boss)["groups"]] == [[second]]
    assert as_boss.post("/api/review/ignore", json={"message_ids": [first]}).json() == {"ignored": 0}


def test_messages_are_settled_when_a_change_is_accepted(
    as_boss: TestClient, boss: Agent, visitors: Visitors, services: Services
) -> None:
    first, second, third = (visitors.ask(text, conversation=f"g{text[0]}") for text in GIFTS)
    operations = [MORE | {"message_ids": [first]}, {"kind": "ignore", "message_ids": [second]}]
    change = as_boss.post("/api/review/changes", json={"operations": operations}).json()
    assert (change["messages"], review(as_boss)["total_messages"]) == (2, 3)
    accepted = as_boss.post(f"/api/review/changes/{change['id']}/accept", json={"how": "files"})
    assert accepted.status_code == 200, accepted.text
    (group,) = review(as_boss)["groups"]
    assert group["message_ids"] == [third]
    with services.uow.read() as tx:
        columns = "message_id, conversation_id, decision, change_id, agent_id"
        found = tx.connection.exec_driver_sql(f"SELECT {columns} FROM review_decisions ORDER BY decision")
        rows = [tuple(row) for row in found]
    assert rows == [
        (second, "gc", "ignored", change["id"], boss.id),
        (first, "gD", "intent", change["id"], boss.id),
    ]
    (listed,) = as_boss.get("/api/review/changes").json()["changes"]
    assert (listed["status"], listed["decided_by"]) == ("accepted", "Mila Novak")
