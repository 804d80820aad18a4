"""What every fake live chat can do, whatever it imitates; the tests over all connectors need no more."""

from __future__ import annotations

import json
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Self
from urllib.parse import parse_qsl, urlsplit


class Fault(StrEnum):
    """What goes wrong with one request."""

    REFUSED = "refused"
    """The connection is closed before anything was read as a request."""
    LOST_ANSWER = "lost_answer"
    """The request is carried out, but no answer ever comes: the connection is closed instead."""
    ERROR = "error"
    """500, and nothing was done."""
    TOO_MANY = "too_many"
    """429 with ``Retry-After: 1``, and nothing was done."""
    HALF = "half"
    """It is carried out, and half of the answer comes."""


@dataclass(frozen=True)
class Answer:
    """What the fake answers."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """A request as it came in; ``path`` without the query."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    """by lower-case name"""
    body: bytes


@dataclass(frozen=True)
class Seen:
    """One line that an agent has in front of them. ``kind``: ``package``, ``visitor``, ``agent``, ``system``."""

    kind: str
    text: str


@dataclass(frozen=True)
class Webhook:
    """A webhook that the live chat sends: headers as sent, and the body."""

    headers: dict[str, str]
    body: bytes


class _Server(ThreadingHTTPServer):
    request_queue_size = 64  # a worker that was killed and its successor connect at once

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is part of what is tested; anything else is a defect of the fake."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class FakeLiveChat(ABC):
    """A strict server on a free port of loopback. Subclasses answer requests in :meth:`handle`.

    ``complaints`` holds every request that broke the contract (unknown field, wrong type, wrong header, wrong order of
    calls), each answered as the real one would; tests expect it to be empty.
    """

    type_name: ClassVar[str]
    """``type`` in endpoints.yml."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.complaints: list[str] = []
        self.requests: list[Request] = []
        self.faults: deque[Fault] = deque()
        """One for each of the next requests; empty: none fails."""
        self.webhooks: deque[Webhook] = deque()
        """Sent, oldest first; whoever tests takes them and calls the connector, or loses, repeats, reorders them."""
        self._server: ThreadingHTTPServer | None = None

    # what tests use

    @property
    def url(self) -> str:
        assert self._server is not None, "start it first"
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @abstractmethod
    def options(self) -> dict[str, Any]:
        """The keys of the connector in endpoints.yml, with ``url`` of this server and secrets in the clear."""

    @abstractmethod
    def references(self) -> list[str]:
        """Every counterpart of a handoff that exists, oldest first; as :attr:`Link.reference`."""

    @abstractmethod
    def seen_by_agents(self, reference: str) -> list[Seen]:
        """What agents have in front of them, in order."""

    @abstractmethod
    def agent_says(self, reference: str, text: str, agent: str = "Maya Okafor") -> str:
        """An agent answers the visitor; returns the id of the message there."""

    @abstractmethod
    def agent_closes(self, reference: str, agent: str = "Maya Okafor") -> None:
        """An agent resolves it."""

    def agent_notes(self, reference: str, text: str, agent: str = "Maya Okafor") -> None:  # noqa: B027
        """An agent writes an internal note, where the live chat has those."""

    def start(self) -> Self:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # or every answer waits 40 ms for the acknowledgement of its headers

            def _any(self) -> None:
                fake._serve(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any

            def log_message(self, *arguments: Any) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # what fakes implement

    @abstractmethod
    def handle(self, request: Request) -> Answer:
        """Carry out one request; called with the lock held."""

    def complain(self, what: str, status: int = 422) -> Answer:
        """Note a broken contract and answer it."""
        self.complaints.append(what)
        return Answer(status, json.dumps({"error": what}).encode(), {"Content-Type": "application/json"})

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        length = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(length)
        request = Request(
            handler.command,
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): value for name, value in handler.headers.items()},
            body,
        )
        with self.lock:
            fault = self.faults.popleft() if self.faults else None
            if fault is Fault.REFUSED:
                handler.close_connection = True
                handler.connection.close()
                return
            if fault is Fault.ERROR:
                answer = Answer(500, b"Internal Server Error")
            elif fault is Fault.TOO_MANY:
                answer = Answer(429, b"Retry later\n", {"Retry-After": "1"})
            else:
                self.requests.append(request)
                answer = self.handle(request)
        if fault is Fault.LOST_ANSWER:
            handler.close_connection = True
            handler.connection.close()
            return
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        if fault is Fault.HALF:
            handler.wfile.write(answer.body[: len(answer.body) // 2])
            handler.close_connection = True
            handler.connection.close()
            return
        handler.wfile.write(answer.body)


def now() -> float:
    """Unix time of what happens in a live chat."""
    return time.time()
