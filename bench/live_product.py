"""The whole product for a benchmark: three processes on ports and databases of their own, with a team of agents."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

import yaml

from bench.projects import LOOK_SECONDS, OUT, STOP_SECONDS, bench_settings
from handoff.bootstrap import build_services
from handoff.settings import Settings
from handoff.supervisor.health import pending
from handoff.supervisor.process import ChildProcess
from handoff.supervisor.specs import ChildSpec, child_environment, project_children

PASSWORD_BYTES = 12
CPU_FIELDS = slice(11, 13)
"""utime and stime of /proc/PID/stat, counted behind the name of the program (see proc_pid_stat(5))."""


@dataclass(frozen=True)
class Account:
    """Login of an agent."""

    username: str
    password: str


@dataclass(frozen=True)
class Product:
    """The running product: its addresses, who works there, and its processes by name."""

    settings: Settings
    accounts: tuple[Account, ...]
    pids: dict[str, int]

    @property
    def desk(self) -> str:
        """Address of the desk."""
        return self.settings.desk_url

    @property
    def rasa(self) -> str:
        """Address of the visitors' server."""
        return self.settings.rasa_url

    def cpu_seconds(self) -> dict[str, float]:
        """Processor time that each process, and this one, has used so far."""
        return {name: _cpu_seconds(pid) for name, pid in self.pids.items()} | {"benchmark": time.process_time()}


@contextmanager
def running_product(agents: int) -> Iterator[Product]:
    """Start the product with ``agents`` accounts, always open, and stop it in the end.

    Raises:
        RuntimeError: a process ended or did not become ready.
    """
    settings = _always_open(bench_settings())
    accounts = _accounts(settings, agents)
    environment = child_environment(settings)
    with ExitStack() as stack:
        specs = project_children(settings)
        children = [(spec, stack.enter_context(_child(spec, settings, environment))) for spec in specs]
        for spec, child in children:
            _wait_until_ready(spec, child)
        yield Product(settings, accounts, {spec.name: child.pid for spec, child in children})


def _always_open(settings: Settings) -> Settings:
    """The project's own rules but the opening hours: a benchmark at night would measure another thing."""
    rules = yaml.safe_load(settings.rules_file.read_text(encoding="utf-8"))
    rules.pop("hours", None)
    path = settings.var_dir / "handoff.yml"
    path.write_text(yaml.safe_dump(rules), encoding="utf-8")
    return replace(settings, rules_file=path)


def _accounts(settings: Settings, count: int) -> tuple[Account, ...]:
    services = build_services(settings)
    try:
        accounts = tuple(Account(f"agent{n}", secrets.token_urlsafe(PASSWORD_BYTES)) for n in range(count))
        for number, account in enumerate(accounts):
            services.agents.create(account.username, f"Agent {number}", account.password)
    finally:
        services.engine.dispose()
    return accounts


@contextmanager
def _child(spec: ChildSpec, settings: Settings, environment: dict[str, str]) -> Iterator[ChildProcess]:
    with log_of(spec.name).open("w", encoding="utf-8") as log:
        child = ChildProcess(spec, settings.root, environment, _writer(log))
        try:
            yield child
        finally:
            child.ask_to_stop()
            if not child.wait(STOP_SECONDS):
                child.kill()
                child.wait(STOP_SECONDS)


def log_of(name: str) -> Path:
    """Where a process of the product writes during a benchmark."""
    return OUT / f"live-{name}.log"


def _writer(log: TextIO) -> Callable[[str, str], None]:
    def write(_: str, line: str) -> None:
        print(line, file=log, flush=True)

    return write


def _wait_until_ready(spec: ChildSpec, child: ChildProcess) -> None:
    deadline = time.monotonic() + spec.start_seconds
    while (missing := pending(spec.host, spec.port, spec.checks)) is not None:
        ended = child.exit_status()
        if ended or time.monotonic() > deadline:
            reason = f"it {ended}" if ended else f"after {spec.start_seconds:.0f} s {missing}"
            raise RuntimeError(f"the {spec.title} did not start: {reason}")
        time.sleep(LOOK_SECONDS)


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, fields[CPU_FIELDS])) / os.sysconf("SC_CLK_TCK")
