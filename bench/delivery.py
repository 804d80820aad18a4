"""How soon a handoff is with another live chat, when many are made at once?

``make bench-delivery`` makes 50 handoffs a second for half a minute and takes the time from the call that
``action_handoff`` makes until the live chat has accepted the package, without the time that the live chat took to
answer. The live chats are the strict fakes of the tests. They, the desk and the workers run in processes of their own,
as in production: one worker on SQLite, three on PostgreSQL.

Standard output: one JSON line per row. Standard error: progress and a table.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import shutil
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bench.faults_rasa import VisitorsEnd
from bench.live_chat_place import LOOK_SECONDS, WORKERS, Processes, database, settings_of, wait_for
from bench.live_times import percentile
from bench.projects import OUT
from bench.report import emit, progress, say_if_busy, table
from handoff.bootstrap import Services, build_services
from handoff.domain.model import HandoffRequest, Sender, TriggerKind, Turn, Visitor
from tests.support.live_chats.base import Answer, FakeLiveChat, Request
from tests.support.live_chats.chatwoot import FakeChatwoot
from tests.support.live_chats.webhook import FakeWebhook

A_SECOND = 50  # handoffs: a hundred times what a busy shop has
SECONDS = 30
WARM_UP = 100  # handoffs before those that count: connections open, statements are compiled
BUDGET_MS = 60.0
DRAIN_SECONDS = 120.0
SENDERS = 8  # the action server works on several turns at once
COLUMNS = {
    "live_chat": "live chat",
    "database": "database",
    "workers": "workers",
    "handoffs": "handoffs",
    "rate": "a second",
    "p50_ms": "p50 ms",
    "p95_ms": "p95 ms",
    "budget_ms": "budget ms",
    "missing": "missing",
}


@dataclass
class Timed:
    """What a live chat did for each handoff.

    Attributes:
        accepted: when it had accepted the package, by the handoff's id.
        took: the seconds that it needed for all calls up to there, by the id of the handoff or of its conversation.
        complaints: what broke the contract.
    """

    accepted: dict[str, float] = field(default_factory=dict)
    took: dict[str, float] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)


class Kind:
    """A live chat, and how its requests tell which handoff they are about."""

    fake: type[FakeLiveChat]

    def subject_of(self, body: dict[str, Any]) -> str | None:
        """The id of the handoff that a request is about, or of its conversation, where it says either."""
        raise NotImplementedError

    def accepts(self, body: dict[str, Any]) -> bool:
        """Whether a request carries the package."""
        raise NotImplementedError


class OfChatwoot(Kind):
    """A contact has our conversation's id; the note comes with the conversation, and nothing before it but these."""

    fake = FakeChatwoot

    def subject_of(self, body: dict[str, Any]) -> str | None:
        """See the base."""
        return _mark(body).partition(":")[0] or body.get("identifier")

    def accepts(self, body: dict[str, Any]) -> bool:
        """The private note."""
        return _mark(body).endswith(":package")


def _mark(body: dict[str, Any]) -> str:
    attributes = (body.get("message") or body).get("content_attributes") or {}
    return str(attributes.get("handoff_message_id", ""))


class OfWebhook(Kind):
    """One request carries everything."""

    fake = FakeWebhook

    def subject_of(self, body: dict[str, Any]) -> str | None:
        """See the base."""
        return str(body["handoff_id"]) if "handoff_id" in body else None

    def accepts(self, body: dict[str, Any]) -> bool:
        """See the base."""
        return body.get("type") == "handoff.opened"


KINDS: dict[str, Kind] = {"webhook": OfWebhook(), "chatwoot": OfChatwoot()}


@dataclass
class LiveChatProcess:
    """A fake live chat in a process of its own, so that it takes no time from those that are measured."""

    type_name: str
    options_of: dict[str, Any]
    pipe: Connection

    def options(self) -> dict[str, Any]:
        """See :meth:`FakeLiveChat.options`."""
        return dict(self.options_of)

    def accepted(self) -> int:
        """How many packages it has accepted."""
        self.pipe.send("count")
        return int(self.pipe.recv())

    def timed(self) -> Timed:
        """What it did."""
        self.pipe.send("timed")
        found: Timed = self.pipe.recv()
        return found


