"""How quick a turn is, how many a server takes, how long training and starting last, and how much memory it holds.

``make bench`` (or ``.venv/bin/python -m bench.turns``) measures this project and, in the same run on the same machine,
the project that ``rasa init`` makes. One server runs at a time, on loopback. Trainings from nothing are remembered
under ``bench/out`` until their inputs change; everything else is measured anew. Takes about two minutes, the first time
four.

Standard output: one JSON line per row. Standard error: progress and a table.
"""

from __future__ import annotations

import sys
from typing import Any

from bench.load import CONCURRENCY, CONCURRENT_TURNS, SEQUENTIAL_TURNS, RestVisitor, VisitorType, WebVisitor, measure
from bench.projects import OUT, ours, stock, train_ours, train_stock
from bench.report import emit, progress, say_if_busy, table

OUR_TEXTS = (
    "how long does delivery take?",
    "hello",
    "what does shipping cost",
    "can I return a desk that I have assembled?",
    "which payment methods do you take",
    "what is the warranty on the motor",
    "thanks",
    "how do I reset my password",
    "what plans do you have",
    "bye",
)
"""Questions that the assistant answers itself, as most visitors ask them."""

STOCK_TEXTS = ("hello", "are you a bot?", "bye")
"""What the default project of Rasa answers in any order; to "no" out of the blue it sometimes says nothing."""


CHANNELS: dict[str, dict[str, VisitorType]] = {
    "rasa init": {"rest": RestVisitor},
    "handoff": {"rest": RestVisitor, "web": WebVisitor},
}

COLUMNS = {
    "project": "project",
    "channel": "channel",
    "turn_p50_ms": "turn p50 ms",
    "turn_p95_ms": "p95 ms",
    "turns_per_second": f"turns/s at {CONCURRENCY}",
    "training_seconds": "training s",
    "start_seconds": "start s",
    "resident_mb": "memory MiB",
}
"""Names in the JSON lines and in the table. Memory is what the server holds after the load."""


def main() -> int:
    """Measure both projects; print rows and table."""
    OUT.mkdir(parents=True, exist_ok=True)
    say_if_busy()
    trainings = {"rasa init": train_stock(), "handoff": train_ours()}
    rows: list[dict[str, Any]] = []
    for project, server_of, texts in (("rasa init", stock, STOCK_TEXTS), ("handoff", ours, OUR_TEXTS)):
        progress(f"starting the server of {project}")
        with server_of() as server:
            for channel, visitor in CHANNELS[project].items():
                progress(f"{project}, {channel}: {SEQUENTIAL_TURNS} turns alone, {CONCURRENT_TURNS} at {CONCURRENCY}")
                load = measure(server.port, visitor, texts)
                rows.append(
                    {
                        "project": project,
                        "channel": channel,
                        "turn_p50_ms": round(load.p50_ms, 2),
                        "turn_p95_ms": round(load.p95_ms, 2),
                        "turns_per_second": round(load.turns_per_second, 1),
                        "training_seconds": round(trainings[project], 1),
                        "start_seconds": round(server.start_seconds, 1),
                        "resident_mb": round(server.resident_mb()),
                    }
                )
                emit({"bench": "turns", "concurrency": CONCURRENCY, **rows[-1]})
    progress(table(rows, COLUMNS))
    return 0


if __name__ == "__main__":
    sys.exit(main())
