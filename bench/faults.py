"""Does anything get lost, doubled or out of order on the way to another live chat and back, whatever fails?

``make bench-faults`` hands conversations over to a strict fake of Chatwoot, with five messages each way. Three in ten
requests fail (refused, carried out but never answered, 500, 429 with Retry-After, half an answer), webhooks get lost,
come twice or late, workers are killed with SIGKILL, and the database connection is cut. On SQLite one worker works, on
PostgreSQL three. What both ends have in the end is compared with what was said.

Standard output: one JSON line per row. Standard error: progress and a table. The exit code says whether all was well.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sqlite3
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text

from bench.faults_rasa import VisitorsEnd
from bench.faults_world import EACH_WAY, FailingChatwoot, Post, World
from bench.live_chat_place import LOOK_SECONDS, POSTGRES, WORKERS, Processes, settings_of, wait_for
from bench.live_chat_place import database as open_database
from bench.projects import OUT
from bench.report import emit, progress, table
from handoff.bootstrap import build_services

HANDOFFS = 2000
AT_ONCE = 300  # conversations under way: most of them wait until something that failed is tried again
KILLS, CUTS = 10, 5
CUT_SECONDS = 6.0  # longer than the product waits for a locked database (4 s)
STALLED_SECONDS = 300.0  # nobody got any further for that long: what is missing now is lost
SEED = 20261126
COLUMNS = {
    "database": "database",
    "workers": "workers",
    "handoffs": "handoffs",
    "messages": "messages",
    "requests": "requests",
    "faults": "faults",
    "webhooks_astray": "webhooks astray",
    "kills": "kills",
    "cuts": "cuts",
    "lost": "lost",
    "doubled": "doubled",
    "disordered": "out of order",
    "unfinished": "unfinished",
    "seconds": "s",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it on each database; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--handoffs", type=int, default=HANDOFFS)
    parser.add_argument("--database", choices=sorted(WORKERS), action="append", help="default: both")
    parsed = parser.parse_args(arguments)
    rows = []
    for database in parsed.database or list(WORKERS):
        folder = OUT / f"faults-{database}"
        with open_database(database, folder) as url:
            row = _run(database, url, folder, parsed.handoffs)
        emit(row)
        rows.append(row)
    progress(table(rows, COLUMNS))
    return int(any(row["lost"] or row["doubled"] or row["disordered"] or row["unfinished"] for row in rows))


def _run(database: str, url: str, folder: Path, handoffs: int) -> dict[str, Any]:
    chance = random.Random(SEED)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    end, chatwoot = VisitorsEnd(), FailingChatwoot(chance)
    with chatwoot:
        # three in ten requests fail the whole time: what is measured is that all arrives there in the end
        settings, environment = settings_of(folder, url, end.port, chatwoot, fallback_after=86400, poll_every=5)
        processes = Processes(environment, folder)
        services = build_services(settings)
        try:
            processes.start("serve", "--no-worker")
            for _ in range(WORKERS[database]):
                processes.start("worker")
            wait_for(settings.desk_url)
            post = Post(chatwoot, f"{settings.desk_url}/webhooks/team", chance)
            post.start()
            world = World(services, chatwoot, end, handoffs, AT_ONCE)
            started = time.monotonic()
            kills, cuts = _play(world, processes, database, url, chance)
            seconds = time.monotonic() - started
            time.sleep(2 * CUT_SECONDS)  # what would still arrive a second time does so now
            post.stop()
        finally:
            processes.stop()
            services.engine.dispose()
            end.stop()
    if chatwoot.complaints:
        progress("\n".join(["Chatwoot refused:", *chatwoot.complaints[:10]]))
    return {
        "benchmark": "faults",
        "database": database,
        "workers": WORKERS[database],
        "handoffs": handoffs,
        "messages": 2 * EACH_WAY * handoffs,
        "requests": len(chatwoot.requests) + chatwoot.random_faults.met.total(),
        "faults": chatwoot.random_faults.met.total(),
        "faults_by_kind": dict(chatwoot.random_faults.met),
        "webhooks_astray": sum(post.fates[fate] for fate in ("lost", "late", "twice")),
        "webhooks": dict(post.fates),
        "refused": len(chatwoot.complaints),
        "kills": kills,
        "cuts": cuts,
        **world.verdict(),
        "seconds": round(seconds),
    }


def _play(world: World, processes: Processes, database: str, url: str, chance: random.Random) -> tuple[int, int]:
    """Let everybody talk until all have ended, and do harm at even distances."""
    kill_at = [world.total * (number + 1) // (KILLS + 1) for number in range(KILLS)]
    cut_at = [world.total * (2 * number + 1) // (2 * CUTS) for number in range(CUTS)]
    kills = cuts = told = 0
    last, last_time = -1, time.monotonic()
    while len(world.done) < world.total:
        world.step()
        done = len(world.done)
        if kills < KILLS and done >= kill_at[kills]:
            processes.replace(chance.choice(processes.running[1:]))
            kills += 1
        if cuts < CUTS and done >= cut_at[cuts]:
            _cut(database, url)
            cuts += 1
        processes.keep(WORKERS[database])
        if (progressed := world.progress()) != last:
            last, last_time = progressed, time.monotonic()
        if done // 100 > told:
            told = done // 100
            progress(f"{database}: {done} of {world.total} handoffs are over")
        if time.monotonic() - last_time > STALLED_SECONDS:
            progress(f"{database}: nothing has moved for {STALLED_SECONDS:.0f} s")
            break
        time.sleep(LOOK_SECONDS)
    return kills, cuts


def _cut(database: str, url: str) -> None:
    """Take the database away from everybody: end all connections, or lock the file for longer than anybody waits."""
    if database == "postgresql":
        engine = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
                {"name": make_url(url).database},
            )
        engine.dispose()
        return
    with sqlite3.connect(str(make_url(url).database), timeout=CUT_SECONDS, isolation_level=None) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        time.sleep(CUT_SECONDS)
        connection.execute("ROLLBACK")


if __name__ == "__main__":
    sys.exit(main())