@contextmanager
def live_chat_process(kind: str) -> Iterator[LiveChatProcess]:
    """Start the fake of this ``kind``."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_be_live_chat, args=(kind, theirs), daemon=True)
    process.start()
    try:
        type_name, options = ours.recv()
        yield LiveChatProcess(type_name, options, ours)
    finally:
        process.kill()
        process.join()


def _be_live_chat(name: str, pipe: Connection) -> None:
    kind, timed = KINDS[name], Timed()
    chat = kind.fake()
    answer = chat.handle

    def handle(request: Request) -> Answer:
        begun = time.perf_counter()
        answered = answer(request)
        body = json.loads(request.body) if request.body.startswith(b"{") else {}
        subject = kind.subject_of(body)
        if subject is not None and subject not in timed.accepted and answered.status < 300:
            ended = time.perf_counter()
            if kind.accepts(body):
                timed.accepted[subject] = ended
            timed.took[subject] = timed.took.get(subject, 0.0) + ended - begun
        return answered

    chat.handle = handle  # type: ignore[method-assign]
    with chat:
        pipe.send((chat.type_name, chat.options()))
        while True:
            if pipe.recv() == "count":
                pipe.send(len(timed.accepted))
            else:
                timed.complaints = list(chat.complaints)
                pipe.send(timed)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it with each live chat on each database; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--live-chat", choices=sorted(KINDS), action="append", help="default: all")
    parser.add_argument("--database", choices=sorted(WORKERS), action="append", help="default: both")
    parser.add_argument("--rate", type=float, default=A_SECOND, help="handoffs a second")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parsed = parser.parse_args(arguments)
    say_if_busy()
    rows = []
    for kind in parsed.live_chat or KINDS:
        for name in parsed.database or WORKERS:
            folder = OUT / f"delivery-{kind}-{name}"
            with database(name, folder) as url:
                row = _run(kind, name, url, folder, parsed.rate, parsed.seconds)
            emit(row)
            rows.append(row)
    progress(table(rows, COLUMNS))
    return int(any(row["missing"] for row in rows))


def _run(kind: str, name: str, url: str, folder: Path, rate: float, seconds: float) -> dict[str, Any]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    end = VisitorsEnd()
    with live_chat_process(kind) as chat:
        settings, environment = settings_of(folder, url, end.port, chat)
        processes, services = Processes(environment, folder), build_services(settings)
        try:
            processes.start("serve", "--no-worker")
            for _ in range(WORKERS[name]):
                processes.start("worker")
            wait_for(settings.desk_url)
            progress(f"{kind} on {name}: {rate:g} handoffs a second for {seconds:g} s")
            asked = _hand_over(services, rate, int(rate * seconds) + WARM_UP)
            deadline = time.monotonic() + DRAIN_SECONDS
            while chat.accepted() < len(asked) and time.monotonic() < deadline:
                time.sleep(LOOK_SECONDS)
            timed = chat.timed()
        finally:
            processes.stop()
            services.engine.dispose()
            end.stop()
    if timed.complaints:
        progress("\n".join([f"{kind} refused:", *timed.complaints[:10]]))
    counted = dict(list(asked.items())[WARM_UP:])
    times = [
        (timed.accepted[one] - at - timed.took[one] - timed.took.get(conversation, 0.0)) * 1000
        for one, (at, conversation) in counted.items()
        if one in timed.accepted
    ]
    return {
        "benchmark": "delivery",
        "live_chat": kind,
        "database": name,
        "workers": WORKERS[name],
        "handoffs": len(counted),
        "rate": rate,
        "p50_ms": round(percentile(times, 0.5), 1) if times else None,
        "p95_ms": round(percentile(times, 0.95), 1) if times else None,
        "budget_ms": BUDGET_MS,
        "missing": len(counted) - len(times),
    }


def _hand_over(services: Services, rate: float, count: int) -> dict[str, tuple[float, str]]:
    """Make ``count`` handoffs at an even pace; when each was asked for, and in which conversation, by its id."""
    asked: dict[int, tuple[str, tuple[float, str]]] = {}
    begun = time.perf_counter()
    turn, lock = iter(range(count)), threading.Lock()

    def send() -> None:
        while True:
            with lock:
                number = next(turn, None)
            if number is None:
                return
            time.sleep(max(0.0, begun + number / rate - time.perf_counter()))
            request = _request()
            at = time.perf_counter()
            asked[number] = (services.request(request).handoff_id, (at, request.conversation_id))

    senders = [threading.Thread(target=send) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    return dict(asked[number] for number in sorted(asked))


def _request() -> HandoffRequest:
    conversation, now = uuid.uuid4().hex, datetime.now(UTC)
    turns = (
        Turn(Sender.VISITOR, "how long does delivery take?", now, f"{conversation}-1", "faq/delivery_time", 0.97),
        Turn(Sender.ASSISTANT, "Desks ship within 2 working days.", now),
        Turn(Sender.VISITOR, "I want to talk to a person", now, f"{conversation}-2", "request_human", 0.99),
    )
    visitor = Visitor(name="Lena", email=f"{conversation}@example.org")
    fields = {"order_number": "FW-104233"}
    return HandoffRequest(conversation, "web", turns, visitor, fields=fields, trigger=TriggerKind.EXPLICIT_REQUEST)


if __name__ == "__main__":
    sys.exit(main())
