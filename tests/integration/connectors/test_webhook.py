"""The connector `webhook` against a receiver that checks signature and schema, and against the examples of its page."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from jsonschema.exceptions import ValidationError as BrokenSchema
from pydantic import ValidationError

from handoff.connectors.base import (
    AgentJoined,
    AgentMessage,
    AgentOfLiveChat,
    Closed,
    DeliveryState,
    Event,
    Finding,
    NotYet,
    Transferred,
    Undeliverable,
    WebhookRefused,
    WebhookRequest,
)
from handoff.connectors.webhook import WebhookConnector, WebhookOptions
from handoff.domain.errors import InvalidInput
from handoff.domain.model import Sender
from handoff.domain.rules import HandoffRules
from tests.conftest import ROOT
from tests.integration.connectors.attempts import CONVERSATION_ID, DESK_URL, HANDOFF_ID, Book, message, package
from tests.integration.connectors.conformance import as_request
from tests.support.live_chats.base import Answer, Fault, Request, Seen, Webhook
from tests.support.live_chats.webhook import PATH, SECRET, FakeWebhook, hmac_of, validator

MAYA = {"id": "maya.okafor", "name": "Maya Okafor"}
BOTH = AgentOfLiveChat("maya.okafor", "Maya Okafor")
GOOD: dict[str, dict[str, Any]] = {
    "agent.joined": {"agent": MAYA},
    "agent.message": {"agent": MAYA, "text": "Hello"},
    "agent.transferred": {"to": "Billing"},
    "agent.closed": {},
    "delivery.state": {"message_id": "m-1", "state": "failed", "cause": "The inbox is full."},
}


@pytest.fixture
def receiver() -> Iterator[FakeWebhook]:
    with FakeWebhook() as fake:
        yield fake


def connector_to(receiver: FakeWebhook, **changes: Any) -> WebhookConnector:
    options = WebhookOptions.model_validate(receiver.options() | changes)
    return WebhookConnector.create("ours", options, DESK_URL)


def opened(receiver: FakeWebhook, rules: HandoffRules) -> tuple[WebhookConnector, Book]:
    connector, book = connector_to(receiver), Book()
    connector.open(package(rules), book.attempt())
    return connector, book


def bodies(receiver: FakeWebhook) -> list[dict[str, Any]]:
    return [json.loads(request.body) for request in receiver.requests]


def signed(told: Any, at: float | None = None, secret: str = SECRET) -> WebhookRequest:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    timestamp = str(int(time.time() if at is None else at))
    headers = {"x-handoff-timestamp": timestamp, "x-handoff-signature": hmac_of(timestamp, body, secret)}
    return WebhookRequest(headers, body, datetime.now(UTC))


def told(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "id": "e-1", "reference": "case-1", **GOOD.get(kind, {}), **more}


# --- out


def test_a_whole_handoff(receiver: FakeWebhook, rules: HandoffRules) -> None:
    connector, book = opened(receiver, rules)
    assert book.link.reference == "case-1"
    connector.send(message("Are you there?"), book.attempt())
    connector.send(message("I am Sanne.", id="m-2", seq=10, sender=Sender.AGENT), book.attempt())
    connector.typing(book.link, on=True)
    assert receiver.cases["case-1"].typing is True
    connector.typing(book.link, on=False)
    connector.close("The visitor left.", book.attempt())
    kinds = [body["type"] for body in bodies(receiver)]
    assert kinds == [f"handoff.{kind}" for kind in ("opened", "message", "message", "typing", "typing", "closed")]
    assert {(body["handoff_id"], body["conversation_id"]) for body in bodies(receiver)} == {
        (HANDOFF_ID, CONVERSATION_ID)
    }
    assert {body.get("reference") for body in bodies(receiver)[1:]} == {"case-1"}
    assert len({body["id"] for body in bodies(receiver)}) == len(kinds)
    assert bodies(receiver)[0]["package"] == package(rules)
    assert receiver.seen_by_agents("case-1")[1:] == [
        Seen("visitor", "Are you there?"),
        Seen("agent", "I am Sanne."),
        Seen("system", "The visitor left."),
    ]
    assert receiver.complaints == []


@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.HALF])
def test_a_repetition_has_the_same_id(receiver: FakeWebhook, rules: HandoffRules, fault: Fault) -> None:
    connector, book = connector_to(receiver), Book()
    receiver.faults.append(fault)
    with pytest.raises(NotYet):
        connector.open(package(rules), book.attempt())
    assert book.link.reference is None
    connector.open(package(rules), book.attempt(repeated=True))
    first, second = receiver.requests
    assert json.loads(first.body)["id"] == json.loads(second.body)["id"]
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert receiver.references() == ["case-1"]
    connector.open(package(rules), book.attempt(repeated=True))
    assert len(receiver.requests) == 2, "the receiver has answered"


@pytest.mark.parametrize("answer", [b"", b"ok", b"[]", b"{}", b'{"reference": ""}', b'{"reference": true}', b"\xff"])
def test_a_receiver_without_references(receiver: FakeWebhook, rules: HandoffRules, answer: bytes) -> None:
    receiver.answer_to_opened = answer
    _, book = opened(receiver, rules)
    assert book.link.reference == HANDOFF_ID


def test_a_receiver_that_counts(receiver: FakeWebhook, rules: HandoffRules) -> None:
    receiver.answer_to_opened = b'{"reference": 4711}'
    assert opened(receiver, rules)[1].link.reference == "4711"


def test_without_typing(receiver: FakeWebhook, rules: HandoffRules) -> None:
    _, book = opened(receiver, rules)
    connector_to(receiver, typing=False).typing(book.link, on=True)
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    ("status", "remedy"),
    [(401, "secret"), (403, "secret"), (404, "address"), (422, "own log"), (308, "final address")],
)
def test_refusals_name_the_remedy(
    receiver: FakeWebhook, rules: HandoffRules, monkeypatch: pytest.MonkeyPatch, status: int, remedy: str
) -> None:
    def refuse(request: Request) -> Answer:
        return Answer(status, f"{PATH} {SECRET}".encode(), {"Location": f"{receiver.url}/elsewhere"})

    monkeypatch.setattr(receiver, "handle", refuse)
    with pytest.raises(Undeliverable, match=f"^{status} from ours. .*{remedy}") as caught:
        opened(receiver, rules)
    assert PATH not in str(caught.value)
    assert len(receiver.requests) == 1, "no redirection is followed"


def test_too_many_says_when(receiver: FakeWebhook, rules: HandoffRules) -> None:
    receiver.faults.append(Fault.TOO_MANY)
    with pytest.raises(NotYet, match="429") as caught:
        opened(receiver, rules)
    assert caught.value.retry_after == 1
    assert PATH.strip("/") not in str(caught.value)


# --- in


@pytest.mark.parametrize(
    ("kind", "event"),
    [
        ("agent.joined", AgentJoined("case-1", BOTH)),
        ("agent.message", AgentMessage("case-1", "e-1", BOTH, "Hello")),
        ("agent.transferred", Transferred("case-1", "Billing")),
        ("agent.closed", Closed("case-1")),
        ("delivery.state", DeliveryState("case-1", "m-1", "failed", "The inbox is full.")),
    ],
)
def test_what_agents_do(receiver: FakeWebhook, kind: str, event: Event) -> None:
    validator("in").validate(told(kind))
    connector = connector_to(receiver)
    assert connector.receive(signed(told(kind))) == [event]
    assert connector.delivery_id(signed(told(kind))) == "e-1"


def test_all_that_can_be_told(receiver: FakeWebhook) -> None:
    files = ["https://files.example/a.pdf"]
    whole = told("agent.message", text="", attachments=files, at="2026-11-23T12:00:00+01:00")
    without = {key: value for key, value in whole.items() if key != "reference"} | {"handoff_id": HANDOFF_ID}
    validator("in").validate(without)
    (event,) = connector_to(receiver).receive(signed(without))
    at = datetime.fromisoformat("2026-11-23T12:00:00+01:00")
    assert event == AgentMessage(HANDOFF_ID, "e-1", BOTH, "", at, tuple(files))
    (event,) = connector_to(receiver).receive(signed(told("agent.transferred", agent=MAYA)))
    assert event == Transferred("case-1", "Billing", BOTH)
    (event,) = connector_to(receiver).receive(signed(told("agent.closed", agent=MAYA)))
    assert event == Closed("case-1", BOTH)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (told("agent.shouted"), "agent.joined"),
        ({"id": "e-1"}, "type"),
        ([], "object"),
        (b"{", "JSON"),
        (b"\xff{}", "JSON"),
        (told("agent.message", agent={"id": "7"}), "agent.name"),
        (told("agent.message", agent=MAYA | {"email": "m@x.example"}), "agent.email"),
        (told("agent.message", agent={"id": 7, "name": "M"}), "agent.id"),
        (told("agent.message", agent={"id": "7", "name": "  "}), "agent.name"),
        (told("agent.message", text=" "), "text or attachments"),
        (told("agent.message", text=None), "text"),
        (told("agent.message", text="x" * 20_001), "text"),
        (told("agent.message", attachments=["http://files.example/a"]), "attachments.0"),
        (told("agent.message", attachments=["https://files.example/a"] * 16), "attachments"),
        (told("agent.message", note=True), "note"),
        (told("agent.message", id=""), "id"),
        (told("agent.message", handoff_id=HANDOFF_ID), "exactly one of reference and handoff_id"),
        (told("agent.message", reference=None), "exactly one of reference and handoff_id"),
        (told("agent.transferred", to=""), "to"),
        (told("delivery.state", state="lost"), "state"),
    ],
)
def test_mistakes_are_named(receiver: FakeWebhook, wrong: Any, named: str) -> None:
    if not isinstance(wrong, bytes):
        with pytest.raises(BrokenSchema):
            validator("in").validate(wrong)
    with pytest.raises(InvalidInput, match="The webhook's JSON cannot be used") as caught:
        connector_to(receiver).receive(signed(wrong))
    assert named in str(caught.value)


@pytest.mark.parametrize("at", ["yesterday", "2026-11-23T12:00:00"])
def test_a_time_without_a_zone(receiver: FakeWebhook, at: str) -> None:
    with pytest.raises(InvalidInput, match="at: "):
        connector_to(receiver).receive(signed(told("agent.message", at=at)))


@pytest.mark.parametrize("seconds", [-301, 302])
def test_too_old_and_too_new(receiver: FakeWebhook, seconds: int) -> None:
    request = signed(told("agent.closed"), at=time.time() + seconds)
    with pytest.raises(WebhookRefused, match="five minutes"):
        connector_to(receiver).receive(request)
    with pytest.raises(WebhookRefused):
        connector_to(receiver).delivery_id(request)


@pytest.mark.parametrize("seconds", [-290, 290])
def test_within_five_minutes(receiver: FakeWebhook, seconds: int) -> None:
    assert connector_to(receiver).receive(signed(told("agent.closed"), at=time.time() + seconds))


@pytest.mark.parametrize("timestamp", ["", "1.5", "-1", "\u0661\u0662", "1" * 400, "now"])
def test_timestamps_that_are_none(receiver: FakeWebhook, timestamp: str) -> None:
    good = signed(told("agent.closed"))
    headers = {"x-handoff-timestamp": timestamp, "x-handoff-signature": hmac_of(timestamp, good.body)}
    with pytest.raises(WebhookRefused):
        connector_to(receiver).receive(WebhookRequest(headers, good.body, good.at))


def test_wrong_secret_and_nothing_parsed_before(receiver: FakeWebhook) -> None:
    for body in (told("agent.closed"), b"{"):
        with pytest.raises(WebhookRefused, match="not the HMAC") as caught:
            connector_to(receiver).receive(signed(body, secret="another-secret-of-somebody"))
        assert SECRET not in str(caught.value)


def test_the_id_is_signed(receiver: FakeWebhook) -> None:
    good = signed(told("agent.closed"))
    replayed = WebhookRequest(good.headers | {"x-handoff-delivery": "another"}, good.body, good.at)
    assert connector_to(receiver).delivery_id(replayed) == "e-1"


def test_what_the_fake_sends_is_taken(receiver: FakeWebhook, rules: HandoffRules) -> None:
    connector, book = opened(receiver, rules)
    receiver.agent_says("case-1", "Hello")
    receiver.agent_closes("case-1")
    events = [event for webhook in receiver.webhooks for event in connector.receive(as_request(webhook))]
    assert [type(event) for event in events] == [AgentMessage, Closed]
    assert {event.reference for event in events} == {book.link.reference}


# --- options and check


@pytest.mark.parametrize("changes", [{"secret": "short"}, {"url": "http://chat.example/x"}, {"url": ""}, {"keys": 1}])
def test_wrong_options(receiver: FakeWebhook, changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        connector_to(receiver, **changes)
    assert SECRET not in str(caught.value)
    assert "short" not in str(caught.value)


def test_check(receiver: FakeWebhook) -> None:
    what = "The receiver accepts signed messages"
    assert connector_to(receiver).check() == [Finding(what, True)]
    (finding,) = connector_to(receiver, secret="x" * 20).check()
    assert (finding.ok, finding.remedy) == (False, "401 from ours. Is the secret the same on both sides?")
    receiver.faults.append(Fault.REFUSED)
    (finding,) = connector_to(receiver).check()
    assert (finding.ok, "running" in finding.remedy) == (False, True)
    assert receiver.references() == []


# --- the examples of the page


def example(beginning: str) -> dict[str, Any]:
    page = (ROOT / "docs/connectors-webhook.md").read_text(encoding="utf-8")
    (source,) = [
        found for found in re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL) if beginning in found
    ]
    names: dict[str, Any] = {"__name__": "documented"}
    exec(compile(source, "docs/connectors-webhook.md", "exec"), names)
    return names


def serving(handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server


def test_the_example_of_a_receiver(rules: HandoffRules, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECEIVER_SECRET", SECRET)
    names = example("class Receiver")
    monkeypatch.setattr(names["Receiver"], "log_message", lambda *_: None, raising=False)
    server = serving(names["Receiver"])
    try:
        options = {"url": f"http://127.0.0.1:{server.server_port}/", "secret": SECRET}
        connector = WebhookConnector.create("ours", WebhookOptions.model_validate(options), DESK_URL)
        book = Book()
        connector.open(package(rules), book.attempt())
        connector.send(message("Hello?"), book.attempt())
        connector.send(message("Hello?"), book.attempt(repeated=True))
        assert book.link.reference == HANDOFF_ID
        assert [told["type"] for told in names["seen"].values()] == ["handoff.opened", "handoff.message"]
        wrong = WebhookOptions.model_validate(options | {"secret": "another-secret-that-is-long"})
        (finding,) = WebhookConnector.create("ours", wrong, DESK_URL).check()
        assert finding.remedy.startswith("401")
        assert len(names["seen"]) == 2
    finally:
        server.shutdown()
        server.server_close()


def test_the_example_of_an_answer(receiver: FakeWebhook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECEIVER_SECRET", SECRET)
    came: list[tuple[str, Webhook]] = []

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            came.append((self.path, Webhook(dict(self.headers.items()), body)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = serving(Desk)
    try:
        tell = example("def tell")["tell"]
        address = f"http://127.0.0.1:{server.server_port}"
        assert tell(address, "agent.message", reference="case-7", agent=MAYA, text="Hello") == 204
    finally:
        server.shutdown()
        server.server_close()
    ((path, webhook),) = came
    assert path == "/webhooks/ours"
    validator("in").validate(json.loads(webhook.body))
    (event,) = connector_to(receiver).receive(as_request(webhook))
    assert isinstance(event, AgentMessage)
    assert (event.reference, event.agent, event.text) == ("case-7", BOTH, "Hello")
