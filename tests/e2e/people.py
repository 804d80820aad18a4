"""Visitors and agents over HTTP, as any client would be."""

from __future__ import annotations

import uuid
from typing import Any

import requests

SECONDS = 15.0
PAGE = {"url": "https://fernway.example/order.html", "title": "Your order - Fernway", "referrer": ""}


class Visitor:
    """A visitor on channel `web` over REST."""

    def __init__(self, web: str) -> None:
        self.web = web
        started = requests.post(
            f"{web}/sessions", json={"locale": "en-GB", "timezone": "Europe/Amsterdam"}, timeout=SECONDS
        )
        assert started.status_code == 201, started.text
        self.id: str = started.json()["conversation_id"]
        self.headers = {"Authorization": f"Bearer {started.json()['token']}"}
        self.state: dict[str, Any] = {}

    def send(
        self, text: str | None = None, *, payload: str | None = None, client_id: str | None = None
    ) -> requests.Response:
        """One request; the caller looks at the answer."""
        body: dict[str, Any] = {"client_message_id": client_id or uuid.uuid4().hex, "page": PAGE}
        body |= {"text": text} if text is not None else {"payload": payload}
        return requests.post(f"{self.web}/messages", json=body, headers=self.headers, timeout=SECONDS)

    def say(
        self, text: str | None = None, *, payload: str | None = None, client_id: str | None = None
    ) -> list[dict[str, Any]]:
        """Send, and return the replies."""
        response = self.send(text, payload=payload, client_id=client_id)
        assert response.status_code == 200, response.text
        self.state = response.json()["state"]
        return response.json()["messages"]

    def history(self, after: int = 0) -> list[dict[str, Any]]:
        """Everything said after number ``after``."""
        response = requests.get(f"{self.web}/messages", params={"after": after}, headers=self.headers, timeout=SECONDS)
        assert response.status_code == 200, response.text
        self.state = response.json()["state"]
        return response.json()["messages"]


class AgentClient:
    """An agent on the desk's API."""

    def __init__(self, desk: str, username: str, password: str) -> None:
        self.desk = desk
        self.session = requests.Session()
        answer = self.session.post(
            f"{desk}/api/login", json={"username": username, "password": password}, timeout=SECONDS
        )
        assert answer.status_code == 200, answer.text
        self.name = answer.json()["agent"]["display_name"]
        self.session.headers["X-CSRF-Token"] = answer.json()["csrf"]

    def open_handoffs(self) -> list[dict[str, Any]]:
        """The queue."""
        return self._get("/api/handoffs", status="open")["handoffs"]

    def handoff_of(self, conversation_id: str) -> dict[str, Any] | None:
        """The open handoff of a conversation."""
        return next((row for row in self.open_handoffs() if row["conversation_id"] == conversation_id), None)

    def detail(self, handoff_id: str) -> dict[str, Any]:
        """Everything about a handoff."""
        return self._get(f"/api/handoffs/{handoff_id}")

    def act(self, handoff_id: str, action: str, **body: Any) -> requests.Response:
        """claim, reply, resolve or hand_back."""
        return self.session.post(f"{self.desk}/api/handoffs/{handoff_id}/{action}", json=body, timeout=SECONDS)

    def reply(self, handoff_id: str, text: str, client_id: str | None = None) -> None:
        """Answer the visitor."""
        answer = self.act(handoff_id, "reply", text=text, client_message_id=client_id or uuid.uuid4().hex)
        assert answer.status_code in {200, 201}, answer.text

    def _get(self, path: str, **params: str) -> dict[str, Any]:
        answer = self.session.get(f"{self.desk}{path}", params=params, timeout=SECONDS)
        assert answer.status_code == 200, answer.text
        return answer.json()
