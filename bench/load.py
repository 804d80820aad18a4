"""Visitors who talk to a server over HTTP, and how long each turn takes them."""

from __future__ import annotations

import http.client
import json
import statistics
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

TURNS_OF_A_CONVERSATION = 10  # what a talkative visitor needs; every turn of a conversation costs more than the last
WARM_UP_TURNS = 30  # the first turns of a server load what is loaded late
SEQUENTIAL_TURNS = 300
CONCURRENT_TURNS = 800
CONCURRENCY = 8
TIMEOUT_SECONDS = 60.0
CREATED = 201


class Visitor(Protocol):
    """One visitor in one conversation."""

    def say(self, text: str) -> None:
        """Send a message and wait for the replies."""


class Connection:
    """One HTTP connection that stays open, as a browser's does."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)

    def post(self, path: str, body: dict[str, Any], token: str | None = None) -> Any:
        """POST JSON and return the JSON of the answer; raises RuntimeError when it is no success."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        self._connection.request("POST", path, json.dumps(body), headers)
        response = self._connection.getresponse()
        answer = response.read()
        if response.status not in (http.client.OK, CREATED):
            raise RuntimeError(f"POST {path} answered {response.status}: {answer[:200]!r}")
        return json.loads(answer)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


class RestVisitor:
    """A visitor on Rasa's own REST channel."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sender = uuid.uuid4().hex

    def say(self, text: str) -> None:
        """See :class:`Visitor`. A turn without a reply is a failure: it would be quick for the wrong reason."""
        replies = self._connection.post("/webhooks/rest/webhook", {"sender": self._sender, "message": text})
        if not replies:
            raise RuntimeError(f"no reply to {text!r}")


class WebVisitor:
    """A visitor of the widget's channel: signed token, every message stored for the desk."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._token = connection.post("/webhooks/web/sessions", {})["token"]

    def say(self, text: str) -> None:
        """See :class:`Visitor`."""
        body = {"text": text, "client_message_id": uuid.uuid4().hex}
        if not self._connection.post("/webhooks/web/messages", body, self._token)["messages"]:
            raise RuntimeError(f"no reply to {text!r}")


VisitorType = Callable[[Connection], Visitor]


@dataclass(frozen=True)
class Load:
    """What was measured.

    Attributes:
        p50_ms: time of one turn when nobody else asks, median.
        p95_ms: the same, 95th percentile.
        turns_per_second: with ``CONCURRENCY`` visitors at once.
    """

    p50_ms: float
    p95_ms: float
    turns_per_second: float


def measure(port: int, visitor: VisitorType, texts: tuple[str, ...]) -> Load:
    """Talk to the server on ``port``: one visitor after the other, then several at once."""
    _talk(port, visitor, texts, WARM_UP_TURNS)
    alone = _talk(port, visitor, texts, SEQUENTIAL_TURNS)
    percentiles = statistics.quantiles(alone, n=100)
    return Load(percentiles[49] * 1000, percentiles[94] * 1000, _together(port, visitor, texts))


def _talk(port: int, visitor: VisitorType, texts: tuple[str, ...], turns: int) -> list[float]:
    """Seconds of each of ``turns`` turns, in conversations of ``TURNS_OF_A_CONVERSATION``."""
    connection = Connection(port)
    seconds = []
    try:
        for who, said in _conversations(connection, visitor, texts, turns):
            started = time.perf_counter()
            who.say(said)
            seconds.append(time.perf_counter() - started)
    finally:
        connection.close()
    return seconds


def _conversations(
    connection: Connection, visitor: VisitorType, texts: tuple[str, ...], turns: int
) -> Iterator[tuple[Visitor, str]]:
    who: Visitor = visitor(connection)
    for turn in range(turns):
        if turn and turn % TURNS_OF_A_CONVERSATION == 0:
            who = visitor(connection)
        yield who, texts[turn % len(texts)]


def _together(port: int, visitor: VisitorType, texts: tuple[str, ...]) -> float:
    """Turns a second with several visitors at once."""
    failures: list[Exception] = []

    def run() -> None:
        try:
            _talk(port, visitor, texts, CONCURRENT_TURNS // CONCURRENCY)
        except (OSError, RuntimeError, http.client.HTTPException) as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(CONCURRENCY)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    if failures:
        raise RuntimeError(f"{len(failures)} of {CONCURRENCY} visitors failed") from failures[0]
    return CONCURRENT_TURNS / seconds
