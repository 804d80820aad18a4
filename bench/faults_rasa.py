"""The visitors' end in place of a Rasa server: it shows what arrives, once for each request, and tells what it has."""

from __future__ import annotations

import json
import sys
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from handoff.rasa.marks import RECORDED


@dataclass
class Shown:
    """What one visitor has on the screen: (message id, sender, text) in order, and whether the assistant is back."""

    lines: list[tuple[str, str, str]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    resumed: int = 0


class _Server(ThreadingHTTPServer):
    request_queue_size = 64  # several workers connect at once

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A worker that is killed goes away in the middle of a request."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class VisitorsEnd:
    """A server that takes tracker events as Rasa does; see :class:`handoff.rasa.client.RasaClient`."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.visitors: dict[str, Shown] = defaultdict(Shown)
        end = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # head and body are two packets; the second would wait for a delayed ACK

            def do_GET(self) -> None:
                self._answer({"events": end.events(self.path)})

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"null")
                if "/tracker/events" in self.path:
                    end.take(self.path, body)
                self._answer({})

            def _answer(self, content: Any) -> None:
                sent = json.dumps(content).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            def log_message(self, *arguments: Any) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def events(self, path: str) -> list[dict[str, Any]]:
        """What Rasa's tracker would hold."""
        with self.lock:
            return list(self.visitors[_conversation(path)].events)

    def take(self, path: str, events: list[dict[str, Any]]) -> None:
        """Show what came."""
        with self.lock:
            shown = self.visitors[_conversation(path)]
            shown.events += events
            for event in events:
                if event["event"] == "bot":
                    message = event["metadata"][RECORDED]["message"]
                    shown.lines.append((message["id"], message["from"], message["text"]))
                elif event["event"] == "resume":
                    shown.resumed += 1


def _conversation(path: str) -> str:
    return unquote(urlsplit(path).path.split("/")[2])
