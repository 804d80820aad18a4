"""What benchmarks of deliveries run: databases, and the desk and workers with a fake live chat."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import requests
import yaml
from sqlalchemy import create_engine, text

from bench.projects import OUT, free_port
from handoff.settings import Settings
from scripts.train import ROOT

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql+psycopg2://postgres@127.0.0.1:5432/postgres")
WORKERS = {"sqlite": 1, "postgresql": 3}
SECRETS = frozenset({"token", "webhook_secret", "secret"})  # options of fakes that belong into the environment
LOOK_SECONDS = 0.05
READY_SECONDS = 60.0


class LiveChatOptions(Protocol):
    """A live chat that runs."""

    @property
    def type_name(self) -> str:
        """As endpoints.yml names it."""

    def options(self) -> dict[str, Any]:
        """The keys of its connector in endpoints.yml, with secrets in the clear."""


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


def settings_of(
    folder: Path, url: str, rasa_port: int, chat: LiveChatOptions, **more: object
) -> tuple[Settings, dict[str, str]]:
    """Settings with ``chat`` as the live chat of every queue, always open, and the environment that says so.

    Args:
        folder: where the files go.
        url: of the database.
        rasa_port: of the visitors' end.
        chat: the started fake.
        more: further keys of the connector.
    """
    options = chat.options()
    secret = SECRETS | ({"url"} if chat.type_name == "webhook" else set())  # whoever knows that address may write to it
    secrets = {name: f"BENCH_{name.upper()}" for name in secret & options.keys()}
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HANDOFF_")},
        "HANDOFF_VAR": str(folder / "var"),
        "HANDOFF_DB_URL": url,
        "HANDOFF_RASA_PORT": str(rasa_port),
        "HANDOFF_DESK_PORT": str(free_port()),
        "HANDOFF_ENDPOINTS": str(folder / "endpoints.yml"),
        "HANDOFF_RULES": str(folder / "handoff.yml"),
        **{variable: options[name] for name, variable in secrets.items()},
        "NO_PROXY": "127.0.0.1",
    }
    connector = {
        "type": chat.type_name,
        **options,
        **{name: f"${{{variable}}}" for name, variable in secrets.items()},
        **more,
    }
    endpoints = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
    endpoints["live_chat"] = {"default": "team", "connectors": {"team": connector}}
    (folder / "endpoints.yml").write_text(yaml.safe_dump(endpoints), encoding="utf-8")
    rules = yaml.safe_load((ROOT / "handoff.yml").read_text(encoding="utf-8"))
    rules.pop("hours", None)  # at night it would measure another thing
    rules["waiting"] |= {"tell_after": 80000, "missed_after": 86400}  # nobody here grows impatient
    (folder / "handoff.yml").write_text(yaml.safe_dump(rules), encoding="utf-8")
    os.environ.update({name: environment[name] for name in secrets.values()})
    return Settings.load(ROOT, environment), environment


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database of this ``kind``, which is gone afterwards; SQLite's is in ``folder``."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'handoff.db'}"
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


def wait_for(desk_url: str) -> None:
    """Until the desk answers."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        with suppress(requests.RequestException):
            if requests.get(f"{desk_url}/healthz", timeout=2).ok:
                return
        time.sleep(LOOK_SECONDS)
    raise RuntimeError(f"the desk did not start within {READY_SECONDS:.0f} s; see {OUT}")
