"""What the live benchmark measures: from whose act to whose screen, how long each took, and the rows of the report."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MILLISECONDS = 1000.0
P50, P95 = 0.50, 0.95

CARD, ROW, EVENT, REPLY, MESSAGE = "card", "row", "event", "reply", "message"

WORDS = {
    EVENT: "trigger -> event at the agent",
    ROW: "trigger -> row in the agent's list",
    CARD: "trigger -> card on the agent's screen",
    REPLY: "agent's reply -> visitor's screen",
    MESSAGE: "visitor's message -> event at the agent",
}
"""Every way that is measured, in the order of the report."""

BUDGET_MS = {ROW: 250.0, CARD: 250.0, REPLY: 150.0}
"""What the 95th percentile may be; the other ways are there to see where the time goes."""


class Missing(RuntimeError):
    """Something did not reach a screen, or reached it without having been sent."""


class Times:
    """Starts and ends of everything that is under way, by what names it (a conversation, a handoff)."""

    def __init__(self) -> None:
        self._started: dict[tuple[str, str], float] = {}
        self._seconds: defaultdict[str, list[float]] = defaultdict(list)

    def start(self, key: str, *whats: str) -> None:
        """Now begin the ways ``whats`` of ``key``."""
        now = time.perf_counter()
        for what in whats:
            self._started[what, key] = now

    def end(self, what: str, key: str, at: float | None = None) -> None:
        """The way ``what`` of ``key`` is over, now or ``at`` a moment of :func:`time.perf_counter`.

        Raises:
            Missing: it never began, or was over before: what came belongs to something else.
        """
        now = time.perf_counter() if at is None else at
        started = self._started.pop((what, key), None)
        if started is None:
            raise Missing(f"{key} got '{what}' twice, or without anybody having sent it")
        self._seconds[what].append(now - started)

    def under_way(self) -> list[str]:
        """What has begun and not ended, in words."""
        return [f"{WORDS[what]}, {key}" for what, key in self._started]

    def rows(self) -> list[dict[str, Any]]:
        """One row for each way that was gone."""
        return [summary(what, self._seconds[what]) for what in WORDS if self._seconds[what]]


def summary(what: str, seconds: Sequence[float]) -> dict[str, Any]:
    """The row of one way: median, 95th percentile and maximum in milliseconds, and whether it keeps its budget."""
    p95 = percentile(seconds, P95) * MILLISECONDS
    budget = BUDGET_MS.get(what)
    return {
        "what": what,
        "samples": len(seconds),
        "p50_ms": round(percentile(seconds, P50) * MILLISECONDS, 1),
        "p95_ms": round(p95, 1),
        "max_ms": round(max(seconds) * MILLISECONDS, 1),
        "budget_ms": budget,
        "within": None if budget is None else p95 <= budget,
    }


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` of all do not exceed (nearest rank): always one that was measured."""
    return sorted(values)[math.ceil(share * len(values)) - 1]


@dataclass(frozen=True)
class StreamEvent:
    """A server-sent event."""

    name: str
    data: str


class StreamParser:
    """Reads ``text/event-stream`` line by line."""

    def __init__(self) -> None:
        self._name, self._data = "", list[str]()

    def feed(self, line: str) -> StreamEvent | None:
        """The event that ``line``, without its end, completes; comments, ids and pauses to retry are passed over."""
        if line:
            field, _, value = line.partition(":")
            if field == "event":
                self._name = value.removeprefix(" ")
            elif field == "data":
                self._data.append(value.removeprefix(" "))
            return None
        name, data = self._name, self._data
        self._name, self._data = "", []
        return StreamEvent(name or "message", "\n".join(data)) if data else None
