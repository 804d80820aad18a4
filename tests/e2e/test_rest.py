"""The whole path over plain HTTP."""

from __future__ import annotations

import uuid
from typing import Any

import jsonschema
import pytest
import requests
import yaml

from tests.conftest import ROOT
from tests.e2e.people import SECONDS, AgentClient, Visitor
from tests.e2e.product import Product, eventually

SCHEMA = yaml.safe_load((ROOT / "docs" / "handoff.context-1.schema.json").read_text())


def texts(messages: list[dict[str, Any]], sender: str | None = None) -> list[str]:
    return [message["text"] for message in messages if sender in {None, message["from"]}]


def handed_over(visitor: Visitor, agent: AgentClient) -> str:
    visitor.say("let me talk to a human please")
    row = agent.handoff_of(visitor.id)
    assert row is not None
    assert agent.act(row["id"], "claim").status_code == 200
    return row["id"]


def test_a_question_an_order_and_a_person(visitor: Visitor, sanne: AgentClient) -> None:
    (answer,) = visitor.say("how long does delivery take?")
    assert "working days" in answer["text"]
    assert "order" in " ".join(texts(visitor.say("where is my order?"))).lower()
    assert "FW-200417" in " ".join(texts(visitor.say("FW-200417")))
    told = " ".join(texts(visitor.say("this is useless, let me talk to a human")))
    assert told
    assert visitor.state["owner"] == "human"

    row = sanne.handoff_of(visitor.id)
    assert row is not None
    detail = sanne.detail(row["id"])
    package = detail["package"]
    jsonschema.validate(package, SCHEMA)
    assert package["fields"]["order_number"] == "FW-200417"
    assert package["intent"]["name"] == "track_order"
    assert (package["topic"], package["queue"]) == ("support", "support")
    assert package["trigger"]["kind"] == "explicit_request"
    assert package["page"]["url"] == "https://fernway.example/order.html"
    assert package["urgency"] == {"level": "high", "reasons": ["sounds frustrated", "asked for a person"]}
    assert "how long delivery takes" in package["summary"]["already_answered"]
    assert package["visitor"]["timezone"] == "Europe/Amsterdam"
    assert len(package["summary"]["text"].split()) <= 80


def test_agent_and_visitor_talk_and_the_assistant_keeps_out_of_it(
    visitor: Visitor, sanne: AgentClient, product: Product
) -> None:
    handoff_id = handed_over(visitor, sanne)
    sanne.reply(handoff_id, "Hello, this is Sanne.")
    assert visitor.say("thank you, my desk is late") == []
    assert visitor.say("/restart") == []
    assert visitor.say("how long does delivery take?") == []
    said = sanne.detail(handoff_id)["messages"]
    assert texts(said, "visitor")[-3:] == ["thank you, my desk is late", "/restart", "how long does delivery take?"]
    history = visitor.history()
    assert [message["seq"] for message in history] == list(range(1, len(history) + 1))
    (hello,) = [message for message in history if message["from"] == "agent"]
    assert (hello["text"], hello["name"]) == ("Hello, this is Sanne.", "Sanne de Vries")
    assert sanne.act(handoff_id, "hand_back").status_code == 200

    def rasa_knows() -> bool:
        with product.services.uow.read() as tx:
            return tx.outbox.undelivered() == 0

    eventually(rasa_knows, "the outbox is empty")
    answers = texts(visitor.say("how long does delivery take?"))
    assert ["working days" in answer for answer in answers] == [True], answers


def test_card_numbers_are_stored_nowhere(visitor: Visitor, sanne: AgentClient, product: Product) -> None:
    card = "4111 1111 1111 1111"
    visitor.say(f"hello, my card is {card}")
    visitor.say("let me talk to a human please")
    detail = sanne.detail(sanne.handoff_of(visitor.id)["id"])  # type: ignore[index]
    assert "[card number removed]" in str(detail)
    for file in product.settings.var_dir.glob("*.db*"):
        assert card.encode() not in file.read_bytes(), f"{file.name} holds a card number"


def test_a_repeated_message_has_its_effect_once(visitor: Visitor) -> None:
    first = visitor.say("how long does delivery take?", client_id="same")
    again = visitor.say("how long does delivery take?", client_id="same")
    assert first == again
    assert len(visitor.history()) == 2


def test_asking_again_while_waiting_is_answered_and_raises_the_urgency(visitor: Visitor, sanne: AgentClient) -> None:
    visitor.say("I want to talk to a person")
    before = sanne.handoff_of(visitor.id)
    again = visitor.say("this is ridiculous, I want a human now or you hear from my lawyer")
    assert again, "no silence for somebody who asks for a person"
    after = sanne.handoff_of(visitor.id)
    assert before is not None
    assert after is not None
    assert after["id"] == before["id"]
    assert (before["urgency"]["level"], after["urgency"]["level"]) == ("normal", "high")
    visitor.say("anna@example.com")
    assert sanne.detail(after["id"])["package"]["visitor"]["email"] == "anna@example.com"


