"""A desk that really listens: the application under uvicorn in a thread, on a free port."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import requests
import uvicorn

from handoff.bootstrap import Services
from handoff.desk.app import create_app
from handoff.domain.model import HandoffOutcome, HandoffRequest, Page, Turn, Visitor
from handoff.service.ports import NewMessage
from tests.unit.domain.talk import ORDER_STORY, visitor

START_SECONDS = 10.0
STOP_SECONDS = 5.0


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def running_desk(services: Services, port: int | None = None) -> Iterator[str]:
    """Serve until the end of the block; gives the base address."""
    port = port or free_port()
    config = uvicorn.Config(
        create_app(services, services.settings),
        host="127.0.0.1",
        port=port,
        log_level="warning",
        ws="none",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        assert time.monotonic() < deadline, "the desk did not start"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(STOP_SECONDS)


class AgentBrowser(requests.Session):
    """What an agent's browser does: keeps the cookie and sends the CSRF token."""

    def __init__(self, base: str, username: str, password: str) -> None:
        super().__init__()
        self.base = base
        answer = self.post(f"{base}/api/login", json={"username": username, "password": password})
        answer.raise_for_status()
        self.headers["X-CSRF-Token"] = answer.json()["csrf"]


def hand_over(services: Services, conversation: str = "c1", name: str = "Lea Moreau") -> HandoffOutcome:
    """A visitor asks about an order and then for a person, as the assistant's side would store it."""
    turns = tuple(replace(turn, message_id=f"{conversation}-{number}") for number, turn in enumerate(ORDER_STORY))
    store(services, conversation, *turns)
    return services.request(
        HandoffRequest(
            conversation,
            "web",
            turns,
            visitor=Visitor(name=name, email="lea.moreau@example.org"),
            page=Page("https://fernway.example/order.html", "Your order"),
            fields={"order_number": "FW-104233"},
        )
    )


def visitor_writes(services: Services, text: str, conversation: str = "c1") -> None:
    """The visitor says something while a human owns the conversation."""
    store(services, conversation, replace(visitor(text, "inform"), message_id=f"{conversation}-{text}"))


def store(services: Services, conversation: str, *turns: Turn) -> None:
    """Record lines, as the event broker does."""
    services.record([line(turn, conversation, services.clock()) for turn in turns], "web")


def line(turn: Turn, conversation: str, at: datetime) -> NewMessage:
    """What is stored of a turn."""
    assert turn.message_id is not None
    return NewMessage(
        turn.message_id, conversation, turn.sender, turn.text, at, intent=turn.intent, confidence=turn.confidence
    )
