"""How long the overview takes, and whether that grows with what is stored.

``make bench-overview`` plays a month of traffic, copies it so that the month is four times as busy, and that into the
months before until 100,000, 300,000 and 1,000,000 events are stored (messages, steps of handoffs, visits). Each time it
opens the overview of the last month over HTTP on a desk that really runs: the API, and the page in a real browser until
its numbers are there. The last row has the same history and a month that is twice as busy.

Standard output: one JSON line per row. Standard error: progress and a table.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import time as wall_time
from datetime import timedelta
from itertools import count
from pathlib import Path
from statistics import quantiles

import requests
from playwright.sync_api import Page
from sqlalchemy import Engine

from bench.live_chat_place import database as open_database
from bench.overview_desk import logged_in_browser, running_desk
from bench.overview_store import bulk_engine, copy_database, copy_month, stored, tidy
from bench.report import emit, progress, say_if_busy, table
from bench.traffic_company import FIRST_DAY, local
from bench.traffic_database import KINDS
from bench.traffic_plan import Plan, plan
from bench.traffic_player import ADMIN, PASSWORD, Player
from handoff.persistence.schema import upgrade

VISITS, DAYS, SEED = 2_600, 30, 6
TIMES = 4  # copies of what was played make one month
EARLIER = DAYS + 1  # days from one copy to the next: with a day between them none reaches into another's last hour
STEPS = (100_000, 300_000, 1_000_000)
BUDGET_SECONDS = 1.0
CALLS, LOADS, WARM_UPS = 30, 12, 2
LAST_NUMBER = '#overview[aria-busy="false"] [data-metric="fallback_rate"] .metric__value'
"""Visible when all numbers are."""
UNTIL_SHOWN = """selector => new Promise((resolve) => {
  const look = () => {
    if (document.querySelector(selector)?.offsetParent) resolve(performance.now());
    else requestAnimationFrame(look);
  };
  look();
})"""
COLUMNS = {
    "database": "database",
    "stored": "events stored",
    "visits": "visits in the month",
    "api_p50_ms": "API p50 ms",
    "api_p95_ms": "p95",
    "api_cpu_ms": "desk CPU ms",
    "page_p50_ms": "page p50 ms",
    "page_p95_ms": "p95",
    "within": "within budget",
}


@dataclass(frozen=True)
class Month:
    """The month that is looked at, and the folder with the settings of the company."""

    planned: Plan
    folder: Path

    @property
    def query(self) -> dict[str, str]:
        """As the API and the page take it."""
        return {"from": self.planned.first.isoformat(), "to": self.planned.last.isoformat()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure. A budget that is missed is shown and is no error, since it depends on the machine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--visits", type=int, default=VISITS, help="that are played, a quarter of the month (%(default)s)"
    )
    parser.add_argument("--stored", type=int, action="append", help="events to be stored (100000, 300000, 1000000)")
    parser.add_argument("--database", choices=KINDS, action="append", help="default: both, one after the other")
    parsed = parser.parse_args(arguments)
    say_if_busy()
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        month = Month(plan(parsed.visits, FIRST_DAY, DAYS, SEED), folder)
        progress(f"Playing a month with {len(month.planned.happenings):,} things that happen.")
        base = _played(month)
        for database in parsed.database or KINDS:
            for row in _measured(database, base, month, sorted(parsed.stored or STEPS)):
                emit(row)
                rows.append(row)
    progress(table(rows, COLUMNS))
    return 0


def _played(month: Month) -> Path:
    file = month.folder / "played.db"
    player = Player(f"sqlite:///{file}", month.folder, month.planned)
    player.play(month.planned)
    player.close()
    return file


def _measured(database: str, base: Path, month: Month, steps: Sequence[int]) -> Iterator[dict[str, object]]:
    with open_database(database, month.folder) as url:
        engine = bulk_engine(url)
        if database == "sqlite":
            shutil.copy(base, month.folder / "handoff.db")
        else:
            upgrade(engine)
            copy_database(bulk_engine(f"sqlite:///{base}"), engine)
        store = _Store(engine, month)
        store.make_busier(TIMES - 1)
        for least in steps:
            store.grow(least)
            yield _row(database, engine, url, month)
        store.make_busier(TIMES)
        yield _row(database, engine, url, month)
        engine.dispose()


class _Store:
    """A database with a month that was played, and copies of it."""

    def __init__(self, engine: Engine, month: Month) -> None:
        self._engine = engine
        self._first = local(month.planned.first, wall_time.min)
        self._end = local(month.planned.last + timedelta(days=1), wall_time.min)
        self._copies = count(1)
        self._months = count(1)

    def make_busier(self, times: int) -> None:
        """Copy the month into itself."""
        for _ in range(times):
            self._copy(days=0)

    def grow(self, least: int) -> None:
        """Copy the month into the months before until ``least`` events are stored."""
        while True:
            with self._engine.connect() as connection:
                if stored(connection) >= least:
                    return
            days = next(self._months) * EARLIER
            for _ in range(TIMES):
                self._copy(days=days)

    def _copy(self, *, days: int) -> None:
        with self._engine.begin() as connection:
            copy_month(connection, next(self._copies), days, self._first, self._end)


def _row(database: str, engine: Engine, url: str, month: Month) -> dict[str, object]:
    tidy(engine)
    with engine.connect() as connection:
        number = stored(connection)
    progress(f"{database} with {number:,} events stored.")
    with running_desk(url, month.folder) as desk, requests.Session() as agent:
        address = desk.address
        agent.post(f"{address}/api/login", json={"username": ADMIN, "password": PASSWORD}).raise_for_status()

        def ask() -> float:
            began = time.perf_counter()
            agent.get(f"{address}/api/metrics", params=month.query).raise_for_status()
            return (time.perf_counter() - began) * 1000

        metrics = agent.get(f"{address}/api/metrics", params=month.query).json()["metrics"]
        visits = next(int(one["value"]) for one in metrics if one["name"] == "visits")
        used = desk.cpu_seconds()
        api = _times(ask, CALLS)
        cpu = (desk.cpu_seconds() - used) / (CALLS + WARM_UPS)
        with logged_in_browser(address) as page:
            query = "&".join(f"{name}={value}" for name, value in month.query.items())
            loads = _times(lambda: _open(page, f"{address}/desk/metrics?{query}"), LOADS)
    return {
        "database": database,
        "stored": number,
        "visits": visits,
        "api_p50_ms": api[0],
        "api_p95_ms": api[1],
        "api_cpu_ms": round(cpu * 1000),
        "page_p50_ms": loads[0],
        "page_p95_ms": loads[1],
        "budget_ms": round(BUDGET_SECONDS * 1000),
        "within": loads[1] <= BUDGET_SECONDS * 1000,
    }


def _times(act: Callable[[], float], times: int) -> tuple[int, int]:
    """Median and 95th percentile of the milliseconds that ``act`` returns."""
    took = [act() for _ in range(WARM_UPS + times)][WARM_UPS:]
    cuts = quantiles(took, n=20, method="inclusive")
    return round(cuts[9]), round(cuts[18])


def _open(page: Page, address: str) -> float:
    """Milliseconds from the address to the last number, on the page's own clock: Playwright looks seldom."""
    page.goto(address, wait_until="commit")
    return float(page.evaluate(UNTIL_SHOWN, LAST_NUMBER))


if __name__ == "__main__":
    sys.exit(main())
