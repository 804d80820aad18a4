"""``kill -9`` of any process in the middle of a handoff: nothing lost, nothing doubled."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable

import requests

from tests.e2e.people import AgentClient, Visitor
from tests.e2e.product import Product, eventually


def insist(send: Callable[[], requests.Response], what: str) -> requests.Response:
    """Repeat a request until it is answered, as the widget and the desk's pages do."""

    def once() -> requests.Response | None:
        try:
            answer = send()
        except requests.RequestException:
            return None
        return answer if answer.status_code < 500 else None

    return eventually(once, what, seconds=90)


def conversation(visitor: Visitor, sender: str) -> list[str]:
    return [message["text"] for message in visitor.history() if message["from"] == sender]


def start_again(product: Product, name: str) -> threading.Thread:
    """Kill now and start in the background, so that somebody notices the gap."""
    product.kill(name)
    thread = threading.Thread(target=product.start, args=(name,))
    thread.start()
    return thread


def test_the_rasa_server_dies_while_people_talk(product: Product, visitor: Visitor, sanne: AgentClient) -> None:
    visitor.say("I want to talk to a person")
    handoff_id = sanne.handoff_of(visitor.id)["id"]  # type: ignore[index]
    sanne.act(handoff_id, "claim")
    sanne.reply(handoff_id, "before")
    starting = start_again(product, "rasa")
    sanne.reply(handoff_id, "while it is away")
    client_id = uuid.uuid4().hex
    insist(lambda: visitor.send("are you still there?", client_id=client_id), "the visitor's message is taken")
    insist(lambda: visitor.send("are you still there?", client_id=client_id), "and its repetition")
    starting.join()
    assert visitor.say("one more") == []
    said = [m["text"] for m in sanne.detail(handoff_id)["messages"] if m["from"] == "visitor"]
    assert said == ["I want to talk to a person", "are you still there?", "one more"]
    assert conversation(visitor, "agent") == ["before", "while it is away"]
    eventually(lambda: _delivered(product), "everything was shown to the visitor")
    tracker = _agent_texts_on_tracker(product, visitor)
    assert tracker == ["before", "while it is away"], "Rasa's tracker has each of them once too"
    sanne.act(handoff_id, "hand_back")
    assert "working days" in visitor.say("how long does delivery take?")[0]["text"]


def test_the_rasa_server_dies_in_the_middle_of_the_request(
    product: Product, visitor: Visitor, sanne: AgentClient
) -> None:
    client_id = uuid.uuid4().hex
    sending = threading.Thread(
        target=insist, args=(lambda: visitor.send("a human, please", client_id=client_id), "the request is answered")
    )
    sending.start()
    starting = start_again(product, "rasa")
    sending.join()
    starting.join()
    assert visitor.send("a human, please", client_id=client_id).json()["messages"], "the visitor was told"
    rows = [row for row in sanne.open_handoffs() if row["conversation_id"] == visitor.id]
    assert len(rows) == 1
    assert conversation(visitor, "visitor") == ["a human, please"]


def test_the_action_server_dies(product: Product, visitor: Visitor, sanne: AgentClient) -> None:
    visitor.say("hello")
    product.kill("actions")
    try:
        replies = visitor.say("I need to speak to a human")
        assert replies, "the visitor is told honestly that it did not work"
        assert "help@fernway.example" in " ".join(reply["text"] for reply in replies)
        assert visitor.state["owner"] == "assistant"
        assert sanne.handoff_of(visitor.id) is None
    finally:
        product.start("actions")
    assert visitor.say("I need to speak to a human")
    assert visitor.state["owner"] == "human"
    assert sanne.handoff_of(visitor.id) is not None


def test_the_desk_dies_while_people_talk(product: Product, visitor: Visitor, sanne: AgentClient) -> None:
    visitor.say("I want to talk to a person")
    handoff_id = sanne.handoff_of(visitor.id)["id"]  # type: ignore[index]
    sanne.act(handoff_id, "claim")
    starting = start_again(product, "desk")
    assert visitor.say("written while the desk is down") == []
    client_id = uuid.uuid4().hex
    reply = {"text": "back again", "client_message_id": client_id}
    for _ in range(2):
        insist(lambda: sanne.act(handoff_id, "reply", **reply), "the reply is taken")
    starting.join()
    said = [m["text"] for m in sanne.detail(handoff_id)["messages"] if m["from"] == "visitor"]
    assert said == ["I want to talk to a person", "written while the desk is down"]
    eventually(
        lambda: _agent_texts_on_tracker(product, visitor) == ["back again"], "the reply reaches the visitor once"
    )
    assert conversation(visitor, "agent") == ["back again"]


def _delivered(product: Product) -> bool:
    with product.services.uow.read() as tx:
        return tx.outbox.undelivered() == 0


def _agent_texts_on_tracker(product: Product, visitor: Visitor) -> list[str]:
    answer = requests.get(
        f"{product.settings.rasa_url}/conversations/{visitor.id}/tracker",
        params={"token": product.settings.rasa_auth_token, "include_events": "ALL"},
        timeout=15,
    )
    events = answer.json()["events"]
    recorded = [(event.get("metadata") or {}).get("handoff") for event in events if event["event"] == "bot"]
    return [item["message"]["text"] for item in recorded if item and item["message"]["from"] == "agent"]
