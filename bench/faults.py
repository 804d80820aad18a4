"""Does anything get lost, doubled or out of order on the way to another live chat and back, whatever fails?

``make bench-faults`` hands conversations over to a strict fake of Chatwoot, with five messages each way. Three in ten
requests fail (refused, carried out but never answered, 500, 429 with Retry-After, half an answer), webhooks get lost,
come twice or late, workers are killed with SIGKILL, and the database connection is cut. On SQLite one worker works, on
PostgreSQL three. What both ends have in the end is compared with what was said.

Standard output: one JSON line per row. Standard error: progress and a table. The exit code says whether all was well.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import yaml
from sqlalchemy import create_engine, make_url, text

from bench.faults_rasa import VisitorsEnd
from bench.faults_world import EACH_WAY, FailingChatwoot, Post, World
from bench.projects import OUT, free_port
from bench.report import emit, progress, table
from handoff.bootstrap import build_services
from handoff.settings import Settings
from scripts.train import ROOT

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql+psycopg2://postgres@127.0.0.1:5432/postgres")
HANDOFFS = 2000
AT_ONCE = 300  # conversations under way: most of them wait until something that failed is tried again
KILLS, CUTS = 10, 5
CUT_SECONDS = 6.0  # longer than the product waits for a locked database (4 s)
LOOK_SECONDS = 0.05
STALLED_SECONDS = 300.0  # nobody got any further for that long: what is missing now is lost
READY_SECONDS = 60.0
SEED = 20261126
WORKERS = {"sqlite": 1, "postgresql": 3}
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
        with _database(database) as url:
            row = _run(database, url, parsed.handoffs)
        emit(row)
        rows.append(row)
    progress(table(rows, COLUMNS))
    return int(any(row["lost"] or row["doubled"] or row["disordered"] or row["unfinished"] for row in rows))


@dataclass
class Processes:
    """The desk without a worker, and the workers."""

    environment: Mapping[str, str]
    folder: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    """the desk first"""

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start one more."""
        with (self.folder / f"{arguments[0]}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "handoff.cli", *arguments],
                cwd=ROOT,
                env=dict(self.environment),
                stdout=log,
                stderr=log,
            )
        self.running.append(process)
        return process

    def keep(self, workers: int) -> None:
        """Start workers again that have ended, as whoever runs the product would."""
        for process in [one for one in self.running if one.poll() is not None]:
            self.running.remove(process)
        for _ in range(workers + 1 - len(self.running)):
            self.start("worker")

    def replace(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a worker at once, and start another one."""
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.running.remove(process)
        self.start("worker")

    def stop(self) -> None:
        """End all."""
        for process in self.running:
            process.kill()
            process.wait()


def _run(database: str, url: str, handoffs: int) -> dict[str, Any]:
    chance = random.Random(SEED)
    folder = OUT / f"faults-{database}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    end, chatwoot = VisitorsEnd(), FailingChatwoot(chance)
    with chatwoot:
        settings, environment = _settings(folder, url, end.port, chatwoot)
        processes = Processes(environment, folder)
        services = build_services(settings)
        try:
            processes.start("serve", "--no-worker")
            for _ in range(WORKERS[database]):
                processes.start("worker")
            _wait_for(settings.desk_url)
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


def _settings(folder: Path, url: str, rasa_port: int, chatwoot: FailingChatwoot) -> tuple[Settings, dict[str, str]]:
    options = chatwoot.options()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HANDOFF_")},
        "HANDOFF_VAR": str(folder / "var"),
        "HANDOFF_DB_URL": url,
        "HANDOFF_RASA_PORT": str(rasa_port),
        "HANDOFF_DESK_PORT": str(free_port()),
        "HANDOFF_ENDPOINTS": str(folder / "endpoints.yml"),
        "HANDOFF_RULES": str(folder / "handoff.yml"),
        "BENCH_TOKEN": options.pop("token"),
        "BENCH_SECRET": options.pop("webhook_secret"),
        "NO_PROXY": "127.0.0.1",
    }
    connector = {
        "type": "chatwoot",
        **options,
        "token": "${BENCH_TOKEN}",
        "webhook_secret": "${BENCH_SECRET}",
        # three in ten requests fail the whole time: what is measured is that all arrives there in the end
        "fallback_after": 86400,
        "poll_every": 5,
    }
    endpoints = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
    endpoints["live_chat"] = {"default": "team", "connectors": {"team": connector}}
    (folder / "endpoints.yml").write_text(yaml.safe_dump(endpoints), encoding="utf-8")
    rules = yaml.safe_load((ROOT / "handoff.yml").read_text(encoding="utf-8"))
    rules.pop("hours", None)  # at night it would measure another thing
    rules["waiting"] |= {"tell_after": 80000, "missed_after": 86400}  # nobody here grows impatient
    (folder / "handoff.yml").write_text(yaml.safe_dump(rules), encoding="utf-8")
    os.environ.update({name: environment[name] for name in ("BENCH_TOKEN", "BENCH_SECRET")})
    return Settings.load(ROOT, environment), environment


@contextmanager
def _database(kind: str) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{OUT / 'faults-sqlite' / 'handoff.db'}"
        return
    name = f"handoff_bench_{uuid.uuid4().hex}"
    admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield POSTGRES.rsplit("/", 1)[0] + f"/{name}"
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


def _wait_for(desk_url: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        with suppress(requests.RequestException):
            if requests.get(f"{desk_url}/healthz", timeout=2).ok:
                return
        time.sleep(LOOK_SECONDS)
    raise RuntimeError(f"the desk did not start within {READY_SECONDS:.0f} s; see {OUT}")


if __name__ == "__main__":
    sys.exit(main())
