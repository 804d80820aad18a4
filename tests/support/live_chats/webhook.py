"""A receiver of the generic webhook: checks signature and schema of whatever comes, and signs what it sends."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from handoff.connectors.card import as_text, card_of
from tests.support.live_chats.base import Answer, FakeLiveChat, Request, Seen, Webhook, now

PATH = "/hooks/handoff/"
SECRET = "fernway-webhook-secret-4711"
WINDOW = 300
DOCS = Path(__file__).resolve().parents[3] / "docs"


@cache
def validator(part: str) -> Draft202012Validator:
    """Of ``out`` (from the connector) or ``in`` (to it), from the published schema."""
    registry: Registry = Registry().with_resources(
        (name, Resource.from_contents(json.loads((DOCS / name).read_text(encoding="utf-8"))))
        for name in ("handoff.webhook-1.schema.json", "handoff.context-1.schema.json")
    )
    return Draft202012Validator({"$ref": f"handoff.webhook-1.schema.json#/$defs/{part}"}, registry=registry)


def hmac_of(timestamp: str, body: bytes, secret: str = SECRET) -> str:
    """Computed here and not with the connector's code, which is what is tested."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
    return f"sha256={digest.hexdigest()}"


@dataclass
class Case:
    """A handoff as the receiver keeps it."""

    handoff_id: str
    seen: list[Seen] = field(default_factory=list)
    typing: bool = False
    closed: bool = False


class FakeWebhook(FakeLiveChat):
    """Answers ``{"reference": "case-1"}`` to handoff.opened; what comes twice is answered as before and done once."""

    type_name: ClassVar[str] = "webhook"

    def __init__(self) -> None:
        super().__init__()
        self.cases: dict[str, Case] = {}
        self.done: dict[str, Answer] = {}
        """by id"""
        self.answer_to_opened: bytes | None = None
        """What is answered in place of the reference."""

    def options(self) -> dict[str, Any]:
        return {"url": self.url + PATH, "secret": SECRET}

    def bad_options(self) -> dict[str, Any]:
        """Another secret."""
        return self.options() | {"secret": "another-secret-that-is-long"}

    def references(self) -> list[str]:
        with self.lock:
            return list(self.cases)

    def seen_by_agents(self, reference: str) -> list[Seen]:
        with self.lock:
            return list(self.cases[reference].seen)

    def agent_says(self, reference: str, text: str, agent: str = "Maya Okafor") -> str:
        with self.lock:
            self.cases[reference].seen.append(Seen("agent", text))
        return self.tell("agent.message", reference=reference, agent=person(agent), text=text)

    def agent_closes(self, reference: str, agent: str = "Maya Okafor") -> None:
        with self.lock:
            self.cases[reference].closed = True
        self.tell("agent.closed", reference=reference, agent=person(agent))

    def tell(self, kind: str, **more: Any) -> str:
        """Send a webhook; returns its id."""
        told = {"type": kind, "id": str(uuid.uuid4()), **more}
        validator("in").validate(told)
        self.send_raw(json.dumps(told).encode())
        return str(told["id"])

    def send_raw(self, body: bytes, at: float | None = None, secret: str = SECRET) -> None:
        """Sign and send whatever it is."""
        timestamp = str(int(now() if at is None else at))
        headers = {
            "Content-Type": "application/json",
            "X-Handoff-Timestamp": timestamp,
            "X-Handoff-Signature": hmac_of(timestamp, body, secret),
        }
        self.webhooks.append(Webhook(headers, body))

    def handle(self, request: Request) -> Answer:
        if request.method != "POST" or request.path != PATH:
            return self.complain(f"{request.method} {request.path}", 404)
        if request.headers.get("content-type") != "application/json":
            return self.complain("not application/json", 415)
        timestamp = request.headers.get("x-handoff-timestamp", "")
        if not timestamp.isdigit() or abs(now() - int(timestamp)) > WINDOW:
            return self.complain(f"timestamp {timestamp!r}", 401)
        if request.headers.get("x-handoff-signature") != hmac_of(timestamp, request.body):
            return Answer(401, b'{"error": "wrong signature"}')
        told = json.loads(request.body)
        mistakes = [error.message for error in validator("out").iter_errors(told)]
        if mistakes:
            return self.complain(f"{told.get('type')}: {mistakes[0]}")
        if {request.headers.get("x-handoff-delivery"), request.headers.get("idempotency-key")} != {told["id"]}:
            return self.complain("X-Handoff-Delivery and Idempotency-Key are not the id")
        if told["id"] not in self.done:
            answer = self.carry_out(told)
            if answer.status >= 300:
                return answer
            self.done[told["id"]] = answer
        return self.done[told["id"]]

    def carry_out(self, told: dict[str, Any]) -> Answer:
        if told["type"] == "handoff.ping":
            return Answer(204)
        if told["type"] == "handoff.opened":
            return self.open_case(told)
        found = [key for key, case in self.cases.items() if case.handoff_id == told["handoff_id"]]
        if not found:
            return self.complain(f"{told['type']} before handoff.opened", 409)
        case = self.cases[found[-1]]
        if told.get("reference", found[-1]) != found[-1]:
            return self.complain(f"reference {told['reference']} of another handoff", 409)
        if told["type"] == "handoff.message":
            case.seen.append(Seen(told["message"]["from"], told["message"]["text"]))
        elif told["type"] == "handoff.typing":
            case.typing = told["typing"]
        else:
            case.closed = True
            case.seen.append(Seen("system", told["reason"]))
        return Answer(204)

    def open_case(self, told: dict[str, Any]) -> Answer:
        if any(case.handoff_id == told["handoff_id"] and not case.closed for case in self.cases.values()):
            return self.complain("handoff.opened twice with different ids", 409)
        reference = f"case-{len(self.cases) + 1}"
        if self.answer_to_opened is not None:
            reference = told["handoff_id"]
        self.cases[reference] = Case(told["handoff_id"], [Seen("package", as_text(card_of(told["package"])))])
        body = json.dumps({"reference": reference}).encode()
        return Answer(200, body if self.answer_to_opened is None else self.answer_to_opened)


def person(name: str) -> dict[str, str]:
    return {"id": name.casefold().replace(" ", "."), "name": name}
