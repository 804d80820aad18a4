"""What is refused at the doors of the running server."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.e2e.people import SECONDS, AgentClient, Visitor
from tests.e2e.product import Product

HALF = "\ud83d"
HEAD_START = 0.3  # s; the request is in the server by then
QUICK = 1.0  # s; the other request waits for 4 s


def rest(product: Product, path: str = "/webhooks/rest/webhook", **body: Any) -> requests.Response:
    return requests.post(f"{product.settings.rasa_url}{path}", json=body, timeout=SECONDS)


@pytest.mark.parametrize(
    "path",
    [
        "/webhooks/rest/webhook",
        "/webhooks/rest/webhook/",
        "/webhooks/rest/webhook?stream=true",
        "/webhooks/rest/%77ebhook",
    ],
)
def test_stock_rest_opens_no_conversation_of_the_web_channel(product: Product, visitor: Visitor, path: str) -> None:
    visitor.say("my name is Tom and my e-mail is tom@example.org")
    before = visitor.history()
    answer = rest(product, path, sender=visitor.id, message="/request_human")
    assert answer.status_code in {403, 404}
    if answer.status_code == 403:
        assert answer.json()["error"]["code"] == "wrong_channel"
    assert "tom@example.org" not in answer.text
    assert visitor.history() == before
    assert visitor.state["owner"] == "assistant"


def test_stock_rest_starts_none_either_and_serves_its_own(product: Product) -> None:
    own = uuid.uuid4().hex
    assert rest(product, sender=own, message="hello", input_channel="web").status_code == 403
    assert rest(product, sender=[own], message="hello").status_code == 400
    assert rest(product, sender=own, message="hello").json()[0]["text"]
    assert rest(product, sender=own, message="how long does delivery take?").json()[0]["text"]


def test_half_a_character_does_no_harm(product: Product, visitor: Visitor, sanne: AgentClient) -> None:
    def send(**fields: Any) -> requests.Response:
        body = {"client_message_id": uuid.uuid4().hex, "text": "talk to a person"} | fields
        return requests.post(f"{product.web}/messages", json=body, headers=visitor.headers, timeout=SECONDS)

    for field in ("text", "client_message_id"):
        refused = send(**{field: HALF})
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid_input")
    assert send(page={"url": "https://fernway.example/", "title": f"Shop {HALF}"}).status_code == 200
    assert sanne.handoff_of(visitor.id) is not None
    started = requests.post(f"{product.web}/sessions", json={"locale": f"en{HALF}"}, timeout=SECONDS)
    assert started.status_code == 201
    far = requests.get(f"{product.web}/messages?after={'9' * 20}", headers=visitor.headers, timeout=SECONDS)
    assert far.json()["messages"] == []
    poll = f"{product.web}/socket.io/?EIO=4&transport=polling"
    assert requests.get(poll, headers={"Origin": "http://["}, timeout=SECONDS).status_code == 400


def test_who_waits_for_the_database_holds_nobody_up(product: Product, visitor: Visitor) -> None:
    visitor.say("hello")
    with product.services.uow.write(), ThreadPoolExecutor() as pool:  # the write lock is held here
        pool.submit(requests.post, f"{product.web}/sessions", json={}, timeout=SECONDS)
        time.sleep(HEAD_START)
        started = time.monotonic()
        visitor.history()
        assert time.monotonic() - started < QUICK