def test_what_the_visitor_tells_the_agent_reaches_the_card(visitor: Visitor, sanne: AgentClient) -> None:
    handoff_id = handed_over(visitor, sanne)
    visitor.say("my e-mail is tom@example.com and it is about order FW-200417")
    package = sanne.detail(handoff_id)["package"]
    assert package["visitor"]["email"] == "tom@example.com"
    assert package["fields"]["order_number"] == "FW-200417"


@pytest.mark.parametrize("typed", ["/restart", "/request_human{}", "/session_start", "/back", "  /affirm"])
def test_typed_commands_are_plain_text(visitor: Visitor, typed: str) -> None:
    visitor.say("hello")
    replies = visitor.say(typed)
    assert replies, "the assistant answers as to any text it does not understand"
    assert visitor.state["owner"] == "assistant"
    assert texts(visitor.history(), "visitor")[-1] == typed.strip()
    assert texts(visitor.history(), "visitor")[0] == "hello"


def test_only_buttons_that_were_offered_can_be_pressed(visitor: Visitor) -> None:
    refused = visitor.send(payload="/request_human")
    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "payload_not_offered"
    offered = [button for message in visitor.say("qwfp arst zxcd") for button in message["buttons"]]
    person = next(button for button in offered if button["payload"] == "/request_human")
    visitor.say(payload=person["payload"])
    assert visitor.state["owner"] == "human"
    assert texts(visitor.history(), "visitor")[-1] == person["title"]


def test_nobody_reads_or_writes_another_conversation(visitor: Visitor, product: Product) -> None:
    other = Visitor(product.web)
    visitor.say("hello")

    def get(**headers: str) -> int:
        return requests.get(
            f"{product.web}/messages", params={"conversation_id": visitor.id}, headers=headers, timeout=SECONDS
        ).status_code

    def post(**headers: str) -> int:
        body = {"text": "hi", "client_message_id": "x", "conversation_id": visitor.id}
        return requests.post(f"{product.web}/messages", json=body, headers=headers, timeout=SECONDS).status_code

    assert get() == post() == 401
    assert get(Authorization="Bearer nonsense") == post(Authorization="Bearer nonsense") == 401
    assert get(**other.headers) == post(**other.headers) == 403
    assert len(visitor.history()) == 2


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "invalid_input"),
        (b"[]", 400, "invalid_input"),
        (b'{"text": "hi"}', 400, "invalid_input"),
        (b'{"client_message_id": "1", "text": 7}', 400, "invalid_input"),
        (b'{"client_message_id": "1", "text": "  "}', 400, "empty"),
        (b'{"client_message_id": "1", "text": "hi", "sender": "x"}', 400, "invalid_input"),
        (b'{"client_message_id": "1", "text": "' + b"x" * 4001 + b'"}', 413, "too_long"),
        (b'{"client_message_id": "1", "text": "a\\u0000b"}', 400, "invalid_input"),
    ],
)
def test_bad_requests_are_explained(visitor: Visitor, body: bytes, status: int, code: str) -> None:
    answer = requests.post(f"{visitor.web}/messages", data=body, headers=visitor.headers, timeout=SECONDS)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.json()["error"]["message"]
    assert visitor.history() == []


def test_rasas_own_rest_channel_hands_over_honestly(product: Product, sanne: AgentClient) -> None:
    sender = uuid.uuid4().hex

    def say(message: str) -> str:
        answer = requests.post(
            f"{product.settings.rasa_url}/webhooks/rest/webhook",
            json={"sender": sender, "message": message, "metadata": {"page": {"url": "https://fernway.example/x"}}},
            timeout=SECONDS,
        )
        return " ".join(message.get("text", "") for message in answer.json())

    assert "working days" in say("how long does delivery take?")
    assert say("I want to speak with a person")
    row = eventually(lambda: sanne.handoff_of(sender), "the handoff is on the desk")
    assert row["page_url"] == "https://fernway.example/x"
    assert sanne.act(row["id"], "claim").status_code == 200
    assert say("are you there?") == ""
    assert say("/restart") == ""
    said = sanne.detail(row["id"])["messages"]
    assert texts(said, "visitor")[-2:] == ["are you there?", "/restart"]
    sanne.act(row["id"], "resolve")
    eventually(lambda: "working days" in say("how long does delivery take?"), "the assistant is back")


def test_the_http_api_and_the_action_server_need_their_secrets(product: Product) -> None:
    api = product.settings.rasa_url
    assert requests.get(f"{api}/conversations/x/tracker", timeout=SECONDS).status_code == 401
    assert requests.put(f"{api}/model", json={"model_file": "/tmp/x"}, timeout=SECONDS).status_code == 401
    call = requests.post(f"{product.settings.actions_url}/webhook", json={"next_action": "x"}, timeout=SECONDS)
    assert call.status_code == 401
