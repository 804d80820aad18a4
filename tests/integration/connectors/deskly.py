"""The imaginary live chat of docs/connectors.md, for which its example is written."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from tests.support.live_chats.base import Answer, FakeLiveChat, Request, Seen, Webhook

TOKEN, SECRET = "deskly-token-for-tests", "deskly-secret-for-tests"


class FakeDeskly(FakeLiveChat):
    """Cases and messages, without a look at keys: whoever writes twice is there twice."""

    type_name = "deskly"

    def __init__(self) -> None:
        super().__init__()
        self.cases: dict[str, dict[str, Any]] = {}
        self.lines: list[dict[str, Any]] = []

    def options(self) -> dict[str, Any]:
        return {"url": self.url, "token": TOKEN, "webhook_secret": SECRET}

    def references(self) -> list[str]:
        return list(self.cases)

    def seen_by_agents(self, reference: str) -> list[Seen]:
        kinds = {"package": "package", "closed": "system"}
        return [
            Seen("agent" if line["agent"] else kinds.get(line["key"], "visitor"), line["text"])
            for line in self._lines(reference)
        ]

    def agent_says(self, reference: str, text: str, agent: str = "Maya Okafor") -> str:
        return self._by_agent(reference, text, agent)

    def agent_closes(self, reference: str, agent: str = "Maya Okafor") -> None:
        self._by_agent(reference, "", agent, closes=True)

    def agent_notes(self, reference: str, text: str, agent: str = "Maya Okafor") -> None:
        self._by_agent(reference, text, agent, internal=True)

    def handle(self, request: Request) -> Answer:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Answer(401, b'{"error": "unknown token"}')
        body = json.loads(request.body) if request.body else {}
        match request.method, request.path.strip("/").split("/"):
            case "GET", ["me"]:
                return said({})
            case "GET", ["cases"]:
                wanted = request.query.items()
                return said([case for case in self.cases.values() if wanted <= case.items()])
            case "POST", ["cases"] if set(body) == {"key", "title"}:
                case = {"id": f"D{len(self.cases) + 1}", "status": "open", **body}
                self.cases[case["id"]] = case
                return said(case)
            case "PATCH", ["cases", id] if id in self.cases and set(body) == {"status"}:
                self.cases[id] |= body
                return said(self.cases[id])
            case "GET", ["cases", id, "messages"] if id in self.cases:
                after = int(request.query.get("after", 0))
                return said([line for line in self._lines(id) if int(line["id"]) > after])
            case "POST", ["cases", id, "messages"] if id in self.cases and set(body) == {"key", "text"}:
                return said(self._add(id, **body))
        return self.complain(f"{request.method} {request.path} {sorted(body)}")

    def _lines(self, reference: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["case"] == reference]

    def _add(self, reference: str, **more: Any) -> dict[str, Any]:
        empty = {"key": None, "agent": None, "agent_name": None, "internal": False, "closes": False}
        line = {"id": str(len(self.lines) + 1), "case": reference, **empty, **more}
        self.lines.append(line)
        return line

    def _by_agent(self, reference: str, text: str, agent: str, **more: Any) -> str:
        with self.lock:
            line = self._add(reference, text=text, agent=agent.casefold(), agent_name=agent, **more)
            body = json.dumps({"case": reference}).encode()
            signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            self.webhooks.append(Webhook({"X-Deskly-Signature": signature}, body))
        return str(line["id"])


def said(what: Any) -> Answer:
    return Answer(200, json.dumps(what).encode(), {"Content-Type": "application/json"})
