"""Are the numbers of the overview true? A month of traffic whose truth is known, played through the real use cases.

``make bench-traffic`` plans 30 days of a company with 20,000 visits (agents with shifts, opening hours, clocks that go
back, visitors who wait, give up, come again and buy), computes every number from the plan alone, plays the plan through
the use cases on a real database, asks the running desk for its numbers, and compares all of them: metrics, trend,
breakdowns, agents, unanswered questions and the conversations behind each number, for several periods and filters.

Standard output: one JSON line per number. Standard error: progress and a table. The exit code is 1 when any differs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from bench.live_chat_place import database as open_database
from bench.report import emit, progress, say_if_busy, table
from bench.traffic_company import FIRST_DAY
from bench.traffic_compare import Check, compare, questions_about
from bench.traffic_database import KINDS
from bench.traffic_numbers import Days
from bench.traffic_plan import Plan, plan
from bench.traffic_player import Player
from bench.traffic_truth import Truth, truth_of

VISITS, DAYS, SEED = 20_300, 30, 6
"""Of those who come again some are still on the same visit, since they wait for an answer: 20,000 are left."""
AFTERWARDS = timedelta(days=2, hours=3)
"""How long after the last day the numbers are looked at: some visits are then too recent to be judged."""
COLUMNS = {"where": "days and filters", "what": "number", "truth": "truth", "page": "page", "equal": "equal"}
DIGITS = 4  # of a number in the table; compared are all


def main(arguments: Sequence[str] | None = None) -> int:
    """Plan, play and compare on each database; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visits", type=int, default=VISITS)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--first", type=date.fromisoformat, default=FIRST_DAY, help="the first day (%(default)s)")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--database", choices=KINDS, action="append", help="default: both, one after the other")
    parsed = parser.parse_args(arguments)
    say_if_busy()
    planned = plan(parsed.visits, parsed.first, parsed.days, parsed.seed)
    truth = truth_of(planned)
    progress(
        f"{len(planned.happenings):,} things happen from {planned.first} to {planned.last}: {len(truth.visits):,} "
        f"visits of {len(planned.variants):,} visitors, {len(truth.handoffs):,} handoffs to {len(planned.team)} agents."
    )
    return max(_run(database, planned, truth) for database in parsed.database or KINDS)


def checks_on(url: str, folder: Path, planned: Plan, truth: Truth) -> list[Check]:
    """Play ``planned`` on the empty database at ``url``, and compare the desk's numbers with ``truth``."""
    days = Days(planned.first, planned.last)
    player = Player(url, folder, planned)
    try:
        began = time.monotonic()
        player.play(planned)
        progress(f"Played in {time.monotonic() - began:.0f} s.")
        return list(compare(player, truth, questions_about(truth, days), planned.happenings[-1].at + AFTERWARDS))
    finally:
        player.close()


def _run(database: str, planned: Plan, truth: Truth) -> int:
    progress(f"Playing on {database}.")
    with tempfile.TemporaryDirectory() as folder, open_database(database, Path(folder)) as url:
        checks = checks_on(url, Path(folder), planned, truth)
    rows = [
        {
            "database": database,
            "where": one.where,
            "what": one.what,
            "truth": one.truth,
            "page": one.page,
            "equal": not one.wrong,
            "wrong": one.wrong,
        }
        for one in checks
    ]
    for row in rows:
        emit(row)
    whole = [row for row in rows if row["where"] == rows[0]["where"]]
    progress(table([_rounded(row) for row in whole], COLUMNS))
    wrong = [row for row in rows if not row["equal"]]
    asked = len({row["where"] for row in rows})
    for row in wrong:
        progress(f"NOT EQUAL, {row['where']}, {row['what']}: {row['wrong']}")
    progress(f"\n{database}: {len(rows):,} numbers of {asked} periods and filters compared, {len(wrong)} not equal.")
    return int(bool(wrong))


def _rounded(row: dict[str, object]) -> dict[str, object]:
    """For people: a few digits, and ``12`` instead of ``12.0``."""
    return {name: f"{round(value, DIGITS):g}" if isinstance(value, float) else value for name, value in row.items()}


if __name__ == "__main__":
    sys.exit(main())
