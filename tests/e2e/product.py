"""The product as a newcomer runs it: three real processes on a trained model, with ports and folders of their own."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import yaml

from handoff.bootstrap import build_services
from handoff.first_agents import ensure_first_agents
from handoff.settings import Settings
from handoff.supervisor.health import pending
from handoff.supervisor.process import ChildProcess
from handoff.supervisor.specs import ChildSpec, child_environment, project_children
from tests.conftest import ROOT
from tests.support.smtp_server import SmtpServer

START_SECONDS = 300.0  # 20 s on an idle machine; a process that ends instead of starting is told at once
WAIT_SECONDS = 20.0
LOOK_SECONDS = 0.02

T = TypeVar("T")


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def eventually(question: Callable[[], T | None], what: str, seconds: float = WAIT_SECONDS) -> T:
    """Ask until the answer is true, and return it; fail with ``what`` after ``seconds``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = question()
        if answer:
            return answer
        time.sleep(LOOK_SECONDS)
    raise AssertionError(f"not within {seconds:.0f} s: {what}")


def rules_by_day_and_night(folder: Path) -> Path:
    """The project's rules, but open around the clock, so that tests pass at night too; only billing keeps its hours."""
    rules = yaml.safe_load((ROOT / "handoff.yml").read_text(encoding="utf-8"))
    rules["hours"] = {"timezone": "Europe/Amsterdam", "queues": {"billing": {"weekly": rules["hours"]["weekly"]}}}
    path = folder / "handoff.yml"
    path.write_text(yaml.safe_dump(rules), encoding="utf-8")
    return path


def _endpoints(folder: Path, mail_port: int) -> Path:
    """The project's endpoints, with e-mail going to a server of the tests."""
    endpoints = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
    endpoints["email"] = {
        "host": "127.0.0.1",
        "port": mail_port,
        "security": "none",
        "from": "Fernway <help@fernway.example>",
    }
    path = folder / "endpoints.yml"
    path.write_text(yaml.safe_dump(endpoints), encoding="utf-8")
    return path


class Product:
    """Rasa server, action server and desk; each can be killed and started again."""

    def __init__(self, folder: Path, root: Path = ROOT) -> None:
        """Prepare it: ``folder`` holds what it keeps; ``root`` is the project, or a copy whose rules are its own."""
        rasa, actions, desk = free_ports(3)
        self.mail = SmtpServer(folder)
        self.mail.__enter__()
        self._clock_file = folder / "clock"
        self._clock_file.write_text("0", encoding="utf-8")
        environ = {
            "HANDOFF_ROOT": str(root),
            "HANDOFF_CLOCK_FILE": str(self._clock_file),
            "HANDOFF_RULES": str(rules_by_day_and_night(folder) if root == ROOT else root / "handoff.yml"),
            "HANDOFF_ENDPOINTS": str(_endpoints(folder, self.mail.port)),
            "HANDOFF_VAR": str(folder),
            "HANDOFF_RASA_PORT": str(rasa),
            "HANDOFF_ACTIONS_PORT": str(actions),
            "HANDOFF_DESK_PORT": str(desk),
        }
        self.settings = Settings.load(environ=environ)
        self.services = build_services(self.settings)
        self.passwords = dict(ensure_first_agents(self.services))
        self._specs: dict[str, ChildSpec] = {spec.name: spec for spec in project_children(self.settings)}
        self._children: dict[str, ChildProcess] = {}
        self._lines: deque[str] = deque(maxlen=400)
        self._lock = threading.Lock()

    @property
    def web(self) -> str:
        """Address of the visitors' channel."""
        return f"{self.settings.rasa_url}/webhooks/web"

    @property
    def desk(self) -> str:
        """Address of the desk."""
        return self.settings.desk_url

    def start(self, *names: str) -> None:
        """Start the named processes (default all) and wait until they answer."""
        for name in names or tuple(self._specs):
            self._children[name] = ChildProcess(
                self._specs[name], self.settings.root, child_environment(self.settings), self._note
            )
        for name in names or tuple(self._specs):
            self._await(self._specs[name], self._children[name])

    def _await(self, spec: ChildSpec, child: ChildProcess) -> None:
        def answers() -> bool:
            assert child.exit_status() is None, f"the {spec.title} has ended."
            return pending(spec.host, spec.port, spec.checks) is None

        try:
            eventually(answers, f"the {spec.title} answers", START_SECONDS)
        except AssertionError as error:
            raise AssertionError(f"{error} The last lines:\n{self.log()}") from error

    def move_clock(self, to: datetime) -> None:
        """Let the product's time go on from ``to``. It only ever goes forward, so that no test undoes another's day."""
        moved = (to - datetime.now(UTC)).total_seconds()
        assert moved >= float(self._clock_file.read_text(encoding="utf-8")), "the clock goes forward"
        draft = self._clock_file.with_suffix(".new")
        draft.write_text(str(moved), encoding="utf-8")
        draft.replace(self._clock_file)

    @property
    def now(self) -> datetime:
        """The product's time."""
        return datetime.now(UTC) + timedelta(seconds=float(self._clock_file.read_text(encoding="utf-8")))

    def skip(self, seconds: float) -> None:
        """Let the product's time jump ahead by ``seconds``."""
        self.move_clock(self.now + timedelta(seconds=seconds))

    def pid(self, name: str) -> int:
        """Process id of a process."""
        return self._children[name].pid

    def kill(self, name: str) -> None:
        """``kill -9``, and wait until it is gone."""
        child = self._children[name]
        os.kill(child.pid, signal.SIGKILL)
        eventually(child.exit_status, f"{name} is gone")

    def end(self, *names: str) -> None:
        """Ask processes to end, as Ctrl-C does, and wait until they have: what they do in the background ends too."""
        for name in names:
            os.kill(self._children[name].pid, signal.SIGTERM)
        for name in names:
            eventually(self._children[name].exit_status, f"{name} has ended")

    def stop(self) -> None:
        """Stop everything."""
        for child in self._children.values():
            if child.exit_status() is None:
                os.kill(child.pid, signal.SIGKILL)
        self.services.engine.dispose()
        self.mail.__exit__(None, None, None)

    def log(self) -> str:
        """The latest lines of all processes."""
        with self._lock:
            return "\n".join(self._lines)

    def _note(self, name: str, text: str) -> None:
        with self._lock:
            self._lines.append(f"{name} | {text}")
